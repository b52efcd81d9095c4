"""What the REST API takes and gives of drafts, files and new applications."""

from datetime import datetime
from typing import Annotated, Any, ClassVar, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from mentoring_applications.applications.schemas import ApplicationView
from mentoring_applications.nominations.schemas import Named
from mentoring_applications.programmes.schemas import Why
from mentoring_common.bodies import Body
from mentoring_common.documented import DocumentedAs
from mentoring_common.versions import VersionedView
from mentoring_common.views import View
from mentoring_contracts.words import Side


class Proxy(Body):
    """Why somebody else gives a person's consent, such as "signed on paper"; on record, and shown to the person."""

    reason: Why


class NewApplication(Body):
    """For oneself, or by a team for somebody (`person_id`) with `proxy`; equality answers are the person's own.

    `nominator` is who is asked to stand behind it, where the programme takes nominations; left out: the line manager,
    or HR.
    """

    person_id: UUID | None = None
    proxy: Proxy | None = None
    nominator: Named | None = None
    role: Side
    cohort_id: UUID | None
    capacity: Annotated[int, Field(ge=1, le=100)] | None = None
    answers: Annotated[dict[str, Any], Field(max_length=200, description="by the id of the form's field")]
    consents: Annotated[
        dict[str, str],
        Field(max_length=20, description="by the id of the form's field, or of its document: the version agreed to"),
    ] = {}
    equality: Annotated[dict[str, Any], Field(max_length=50)] | None = None


class ApplicationBatch(Body):
    """Each is checked on its own, so that one bad row does not keep the others out."""

    applications: Annotated[
        list[Annotated[dict[str, Any], DocumentedAs(NewApplication)]], Field(min_length=1, max_length=500)
    ]


class ApplicationItem(BaseModel):
    """What became of the row at `index` (in a dry run: would): the application's id, or the problem that refused it.

    Pointers of the problem name the row: `/body/applications/3/answers/about`. In a dry run the id is null.
    """

    index: int
    outcome: Literal["created", "refused"]
    id: UUID | None = None
    problem: dict[str, Any] | None = None


class ApplicationItems(BaseModel):
    """One item for each row, in order."""

    dry_run: bool
    items: list[ApplicationItem]


class DraftContent(Body):
    """What is written so far; it is compared with the form when it is submitted."""

    capacity: Annotated[int, Field(ge=1, le=100)] | None = None
    answers: Annotated[dict[str, Any], Field(max_length=200)] = {}
    consents: Annotated[dict[str, str], Field(max_length=20)] = {}
    equality: Annotated[dict[str, Any], Field(max_length=50)] | None = None


class NewDraft(DraftContent):
    """A draft of one's own application."""

    role: Side
    cohort_id: UUID | None


class DraftSaved(View, VersionedView):
    """A draft without what was written; `closes_at` is when the window closes, null for no end."""

    MADE_AT: ClassVar = "/drafts/{id}"
    id: UUID
    programme_id: UUID
    cohort_id: UUID | None
    role: Side
    saved_at: datetime
    closes_at: datetime | None = None


class DraftView(DraftSaved):
    """A draft as it was written, and what would be refused if it were submitted now."""

    capacity: int | None
    answers: dict[str, Any]
    consents: dict[str, str]
    equality: dict[str, Any] | None
    faults: list[dict[str, str]]


class FileSaved(View):
    """A file that was sent: its id is the answer to its field."""

    MADE_AT: ClassVar = "/files/{id}"
    id: UUID
    field: str
    media_type: str
    size: int
    sent_at: datetime


class Known(BaseModel):
    """What is known of an answer: said by HR, in the profile, or on an earlier application, and then when."""

    answer: Any
    source: Literal["hr", "profile", "application"]
    said_at: datetime | None = None


class KnownAnswers(BaseModel):
    """What the form may be filled in with beforehand, by field."""

    answers: dict[str, Known]


class AnswersEdit(DraftContent):
    """The answers, whole, in place of those that were given; `equality` left out stays as it was."""


class SubmittedDraft(Body):
    """Who is asked to stand behind the application; left out: the line manager, where somebody is asked at all."""

    nominator: Named | None = None


class SubmittedView(ApplicationView):
    ignored: list[str] = Field(
        description="fields of the form that change nothing: another value is on record, which you see in /me; it is "
        "changed by HR, or by you where you may. Empty where somebody applies for somebody else"
    )
