"""What mutations and arguments take."""

from datetime import datetime
from enum import Enum
from uuid import UUID

import strawberry

from mentoring_gateway.clients.values import Role


@strawberry.enum(description="For whom figures are: the programme team's own view is exact, the public one suppressed")
class Audience(Enum):
    PROGRAMME_TEAM = "programme_team"
    PUBLIC = "public"


@strawberry.enum(description="What a programme team answers to an application")
class Decision(Enum):
    ACCEPT = "accept"
    WAITLIST = "waitlist"
    REFUSE = "refuse"


@strawberry.enum(description="Whom a run matches: everybody in the pool, or people of matches that ended early")
class RunKind(Enum):
    FULL = "full"
    REMATCH = "rematch"


@strawberry.enum(description="How people met")
class MeetingMode(Enum):
    ONLINE = "online"
    IN_PERSON = "in_person"
    PHONE = "phone"


@strawberry.enum(description="Who may read a note")
class Visibility(Enum):
    MINE = "mine"
    PAIR = "pair"
    PROGRAMME_TEAM = "programme_team"


@strawberry.enum(description="What a person may do in a programme, apart from mentoring and being mentored")
class ProgrammeRole(Enum):
    PROGRAMME_MANAGER = "programme_manager"
    COORDINATOR = "coordinator"
    STEERING_GROUP = "steering_group"
    INTERVIEWER = "interviewer"
    LINE_MANAGER = "line_manager"
    LIAISON = "liaison"
    TRAINER = "trainer"


@strawberry.enum(description="What becomes of a goal")
class GoalState(Enum):
    OPEN = "open"
    REACHED = "reached"
    DROPPED = "dropped"


@strawberry.enum(description="What the programme team says of a concern")
class ConcernState(Enum):
    ACKNOWLEDGED = "acknowledged"
    RESOLVED = "resolved"


@strawberry.enum(description="What a report is for; its audience follows from it")
class ReportKind(Enum):
    INTERIM = "interim"
    FINAL = "final"
    STEERING_GROUP = "steering_group"
    NETWORK = "network"
    PUBLIC = "public"
    PROGRAMME_TEAM = "programme_team"


@strawberry.enum(description="Who approves a report before it is published")
class Approver(Enum):
    PROGRAMME_MANAGER = "programme_manager"
    COORDINATOR = "coordinator"
    STEERING_GROUP = "steering_group"


@strawberry.enum(description="Whose goal it is")
class GoalOf(Enum):
    PROGRAMME = "programme"
    ORGANISATION = "organisation"


@strawberry.enum(description="Texts that themes are found in: quotes of interviews, comments of surveys")
class TextKind(Enum):
    QUOTE = "quote"
    COMMENT = "comment"


@strawberry.enum(description="What becomes of a recommendation")
class RecommendationAct(Enum):
    START = "start"
    FINISH = "finish"
    DROP = "drop"
    REOPEN = "reopen"


@strawberry.enum(description="What HR data tell of people")
class HrOutcomeKind(Enum):
    PROMOTION = "promotion"
    RETENTION = "retention"
    INTERNAL_MOVE = "internal_move"
    PAY_PROGRESSION = "pay_progression"
    SICKNESS_ABSENCE = "sickness_absence"
    OTHER = "other"


@strawberry.enum(description="Whom participants are compared with")
class Selection(Enum):
    ALL_OTHERS = "all_others"
    SIMILAR_PEOPLE = "similar_people"
    EARLIER_PERIOD = "earlier_period"
    APPLIED_NOT_MATCHED = "applied_not_matched"


@strawberry.input(description="An eligibility rule that is set aside, and why; both are recorded")
class Override:
    rule: str
    reason: str


@strawberry.input(description="A point or a span of a cohort's calendar; its kind is data of the blueprint")
class NewMilestone:
    kind: str
    starts_at: datetime
    ends_at: datetime | None = None


@strawberry.input(description="A pair that must be matched (pinned) or must not be (barred), and why")
class PairChoice:
    mentor_id: UUID
    mentee_id: UUID
    reason: str


@strawberry.input(
    description="When a wave opens or closes: a moment, or a local time such as 2024-10-27T23:59 with its zone"
)
class WaveTime:
    at: datetime | None = None
    local: str | None = None
    zone: str | None = None


@strawberry.input(
    description="A wave of a survey; `occasion` tells several of one survey apart, `roles` null asks both, "
    "`remindDaysBefore` null reminds as the programme does"
)
class NewWave:
    instrument: str
    opens_at: WaveTime
    closes_at: WaveTime
    occasion: str | None = None
    roles: list[Role] | None = None
    remind_days_before: list[int] | None = None


@strawberry.input(description="A titled text; in a report `{figure:name,cohort,role,wave}` stands for a figure")
class TitledText:
    title: str
    text: str


@strawberry.input(description="Which figure of a name: of a cohort (null: all), a role (null: both), a survey")
class FigureGroup:
    cohort: int | None = None
    role: Role | None = None
    wave: str | None = None


@strawberry.input(description="Whom participants are compared with, as totals")
class ComparisonGroup:
    selection: Selection
    people: int
    with_outcome: int
