"""Mentoring sessions as the REST API takes and gives them."""

from datetime import datetime
from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import Field

from mentoring_common.bodies import Body
from mentoring_common.versions import VersionedView
from mentoring_common.views import View
from mentoring_contracts.days import Moment
from mentoring_sessions.fields import MeetingMode, Minutes, Text, Why
from mentoring_sessions.notes.schemas import NoteView, Visibility

Attended = Annotated[
    list[UUID] | None,
    Field(min_length=1, max_length=200, description="who of a group was there; without it everybody in it"),
]


Topic = Annotated[str, Field(min_length=1, max_length=100)]
Topics = Annotated[list[Topic], Field(max_length=50, description="what it was about: ids of the programme's topics")]


class NewMentoringSession(Body):
    held_at: Moment
    minutes: Minutes
    mode: MeetingMode
    note: Text | None = None
    note_visibility: Visibility = "mine"
    another_meeting: bool = Field(
        False, description="the pair met twice: this is not the meeting of that time that is recorded already"
    )
    attended: Attended = None
    topics: Topics = []


class MentoringSessionCorrection(Body):
    held_at: Moment | None = None
    minutes: Minutes | None = None
    mode: MeetingMode | None = None
    reason: Why
    another_meeting: bool = Field(False, description="it is not the other meeting of that time that is recorded")
    attended: Attended = None
    topics: Topics | None = None


class MeetingTopicView(View):
    id: str = Field(description="what meetings name it by")
    title: str


class MeetingFacts(View):
    held_at: datetime
    minutes: int
    mode: str
    topics: list[str] = Field([], description="what it was about: ids of the programme's topics")


class MentoringSessionRecordedView(MeetingFacts, VersionedView):
    MADE_AT: ClassVar = "/mentoring-sessions/{id}"
    id: UUID
    outcome: Literal["recorded", "confirmed", "differs"] = Field(
        description="confirmed: the other of the pair had recorded this meeting, and said the same; differs: they said "
        "something else, which stands here unchanged and unconfirmed: correct it, or say that yours is another meeting"
    )
    recorded_by: UUID
    over_budget: bool = Field(description="whether the pair has met for longer than its budget, with this meeting")
    total_minutes: int
    budget_minutes: int | None
    note_id: UUID | None


class MentoringSessionStateView(MeetingFacts, VersionedView):
    id: UUID
    match_id: UUID = Field(validation_alias="relationship_id")
    recorded_by: UUID
    corrected_by: UUID | None = Field(description="who of the two said last what it was like, if not who recorded it")
    confirmed_at: datetime | None = Field(description="when the other of the two said the same")
    withdrawn_at: datetime | None
    over_budget: bool


class MentoringSessionView(MentoringSessionStateView):
    attended: list[UUID] | None = Field(description="who of a group was there; null of a pair, which meets as two")
    notes: list[NoteView]


class RecordedFacts(MeetingFacts):
    attended: list[UUID] | None = None


class CorrectionView(View):
    id: UUID
    made_by: UUID
    made_at: datetime
    reason: str | None = Field(description="null where the caller may not read it, or its writer was erased")
    before: RecordedFacts
    after: RecordedFacts | None = Field(description="null: withdrawn")
