"""What the REST API takes and gives."""

from datetime import datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from mentoring_common.versions import RevisedView, VersionedView
from mentoring_evaluation.floor import Shown
from mentoring_evaluation.instruments import Instrument, Mode, Role, Survey, complete
from mentoring_evaluation.lifecycle import InterviewState, ReportState, WaveState
from mentoring_evaluation.local_time import MOST_REMINDERS, LocalTime
from mentoring_evaluation.report_kinds import Audience, ReportKind

Reason = Annotated[str, Field(min_length=1, max_length=500)]
LongText = Annotated[str, Field(min_length=1, max_length=20_000)]
# Part of a figure's reference, where commas, braces, colons and equals signs have a meaning.
Occasion = Annotated[str, Field(max_length=60, pattern=r"^[^{},:=]*$")]
ExtendingRole = Literal["programme_manager", "coordinator", "organisation_admin"]
InterviewingRole = Literal["programme_manager", "coordinator", "interviewer", "organisation_admin"]
Pages = Annotated[int, Field(ge=1, le=1000)]
RemindDays = Annotated[int, Field(ge=1, le=90)]
Quote = Annotated[str, Field(min_length=1, max_length=2_000)]


class Body(BaseModel):
    """A request body: unknown members are refused, so that a misspelt one is not lost."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


class ByRole(BaseModel):
    """A number of people for each role."""

    mentor: int
    mentee: int


class ResponsesByRole(BaseModel):
    """How many answered of each role; null where too few were asked to show anything of them."""

    mentor: int | None
    mentee: int | None


class NewWave(Body):
    instrument: Annotated[str, Field(min_length=1, max_length=100)]
    occasion: Occasion = Field("", description="tells the waves of one survey apart where there are several")
    roles: Annotated[list[Role], Field(min_length=1)] | None = Field(None, description="whom it asks; absent: both")
    opens_at: AwareDatetime | LocalTime
    closes_at: AwareDatetime | LocalTime
    remind_days_before: Annotated[list[RemindDays], Field(max_length=MOST_REMINDERS)] | None = Field(
        None,
        description="days before closing on which those who have not answered are reminded; absent: the programme's",
    )


class WaveExtension(Body):
    closes_at: AwareDatetime | LocalTime
    reason: Annotated[Reason, Field(description="the team and its reports show it: it names nobody")]


class NewInstrument(Body):
    """A survey of one's own, or a preset that ships; one of the two."""

    preset: Annotated[str, Field(max_length=100)] | None = None
    survey: Survey | None = None

    @model_validator(mode="after")
    def _one_of_them(self) -> Self:
        if (self.preset is None) == (self.survey is None):
            raise ValueError("give a preset, or a survey")
        if self.survey is not None:
            complete(self.survey)
        return self


class PresetView(Survey):
    id: str


class InstrumentView(Instrument, RevisedView):
    frozen: bool = Field(description="a wave opened with this version")


class NamedAnswerView(BaseModel):
    model_config = ConfigDict(from_attributes=True)
    person_id: UUID
    role: Role
    answers: dict[str, Any]


class ExtensionView(BaseModel):
    closes_at_before: datetime
    closes_at: datetime
    reason: str
    extended_at: datetime
    role: ExtendingRole = Field(description="of whoever extended it; the person is in the audit log")


class WaveView(VersionedView):
    id: UUID
    programme_id: UUID
    cohort_id: UUID
    instrument: str
    occasion: str
    roles: list[Role] | None = Field(description="whom it asks; null: both")
    gathers: bool = Field(description="its answers come from occasions after meetings or activities, none shown alone")
    withheld: bool = Field(description="closed, and too few different people were asked to show anything")
    hidden_roles: list[Role] = Field(
        description="closed, and of these roles nothing is shown: too few different people of them were asked"
    )
    state: WaveState
    opens_at: datetime
    closes_at: datetime
    zone: str | None = Field(description="where the closing time was given as a local one")
    extensions: list[ExtensionView] = Field(description="how its end was put off, in order")
    remind_days: list[int] | None = Field(description="days before closing; null: as the programme does")
    closed_at: datetime | None
    asked: ByRole
    responses: ResponsesByRole


