"""What the REST API takes and gives.

No answer to an unsafe method carries a text that somebody wrote: answers are kept for Idempotency-Key, unsealed.
"""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

from mentoring_common.versions import RevisedView, VersionedView
from mentoring_common.views import View

Text = Annotated[str, Field(min_length=1, max_length=4000)]
Why = Annotated[str, Field(min_length=1, max_length=500, description="why, for the pair and the programme team")]
MeetingMode = Literal["online", "in_person", "phone"]
Visibility = Literal["mine", "pair", "programme_team"]
Minutes = Annotated[int, Field(ge=1, le=1440)]


def _plausible(moment: datetime) -> datetime:
    if not 1990 <= moment.year <= 2200:
        raise ValueError("must be between 1990 and 2200")
    return moment


Moment = Annotated[AwareDatetime, AfterValidator(_plausible)]
Label = Annotated[str, Field(min_length=1, max_length=200)]
Kind = Annotated[str, Field(pattern=r"^[a-z][a-z_]{0,39}$", description="orientation, cpd or a kind of the blueprint")]


class Body(BaseModel):
    """A request body: unknown members are refused, so that a misspelt one is not lost."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


class Made(View):
    """The id of what was made."""

    id: UUID


# -------------------------------------------------------------------------------------------------------- relationships
class Signatures(View):
    mentor_signed_at: datetime | None = None
    mentee_signed_at: datetime | None = None


class RelationshipView(VersionedView):
    match_id: UUID
    programme_id: UUID
    cohort_id: UUID
    mentor_id: UUID
    mentee_id: UUID
    state: Literal["waiting_for_orientation", "active", "ended", "closed"]
    confirmed_at: datetime
    started_at: datetime | None
    over_at: datetime | None
    total_minutes: int
    budget_minutes: int | None
    over_budget: bool
    mentoring_sessions: int
    last_held_at: datetime | None
    agreement: Signatures


class NewAgreement(Body):
    terms: Text | None = None


class Signature(Body):
    version: int | None = Field(
        None, ge=1, le=2**31 - 1, description="the version that was read; 409 if it is no longer the current one"
    )


class AgreementStateView(Signatures, RevisedView):
    version: int
    proposed_by: UUID
    proposed_at: datetime


class AgreementView(AgreementStateView):
    terms: str | None


class NewGoal(Body):
    text: Text
    due_on: date | None = None


class GoalChange(Body):
    text: Text | None = None
    due_on: date | None = None
    state: Literal["open", "reached", "dropped"] | None = None


class NewAction(Body):
    text: Text
    due_on: date | None = None


class ActionChange(Body):
    text: Text | None = None
    due_on: date | None = None
    done: bool | None = None


class ActionStateView(View, VersionedView):
    id: UUID
    goal_id: UUID
    due_on: date | None
    done_at: datetime | None


class ActionView(ActionStateView):
    ALONE = True
    text: str | None


class GoalStateView(View, VersionedView):
    id: UUID
    written_by: UUID
    due_on: date | None
    state: Literal["open", "reached", "dropped"]
    reached_at: datetime | None


class GoalView(GoalStateView):
    text: str | None
    actions: list[ActionView]


# --------------------------------------------------------------------------------------------------- mentoring sessions
class NewMentoringSession(Body):
    held_at: Moment
    minutes: Minutes
    mode: MeetingMode
    note: Text | None = None
    note_visibility: Visibility = "mine"
    another_meeting: bool = Field(
        False, description="the pair met twice: this is not the meeting of that time that is recorded already"
    )


class MentoringSessionCorrection(Body):
    held_at: Moment | None = None
    minutes: Minutes | None = None
    mode: MeetingMode | None = None
    reason: Why
    another_meeting: bool = Field(False, description="it is not the other meeting of that time that is recorded")


class Withdrawing(Body):
    reason: Why


class MeetingFacts(View):
    held_at: datetime
    minutes: int
    mode: str


class MentoringSessionRecordedView(MeetingFacts, VersionedView):
    id: UUID
    outcome: Literal["recorded", "confirmed"] = Field(
        description="confirmed: the other of the pair had recorded this meeting, and it says what they said"
    )
    recorded_by: UUID
    over_budget: bool = Field(description="whether the pair has met for longer than its budget, with this meeting")
    total_minutes: int
    budget_minutes: int | None
    note_id: UUID | None


class NewNote(Body):
    text: Text
    visibility: Visibility = "mine"


class NoteChange(Body):
    text: Text | None = None
    visibility: Visibility | None = None


class NoteStateView(View, VersionedView):
    id: UUID
    written_by: UUID
    written_at: datetime
    visibility: Visibility


class NoteView(NoteStateView):
    ALONE = True
    text: str | None


class MentoringSessionStateView(MeetingFacts, VersionedView):
    id: UUID
    match_id: UUID = Field(validation_alias="relationship_id")
    recorded_by: UUID
    corrected_by: UUID | None = Field(description="who of the two said last what it was like, if not who recorded it")
    confirmed_at: datetime | None = Field(description="when the other of the two said the same")
    withdrawn_at: datetime | None
    over_budget: bool


class MentoringSessionView(MentoringSessionStateView):
    notes: list[NoteView]


class CorrectionView(View):
    id: UUID
    made_by: UUID
    made_at: datetime
    reason: str | None = Field(description="null where the caller may not read it, or its writer was erased")
    before: MeetingFacts
    after: MeetingFacts | None = Field(description="null: withdrawn")


class NewCheckIn(Body):
    going_well: int = Field(ge=1, le=5)
    comment: Text | None = None
    needs_help: bool = False


class CheckInStateView(View):
    id: UUID
    person_id: UUID
    side: Literal["mentor", "mentee"]
    recorded_at: datetime
    going_well: int
    needs_help: bool


class CheckInView(CheckInStateView):
    comment: str | None


class NewConcern(Body):
    text: Text


class ConcernChange(Body):
    state: Literal["acknowledged", "resolved"]


class ConcernStateView(View, VersionedView):
    id: UUID
    match_id: UUID = Field(validation_alias="relationship_id")
    raised_by: UUID
    raised_at: datetime
    state: Literal["raised", "acknowledged", "resolved"]
    resolved_at: datetime | None


class ConcernView(ConcernStateView):
    text: str | None


class NudgeView(View):
    id: UUID
    match_id: UUID = Field(validation_alias="relationship_id")
    quiet_since: datetime
    nudged_at: datetime
    weeks: int


# ----------------------------------------------------------------------------------------------------------- activities
class NewActivity(Body):
    kind: Kind
    title: Label
    mode: Literal["online", "in_person"]
    location: Label | None = None
    starts_at: Moment
    minutes: Minutes
    cohort_id: UUID | None = None
    places: int | None = Field(None, ge=1, le=100_000)
    topics: list[Label] = Field([], max_length=50)


class ActivityView(View, VersionedView):
    ALONE = True
    id: UUID
    programme_id: UUID
    cohort_id: UUID | None
    kind: str
    title: str
    mode: Literal["online", "in_person"]
    location: str | None
    starts_at: datetime
    minutes: int
    places: int | None
    registered: int
    topics: list[str]
    held_at: datetime | None


class People(Body):
    person_ids: list[UUID] = Field(min_length=1, max_length=500)


class AttendanceResult(View):
    recorded: int = Field(description="people not known to have attended before")
    attended: int = Field(description="everybody who attended so far")


class AttendanceView(View):
    person_id: UUID
    recorded_at: datetime


class AttendanceWithdrawnView(View):
    activity_id: UUID
    person_id: UUID
    attended: int = Field(description="everybody else who attended")


class WithdrawnAttendanceView(View):
    id: UUID
    person_id: UUID
    recorded_at: datetime
    withdrawn_by: UUID
    withdrawn_at: datetime
    reason: str | None = Field(description="null where the caller may not read it, or its writer was erased")


class HeldView(View):
    id: UUID
    held_at: datetime
    attended: int


class NextActivity(ActivityView):
    registered_myself: bool


class HomeView(View):
    person_id: UUID
    relationships: list[RelationshipView]
    next_activities: list[NextActivity]
