"""What the REST API takes and gives."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from mentoring_common.versions import VersionedView
from mentoring_common.views import View

Kind = Literal[
    "decision", "cohort_change", "offer", "offer_closed", "introduction", "match_ended", "survey_invitation",
    "survey_reminder", "account",
]  # fmt: skip


class RefusedRowView(View):
    row: int
    column: str | None
    code: str
    detail: str


class ImportSummary(View):
    id: UUID
    kind: Literal["people", "applications"]
    programme_id: UUID | None
    dry_run: bool
    state: Literal["running", "finished"]
    rows: int
    accepted: int
    started_at: datetime
    finished_at: datetime | None


class ImportView(ImportSummary):
    refused: list[RefusedRowView]


class NotificationView(BaseModel):
    """One entry of the inbox; `link` is null where a message had a personal one (a survey invitation)."""

    id: UUID
    kind: Kind
    topic: str
    subject_id: UUID
    programme_id: UUID | None
    cohort_id: UUID | None
    title: str
    text: str
    link: str | None
    created_at: datetime
    read_at: datetime | None


class Preferences(BaseModel):
    """Whether each kind is sent by e-mail; the inbox has all of them."""

    model_config = ConfigDict(extra="forbid")
    email: dict[Kind, bool]


class PreferencesView(VersionedView):
    """The kinds, each with whether it is sent by e-mail."""

    ALONE = True
    email: dict[Kind, bool]


class LogEntry(View):
    kind: Kind
    topic: str
    state: Literal["queued", "sent", "muted", "lapsed", "failed"]
    last_error: str | None
    count: int


class NotificationLog(BaseModel):
    items: list[LogEntry]
