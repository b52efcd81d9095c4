"""What the REST API takes and gives for reports; of protected counts `shown` says so, and hidden ones are null."""

from datetime import date, datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from mentoring_common.versions import RevisedView
from mentoring_evaluation.figures.views import Audience
from mentoring_evaluation.interviews.schemas import Section
from mentoring_evaluation.lifecycle import RecommendationState, ReportState
from mentoring_evaluation.programmes.schemas import Body, LongText
from mentoring_evaluation.reports.kinds import ReportKind
from mentoring_evaluation.themes.priority import Band


class TextSection(Body):
    """A piece of a report's text. `{figure:name,cohort,role,wave}` stands for a figure (narrative.py)."""

    title: Annotated[str, Field(max_length=200, pattern=r"^[^{}]*$")]
    text: LongText


Narrative = Annotated[list[TextSection], Field(max_length=40)]
Approver = Literal["programme_manager", "coordinator", "steering_group"]


class NewReport(Body):
    kind: ReportKind | None = None
    audience: Audience | None = Field(None, description="short for the kind of the same name")
    narrative: Narrative = []
    approver: Approver | None = Field(
        None, description="the role that must approve it before publication; absent: as the programme's blueprint says"
    )
    published: dict[str, Any] | None = Field(
        None, description="figures published elsewhere, in a shape that lint-report reads: their faults are named"
    )

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        if (self.kind is None) == (self.audience is None):
            raise ValueError("give a kind, or an audience")
        return self

    @property
    def wanted(self) -> ReportKind:
        """The kind of report that is asked for."""
        kind: ReportKind | None = self.kind or self.audience
        assert kind is not None  # _one_kind has seen to it
        return kind


class NewNarrative(Body):
    narrative: Narrative


class ReportQueued(RevisedView):
    model_config = ConfigDict(from_attributes=True)
    id: UUID
    programme_id: UUID
    kind: ReportKind
    audience: Audience
    version: int = Field(description="which report of its kind; its editions differ in what was withdrawn")
    state: ReportState
    approver: Approver | None
    edition: int


Shown = Literal["exact", "rounded", "hidden"]


class CaseStudyInReport(BaseModel):
    case_study_id: UUID
    cohort: int | None
    sections: list[Section]


class Voices(BaseModel):
    mentor: int | None
    mentee: int | None
    all: int | None


class ThemeGoal(BaseModel):
    title: str
    of: Literal["programme", "organisation"]


class HeardInReport(BaseModel):
    texts: Annotated[Voices | None, Field(description="quotes and comments; null where counts are protected")]
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


class ThemesInReport(BaseModel):
    """Themes, the first to act on first; `heard` is all texts that are open to coding, and the base of their counts."""

    rule: str
    statement: str
    heard: HeardInReport
    items: list[ThemeInReport]


class FollowUpInReport(BaseModel):
    on: date
    state: RecommendationState
    note: Annotated[str | None, Field(description="null in reports that leave the organisation")]


class RecommendationInReport(BaseModel):
    """A recommendation; its owner is a team or a role in the programme, never a person."""

    recommendation_id: UUID
    text: str
    theme: str | None
    owner_role: Annotated[str | None, Field(description="null: the owner holds no role in the programme")]
    team: str | None
    due_on: date
    state: RecommendationState
    overdue: bool
    follow_ups: list[FollowUpInReport]


class IndicatorInReport(BaseModel):
    indicator: str
    title: str
    unit: str
    base_is: Annotated[str, Field(description="who or what stands in the denominator, or n, in words")]
    target: float | None


class MeasuredInReport(IndicatorInReport):
    """What was measured: by a figure of the programme, or as it was recorded."""

    value: float | None
    numerator: int | None
    base: int | None
    asked: int | None
    answered: int | None
    interval: dict[str, Any] | None
    target_met: bool | None
    figure: str | None
    cohort: int | None
    source: str | None
    measured_on: date | None
    caveats: list[str]
    shown: Shown


class StageInReport(BaseModel):
    id: str
    title: str
    asks: str
    statements: list[str]
    statement: str
    measured: list[MeasuredInReport]
    not_measured: list[IndicatorInReport]


class ModelInReport(BaseModel):
    title: str
    source: str
    stages: list[StageInReport]


class HrOutcomeInReport(BaseModel):
    outcome: str
    role: str
    definition: Annotated[str | None, Field(description="null in reports that leave the organisation")]
    months: int
    source: str | None
    measured_on: date
    selection: str | None
    participants: dict[str, Any] | None
    comparison: dict[str, Any] | None
    difference: dict[str, Any] | None
    statement: str
    shown: Shown


class OutcomesInReport(BaseModel):
    """Outcomes from HR data and intentions followed up; `statement` says so where there is nothing from HR data."""

    statement: str
    hr: list[HrOutcomeInReport]
    intentions: list[dict[str, Any]]


class ReportParts(BaseModel):
    """What a report says, as far as its kind has room for it."""

    title: str | None = None
    narrative: list[dict[str, Any]] = Field(
        [], description="sections of paragraphs of parts: text, or a figure (`reference`), or a quotation (`quote`)"
    )
    view: Audience | None = None
    statement: str | None = None
    figures: list[dict[str, Any]] = []
    ledger: list[dict[str, Any]] = []
    inconsistencies: list[dict[str, Any]] = []
    quotes: list[dict[str, Any]] = []
    case_studies: list[CaseStudyInReport] = []
    themes: ThemesInReport | None = None
    recommendations: list[RecommendationInReport] = []
    evaluation_model: ModelInReport | None = None
    outcomes: OutcomesInReport | None = None


class ReportView(ReportQueued, ReportParts):
    """A report; everything below `notes` is there once it is built."""

    requested_at: datetime
    built_at: datetime | None
    approved_at: datetime | None
    published_at: datetime | None
    notes: list[dict[str, Any]]


class PublicReport(ReportParts):
    """The present edition of a published public report: nothing of how it came about, and no id of an interview."""

    id: UUID
    programme_id: UUID
    version: int
    edition: int
    published_at: datetime
    notes: Annotated[list[dict[str, Any]], Field(description="why it has more than one edition")]

    @field_validator("quotes", mode="after")
    @classmethod
    def _of_nobody(cls, quotes: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [{name: quote[name] for name in ("text", "cohort", "role")} for quote in quotes]

    @field_validator("narrative", mode="after")
    @classmethod
    def _naming_nobody(cls, narrative: list[dict[str, Any]]) -> list[dict[str, Any]]:
        def named(part: dict[str, Any]) -> dict[str, Any]:
            return {name: value for name, value in part.items() if name != "quote"}

        return [s | {"paragraphs": [[named(part) for part in parts] for parts in s["paragraphs"]]} for s in narrative]


class PreviousReport(BaseModel):
    id: UUID
    version: int
    published_at: datetime | None
    notes: Annotated[list[dict[str, Any]], Field(description="why it has more than one edition")]


class PartChanges(BaseModel):
    """What came, went or changed; a changed one carries what it was `before` and is `after`."""

    added: list[dict[str, Any]] = []
    removed: list[dict[str, Any]] = []
    changed: list[dict[str, Any]] = []


class ChangesView(PartChanges):
    """Figures, and what stands beside them, against the version published before; all empty where there is none."""

    previous: PreviousReport | None
    themes: PartChanges = PartChanges()
    recommendations: PartChanges = PartChanges()
    case_studies: PartChanges = PartChanges()
