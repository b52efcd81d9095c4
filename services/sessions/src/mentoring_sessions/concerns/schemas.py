"""Concerns as the REST API takes and gives them."""

from datetime import datetime
from typing import ClassVar, Final, Literal, Self, get_args
from uuid import UUID

from pydantic import Field, model_validator

from mentoring_common.bodies import Body
from mentoring_common.versions import VersionedView
from mentoring_common.views import View
from mentoring_sessions.fields import Text

Severity = Literal["normal", "serious", "urgent"]
SEVERITIES: Final[tuple[str, ...]] = get_args(Severity)  # the mildest first
State = Literal["raised", "acknowledged", "resolved"]


class NewConcern(Body):
    text: Text
    severity: Severity = "normal"
    safeguarding: bool = Field(
        False, description="whether it is about somebody's safety: it has readers of its own then"
    )


class ConcernChange(Body):
    state: State | None = Field(None, description="raised gives it back: nobody has it, and whoever is on duty is told")
    owner_id: UUID | None = Field(None, description="who sees to it; who takes a concern, without one, is it")
    severity: Severity | None = None
    safeguarding: bool | None = None

    @model_validator(mode="after")
    def _back_to_nobody(self) -> Self:
        if self.state == "raised" and self.owner_id is not None:
            raise ValueError("what is given back is nobody's: leave out owner_id")
        return self


class ConcernStateView(View, VersionedView):
    MADE_AT: ClassVar = "/concerns/{id}"
    id: UUID
    match_id: UUID = Field(validation_alias="relationship_id")
    raised_by: UUID
    raised_at: datetime
    source: Literal["raised", "check_in"] = Field(description="raised, or help asked for in a check-in")
    severity: Severity
    safeguarding: bool
    state: State
    due_at: datetime | None = Field(description="until when somebody takes it; then others are told")
    owner_id: UUID | None = Field(description="who sees to it; null: nobody yet")
    taken_at: datetime | None
    resolved_at: datetime | None


class ConcernMember(View):
    person_id: UUID
    role: str = Field(description="mentor, mentee, coach, peer or another word of the programme's")
    left_at: datetime | None


class ConcernView(ConcernStateView):
    text: str | None
    members: list[ConcernMember] | None = Field(
        description="who is or was in the relationship, for who reads the concern for the team; null to others"
    )


class NewCaseNote(Body):
    text: Text


class CaseNoteStateView(View):
    MADE_AT: ClassVar = "/concerns/{concern_id}/notes"
    id: UUID
    concern_id: UUID
    written_by: UUID
    written_at: datetime


class CaseNoteView(CaseNoteStateView):
    text: str | None = Field(description="null where its writer was erased")


class ConcernIds(Body):
    concern_ids: list[UUID] = Field(max_length=500, description="the concerns that letters are about")


class Raiser(View):
    id: UUID
    raised_by: UUID = Field(description="who is told what became of it")


class Raisers(View):
    items: list[Raiser]
