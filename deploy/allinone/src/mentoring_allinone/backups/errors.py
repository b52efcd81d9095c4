"""What an operator is told in one line."""


class BackupFailed(RuntimeError):
    """A backup, a restore or the ledger cannot go on. The text says what to do."""
