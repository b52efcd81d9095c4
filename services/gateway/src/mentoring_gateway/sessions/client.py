"""The sessions service: relationships, agreements, goals, mentoring sessions, check-ins."""

from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

import strawberry
from pydantic import TypeAdapter

from mentoring_common.pagination import Page
from mentoring_gateway.upstream import PageRequest, Upstream
from mentoring_gateway.values import NOTHING, body


@strawberry.type(description="Somebody signed the agreement as it stands")
class MemberSignature:
    person_id: UUID
    signed_at: datetime


@strawberry.type(description="Who has signed the current version of the agreement")
class Signatures:
    mentor_signed_at: datetime | None = None
    mentee_signed_at: datetime | None = None
    signatures: list[MemberSignature] = field(default_factory=list)
    signed_by_all: bool = False


@strawberry.type(description="Somebody in a relationship, with their role in it")
class RelationshipMember:
    person_id: UUID
    role: str
    leads: bool
    joined_at: datetime
    left_at: datetime | None = None
    signed_at: datetime | None = None


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
    state: str
    total_minutes: int
    mentoring_sessions: int
    agreement: Signatures
    cohort_id: UUID
    confirmed_at: datetime
    version: int
    continues: UUID | None = None
    continued_by: UUID | None = None
    started_at: datetime | None = None
    over_at: datetime | None = None
    ends_at: datetime | None = None
    paused_at: datetime | None = None
    paused_until: date | None = None
    paused_days: int = 0
    phase: str | None = None
    mentor_id: UUID | None = None
    mentee_id: UUID | None = None
    kind: str = "mentoring"
    members: list[RelationshipMember] = field(default_factory=list)
    agreement_needed: bool = True
    private: bool = False
    budget_minutes: int | None = None
    over_budget: bool = False
    expected_minutes: int | None = None
    behind: bool = False
    last_held_at: datetime | None = None
    quiet_since: datetime | None = None

    @property
    def id(self) -> UUID:
        """That of its match or group."""
        return self.match_id


@strawberry.type(description="How often and how long people met before another mentor carried on")
class MeetingsBefore:
    mentoring_sessions: int
    total_minutes: int
    started_at: datetime | None = None
    over_at: datetime | None = None
    last_held_at: datetime | None = None


@strawberry.type(
    description="What came along from the relationship that this one continues; `decidedAt` is null until the mentee "
    "said, `before` where the caller may not see it"
)
class RelationshipHandover:
    match_id: UUID
    version: int
    continues: UUID
    goals: bool
    agreement: bool
    history: bool
    decided_at: datetime | None = None
    before: MeetingsBefore | None = None


@strawberry.type(
    description="How many relationships want something of the programme team; `openConcern` is null for who takes none"
)
class RelationshipCounts:
    relationships: int
    waiting: int
    active: int
    paused: int
    behind: int
    quiet: int
    ending: int
    review_due: int
    over: int
    mentoring_sessions: int
    total_minutes: int
    open_concern: int | None = None


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
    attended: list[UUID] | None = None
    notes: list[Note] = field(default_factory=list)


@strawberry.type(description="What a meeting was said to be like")
class MeetingFacts:
    held_at: datetime
    minutes: int
    mode: str
    attended: list[UUID] | None = None


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
    id: UUID
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
    recorded_by: UUID | None = None
    budget_minutes: int | None = None
    note_id: UUID | None = None


@strawberry.type(description="A step towards a goal; `text` is null where the caller may not read it")
class Action:
    id: UUID
    goal_id: UUID
    version: int
    owner_id: UUID | None = None
    due_on: date | None = None
    remind_on: date | None = None
    done_at: datetime | None = None
    text: str | None = None


@strawberry.type(description="A goal; `text` is null where the caller may not read it")
class Goal:
    id: UUID
    state: str
    version: int
    person_id: UUID | None = None
    written_by: UUID | None = None
    progress: int = 0
    due_on: date | None = None
    remind_on: date | None = None
    reached_at: datetime | None = None
    text: str | None = None
    measure: str | None = None
    actions: list[Action] = field(default_factory=list)


