"""A report as it is frozen when it is built, kept in its row and read back: every part of it, and its text.

What people said is only named here; it is read where it is sealed each time the report is shown (`Words`).
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from pydantic import Field

from mentoring_evaluation.figures.shown import Shown, ShownDistribution, ShownFigure, ShownInterval
from mentoring_evaluation.figures.views import Audience
from mentoring_evaluation.kept import AsObject, Kept
from mentoring_evaluation.lifecycle import RecommendationState
from mentoring_evaluation.lint.findings import Confidence
from mentoring_evaluation.outcomes.comparison import Difference, GroupShare
from mentoring_evaluation.outcomes.intentions import ShownIntention
from mentoring_evaluation.themes.priority import Band


class Written(Kept):
    """A piece of a report's text as it was written, with references in it."""

    title: str
    text: str


class Part(Kept):
    """A piece of a paragraph: text; or what a `reference` to a figure says, or a `quote` (its id), and what stands
    behind it."""

    text: str
    evidence: str = ""
    reference: str | None = None
    quote: str | None = None

    def of_nobody(self) -> "Part":
        """The same without the quote it is."""
        known = {name: getattr(self, name) for name in self.model_fields_set - {"quote"}}
        return Part(**known)


class Section(Kept):
    """A piece of a report's text with its figures in place."""

    title: str
    paragraphs: tuple[tuple[Part, ...], ...]

    def of_nobody(self) -> "Section":
        """The same naming no quote."""
        return self.but(paragraphs=tuple(tuple(part.of_nobody() for part in parts) for parts in self.paragraphs))


class Note(Kept):
    """Why there is a further edition, and since when (ISO 8601)."""

    edition: int
    at: str
    text: str


class View(Kept):
    """The figures as one of the views shows them, all answers to its questions, and what it says of itself."""

    statement: str
    figures: tuple[ShownFigure, ...]
    distributions: tuple[ShownDistribution, ...] = ()


class Fault(Kept):
    """What figures published elsewhere cannot bear out."""

    rule: str
    where: str
    why: str
    confidence: Confidence
    resolve: str
    also: tuple[str, ...] = ()


class LedgerRow(Kept):
    """What became of the applications of a cohort (None: a later one) and role, and whether that adds up."""

    cohort: int | None
    role: str
    applied: int = 0
    moved_in: int = 0
    moved_out: int = 0
    matched: int = 0
    carried_over: int = 0
    withdrawn: int = 0
    ineligible: int = 0
    unmatched: int = 0
    open: int = 0
    balanced: bool

    def counts(self) -> dict[str, int]:
        """The numbers that the row was kept with, by name."""
        return {name: getattr(self, name) for name in LEDGER if name in self.model_fields_set}


LEDGER = (
    "applied", "moved_in", "moved_out", "matched", "carried_over", "withdrawn", "ineligible", "unmatched", "open",
)  # fmt: skip


class QuoteNamed(Kept):
    """A quote by its place in an interview."""

    interview_id: UUID
    position: int
    cohort: int | None
    role: str


class CaseStudyNamed(Kept):
    """A case study that both people approve."""

    case_study_id: UUID
    cohort: int | None


class Voices(Kept):
    mentor: int | None
    mentee: int | None
    all: int | None


class ThemeGoal(Kept):
    title: str
    of: Literal["programme", "organisation"]


class HeardInReport(Kept):
    texts: Voices | None = Field(description="quotes and comments; null where counts are protected")
    voices: Voices
    shown: Shown


class ThemeInReport(HeardInReport):
    theme_id: UUID
    title: str
    description: str
    impact: int | None
    effort: int | None
    priority: Band
    goals: list[ThemeGoal]


class ThemesInReport(Kept):
    """Themes, the first to act on first; `heard` is all texts that are open to coding, and the base of their counts."""

    rule: str
    statement: str
    heard: HeardInReport
    items: list[ThemeInReport]


class FollowUpInReport(Kept):
    on: date
    state: RecommendationState
    note: str | None = Field(description="null in reports that leave the organisation")


