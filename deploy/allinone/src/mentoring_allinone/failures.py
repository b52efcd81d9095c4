"""What the command tells its user in one line."""


class DemoFailed(Exception):
    """The system did not do what the scenario needs; the text is one line."""


class WronglyTold(Exception):
    """A setting that a command needs is missing or wrong; the text names it."""


class TopicsRefused(Exception):
    """The brokers of `mentoring topics` do not answer, or refuse; the text says what."""
