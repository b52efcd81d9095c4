"""Surveys, waves and answers, as the evaluation service answers."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Annotated
from uuid import UUID

import strawberry
from pydantic import TypeAdapter
from strawberry.scalars import JSON

from mentoring_common.pagination import Page
from mentoring_gateway.fields import derived
from mentoring_gateway.questions import SurveyQuestion, members, survey_question
from mentoring_gateway.upstream import PageRequest, Upstream, segment
from mentoring_gateway.values import NOTHING, AskedRole, Role, WithKinds, body


@strawberry.type(description="A number of people for each role")
class ByRole:
    mentor: int
    mentee: int


@strawberry.type(description="How many answered of each role; null where too few were asked to show anything of them")
class ResponsesByRole:
    mentor: int | None
    mentee: int | None


@strawberry.enum(description="What is read of a role: nothing, figures and texts without names, who answered what")
class Shown(Enum):
    NOTHING = "nothing"
    FIGURES = "figures"
    ANSWERS = "answers"


@strawberry.type(description="Different people of a role that a wave asks, or would ask now; what will be read of them")
class RolePreview:
    role: AskedRole
    people: int
    shown: Shown
    published_from: int | None = None
    kind: str | None = None


@strawberry.type(
    description="What will be read of a wave, by anybody: of a role of which fewer different people than `minimum` are "
    "asked nothing, unless the survey is named"
)
class WavePreview:
    mode: str
    minimum: int
    roles: list[RolePreview]
    together: Shown
    statement: str


@strawberry.type(description="How the end of a wave was put off, by whoever held this role")
class Extension:
    closes_at_before: datetime
    closes_at: datetime
    reason: str
    extended_at: datetime
    role: str


@strawberry.type(description="Why a wave was called off, or taken back after it was brought in")
class Cancellation:
    reason: str
    cancelled_at: datetime
    role: str
    before: str


@strawberry.type(description="Respondents beyond the pairs that a wave asks; `responses` null: too few to show")
class RespondentsAsked:
    kind: str
    asked: int
    hidden: bool
    responses: int | None = None


@strawberry.type(description="Somebody beyond the pairs whom surveys ask by link; not asked before the member agreed")
class RespondentState:
    id: UUID
    programme_id: UUID
    kind: str
    named_at: datetime
    cohort_id: UUID | None = None
    member_id: UUID | None = None
    agreed_at: datetime | None = None


@strawberry.type(description="Somebody beyond the pairs, with name and address; for the programme team and the member")
class Respondent(RespondentState):
    name: str = ""
    email: str = ""


@dataclass
class WaveRecord:
    id: UUID
    programme_id: UUID
    cohort_id: UUID
    instrument: str
    state: str
    version: int
    opens_at: datetime
    closes_at: datetime
    asked: ByRole
    responses: ResponsesByRole
    closed_at: datetime | None = None
    zone: str | None = None
    remind_days: list[int] | None = None
    occasion: str = ""
    roles: list[Role] | None = None
    asked_with: str | None = None
    gathers: bool = False
    withheld: bool = False
    hidden_roles: list[Role] = field(default_factory=list)
    respondents: list[RespondentsAsked] = field(default_factory=list)
    extensions: list[Extension] = field(default_factory=list)
    cancelled: Cancellation | None = None


@strawberry.type(description="A free text of a closed wave, apart from the other answers of whoever wrote it")
class Comment:
    id: UUID
    role: AskedRole
    question: str
    text: str
    kind: str | None = None


@dataclass
class NamedAnswerRecord:
    id: UUID
    person_id: UUID
    role: AskedRole
    answers: JSON
    kind: str | None = None


@strawberry.type(description="A survey that ships, to be taken as it is; `id` is the preset's name")
class Preset:
    id: str
    title: str
    mode: str
    language: str
    questions: JSON
    researchers: bool = False
    wordings: JSON | None = None

    @derived("Its questions in their order: what `questions` says as data")
    def asks(self) -> list[SurveyQuestion]:
        return [survey_question(data) for data in members(self.questions)]


@strawberry.type(description="A version of a survey; `frozen` once a wave opened with it")
class Instrument(Preset):
    version_id: UUID
    version: int
    revision: int
    frozen: bool


@strawberry.type(description="What an invitation asks; skipping a question is allowed")
class Survey:
    wave_id: UUID
    role: AskedRole
    title: str
    questions: JSON
    closes_at: datetime
    version: int = 1
    mode: str = "anonymous"
    notice: str = ""
    notice_language: str = "en"
    language: str = "en"
    easy_read: bool = False
    wordings: JSON | None = None
    kind: str | None = None

    @derived("Its questions in their order: what `questions` says as data")
    def asks(self) -> list[SurveyQuestion]:
        return [survey_question(data) for data in members(self.questions)]


@dataclass
class ReceivedRecord:
    wave_id: UUID


_wave = TypeAdapter(WaveRecord)
_waves = TypeAdapter(Page[WaveRecord])
_preview = TypeAdapter(Annotated[WavePreview, WithKinds])
_planned = TypeAdapter(list[WaveRecord])
_respondent = TypeAdapter(RespondentState)
_respondents = TypeAdapter(Page[Respondent])
_comments = TypeAdapter(Annotated[Page[Comment], WithKinds])
_named_answers = TypeAdapter(Annotated[Page[NamedAnswerRecord], WithKinds])
_presets = TypeAdapter(list[Preset])
_instrument = TypeAdapter(Instrument)
_instruments = TypeAdapter(Page[Instrument])
_survey = TypeAdapter(Annotated[Survey, WithKinds])
_received = TypeAdapter(ReceivedRecord)


@dataclass(frozen=True)
class SurveysApi:
    """Surveys, for one caller."""

    api: Upstream

    async def waves(self, programme_id: UUID) -> list[WaveRecord]:
        """All waves of a programme, every cohort's."""
        return await self.api.every(f"/programmes/{programme_id}/waves", _waves, {})

    async def wave(self, wave_id: UUID) -> WaveRecord:
        """One wave."""
        return await self.api.get(f"/waves/{wave_id}", _wave)

    async def wave_preview(self, wave_id: UUID) -> WavePreview:
        """What will be read of a wave."""
        return await self.api.get(f"/waves/{wave_id}/preview", _preview)

    async def plan_wave(self, cohort_id: UUID, **wave: object) -> WaveRecord:
        """Plan a wave that the cohort's milestones do not have."""
        return await self.api.send("POST", f"/cohorts/{cohort_id}/waves", _wave, body(**wave))

    async def plan_waves(self, programme_id: UUID, **wave: object) -> list[WaveRecord]:
        """Plan a wave for every cohort of a programme."""
        return await self.api.send("POST", f"/programmes/{programme_id}/waves", _planned, body(**wave))

    async def extend_wave(self, wave_id: UUID, **change: object) -> WaveRecord:
        """Let a wave close later."""
        return await self.api.send("PATCH", f"/waves/{wave_id}", _wave, body(**change))

    async def cancel_wave(self, wave_id: UUID, **why: object) -> WaveRecord:
        """Call off a wave, or take it back."""
        return await self.api.send("POST", f"/waves/{wave_id}/cancel", _wave, body(**why))

    async def comments(self, wave_id: UUID, wanted: PageRequest) -> Page[Comment]:
        """The free texts of a closed wave."""
        return await self.api.page(f"/waves/{wave_id}/comments", _comments, {}, wanted)

    async def named_answers(self, wave_id: UUID, wanted: PageRequest) -> Page[NamedAnswerRecord]:
        """Who answered what in a closed wave of a named survey."""
        return await self.api.page(f"/waves/{wave_id}/answers", _named_answers, {}, wanted)

    async def respondents(self, programme_id: UUID, wanted: PageRequest) -> Page[Respondent]:
        """Whom surveys ask beyond the pairs: all of them for the team, one's own for a member."""
        return await self.api.page(f"/programmes/{programme_id}/respondents", _respondents, {}, wanted)

    async def name_respondent(self, programme_id: UUID, **named: object) -> RespondentState:
        """Name somebody to be asked."""
        return await self.api.send("POST", f"/programmes/{programme_id}/respondents", _respondent, body(**named))

    async def agree_to_respondent(self, respondent_id: UUID) -> RespondentState:
        """Agree that somebody is asked about oneself."""
        return await self.api.send("POST", f"/respondents/{respondent_id}/agree", _respondent)

    async def forget_respondent(self, respondent_id: UUID) -> None:
        """Nobody asks them any more."""
        await self.api.send("DELETE", f"/respondents/{respondent_id}", NOTHING)

    async def presets(self) -> list[Preset]:
        """The surveys that ship."""
        return await self.api.get("/instrument-presets", _presets)

    async def instruments(self, programme_id: UUID, wanted: PageRequest) -> Page[Instrument]:
        """Every version of every survey of a programme."""
        return await self.api.page(f"/programmes/{programme_id}/instruments", _instruments, {}, wanted)

    async def add_version(self, programme_id: UUID, name: str, **survey: object) -> Instrument:
        """Make the next version of a survey, of a `preset` or of a `survey` of one's own."""
        path = f"/programmes/{programme_id}/instruments/{segment(name)}/versions"
        return await self.api.send("POST", path, _instrument, body(**survey))

    async def replace_version(self, programme_id: UUID, name: str, version: int, **survey: object) -> Instrument:
        """Write a version anew that no wave has opened with."""
        path = f"/programmes/{programme_id}/instruments/{segment(name)}/versions/{version}"
        return await self.api.send("PUT", path, _instrument, body(**survey))

    async def survey(self, organisation_id: UUID, token: str, **words: object) -> Survey:
        """The survey behind an invitation's token, in the words asked for."""
        return await self.api.get(f"/public/{organisation_id}/surveys/{segment(token)}", _survey, words)

    async def answer_survey(self, organisation_id: UUID, token: str, answers: JSON) -> UUID:
        """Answer the survey behind a token, once; the id of its wave."""
        content = {"token": token, "answers": answers}
        return (await self.api.send("POST", f"/public/{organisation_id}/responses", _received, content)).wave_id
