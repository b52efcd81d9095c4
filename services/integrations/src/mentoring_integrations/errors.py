"""What the integrations service says no to."""

from mentoring_common.errors import Conflict, NotFound, Rejected


class ImportNotFound(NotFound):
    """There is no such import."""


class NotificationNotFound(NotFound):
    """There is no such notification."""


class ProgrammeNotFound(NotFound):
    """There is no such programme."""


class FileNotUtf8(Rejected):
    """The file is in UTF-32: save it as CSV UTF-8."""


class CharsetUnknown(Rejected):
    """The charset that the request names is none that is read here; `known` names those."""


class WorkbookUnreadable(Rejected):
    """The file is no workbook of the kind XLSX, has a password, or unpacks to too much: save it anew, or as CSV."""


class MultipartUnreadable(Rejected):
    """The form has to have one file, in the part `file`."""


class FileEmpty(Rejected):
    """The file has no header line."""


class WrongColumns(Rejected):
    """The header does not name the columns of this import; `missing` names those that lack.

    `unknown` and `doubled` are positions counted from 1: without a header line the names would be somebody's data.
    """


class MappingUnreadable(Rejected):
    """The mapping is no YAML that says what columns mean; `errors` say where."""


class TooManyRows(Rejected):
    """The file has too many rows; `most` says how many it may have, `most_async` with `Prefer: respond-async`."""


class ImportNotInterrupted(Conflict):
    """The import is not interrupted: it goes on, has ended, or was a dry run."""


class ImportOver(Conflict):
    """The import has ended."""


class AnotherFile(Rejected):
    """This is not the file that the import began with."""


class SourceNotFound(NotFound):
    """There is no such source."""


class TooManySources(Conflict):
    """You keep as many sources as you may; `most` says how many."""


class SourceHasLinks(Conflict):
    """Upload links of the source go on: revoke them first."""


class TooManyUploadLinks(Conflict):
    """There are as many upload links as there may be; `most` says how many."""


class UploadLinkNotFound(NotFound):
    """There is no such upload link."""


class UploadLinkOver(Conflict):
    """The upload link takes no more files; `why` says whether it is expired, revoked or used."""


class UploadTooLarge(Rejected):
    """The file is larger than the upload link takes; `most_bytes` says how large it may be."""


class UploadLinkTooLong(Rejected):
    """An upload link ends in the future, within a year."""


class UploadLinkNeedsProgramme(Rejected):
    """Nominations are made for a programme: name it by `programme_id`."""


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