class RecommendationInReport(Kept):
    """A recommendation; its owner is a team or a role in the programme, never a person."""

    recommendation_id: UUID
    text: str
    theme: str | None
    owner_role: str | None = Field(description="null: the owner holds no role in the programme")
    team: str | None
    due_on: date
    state: RecommendationState
    overdue: bool
    follow_ups: list[FollowUpInReport]


class AttendedInReport(Kept):
    role: str
    people: int


class DecisionInReport(Kept):
    """What a committee decided; of who attended only how many had which role, never a person."""

    decision_id: UUID
    committee: str
    decided_on: date
    text: str
    about: Literal["programme", "theme", "recommendation"]
    subject: str | None = Field(description="the theme or recommendation, where it may be told")
    attended: list[AttendedInReport] = Field(description="how many attended in which role")


class IndicatorInReport(Kept):
    indicator: str
    title: str
    unit: str
    base_is: str = Field(description="who or what stands in the denominator, or n, in words")
    target: float | None


class MeasuredInReport(IndicatorInReport):
    """What was measured: by a figure of the programme, or as it was recorded."""

    value: float | None
    numerator: int | None
    base: int | None
    asked: int | None
    answered: int | None
    interval: AsObject[ShownInterval] | None
    target_met: bool | None
    figure: str | None
    cohort: int | None
    source: str | None
    measured_on: date | None
    caveats: list[str]
    shown: Shown


class StageInReport(Kept):
    id: str
    title: str
    asks: str
    statements: list[str]
    statement: str
    measured: list[MeasuredInReport]
    not_measured: list[IndicatorInReport]


class ModelInReport(Kept):
    title: str
    source: str
    stages: list[StageInReport]


class HrOutcomeInReport(Kept):
    outcome: str
    role: str
    definition: str | None = Field(description="null in reports that leave the organisation")
    months: int
    source: str | None
    measured_on: date
    selection: str | None
    participants: AsObject[GroupShare] | None
    comparison: AsObject[GroupShare] | None
    difference: AsObject[Difference] | None
    statement: str
    shown: Shown


class OutcomesInReport(Kept):
    """Outcomes from HR data and intentions followed up; `statement` says so where there is nothing from HR data."""

    statement: str
    hr: list[HrOutcomeInReport]
    intentions: list[AsObject[ShownIntention]]


class Document(Kept):
    """All that a report says. A part is empty, or None, where its kind has no room for it or its release had none.

    `wordings` are what each role was asked under a figure's name, `surveys` what waves are called in words,
    `unresolved` the references of its text that name no figure.
    """

    title: str
    kind: str
    as_of: datetime
    wordings: dict[str, dict[str, str]] = {}
    surveys: dict[str, str] = {}
    views: dict[Audience, View]
    inconsistencies: tuple[Fault, ...] = ()
    ledger: tuple[LedgerRow, ...] = ()
    quotes: tuple[QuoteNamed, ...] = ()
    case_studies: tuple[CaseStudyNamed, ...] = ()
    themes: ThemesInReport | None = None
    recommendations: tuple[RecommendationInReport, ...] = ()
    decisions: tuple[DecisionInReport, ...] = ()
    evaluation_model: ModelInReport | None = None
    outcomes: OutcomesInReport | None = None
    narrative: tuple[Section, ...] = ()
    unresolved: tuple[str, ...] = ()


class QuoteInReport(Kept):
    """A quote in clear; without ids where it names nobody's interview."""

    text: str
    cohort: int | None
    role: str
    quote_id: UUID | None = None
    interview_id: UUID | None = None

    def of_nobody(self) -> "QuoteInReport":
        """The same without the interview it is of."""
        return QuoteInReport(text=self.text, cohort=self.cohort, role=self.role)


@dataclass(frozen=True, slots=True)
class CaseStudyTold:
    """A case study in clear; sections are (title, text)."""

    case_study_id: UUID
    cohort: int | None
    sections: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Words:
    """What people said in a report, in clear, and its text with them in place."""

    quotes: tuple[QuoteInReport, ...] = ()
    case_studies: tuple[CaseStudyTold, ...] = ()
    narrative: tuple[Section, ...] = ()
