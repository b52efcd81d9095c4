"""What stands in a report beside its figures. A number that disclosure control hides is null."""

from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

import strawberry
from strawberry.scalars import JSON

from mentoring_gateway.figures.client import Interval
from mentoring_gateway.interviews.client import CaseStudySection
from mentoring_gateway.values import Role


@strawberry.type(description="Why a report was issued again")
class EditionNote:
    edition: int
    at: datetime
    text: str


@strawberry.type(description="What somebody said in an interview and lets be quoted")
class Quote:
    text: str
    role: Role
    cohort: int | None = None


@strawberry.type(description="What the two interviews of a pair tell together; both people let it be told")
class ReportCaseStudy:
    case_study_id: UUID
    cohort: int | None = None
    sections: list[CaseStudySection] = field(default_factory=list)


@strawberry.type(description="A number by role and of all; null is hidden")
class Voices:
    mentor: int | None
    mentee: int | None
    all: int | None


@strawberry.type(description="What a theme bears on: an aim of the programme or a goal of the organisation")
class ReportGoal:
    title: str
    of: str


@strawberry.type(description="Texts (null where counts are protected) and voices; `shown`: exact or rounded")
class Heard:
    voices: Voices
    shown: str
    texts: Voices | None = None


@strawberry.type(description="A theme with its priority, its goals, and the voices in which people found it")
class ReportTheme:
    theme_id: UUID
    title: str
    description: str
    priority: str
    voices: Voices
    shown: str
    texts: Voices | None = None
    impact: int | None = None
    effort: int | None = None
    goals: list[ReportGoal] = field(default_factory=list)


@strawberry.type(description="Themes, the first to act on first; `heard` is the base of their counts")
class ReportThemes:
    rule: str
    statement: str
    heard: Heard
    items: list[ReportTheme] = field(default_factory=list)


@strawberry.type(description="What was reported of a recommendation; the note is null where it may not be shown")
class ReportFollowUp:
    on: date
    state: str
    note: str | None = None


@strawberry.type(description="What should be done; its owner is a team or a role, never a person")
class ReportRecommendation:
    recommendation_id: UUID
    text: str
    due_on: date
    state: str
    overdue: bool
    theme: str | None = None
    owner_role: str | None = None
    team: str | None = None
    follow_ups: list[ReportFollowUp] = field(default_factory=list)


@strawberry.type(description="How many attended in which role of the programme")
class ReportAttended:
    role: str
    people: int


@strawberry.type(description="What a committee decided; of who attended only the roles, never a person")
class ReportDecision:
    decision_id: UUID
    committee: str
    decided_on: date
    text: str
    about: str
    subject: str | None = None
    attended: list[ReportAttended] = field(default_factory=list)


@strawberry.type(description="Something that is measured: its unit, and in words what it is counted from")
class ReportIndicator:
    indicator: str
    title: str
    unit: str
    base_is: str
    target: float | None = None


@strawberry.type(description="An indicator with its value; `shown`: exact, rounded or hidden")
class MeasuredIndicator(ReportIndicator):
    shown: str = "exact"
    value: float | None = None
    numerator: int | None = None
    base: int | None = None
    asked: int | None = None
    answered: int | None = None
    target_met: bool | None = None
    figure: str | None = None
    cohort: int | None = None
    interval: Interval | None = None
    source: str | None = None
    measured_on: date | None = None
    caveats: list[str] = field(default_factory=list)


@strawberry.type(description="A stage of the evaluation model: what it promises, what was measured and what was not")
class ReportStage:
    id: str
    title: str
    asks: str
    statement: str
    statements: list[str] = field(default_factory=list)
    measured: list[MeasuredIndicator] = field(default_factory=list)
    not_measured: list[ReportIndicator] = field(default_factory=list)


@strawberry.type(description="The evaluation model of the programme, stage by stage")
class ReportModel:
    title: str
    source: str
    stages: list[ReportStage] = field(default_factory=list)


@strawberry.type(description="An outcome from HR data and what can be said of it")
class ReportHrOutcome:
    outcome: str
    role: Role
    months: int
    statement: str
    shown: str
    definition: str | None = None
    source: str | None = None
    measured_on: date | None = None
    selection: str | None = None
    participants: JSON | None = None
    comparison: JSON | None = None
    difference: JSON | None = None


@strawberry.type(description="What people meant to do (anonymous) and did later, as totals")
class ReportIntention:
    figure: str
    role: Role
    statement: str
    shown: str
    cohort: int | None = None
    meant: JSON | None = None
    did: JSON | None = None


@strawberry.type(description="What came of the programme; `statement` says so where nothing is known from HR data")
class ReportOutcomes:
    statement: str
    hr: list[ReportHrOutcome] = field(default_factory=list)
    intentions: list[ReportIntention] = field(default_factory=list)


@dataclass
class ReportParts:
    """The parts of a report, empty or null as far as its kind has no room for them."""

    notes: list[EditionNote] = field(default_factory=list)
    quotes: list[Quote] = field(default_factory=list)
    case_studies: list[ReportCaseStudy] = field(default_factory=list)
    themes: ReportThemes | None = None
    recommendations: list[ReportRecommendation] = field(default_factory=list)
    decisions: list[ReportDecision] = field(default_factory=list)
    evaluation_model: ReportModel | None = None
    outcomes: ReportOutcomes | None = None
