"""The evidence behind a figure, and one figure against another: exact, and so for the programme team only."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common.auth import Principal
from mentoring_common.unit_of_work import Db, Route
from mentoring_contracts.words import RoleId
from mentoring_evaluation.disclosure.rule import SMALLEST
from mentoring_evaluation.errors import FigureNotFound, NotComparable
from mentoring_evaluation.figures.comparisons import WITHOUT_PAIRS, compare
from mentoring_evaluation.figures.evidence import Evidence
from mentoring_evaluation.figures.figure import Figure, FigureError, shown_interval
from mentoring_evaluation.figures.intervals import half_up
from mentoring_evaluation.figures.queries import evidence_of
from mentoring_evaluation.figures.recompute import counts_behind, figures_named
from mentoring_evaluation.figures.same_people import Change, change_of
from mentoring_evaluation.figures.schemas import ChangeView, ComparisonView, FigureEvidenceView, ScaleChangeView
from mentoring_evaluation.figures.survey_figures import question_of
from mentoring_evaluation.programmes import queries as programmes
from mentoring_evaluation.programmes.access import Reader, require_team
from mentoring_evaluation.surveys import queries as surveys
from mentoring_evaluation.surveys import queries_answers
from mentoring_evaluation.surveys.instruments import Question

router = APIRouter(route_class=Route, tags=["figures"])
Cohort = Annotated[int | None, Query(ge=1, description="number of the cohort; absent: all of them")]
Wave = Annotated[str | None, Query(max_length=100, description="the survey; absent: every one that has the figure")]
Option = Annotated[str | None, Query(max_length=2000, description="of a question of several choices: which of them")]
Group = tuple[int | None, str | None, str | None]


async def _first(first_cohort: Cohort = None, first_role: RoleId | None = None, first_wave: Wave = None) -> Group:
    return first_cohort, first_role, first_wave


async def _second(second_cohort: Cohort = None, second_role: RoleId | None = None, second_wave: Wave = None) -> Group:
    return second_cohort, second_role, second_wave


@router.get("/programmes/{programme_id}/figures/{name}/evidence")
async def read_figure_evidence(
    programme_id: UUID, name: str, by: Reader, db: Db, cohort: Cohort = None, role: RoleId | None = None,
    wave: Wave = None, option: Option = None,
) -> FigureEvidenceView:  # fmt: skip
    """A figure, the counts by answer it is made of, and the same figure counted again from them."""
    evidence = await _evidence(db, by, programme_id)
    figures = _found(evidence, name, (cohort, role, wave), option)
    items = [{"figure": figure.shown()} | counts_behind(evidence, figure) for figure in figures]
    return FigureEvidenceView.model_validate({"name": name, "definition": figures[0].definition, "items": items})


@router.get("/programmes/{programme_id}/figures/{name}/comparison")
async def compare_figures(
    programme_id: UUID, name: str, by: Reader, db: Db,
    first: Annotated[Group, Depends(_first)], second: Annotated[Group, Depends(_second)], option: Option = None,
) -> ComparisonView:  # fmt: skip
    """One share against another of the same name, between cohorts, roles or surveys, and whether they are of the same
    people; overall lines are compared pooled."""
    evidence = await _evidence(db, by, programme_id)
    one, two = (_share(_found(evidence, name, group, option)) for group in (first, second))
    groups = [_waves(evidence, figure) for figure in (one, two)]
    people = await surveys.same_people(db, *groups)
    change = await _change(db, evidence, (one, two), option)
    try:
        found = compare(one, two, people=people)
    except FigureError as error:
        raise NotComparable(str(error)) from None
    interval = None if found.interval is None else shown_interval(found.interval)
    return ComparisonView(
        first=one.shown(), second=two.shown(), people=people, interval=interval,
        difference=float(half_up(found.difference, 1)), change=change,
        caveats=[one for one in found.caveats if change is None or one != WITHOUT_PAIRS],
    )  # fmt: skip


async def _evidence(db: AsyncSession, by: Principal, programme_id: UUID) -> Evidence:
    programme = await programmes.programme(db, programme_id)
    await require_team(db, by, programme_id)
    return await evidence_of(db, programme)


def _found(evidence: Evidence, name: str, group: Group, option: str | None) -> list[Figure]:
    figures = figures_named(evidence, name, *group, option)
    if not figures:
        raise FigureNotFound()
    return figures


def _share(figures: list[Figure]) -> Figure:
    shares = [figure for figure in figures if figure.rule != "mean_of_cohorts"]
    if len(shares) != 1:
        raise NotComparable("several surveys have this figure: name one")
    return shares[0]


def _waves(evidence: Evidence, figure: Figure) -> tuple[list[UUID], str | None]:
    """The waves that a figure was counted in, and the role it is of."""
    waves = [w.id for w in evidence.waves if w.name == figure.wave and figure.cohort in (None, w.cohort)]
    return waves, figure.role


async def _change(
    db: AsyncSession, evidence: Evidence, figures: tuple[Figure, Figure], option: str | None
) -> ChangeView | None:
    """How the same people changed between two surveys under their names; None where fewer than five answered both, or
    no survey says who did."""
    one, two = figures
    if one.role is None or one.role != two.role:
        return None
    (first, _), (second, _) = (_waves(evidence, figure) for figure in figures)
    twice = await queries_answers.answered_twice(db, first, second, one.role)
    questions = [_question(evidence, figure) for figure in figures]
    if not twice or questions[0] is None or questions[1] is None:
        return None
    found = change_of(twice, questions[0], questions[1], option)
    return None if found is None or found.n < SMALLEST else _shown_change(found)


def _question(evidence: Evidence, figure: Figure) -> Question | None:
    waves = (w for w in evidence.waves if w.name == figure.wave and figure.cohort in (None, w.cohort))
    return next((q for wave in waves if (q := question_of(wave, figure.name, figure.role or "")) is not None), None)


def _shown_change(found: Change) -> ChangeView:
    scale = found.scale
    return ChangeView(
        n=found.n, both=found.both, first_only=found.first_only, second_only=found.second_only, neither=found.neither,
        difference=float(half_up(found.difference, 1)), interval=shown_interval(found.interval), p=_p(found.p),
        scale=None if scale is None else ScaleChangeView(
            mean=float(half_up(scale.mean, 2)), sd=_p(scale.sd), effect=_p(scale.effect), p=_p(scale.p),
            interval=None if scale.interval is None else shown_interval(scale.interval, 2),
        ),
    )  # fmt: skip


def _p(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
