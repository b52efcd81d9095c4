"""The sessions service: relationships, agreements, goals, mentoring sessions, check-ins."""

from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

import strawberry
from pydantic import TypeAdapter

from mentoring_common.pagination import Page
from mentoring_gateway.clients.upstream import PageRequest, Upstream
from mentoring_gateway.clients.values import NOTHING, Role, body


@strawberry.type(description="Who has signed the current version of the agreement")
class Signatures:
    mentor_signed_at: datetime | None = None
    mentee_signed_at: datetime | None = None


@strawberry.type(description="What the two agreed on; `terms` is null where the caller may not read them")
class Agreement(Signatures):
    version: int
    revision: int
    proposed_by: UUID
    proposed_at: datetime
    terms: str | None = None


@dataclass
class RelationshipRecord:
    match_id: UUID
    programme_id: UUID
    mentor_id: UUID
    mentee_id: UUID
    state: str
    total_minutes: int
    mentoring_sessions: int
    agreement: Signatures
    cohort_id: UUID
    confirmed_at: datetime
    version: int
    budget_minutes: int | None = None
    over_budget: bool = False
    last_held_at: datetime | None = None


@strawberry.type(description="A note of somebody on a meeting; `text` is null where the caller may not read it")
class Note:
    id: UUID
    written_by: UUID
    written_at: datetime
    visibility: str
    version: int
    text: str | None = None


@dataclass
class MentoringSessionRecord:
    id: UUID
    version: int
    held_at: datetime
    minutes: int
    mode: str
    over_budget: bool
    recorded_by: UUID | None = None
    corrected_by: UUID | None = None
    confirmed_at: datetime | None = None
    withdrawn_at: datetime | None = None
    notes: list[Note] = field(default_factory=list)


@strawberry.type(description="What a meeting was said to be like")
class MeetingFacts:
    held_at: datetime
    minutes: int
    mode: str


@strawberry.type(
    description="Who corrected a meeting (or withdrew it: `after` is null), when and why; `reason` is null where the "
    "caller may not read it"
)
class MeetingCorrection:
    id: UUID
    made_by: UUID
    made_at: datetime
    before: MeetingFacts
    after: MeetingFacts | None = None
    reason: str | None = None


@strawberry.type(description="Somebody was at an activity")
class Attendance:
    person_id: UUID
    recorded_at: datetime


@strawberry.type(
    description="Somebody was said to have been at an activity, and was not; `reason` is null where the caller may "
    "not read it"
)
class WithdrawnAttendance:
    id: UUID
    person_id: UUID
    recorded_at: datetime
    withdrawn_by: UUID
    withdrawn_at: datetime
    reason: str | None = None


@dataclass
class RecordedMeetingRecord:
    id: UUID
    version: int
    held_at: datetime
    minutes: int
    mode: str
    over_budget: bool
    total_minutes: int
    outcome: str
    budget_minutes: int | None = None
    note_id: UUID | None = None


@strawberry.type(description="A step towards a goal; `text` is null where the caller may not read it")
class Action:
    id: UUID
    goal_id: UUID
    version: int
    due_on: date | None = None
    done_at: datetime | None = None
    text: str | None = None


@strawberry.type(description="A goal; `text` is null where the caller may not read it, and in answers to a mutation")
class Goal:
    id: UUID
    state: str
    version: int
    written_by: UUID | None = None
    due_on: date | None = None
    reached_at: datetime | None = None
    text: str | None = None
    actions: list[Action] = field(default_factory=list)


@strawberry.type(description="How a pair goes, said by one side; `comment` is null in answers to a mutation")
class CheckIn:
    id: UUID
    person_id: UUID
    side: Role
    recorded_at: datetime
    going_well: int
    needs_help: bool
    comment: str | None = None


@dataclass
class ConcernRecord:
    id: UUID
    match_id: UUID
    raised_by: UUID
    raised_at: datetime
    state: str
    version: int
    resolved_at: datetime | None = None
    text: str | None = None


@strawberry.type(description="Something a programme puts on: orientation, workshop, webinar, …")
class Activity:
    id: UUID
    version: int
    kind: str
    title: str
    mode: str
    starts_at: datetime
    minutes: int
    location: str | None = None
    places: int | None = None
    registered: int | None = None
    registered_myself: bool | None = None
    cohort_id: UUID | None = None
    topics: list[str] = field(default_factory=list)
    held_at: datetime | None = None


@dataclass
class HomeRecord:
    relationships: list[RelationshipRecord] = field(default_factory=list)
    next_activities: list[Activity] = field(default_factory=list)


