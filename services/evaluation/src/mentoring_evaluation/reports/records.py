"""What a report tells beside its figures: plain records, read in one transaction and then on their own."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from mentoring_contracts.words import Side
from mentoring_evaluation.lifecycle import RecommendationState
from mentoring_evaluation.outcomes.comparison import Selection
from mentoring_evaluation.outcomes.evaluation_models import EvaluationModel
from mentoring_evaluation.outcomes.intentions import Intention
from mentoring_evaluation.outcomes.measured import Counted


@dataclass(frozen=True, slots=True)
class Heard:
    """In how many texts (quotes and comments) something is found, and how many voices they are, by role.

    Every interview is one voice, however much is quoted of it. Comments are anonymous: of a survey wave as many voices
    as the question has that most of them answer, since nobody knows whose the answers to the others are.
    """

    texts: Mapping[Side, int] = field(default_factory=dict)
    voices: Mapping[Side, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ThemeRecord:
    """A theme with the goals it bears on, as (title, whose goal); `released`: its wording may leave the programme."""

    id: UUID
    title: str
    description: str
    impact: int | None
    effort: int | None
    released: bool
    goals: tuple[tuple[str, str], ...]
    heard: Heard


@dataclass(frozen=True, slots=True)
class FollowUpRecord:
    """What was reported of a recommendation on one day, and the state it then had."""

    on: date
    state: RecommendationState
    note: str


@dataclass(frozen=True, slots=True)
class RecommendationRecord:
    """A recommendation; of its owner only the role in the programme (None: none any more) and the team."""

    id: UUID
    theme_id: UUID | None
    text: str
    owner_role: str | None
    team: str | None
    due_on: date
    state: RecommendationState
    overdue: bool
    released: bool
    follow_ups: tuple[FollowUpRecord, ...] = ()


@dataclass(frozen=True, slots=True)
class DecisionRecord:
    """What a committee decided about the programme, a theme or a recommendation; of who attended only the roles."""

    id: UUID
    committee: str
    decided_on: date
    text: str
    about: str
    about_id: UUID | None
    attended: Mapping[str, int]
    released: bool


@dataclass(frozen=True, slots=True)
class CaseStudyRecord:
    """A case study that both people approve; its text stays where it is sealed."""

    id: UUID
    cohort: int | None


@dataclass(frozen=True, slots=True)
class ValueRecord:
    """The last recorded value of an indicator."""

    counted: Counted
    cohort: int | None
    source: str
    measured_on: date


@dataclass(frozen=True, slots=True)
class HrRecord:
    """An outcome from HR data as totals: (people, with outcome) of participants, and of a comparison group if any."""

    outcome: str
    role: Side
    definition: str
    months: int
    participants: tuple[int, int]
    others: tuple[int, int] | None
    selection: Selection | None
    source: str
    measured_on: date


@dataclass(frozen=True, slots=True)
class ReportRecords:
    """Everything beside figures and quotes that a report can hold; `heard` is all texts that are open to coding."""

    case_studies: tuple[CaseStudyRecord, ...] = ()
    themes: tuple[ThemeRecord, ...] = ()
    heard: Heard = field(default_factory=Heard)
    recommendations: tuple[RecommendationRecord, ...] = ()
    decisions: tuple[DecisionRecord, ...] = ()
    model: EvaluationModel | None = None
    values: Mapping[str, ValueRecord] = field(default_factory=dict)
    hr: tuple[HrRecord, ...] = ()
    intentions: tuple[Intention, ...] = ()
