"""What the command tells its user in one line."""


class DemoFailed(Exception):
    """The system did not do what the scenario needs; the text is one line."""
