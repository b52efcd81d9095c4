"""What the integrations service says no to."""

from mentoring_common.errors import Conflict, NotFound, Rejected


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


class MappingUnreadable(Rejected):
    """The mapping is no YAML that says what columns mean; `errors` say where."""


class TooManyRows(Rejected):
    """The file has too many rows for one import; `most` says how many it may have."""


class DecisionsStayOn(Rejected):
    """Decisions about an application and letters about the account are always sent by e-mail."""


class UnknownEventType(Rejected):
    """There is no event of this type: asyncapi.yaml of the contracts names all of them."""


class ChangesForgotten(Rejected):
    """What happened right after this is not kept any more: read what you have of us anew, then ask without `after`."""


class WebhookNotFound(NotFound):
    """There is no such webhook."""


class WebhookAddressRefused(Rejected):
    """Webhooks go to https addresses on the internet; `why` says what is wrong with this one."""


class WebhookNotVerified(Rejected):
    """The endpoint did not give the challenge back; `why` says what it did instead."""


class WebhookStateConflict(Conflict):
    """The webhook is in a state that does not allow this; `state` names it."""


class SecretIsRotating(Conflict):
    """The secret before this one is signed with `until` then; a third would end it at once."""


class TooManyWebhooks(Conflict):
    """There are as many webhooks as there may be; `most` says how many."""


class ReplayTooLong(Rejected):
    """More happened in this time than one replay takes; `most` says how many events it may be."""
