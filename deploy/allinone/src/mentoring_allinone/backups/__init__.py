"""Backups of all databases to one moment, restoring one, and the ledger of who was erased.

`moment` is how five databases are seen at one time, `archive` what a backup consists of, `ledger` what outlives all of
it; `taking` and `restoring` are the commands' work.
"""