@strawberry.type(description="A goal or a step (`what`) of a plan; `personId` is null where it is everybody's")
class PlanItem:
    what: str
    id: UUID
    goal_id: UUID
    done: bool
    overdue: bool
    person_id: UUID | None = None
    text: str | None = None
    due_on: date | None = None
    progress: int | None = None


@strawberry.type(description="What is due in a month, such as 2026-03")
class PlanMonth:
    month: str
    items: list[PlanItem]


@strawberry.type(description="Goals and steps month by month; what has no day is `undated`")
class Plan:
    months: list[PlanMonth]
    undated: list[PlanItem]


@strawberry.type(description="How a pair goes, said by one side; `comment` is null where the caller may not read it")
class CheckIn:
    id: UUID
    person_id: UUID
    side: str
    recorded_at: datetime
    going_well: int
    needs_help: bool
    comment: str | None = None


@strawberry.type(description="Somebody who is or was in the relationship that a concern is about")
class ConcernMember:
    person_id: UUID
    role: str
    left_at: datetime | None = None


@dataclass
class ConcernRecord:
    id: UUID
    match_id: UUID
    raised_by: UUID
    raised_at: datetime
    source: str
    severity: str
    safeguarding: bool
    state: str
    version: int
    due_at: datetime | None = None
    owner_id: UUID | None = None
    taken_at: datetime | None = None
    resolved_at: datetime | None = None
    text: str | None = None
    members: list[ConcernMember] | None = None


@strawberry.type(description="What was done about a concern; `text` is null where its writer was erased")
class CaseNote:
    id: UUID
    concern_id: UUID
    written_by: UUID
    written_at: datetime
    text: str | None = None


@strawberry.type(
    description="Whether those in a relationship say differently how it goes: `differ`, `agree` or `waiting`"
)
class ComparedCheckIns:
    answers: str
    compared_at: datetime | None = None


@strawberry.type(description="A relationship in which several have said how it goes, and whether they differ")
class ComparedRelationship:
    id: UUID
    match_id: UUID
    differs: bool
    compared_at: datetime


@strawberry.type(description="A pair that went quiet: since when, when that was seen, and for how many weeks")
class QuietPair:
    id: UUID
    match_id: UUID
    quiet_since: datetime
    nudged_at: datetime
    weeks: int


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
    relationship_id: UUID | None = None
    cohort_id: UUID | None = None
    topics: list[str] = field(default_factory=list)
    zone: str | None = None
    speakers: list[str] = field(default_factory=list)
    materials: list[str] = field(default_factory=list)
    sides: list[str] = field(default_factory=list)
    prerequisite: str | None = None
    held_at: datetime | None = None
    cancelled_at: datetime | None = None
    programme_id: UUID | None = None


@strawberry.type(description="One week of a habit: on how many days it was kept, and whether that was often enough")
class HabitWeek:
    begins_on: date
    marks: int
    kept: bool


@strawberry.type(
    description="How a habit goes: `streak` and `best` are weeks kept one after the other; `embedded` is null until "
    "all weeks are over"
)
class HabitProgress:
    weeks: list[HabitWeek]
    streak: int
    best: int
    trend: str
    share: float | None = None
    embedded: bool | None = None


@strawberry.type(description="What I committed to for some weeks; nobody else sees it")
class Habit:
    id: UUID
    version: int
    programme_id: UUID
    committed_at: datetime
    times: int
    weeks: int
    starts_on: date
    ends_on: date
    marked_on: list[date]
    progress: HabitProgress
    text: str | None = None
    dropped_at: datetime | None = None


@strawberry.type(
    description="How many people committed to habits that are over, and how many embedded one; null where fewer than "
    "`least` are behind a number, or behind what is left over"
)
class HabitFigures:
    least: int
    people: int | None = None
    embedded: int | None = None
    percent: int | None = None


@dataclass
class HabitState:
    id: UUID
    version: int
    programme_id: UUID
    committed_at: datetime
    times: int
    weeks: int
    starts_on: date
    ends_on: date
    dropped_at: datetime | None = None


