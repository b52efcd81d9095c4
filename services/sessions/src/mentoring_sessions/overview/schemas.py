"""Relationships with all that is shown of them, and what concerns a person now."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from pydantic import Field

from mentoring_common.versions import VersionedView
from mentoring_common.views import View
from mentoring_sessions.activities.schemas import ActivityView, DueActivityView
from mentoring_sessions.agreements.schemas import Signatures


class MemberView(View):
    person_id: UUID
    role: str = Field(description="mentor, mentee, coach, peer or another word of the programme's")
    leads: bool
    joined_at: datetime
    left_at: datetime | None = None
    signed_at: datetime | None = Field(None, description="when they signed the agreement as it stands")


class RelationshipView(VersionedView):
    match_id: UUID
    programme_id: UUID
    cohort_id: UUID
    continues: UUID | None = Field(description="the relationship that another mentor led before, see its handover")
    continued_by: UUID | None = Field(None, description="the relationship in which another mentor carries on")
    kind: str = Field(description="mentoring, or another kind of the programme")
    mentor_id: UUID | None = Field(description="who mentors, coaches or supervises; null where all are equals")
    mentee_id: UUID | None = Field(description="the other of a pair; null of a group, see `members`")
    members: list[MemberView] = Field(description="who is in it; once it is over, who was until then")
    state: Literal["waiting_for_orientation", "active", "ended", "closed"]
    confirmed_at: datetime
    updated_at: datetime
    started_at: datetime | None
    over_at: datetime | None
    ends_at: datetime | None = Field(description="when it is closed by itself; later by every pause that is over")
    paused_at: datetime | None = Field(description="since when it has a break; null while it goes on")
    paused_until: date | None = Field(description="the day on which it goes on by itself")
    paused_days: int = Field(description="of the pauses that are over")
    phase: str | None = Field(description="of the programme, where it has phases")
    total_minutes: int
    budget_minutes: int | None
    over_budget: bool
    expected_minutes: int | None = Field(
        description="what it would have met by now, of its hours and the part of its time that is over; null where "
        "its programme expects none, or it has not begun"
    )
    behind: bool = Field(description="whether it lacks as much as it is expected to meet in a month, or more")
    mentoring_sessions: int
    last_held_at: datetime | None
    quiet_since: datetime | None = Field(
        description="since when it has not met; null where nobody minds: before it began, in a break, once it is over"
    )
    agreement: Signatures
    agreement_needed: bool = Field(description="whether relationships of this kind make an agreement")
    private: bool = Field(description="whether what members write is for them alone, never the programme team")


class CountsView(View):
    counted_at: datetime = Field(
        description="when it was counted, in UTC: of a programme of more than 10,000 relationships within the last "
        "minute, but for open concerns and reviews, which are those of now"
    )
    relationships: int = Field(description="how many there are")
    waiting: int = Field(description="how many wait for an orientation")
    active: int = Field(description="how many go on, those with a break among them")
    paused: int = Field(description="how many have a break")
    behind: int = Field(description="how many lack as much as is expected in a month, or more")
    quiet: int = Field(description="how many have not met for so many days")
    ending: int = Field(description="how many end within so many days")
    open_concern: int | None = Field(description="how many have an open concern; null for who takes none")
    review_due: int = Field(description="how many have a review that waits for the programme team")
    over: int = Field(description="how many were closed, or ended early")
    mentoring_sessions: int = Field(description="how many mentoring sessions were held in all of them")
    total_minutes: int = Field(description="how many minutes they met, all together")


class WaitingView(View):
    """Something that waits for a person: a meeting to confirm, times to accept, an agreement to sign, a review to
    answer, or what a new mentor takes over."""

    what: Literal["meeting", "appointment", "agreement", "review", "handover"] = Field(
        description="what is to be done: the meeting confirmed, a time accepted, the agreement signed, the review "
        "answered, or said what comes along"
    )
    id: UUID = Field(description="of the meeting, appointment or review; else of the relationship")
    match_id: UUID
    since: datetime = Field(description="by which the list is in order; of a meeting, when it was held")


class NudgeView(View):
    """A pair that went quiet, as its team was told."""

    id: UUID
    match_id: UUID = Field(validation_alias="relationship_id")
    quiet_since: datetime
    nudged_at: datetime
    weeks: int


class HomeView(View):
    person_id: UUID
    relationships: list[RelationshipView]
    next_activities: list[ActivityView]
    due_activities: list[DueActivityView] = Field(
        description="what you attend to complete your programmes and have not met, the soonest due first"
    )