class RolePreview(BaseModel):
    role: Role
    people: int = Field(description="different people asked until now; of a wave that is planned, who would be now")
    shown: Shown = Field(description="what will be read of them, by anybody; answers: who said what, by the team")


class WavePreview(BaseModel):
    wave_id: UUID
    state: WaveState
    mode: Mode
    minimum: int = Field(description="of how many different people of a role something is read, unless it is named")
    roles: list[RolePreview]
    together: Shown = Field(description="what will be read of both roles taken together")
    statement: str


class InvitationView(BaseModel):
    person_id: UUID
    role: Literal["mentor", "mentee"]
    token: str


class WordingKind(BaseModel):
    language: str
    easy_read: bool


class SurveyView(BaseModel):
    wave_id: UUID
    role: Literal["mentor", "mentee"]
    title: str
    version: int
    mode: Mode
    notice: str = Field(description="what is kept of who answered, to be shown before the questions")
    notice_language: str = Field(description="the language of the notice: English where there is no translation")
    language: str
    easy_read: bool
    wordings: list[WordingKind] = Field(description="the words there are; ask by ?language= and ?easy_read=true")
    questions: list[dict[str, Any]] = Field(description="id, kind, text and what an answer may be; skipping is allowed")
    closes_at: datetime


class NewResponse(Body):
    token: Annotated[str, Field(min_length=1, max_length=100)]
    answers: Annotated[dict[str, Any], Field(max_length=200, description="value by question id; absent: skipped")]


class Received(BaseModel):
    """That an answer arrived; it cannot be looked up again."""

    wave_id: UUID
    received: Literal[True] = True


class CommentView(BaseModel):
    id: UUID
    role: str
    question: str
    text: str


class NewInterview(Body):
    person_id: UUID
    scheduled_at: AwareDatetime


class NewTranscript(Body):
    pages: Pages
    summary: LongText
    quotes: Annotated[list[Quote], Field(max_length=50)] = []


class Amendment(Body):
    summary: LongText
    quotes: Annotated[list[Quote], Field(max_length=50)] | None = Field(None, description="absent: left as they are")


class PagesCorrection(Body):
    pages: Pages
    reason: Annotated[Reason, Field(description="those who hold interviews read it: it names nobody")]


class CorrectionView(BaseModel):
    pages_before: int
    pages: int
    reason: str
    corrected_at: datetime
    role: InterviewingRole = Field(description="of whoever corrected it; the person is in the audit log")


class InterviewView(VersionedView):
    model_config = ConfigDict(from_attributes=True)
    id: UUID
    programme_id: UUID
    cohort_id: UUID
    match_id: UUID
    person_id: UUID
    role: str
    state: InterviewState
    scheduled_at: datetime
    consented_at: datetime | None
    approved_at: datetime | None
    withdrawn_at: datetime | None
    pages: int | None
    corrections: list[CorrectionView] = Field(description="how the count of its pages was corrected, in order")


class InterviewWithTexts(InterviewView):
    summary: str | None = None
    quotes: list[str] = []


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


class FiguresView(BaseModel):
    programme_id: UUID
    view: Audience
    statement: str
    figures: list[dict[str, Any]]


class FigureEvidence(BaseModel):
    figure: dict[str, Any]
    groups: list[dict[str, Any]] = Field(description="by wave and role: asked, responses, and counts by answer")
    counted_again: dict[str, int] | None = Field(description="numerator and denominator of the groups")
    cohorts_again: list[dict[str, int]] | None = Field(
        None, description="of a mean of cohorts: numerator and denominator of each cohort's groups"
    )
    mean_again: float | None = Field(None, description="the mean of these shares, in per cent")
    agrees: bool | None


class FigureEvidenceView(BaseModel):
    name: str
    definition: str
    items: list[FigureEvidence]


class ComparisonView(BaseModel):
    first: dict[str, Any]
    second: dict[str, Any]
    people: Literal["same", "different", "unknown"]
    difference: float = Field(description="first minus second, in points")
    interval: dict[str, Any] | None
    caveats: list[str]


class FindingView(BaseModel):
    rule: str
    where: str = Field(description="JSON path, or the place that the report itself names")
    also: list[str] = Field(description="further places that take part")
    why: str
    confidence: Literal["certain", "likely", "possible"]
    resolve: str


class FindingsView(BaseModel):
    findings: list[FindingView]