@strawberry.type(
    description="Where I stand at an activity: `place`, `waiting` (as the `position`th) or `none`; `link` once I have "
    "a place"
)
class ActivityPlace:
    activity_id: UUID
    state: str
    position: int | None = None
    link: str | None = None


@strawberry.type(description="Somebody has a place at an activity, or waits for one")
class Registration:
    id: UUID
    person_id: UUID
    registered_at: datetime
    waits: bool


@strawberry.type(description="Where an activity is online, and the code that is shown at its door")
class ActivityDoor:
    id: UUID
    link: str | None = None
    door_code: str | None = None


@strawberry.type(description="An activity that I attended, and how long it was")
class AttendedActivity:
    activity_id: UUID
    programme_id: UUID
    kind: str
    title: str
    starts_at: datetime
    minutes: int


@strawberry.type(description="One thing that a person attends to complete a programme, and how far they are")
class AttendanceRequirement:
    id: str
    title: str
    kinds: list[str]
    attended: int
    attended_minutes: int
    met: bool
    attend: int | None = None
    minutes: int | None = None


@strawberry.type(description="What somebody attends to complete a programme; `complete` once all of it is met")
class Completion:
    person_id: UUID
    complete: bool
    requirements: list[AttendanceRequirement]
    side: str | None = None


@strawberry.type(
    description="Something that waits for me: a `meeting` to confirm, times of an `appointment` to accept, an "
    "`agreement` to sign, a `review` to answer, or what a new mentor takes over (`handover`)"
)
class Waiting:
    what: str
    id: UUID
    match_id: UUID
    since: datetime


@dataclass
class HomeRecord:
    relationships: list[RelationshipRecord] = field(default_factory=list)
    next_activities: list[Activity] = field(default_factory=list)


_relationship = TypeAdapter(RelationshipRecord)
_relationships = TypeAdapter(Page[RelationshipRecord])
_plan = TypeAdapter(Plan)
_handover = TypeAdapter(RelationshipHandover)
_counts = TypeAdapter(RelationshipCounts)
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
_case_note = TypeAdapter(CaseNote)
_case_notes = TypeAdapter(Page[CaseNote])
_comparison = TypeAdapter(ComparedCheckIns)
_compared = TypeAdapter(Page[ComparedRelationship])
_quiet_pairs = TypeAdapter(Page[QuietPair])
_activity = TypeAdapter(Activity)
_activities = TypeAdapter(Page[Activity])
_habit = TypeAdapter(Habit)
_habit_state = TypeAdapter(HabitState)
_habits = TypeAdapter(Page[Habit])
_habit_figures = TypeAdapter(HabitFigures)
_place = TypeAdapter(ActivityPlace)
_registrations = TypeAdapter(Page[Registration])
_door = TypeAdapter(ActivityDoor)
_attended = TypeAdapter(list[AttendedActivity])
_home = TypeAdapter(HomeRecord)
_completions = TypeAdapter(Page[Completion])
_own_completion = TypeAdapter(list[Completion])
_waiting = TypeAdapter(list[Waiting])


