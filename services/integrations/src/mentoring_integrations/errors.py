"""What the integrations service says no to."""

from mentoring_common.errors import NotFound, Rejected


class ImportNotFound(NotFound):
    """There is no such import."""


class NotificationNotFound(NotFound):
    """There is no such notification."""


class ProgrammeNotFound(NotFound):
    """There is no such programme."""


class FileNotUtf8(Rejected):
    """The file is not in UTF-8: save it as CSV UTF-8."""


class FileEmpty(Rejected):
    """The file has no header line."""


class WrongDelimiter(Rejected):
    """The columns are not separated by commas; `found` says by what."""


class WrongColumns(Rejected):
    """The header does not name the columns of this import; `missing` names those that lack.

    `unknown` and `doubled` are positions counted from 1: without a header line the names would be somebody's data.
    """


class TooManyRows(Rejected):
    """The file has too many rows for one import; `most` says how many it may have."""


class DecisionsStayOn(Rejected):
    """Decisions about an application and letters about the account are always sent by e-mail."""