_relationship = TypeAdapter(RelationshipRecord)
_relationships = TypeAdapter(Page[RelationshipRecord])
_agreement = TypeAdapter(Agreement)
_meeting = TypeAdapter(RecordedMeetingRecord)
_held = TypeAdapter(MentoringSessionRecord)
_meetings = TypeAdapter(Page[MentoringSessionRecord])
_corrections = TypeAdapter(Page[MeetingCorrection])
_attendance = TypeAdapter(Page[Attendance])
_withdrawn_attendance = TypeAdapter(Page[WithdrawnAttendance])
_goal = TypeAdapter(Goal)
_goals = TypeAdapter(Page[Goal])
_check_in = TypeAdapter(CheckIn)
_check_ins = TypeAdapter(Page[CheckIn])
_note = TypeAdapter(Note)
_action = TypeAdapter(Action)
_concern = TypeAdapter(ConcernRecord)
_concerns = TypeAdapter(Page[ConcernRecord])
_activity = TypeAdapter(Activity)
_activities = TypeAdapter(Page[Activity])
_home = TypeAdapter(HomeRecord)


@dataclass(frozen=True)
class Sessions:
    """The sessions API for one caller."""

    api: Upstream

    async def relationship(self, match_id: UUID) -> RelationshipRecord:
        """The relationship of a match."""
        return await self.api.get(f"/relationships/{match_id}", _relationship)

    async def relationships(self, wanted: PageRequest, **which: UUID | str | None) -> Page[RelationshipRecord]:
        """Relationships by person_id, cohort_id, state."""
        return await self.api.page("/relationships", _relationships, which, wanted)

    async def every_relationship(self, **which: UUID | str | None) -> list[RelationshipRecord]:
        """All relationships of a selection."""
        return await self.api.every("/relationships", _relationships, which)

    async def mentoring_sessions(
        self, match_id: UUID, wanted: PageRequest, *, withdrawn: bool = False
    ) -> Page[MentoringSessionRecord]:
        """The mentoring sessions of a relationship, or those that were withdrawn."""
        which = {"withdrawn": "true"} if withdrawn else {}
        return await self.api.page(f"/relationships/{match_id}/mentoring-sessions", _meetings, which, wanted)

    async def corrections(self, mentoring_session_id: UUID, wanted: PageRequest) -> Page[MeetingCorrection]:
        """The trace of a mentoring session."""
        path = f"/mentoring-sessions/{mentoring_session_id}/corrections"
        return await self.api.page(path, _corrections, {}, wanted)

    async def goals(self, match_id: UUID, wanted: PageRequest) -> Page[Goal]:
        """The goals of a relationship."""
        return await self.api.page(f"/relationships/{match_id}/goals", _goals, {}, wanted)

    async def check_ins(self, match_id: UUID, wanted: PageRequest) -> Page[CheckIn]:
        """The check-ins of a relationship that the caller may see."""
        return await self.api.page(f"/relationships/{match_id}/check-ins", _check_ins, {}, wanted)

    async def home(self, person_id: UUID) -> HomeRecord:
        """A person's relationships and next activities."""
        return await self.api.get(f"/people/{person_id}/home", _home)

    async def agreement(self, match_id: UUID) -> Agreement:
        """The current agreement of a relationship."""
        return await self.api.get(f"/relationships/{match_id}/agreement", _agreement)

    async def propose_agreement(self, match_id: UUID, terms: str | None) -> None:
        """Put terms to the other side."""
        await self.api.send("POST", f"/relationships/{match_id}/agreement", NOTHING, body(terms=terms))

    async def sign_agreement(self, match_id: UUID, version: int | None) -> None:
        """Sign for the caller's own side."""
        await self.api.send("POST", f"/relationships/{match_id}/agreement/sign", NOTHING, body(version=version))

    async def set_goal(self, match_id: UUID, **goal: object) -> Goal:
        """Add a goal."""
        return await self.api.send("POST", f"/relationships/{match_id}/goals", _goal, body(**goal))

    async def record_mentoring_session(self, match_id: UUID, **meeting: object) -> RecordedMeetingRecord:
        """Record a meeting."""
        path = f"/relationships/{match_id}/mentoring-sessions"
        return await self.api.send("POST", path, _meeting, body(**meeting))

    async def correct_mentoring_session(self, mentoring_session_id: UUID, **change: object) -> MentoringSessionRecord:
        """Say what a meeting was like."""
        return await self.api.send("PATCH", f"/mentoring-sessions/{mentoring_session_id}", _held, body(**change))

    async def withdraw_mentoring_session(self, mentoring_session_id: UUID, reason: str) -> MentoringSessionRecord:
        """Say that a meeting never was."""
        path = f"/mentoring-sessions/{mentoring_session_id}/withdraw"
        return await self.api.send("POST", path, _held, body(reason=reason))

    async def check_in(self, match_id: UUID, **answers: object) -> CheckIn:
        """Say how it goes."""
        return await self.api.send("POST", f"/relationships/{match_id}/check-ins", _check_in, body(**answers))

    async def close(self, match_id: UUID) -> RelationshipRecord:
        """The relationship ran its course."""
        return await self.api.send("POST", f"/relationships/{match_id}/close", _relationship)

    async def change_goal(self, goal_id: UUID, **change: object) -> Goal:
        """Change a goal, or say that it is reached or dropped."""
        return await self.api.send("PATCH", f"/goals/{goal_id}", _goal, body(**change))

    async def add_action(self, goal_id: UUID, **action: object) -> Action:
        """Add a step towards a goal."""
        return await self.api.send("POST", f"/goals/{goal_id}/actions", _action, body(**action))

    async def change_action(self, action_id: UUID, **change: object) -> Action:
        """Change a step, or say that it is done."""
        return await self.api.send("PATCH", f"/actions/{action_id}", _action, body(**change))

    async def add_note(self, mentoring_session_id: UUID, **note: object) -> Note:
        """Write a note on a meeting."""
        return await self.api.send("POST", f"/mentoring-sessions/{mentoring_session_id}/notes", _note, body(**note))

    async def raise_concern(self, match_id: UUID, text: str) -> ConcernRecord:
        """Tell the programme team what worries one."""
        return await self.api.send("POST", f"/relationships/{match_id}/concerns", _concern, body(text=text))

    async def change_concern(self, concern_id: UUID, state: str) -> ConcernRecord:
        """Say that a concern is acknowledged or resolved."""
        return await self.api.send("PATCH", f"/concerns/{concern_id}", _concern, body(state=state))

    async def concerns(self, path: str, wanted: PageRequest, **which: str | None) -> Page[ConcernRecord]:
        """Concerns of `/relationships/{id}` that the caller may see, or of `/programmes/{id}` by state."""
        return await self.api.page(f"{path}/concerns", _concerns, which, wanted)

    async def activities(self, programme_id: UUID, wanted: PageRequest, **which: object) -> Page[Activity]:
        """What a programme puts on, by cohort_id and kind."""
        return await self.api.page(f"/programmes/{programme_id}/activities", _activities, which, wanted)

    async def plan_activity(self, programme_id: UUID, **activity: object) -> Activity:
        """Put something on."""
        return await self.api.send("POST", f"/programmes/{programme_id}/activities", _activity, body(**activity))

    async def register(self, activity_id: UUID) -> Activity:
        """Take a place of an activity for oneself."""
        return await self.api.send("POST", f"/activities/{activity_id}/registration", _activity)

    async def unregister(self, activity_id: UUID) -> None:
        """Give one's place of an activity back."""
        await self.api.send("DELETE", f"/activities/{activity_id}/registration", NOTHING)

    async def record_attendance(self, activity_id: UUID, person_ids: list[UUID]) -> None:
        """Say who attended an activity."""
        await self.api.send("POST", f"/activities/{activity_id}/attendance", NOTHING, body(person_ids=person_ids))

    async def withdraw_attendance(self, activity_id: UUID, person_id: UUID, reason: str) -> None:
        """Take back that somebody attended an activity."""
        path = f"/activities/{activity_id}/attendance/{person_id}/withdraw"
        await self.api.send("POST", path, NOTHING, body(reason=reason))

    async def attendance(self, activity_id: UUID, wanted: PageRequest) -> Page[Attendance]:
        """Who attended an activity."""
        return await self.api.page(f"/activities/{activity_id}/attendance", _attendance, {}, wanted)

    async def withdrawn_attendance(self, activity_id: UUID, wanted: PageRequest) -> Page[WithdrawnAttendance]:
        """Whose attendance of an activity was taken back."""
        path = f"/activities/{activity_id}/attendance/withdrawn"
        return await self.api.page(path, _withdrawn_attendance, {}, wanted)

    async def activity(self, activity_id: UUID) -> Activity:
        """One activity."""
        return await self.api.get(f"/activities/{activity_id}", _activity)
