"""Figures and what stands behind them, as the evaluation service answers."""

from dataclasses import dataclass, field
from typing import Annotated
from uuid import UUID

import strawberry
from pydantic import TypeAdapter
from strawberry.scalars import JSON

from mentoring_gateway.upstream import Upstream, segment
from mentoring_gateway.values import AskedRole, WithKinds


@strawberry.type(description="A 95 % interval, in the unit of what it belongs to")
class Interval:
    level: int
    method: str
    low: float
    high: float


@strawberry.type(description="What the true value of a rounded share, or of one at an end, lies between, in percent")
class Between:
    low: int
    high: int


@strawberry.type(
    description="A published number and where it came from. `shown` says exact, rounded, at_least, at_most or hidden; "
    "`value` is null where the view hides it. A figure without a `breakdown` has evidence under its name, cohort, role "
    "and wave"
)
class Figure:
    name: str
    unit: str
    rule: str
    cohort: int | None = None
    role: AskedRole | None = None
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
    finite: Interval | None = None
    between: Between | None = None
    rounding: JSON | None = None
    top_box: list[str] = field(default_factory=list)
    breakdown: JSON | None = None
    caveats: list[str] = field(default_factory=list)
    components: JSON | None = None
    source: str | None = None
    kind: str | None = None


@strawberry.type(
    description="How many gave one answer. Where counts are protected there is only a share, made of rounded counts"
)
class AnswerShare:
    answer: str
    counted: bool
    shown: str = "exact"
    count: int | None = None
    percent: float | None = None
    between: Between | None = None


@strawberry.type(
    description="The mean of the answers on a scale; where counts are protected, only what it lies between"
)
class ScaleMean:
    value: float | None = None
    sd: float | None = None
    median: float | None = None
    interval: Interval | None = None
    finite: Interval | None = None
    between: JSON | None = None


@strawberry.type(
    description="All answers to one question by a role, of a cohort or of all; `inFull` is false where only the "
    "counted answers are told from all others"
)
class Distribution:
    name: str
    question: str
    wave: str
    answered: int
    role: AskedRole | None = None
    kind: str | None = None
    cohort: int | None = None
    answers: list[AnswerShare] = field(default_factory=list)
    several: bool = False
    in_full: bool = True
    asked_with: str | None = None
    asked: int | None = None
    shown: str = "exact"
    mean: ScaleMean | None = None


@strawberry.type(description="The figures of a programme for one audience, and the rule of disclosure that was used")
class Figures:
    view: str
    statement: str
    figures: list[Figure] = field(default_factory=list)
    distributions: list[Distribution] = field(default_factory=list)


@strawberry.type(
    description="One wave and role in a figure: people asked and responses, answers by option, and which are counted"
)
class CountsBehind:
    wave_id: UUID
    source: str
    cohort: int
    role: AskedRole
    asked: int
    responses: int
    question: str | None = None
    text: str | None = None
    answers: JSON | None = None
    counted: list[str] = field(default_factory=list)
    counted_answers: int | None = None
    answered: int | None = None
    skipped: int | None = None
    kind: str | None = None


@strawberry.type(description="A share counted again from the counts by answer")
class CountedAgain:
    numerator: int
    denominator: int


@strawberry.type(description="The share of one cohort, counted again")
class CohortAgain(CountedAgain):
    cohort: int


@strawberry.type(description="A figure with the counts behind it; `agrees` is null where no answers make it up")
class FigureEvidence:
    figure: Figure
    groups: list[CountsBehind]
    counted_again: CountedAgain | None = None
    cohorts_again: list[CohortAgain] | None = None
    mean_again: float | None = None
    agrees: bool | None = None


@strawberry.type(description="What stands behind the figures of a name")
class Evidence:
    name: str
    definition: str
    items: list[FigureEvidence]


@strawberry.type(description="How the same people changed on a scale, in its points: first minus second")
class ScaleChange:
    mean: float
    sd: float | None = None
    interval: Interval | None = None
    effect: float | None = None
    p: float | None = None


@strawberry.type(description="How who answered two surveys under their names changed: people by what they said")
class AnswerChange:
    n: int
    both: int
    first_only: int
    second_only: int
    neither: int
    difference: float
    interval: Interval
    p: float | None = None
    scale: ScaleChange | None = None


@strawberry.type(description="One share against another: first minus second, in points; `people` says whether the same")
class Comparison:
    first: Figure
    second: Figure
    people: str
    difference: float
    interval: Interval | None = None
    change: AnswerChange | None = None
    caveats: list[str] = field(default_factory=list)


_figures = TypeAdapter(Annotated[Figures, WithKinds])
_evidence = TypeAdapter(Annotated[Evidence, WithKinds])
_comparison = TypeAdapter(Annotated[Comparison, WithKinds])


@dataclass(frozen=True)
class FiguresApi:
    """Figures, for one caller."""

    api: Upstream

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
