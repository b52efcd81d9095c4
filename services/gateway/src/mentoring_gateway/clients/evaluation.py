"""The evaluation service: surveys, waves, figures and what stands behind them."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from uuid import UUID

import strawberry
from pydantic import TypeAdapter
from strawberry.scalars import JSON

from mentoring_common.pagination import Page
from mentoring_gateway.clients.upstream import PageRequest, Upstream, segment
from mentoring_gateway.clients.values import Role, body


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
    role: Role
    people: int
    shown: Shown


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
    gathers: bool = False
    withheld: bool = False
    hidden_roles: list[Role] = field(default_factory=list)


@strawberry.type(description="A free text of a closed wave, apart from the other answers of whoever wrote it")
class Comment:
    id: UUID
    role: Role
    question: str
    text: str


@dataclass
class NamedAnswerRecord:
    person_id: UUID
    role: Role
    answers: JSON


@strawberry.type(description="A survey that ships, to be taken as it is; `id` is the preset's name")
class Preset:
    id: str
    title: str
    mode: str
    language: str
    questions: JSON
    wordings: JSON | None = None


@strawberry.type(description="A version of a survey; `frozen` once a wave opened with it")
class Instrument(Preset):
    version: int
    revision: int
    frozen: bool


@strawberry.type(description="A 95 % interval, in the unit of what it belongs to")
class Interval:
    level: int
    method: str
    low: float
    high: float


@strawberry.type(
    description="A published number and where it came from. `shown` says exact, rounded or hidden; `value` is null "
    "where the view hides it. A figure without a `breakdown` has evidence under its name, cohort, role and wave"
)
class Figure:
    name: str
    unit: str
    rule: str
    cohort: int | None = None
    role: Role | None = None
    wave: str | None = None
    numerator: int | None = None
    denominator: int | None = None
    value: JSON | None = None
    exact: str | None = None
    shown: str = "exact"
    definition: str | None = None
    asked: int | None = None
    answered: int | None = None
    interval: Interval | None = None
    rounding: JSON | None = None
    top_box: list[str] = field(default_factory=list)
    breakdown: JSON | None = None
    caveats: list[str] = field(default_factory=list)
    components: JSON | None = None
    source: str | None = None


@strawberry.type(description="The figures of a programme for one audience, and the rule of disclosure that was used")
class Figures:
    view: str
    statement: str
    figures: list[Figure] = field(default_factory=list)


@strawberry.type(
    description="One wave and role in a figure: people asked and responses, answers by option, and which are counted"
)
class CountsBehind:
    wave_id: UUID
    source: str
    cohort: int
    role: Role
    asked: int
    responses: int
    question: str | None = None
    text: str | None = None
    answers: JSON | None = None
    counted: list[str] = field(default_factory=list)
    counted_answers: int | None = None
    answered: int | None = None
    skipped: int | None = None


@strawberry.type(description="A share counted again from the counts by answer")
class CountedAgain:
    numerator: int
    denominator: int


@strawberry.type(description="A figure with the counts behind it; `agrees` is null where no answers make it up")
class FigureEvidence:
    figure: Figure
    groups: list[CountsBehind]
    counted_again: CountedAgain | None = None
    agrees: bool | None = None


@strawberry.type(description="What stands behind the figures of a name")
class Evidence:
    name: str
    definition: str
    items: list[FigureEvidence]


@strawberry.type(description="One share against another: first minus second, in points; `people` says whether the same")
class Comparison:
    first: Figure
    second: Figure
    people: str
    difference: float
    interval: Interval | None = None
    caveats: list[str] = field(default_factory=list)


@strawberry.type(description="What an invitation asks; skipping a question is allowed")
class Survey:
    wave_id: UUID
    role: Role
    title: str
    questions: JSON
    closes_at: datetime
    version: int = 1
    mode: str = "anonymous"
    notice: str = ""
    language: str = "en"
    easy_read: bool = False
    wordings: JSON | None = None


@dataclass
class ReceivedRecord:
    wave_id: UUID


_wave = TypeAdapter(WaveRecord)
_waves = TypeAdapter(Page[WaveRecord])
_preview = TypeAdapter(WavePreview)
_planned = TypeAdapter(list[WaveRecord])
_comments = TypeAdapter(Page[Comment])
_named_answers = TypeAdapter(Page[NamedAnswerRecord])
_presets = TypeAdapter(list[Preset])
_instrument = TypeAdapter(Instrument)
_instruments = TypeAdapter(Page[Instrument])
_figures = TypeAdapter(Figures)
_evidence = TypeAdapter(Evidence)
_comparison = TypeAdapter(Comparison)
_survey = TypeAdapter(Survey)
_received = TypeAdapter(ReceivedRecord)


@dataclass(frozen=True)
class Evaluation:
    """The evaluation API for one caller; reports.py, interviews.py, themes.py and outcomes.py have the rest of it."""

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

    async def comments(self, wave_id: UUID, wanted: PageRequest) -> Page[Comment]:
        """The free texts of a closed wave."""
        return await self.api.page(f"/waves/{wave_id}/comments", _comments, {}, wanted)

    async def named_answers(self, wave_id: UUID, wanted: PageRequest) -> Page[NamedAnswerRecord]:
        """Who answered what in a closed wave of a named survey."""
        return await self.api.page(f"/waves/{wave_id}/answers", _named_answers, {}, wanted)

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

    async def figures(self, programme_id: UUID, view: str) -> Figures:
        """The figures of a programme as the team or as the public sees them."""
        return await self.api.get(f"/programmes/{programme_id}/figures", _figures, {"view": view})

    async def evidence(self, programme_id: UUID, name: str, **group: object) -> Evidence:
        """What stands behind a figure of a group: cohort, role, wave, and the option of several choices."""
        return await self.api.get(f"/programmes/{programme_id}/figures/{segment(name)}/evidence", _evidence, group)

    async def comparison(self, programme_id: UUID, name: str, **groups: object) -> Comparison:
        """One share against another of the same name: first_cohort, first_role, …, second_wave, option."""
        path = f"/programmes/{programme_id}/figures/{segment(name)}/comparison"
        return await self.api.get(path, _comparison, groups)

    async def survey(self, organisation_id: UUID, token: str, **words: object) -> Survey:
        """The survey behind an invitation's token, in the words asked for."""
        return await self.api.get(f"/public/{organisation_id}/surveys/{segment(token)}", _survey, words)

    async def answer_survey(self, organisation_id: UUID, token: str, answers: JSON) -> UUID:
        """Answer the survey behind a token, once; the id of its wave."""
        content = {"token": token, "answers": answers}
        return (await self.api.send("POST", f"/public/{organisation_id}/responses", _received, content)).wave_id
