"""What the REST API takes and gives for reports; of protected counts `shown` says so, and hidden ones are null."""

from datetime import datetime
from typing import Annotated, Any, ClassVar, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator

from mentoring_common.bodies import Body
from mentoring_common.versions import RevisedView
from mentoring_contracts.words import RoleId
from mentoring_evaluation.figures.shown import ShownDistribution, ShownFigure
from mentoring_evaluation.figures.views import Audience
from mentoring_evaluation.interviews.schemas import Section
from mentoring_evaluation.kept import AsObject, Kept
from mentoring_evaluation.lifecycle import ReportState
from mentoring_evaluation.programmes.schemas import LongText
from mentoring_evaluation.reports.document import (
    DecisionInReport,
    Fault,
    LedgerRow,
    ModelInReport,
    Note,
    OutcomesInReport,
    QuoteInReport,
    RecommendationInReport,
    ThemesInReport,
)
from mentoring_evaluation.reports.document import Section as TextInReport
from mentoring_evaluation.reports.kinds import ReportKind


class TextSection(Body):
    """A piece of a report's text. `{figure:name,cohort,role,wave}` stands for a figure (narrative.py)."""

    title: Annotated[str, Field(max_length=200, pattern=r"^[^{}]*$")]
    text: LongText


Narrative = Annotated[list[TextSection], Field(max_length=40)]
Approver = RoleId


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
    MADE_AT: ClassVar = "/reports/{id}"
    model_config = ConfigDict(from_attributes=True)
    id: UUID
    programme_id: UUID
    kind: ReportKind
    audience: Audience
    version: int = Field(
        description="which report of its kind; its editions differ in what was withdrawn; the ETag is `revision`"
    )
    state: ReportState
    approver: Approver | None
    edition: int


class CaseStudyInReport(BaseModel):
    case_study_id: UUID
    cohort: int | None
    sections: list[Section]


class ReportParts(BaseModel):
    """What a report says, as far as its kind has room for it."""

    title: str | None = None
    narrative: list[AsObject[TextInReport]] = Field(
        [], description="sections of paragraphs of parts: text, or a figure (`reference`), or a quotation (`quote`)"
    )
    view: Audience | None = None
    statement: str | None = None
    figures: list[AsObject[ShownFigure]] = []
    distributions: list[AsObject[ShownDistribution]] = Field(
        [], description="all answers to every published question, by role, of each cohort and of all"
    )
    ledger: list[AsObject[LedgerRow]] = []
    inconsistencies: list[AsObject[Fault]] = []
    quotes: list[AsObject[QuoteInReport]] = []
    case_studies: list[CaseStudyInReport] = []
    themes: ThemesInReport | None = None
    recommendations: list[RecommendationInReport] = []
    decisions: list[DecisionInReport] = Field([], description="what committees decided")
    evaluation_model: ModelInReport | None = None
    outcomes: OutcomesInReport | None = None


class ReportView(ReportQueued, ReportParts):
    """A report; everything below `notes` is there once it is built."""

    requested_at: datetime
    built_at: datetime | None
    approved_at: datetime | None
    published_at: datetime | None
    notes: list[AsObject[Note]]


class PublicReport(ReportParts):
    """The present edition of a published public report: nothing of how it came about, and no id of an interview."""

    id: UUID
    programme_id: UUID
    version: int
    edition: int
    published_at: datetime
    notes: Annotated[list[AsObject[Note]], Field(description="why it has more than one edition")]


class PreviousReport(BaseModel):
    id: UUID
    version: int
    published_at: datetime | None
    notes: Annotated[list[AsObject[Note]], Field(description="why it has more than one edition")]


class PartChanges(BaseModel):
    """What came, went or changed; a changed one carries what it was `before` and is `after`."""

    added: list[AsObject[Kept]] = []
    removed: list[AsObject[Kept]] = []
    changed: list[AsObject[Kept]] = []


class ChangesView(PartChanges):
    """Figures, and what stands beside them, against the version published before; all empty where there is none."""

    previous: PreviousReport | None
    themes: PartChanges = PartChanges()
    recommendations: PartChanges = PartChanges()
    case_studies: PartChanges = PartChanges()
