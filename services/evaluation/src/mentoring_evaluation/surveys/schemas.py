"""What the REST API takes and gives for surveys, waves and answers."""

from datetime import datetime, timedelta
from typing import Annotated, Any, ClassVar, Final, Literal, Self, TypeVar
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from mentoring_common.bodies import Body
from mentoring_common.versions import RevisedView, VersionedView
from mentoring_contracts.days import Moment
from mentoring_contracts.words import EMAIL, RoleId, Side, one_line
from mentoring_evaluation.disclosure.floor import Mode, Shown
from mentoring_evaluation.lifecycle import ShownWaveState, WaveState
from mentoring_evaluation.programmes.schemas import ActingRole, ByRole, Reason
from mentoring_evaluation.surveys.instruments import Instrument, Survey, complete
from mentoring_evaluation.surveys.local_time import MOST_REMINDERS, LocalTime
from mentoring_evaluation.surveys.tools import Tool

# Part of a figure's reference, where commas, braces, colons and equals signs have a meaning.
Occasion = Annotated[str, Field(max_length=60, pattern=r"^[^{},:=]*$")]
RemindDays = Annotated[int, Field(ge=1, le=90)]


LATE: Final = timedelta(days=1)  # so far back a wave may be said to open, without a word
_T = TypeVar("_T")


def each_once(given: list[_T]) -> list[_T]:
    """The list, in which nothing stands twice. ValueError."""
    if len(set(given)) < len(given):
        raise ValueError("nothing is named twice")
    return given


class ResponsesByRole(BaseModel):
    """How many answered of each role; null where too few were asked to show anything of them."""

    mentor: int | None
    mentee: int | None


class NewWave(Body):
    instrument: Annotated[str, Field(min_length=1, max_length=100)]
    occasion: Occasion = Field("", description="tells the waves of one survey apart where there are several")
    roles: Annotated[list[Side], Field(min_length=1), AfterValidator(each_once)] | None = Field(
        None, description="whom it asks of the pairs; absent: both, or nobody where it asks respondents"
    )
    respondents: Annotated[list[RoleId], Field(max_length=20), AfterValidator(each_once)] = Field(
        [], description="whom it asks beyond the pairs: kinds of respondents of the programme"
    )
    opens_at: Moment | LocalTime
    closes_at: Moment | LocalTime
    remind_days_before: (
        Annotated[list[RemindDays], Field(max_length=MOST_REMINDERS), AfterValidator(each_once)] | None
    ) = Field(
        None,
        description="days before closing on which those who have not answered are reminded, as long as it is open; "
                    "absent: the programme's",
    )  # fmt: skip
    opened_late: bool = Field(False, description=f"opens_at may lie more than {LATE.days} day back: it opens at once")


class WaveExtension(Body):
    closes_at: Moment | LocalTime
    reason: Annotated[Reason, Field(description="the team and its reports show it: it names nobody")]


class WaveCancellation(Body):
    reason: Annotated[Reason, Field(description="the team and its audit log show it: it names nobody")]


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
    MADE_AT: ClassVar = "/programmes/{programme_id}/instruments/{name}/versions/{version}"
    version_id: UUID = Field(description="id of this version, by which lists are in order; `id` names the survey")
    frozen: bool = Field(description="a wave opened with this version")


class NamedAnswerView(BaseModel):
    model_config = ConfigDict(from_attributes=True)
    id: UUID
    person_id: UUID
    role: str
    answers: dict[str, Any]


class CancellationView(BaseModel):
    reason: str
    cancelled_at: datetime
    role: ActingRole = Field(description="of whoever did it; the person is in the audit log")
    before: ShownWaveState = Field(description="its state until then; closed: it was brought in, and taken back")


class ExtensionView(BaseModel):
    closes_at_before: datetime
    closes_at: datetime
    reason: str
    extended_at: datetime
    role: ActingRole = Field(description="of whoever extended it; the person is in the audit log")


class RespondentsAsked(BaseModel):
    """How many of a kind were asked and answered; null, and hidden once closed, where too few were asked."""

    kind: str
    asked: int
    responses: int | None
    hidden: bool


class NewRespondent(Body):
    """Somebody beyond the pair: of the programme, or of a member (`member_id`, oneself where a member names)."""

    kind: RoleId
    name: Annotated[str, Field(min_length=1, max_length=200), AfterValidator(one_line)]
    email: Annotated[str, Field(pattern=EMAIL, max_length=254)]
    member_id: UUID | None = None
    cohort_id: UUID | None = None


class RespondentStateView(BaseModel):
    """`agreed_at` is null until the member agrees: nobody is asked before."""

    model_config = ConfigDict(from_attributes=True)
    id: UUID
    programme_id: UUID
    cohort_id: UUID | None
    kind: str
    member_id: UUID | None
    named_at: datetime
    agreed_at: datetime | None


class RespondentView(RespondentStateView):
    name: str
    email: str


class WaveView(VersionedView):
    MADE_AT: ClassVar = "/waves/{id}"
    id: UUID
    programme_id: UUID
    cohort_id: UUID
    instrument: str
    occasion: str
    roles: list[Side] | None = Field(description="whom it asks of the pairs; null: both, none: nobody")
    respondents: list[RespondentsAsked] = Field(description="whom it asks beyond the pairs")
    asked_with: Tool | None = Field(description="the survey tool that asked, of a wave that was brought in")
    gathers: bool = Field(description="its answers come from occasions after meetings or activities, none shown alone")
    withheld: bool = Field(description="closed, and too few different people were asked to show anything")
    hidden_roles: list[Side] = Field(
        description="closed, and of these roles nothing is shown: too few different people of them were asked"
    )
    state: ShownWaveState = Field(description="closed, too, where it was called off: `cancelled` says so")
    opens_at: datetime
    closes_at: datetime
    zone: str | None = Field(description="where the closing time was given as a local one")
    extensions: list[ExtensionView] = Field(description="how its end was put off, in order")
    cancelled: CancellationView | None = Field(description="why it was called off, or taken back; its answers are gone")
    remind_days: list[int] | None = Field(description="days before closing; null: as the programme does")
    closed_at: datetime | None
    asked: ByRole
    responses: ResponsesByRole


class RolePreview(BaseModel):
    role: str
    people: int = Field(description="different people asked until now; of a wave that is planned, who would be now")
    shown: Shown = Field(description="what will be read of them, by anybody; answers: who said what, by the team")
    published_from: int | None = Field(
        description="how many have to answer for the public view to say anything of this cohort by itself; null: it "
        "never does"
    )


class WavePreview(BaseModel):
    wave_id: UUID
    state: ShownWaveState
    mode: Mode
    minimum: int = Field(description="of how many different people of a role something is read, unless it is named")
    roles: list[RolePreview]
    together: Shown = Field(description="what will be read of both roles taken together")
    statement: str


class InvitationView(BaseModel):
    person_id: UUID
    role: str
    token: str
    name: str | None = Field(description="of a respondent beyond the pairs, whom nobody else knows; null: a person")
    email: str | None


class WaveIds(Body):
    wave_ids: Annotated[list[UUID], Field(max_length=500)]


class WaveToTell(BaseModel):
    """What letters say of a survey: its titles by language (`easy:en` easy to read), and whether it takes answers."""

    id: UUID
    titles: dict[str, str]
    state: WaveState


class WavesToTell(BaseModel):
    items: list[WaveToTell]


class WordingKind(BaseModel):
    language: str
    easy_read: bool


class SurveyView(BaseModel):
    wave_id: UUID
    role: str
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