@dataclass(frozen=True)
class SessionsApi:
    """The sessions API for one caller."""

    api: Upstream

    async def relationship(self, match_id: UUID) -> RelationshipRecord:
        """The relationship of a match."""
        return await self.api.get(f"/relationships/{match_id}", _relationship)

    async def relationships(self, wanted: PageRequest, **which: object) -> Page[RelationshipRecord]:
        """Relationships by person_id, programme_id, cohort_id, state and what they want, in an order."""
        return await self.api.page("/relationships", _relationships, which, wanted)

    async def handover(self, match_id: UUID) -> RelationshipHandover:
        """What came along from the relationship that this one continues."""
        return await self.api.get(f"/relationships/{match_id}/handover", _handover)

    async def consent_to_handover(self, match_id: UUID, **given: bool) -> RelationshipHandover:
        """Say what comes along."""
        return await self.api.send("POST", f"/relationships/{match_id}/handover/consent", _handover, body(**given))

    async def relationship_counts(self, programme_id: UUID, **asked: object) -> RelationshipCounts:
        """How many relationships of a programme want something of its team."""
        return await self.api.get(f"/programmes/{programme_id}/relationships/counts", _counts, asked)

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

    async def completions(self, programme_id: UUID, wanted: PageRequest) -> Page[Completion]:
        """How far everybody is with what they attend to complete a programme."""
        return await self.api.page(f"/programmes/{programme_id}/completion", _completions, {}, wanted)

    async def own_completion(self, programme_id: UUID) -> list[Completion]:
        """How far the caller is."""
        return await self.api.get(f"/programmes/{programme_id}/completion/me", _own_completion)

    async def waiting(self, person_id: UUID) -> list[Waiting]:
        """What waits for the caller."""
        return await self.api.get(f"/people/{person_id}/waiting", _waiting)

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

    async def plan(self, match_id: UUID) -> Plan:
        """Goals and steps month by month."""
        return await self.api.get(f"/relationships/{match_id}/plan", _plan)

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

    async def confirm_mentoring_session(self, mentoring_session_id: UUID) -> MentoringSessionRecord:
        """Say that a meeting was as the other recorded it."""
        return await self.api.send("POST", f"/mentoring-sessions/{mentoring_session_id}/confirm", _held)

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

    async def change_note(self, note_id: UUID, **change: object) -> Note:
        """Change a note of one's own, or who may read it."""
        return await self.api.send("PATCH", f"/notes/{note_id}", _note, body(**change))

    async def delete_note(self, note_id: UUID) -> None:
        """Remove a note of one's own for good."""
        await self.api.send("DELETE", f"/notes/{note_id}", NOTHING)

    async def comparison(self, match_id: UUID) -> ComparedCheckIns:
        """Whether those in a relationship differ."""
        return await self.api.get(f"/relationships/{match_id}/check-ins/compared", _comparison)

    async def compared(
        self, programme_id: UUID, wanted: PageRequest, **which: bool | None
    ) -> Page[ComparedRelationship]:
        """Which relationships of a programme differ."""
        return await self.api.page(f"/programmes/{programme_id}/check-ins/compared", _compared, which, wanted)

    async def quiet_pairs(self, programme_id: UUID, wanted: PageRequest) -> Page[QuietPair]:
        """Pairs of a programme that went quiet."""
        return await self.api.page(f"/programmes/{programme_id}/nudges", _quiet_pairs, {}, wanted)

    async def note_case(self, concern_id: UUID, text: str) -> CaseNote:
        """Note what was done about a concern."""
        return await self.api.send("POST", f"/concerns/{concern_id}/notes", _case_note, body(text=text))

    async def case_notes(self, concern_id: UUID, wanted: PageRequest) -> Page[CaseNote]:
        """What was done about a concern."""
        return await self.api.page(f"/concerns/{concern_id}/notes", _case_notes, {}, wanted)

    async def raise_concern(self, match_id: UUID, **concern: object) -> ConcernRecord:
        """Tell the programme team what worries one."""
        return await self.api.send("POST", f"/relationships/{match_id}/concerns", _concern, body(**concern))

    async def change_concern(self, concern_id: UUID, **change: object) -> ConcernRecord:
        """Take a concern, give it to somebody, weigh it anew or settle it."""
        return await self.api.send("PATCH", f"/concerns/{concern_id}", _concern, body(**change))

    async def concerns(self, path: str, wanted: PageRequest, **which: object) -> Page[ConcernRecord]:
        """Concerns of `/relationships/{id}` that the caller may see, or of `/programmes/{id}` by state."""
        return await self.api.page(f"{path}/concerns", _concerns, which, wanted)

    async def activities(self, programme_id: UUID, wanted: PageRequest, **which: object) -> Page[Activity]:
        """What a programme puts on, by cohort_id and kind."""
        return await self.api.page(f"/programmes/{programme_id}/activities", _activities, which, wanted)

    async def plan_activity(self, programme_id: UUID, **activity: object) -> Activity:
        """Put something on."""
        return await self.api.send("POST", f"/programmes/{programme_id}/activities", _activity, body(**activity))

    async def register(self, activity_id: UUID, *, wait: bool) -> Activity:
        """Take a place of an activity for oneself, or stand in line for one."""
        return await self.api.send("POST", f"/activities/{activity_id}/registration", _activity, body(wait=wait))

    async def habits(self, wanted: PageRequest) -> Page[Habit]:
        """One's own habits."""
        return await self.api.page("/habits", _habits, {}, wanted)

    async def habit(self, habit_id: UUID) -> Habit:
        """One of one's own habits."""
        return await self.api.get(f"/habits/{habit_id}", _habit)

    async def commit_to_habit(self, programme_id: UUID, **habit: object) -> HabitState:
        """Commit to a habit."""
        return await self.api.send("POST", f"/programmes/{programme_id}/habits", _habit_state, body(**habit))

    async def change_habit(self, habit_id: UUID, **change: object) -> HabitState:
        """Say a habit in other words, give it up or take it up again."""
        return await self.api.send("PATCH", f"/habits/{habit_id}", _habit_state, body(**change))

    async def mark_habit(self, habit_id: UUID, day: date) -> HabitState:
        """Say that it was kept on a day."""
        return await self.api.send("PUT", f"/habits/{habit_id}/marks/{day}", _habit_state)

    async def unmark_habit(self, habit_id: UUID, day: date) -> None:
        """Say that it was not kept on a day."""
        await self.api.send("DELETE", f"/habits/{habit_id}/marks/{day}", NOTHING)

    async def habit_figures(self, programme_id: UUID) -> HabitFigures:
        """What a programme may know of all habits."""
        return await self.api.get(f"/programmes/{programme_id}/habit-figures", _habit_figures)

    async def place(self, activity_id: UUID) -> ActivityPlace:
        """Where one stands at an activity."""
        return await self.api.get(f"/activities/{activity_id}/registration", _place)

    async def registrations(self, activity_id: UUID, wanted: PageRequest) -> Page[Registration]:
        """Who has a place at an activity, or waits."""
        return await self.api.page(f"/activities/{activity_id}/registrations", _registrations, {}, wanted)

    async def door(self, activity_id: UUID) -> ActivityDoor:
        """Where an activity is online, and its code."""
        return await self.api.get(f"/activities/{activity_id}/door", _door)

    async def change_activity(self, activity_id: UUID, **change: object) -> Activity:
        """Change an activity to come."""
        return await self.api.send("PATCH", f"/activities/{activity_id}", _activity, body(**change))

    async def cancel_activity(self, activity_id: UUID) -> Activity:
        """Call an activity off."""
        return await self.api.send("POST", f"/activities/{activity_id}/cancel", _activity)

    async def hold_activity(self, activity_id: UUID) -> None:
        """The activity took place."""
        await self.api.send("POST", f"/activities/{activity_id}/held", NOTHING)

    async def attend_by_code(self, activity_id: UUID, code: str) -> None:
        """Say by the code at the door that one is there."""
        await self.api.send("POST", f"/activities/{activity_id}/attendance/me", NOTHING, body(code=code))

    async def attended(self) -> list[AttendedActivity]:
        """What one attended, the last first."""
        return await self.api.get("/attendance", _attended)

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

    async def goal(self, goal_id: UUID) -> Goal:
        """One goal with its steps."""
        return await self.api.get(f"/goals/{goal_id}", _goal)

    async def action(self, action_id: UUID) -> Action:
        """One step towards a goal."""
        return await self.api.get(f"/actions/{action_id}", _action)

    async def note(self, note_id: UUID) -> Note:
        """One note."""
        return await self.api.get(f"/notes/{note_id}", _note)

    async def concern(self, concern_id: UUID) -> ConcernRecord:
        """One concern."""
        return await self.api.get(f"/concerns/{concern_id}", _concern)

    async def mentoring_session(self, mentoring_session_id: UUID) -> MentoringSessionRecord:
        """One meeting with its notes."""
        return await self.api.get(f"/mentoring-sessions/{mentoring_session_id}", _held)

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
