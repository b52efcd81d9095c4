"""Indicators measured, outcomes from HR data, intentions followed up: each number with its base."""

import asyncio
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common.audit import audit
from mentoring_common.auth import Principal
from mentoring_common.db import now
from mentoring_common.faults import fault
from mentoring_evaluation.errors import (
    CohortNotFound,
    HrOutcomeInvalid,
    IndicatorNotFound,
    IndicatorValueInvalid,
    ModelNotFound,
)
from mentoring_evaluation.figures.queries import evidence_of
from mentoring_evaluation.figures.shown import Figures
from mentoring_evaluation.figures.views import view_of
from mentoring_evaluation.outcomes import queries
from mentoring_evaluation.outcomes.by_figure import measured_by_figure, of_figure
from mentoring_evaluation.outcomes.comparison import Compared, Group, compare
from mentoring_evaluation.outcomes.evaluation_models import EvaluationModel, Indicator
from mentoring_evaluation.outcomes.intentions import FOLLOWED, Intention, total
from mentoring_evaluation.outcomes.measured import Counted, faults, shown
from mentoring_evaluation.outcomes.models import HrOutcome, IndicatorValue
from mentoring_evaluation.outcomes.schemas import (
    HrOutcomeView,
    IndicatorValueView,
    LatestView,
    NewHrOutcome,
    NewIndicatorValue,
)
from mentoring_evaluation.programmes import queries as programmes
from mentoring_evaluation.programmes.models import Cohort, ProgrammeDesign
from mentoring_evaluation.surveys import queries as surveys
from mentoring_evaluation.surveys import queries_answers
from mentoring_evaluation.surveys.models import Wave

_IN_FUTURE = "it is measured in the future"


def model_of(design: ProgrammeDesign) -> EvaluationModel:
    """The programme's model. ModelNotFound."""
    if design.model is None:
        raise ModelNotFound()
    return EvaluationModel.model_validate(design.model)


def indicator_of(design: ProgrammeDesign, indicator_id: str) -> Indicator:
    """An indicator of the programme's model. ModelNotFound, IndicatorNotFound."""
    found = model_of(design).indicator(indicator_id)
    if found is None:
        raise IndicatorNotFound()
    return found


async def record_value(
    db: AsyncSession, programme_id: UUID, indicator: Indicator, new: NewIndicatorValue, by: Principal
) -> IndicatorValue:
    """Keep a measured value. IndicatorValueInvalid, CohortNotFound."""
    wrong = faults(indicator, counted(new))
    if new.measured_on > now(db).date():
        wrong.append(_IN_FUTURE)
    if wrong:
        raise IndicatorValueInvalid(errors=[fault("impossible", why, "body") for why in wrong])
    if new.cohort_id and (await programmes.cohort(db, new.cohort_id)).programme_id != programme_id:
        raise CohortNotFound()
    kept = IndicatorValue(programme_id=programme_id, indicator=indicator.id, recorded_at=now(db), **new.model_dump())
    db.add(kept)
    await db.flush()
    audit(db, by.subject, "record_indicator_value", "indicator_value", kept.id)
    return kept


def value_view(indicator: Indicator, kept: IndicatorValue) -> IndicatorValueView:
    """A value with its base, interval and caveats."""
    about = {
        name: getattr(kept, name)
        for name in (
            "id",
            "indicator",
            "cohort_id",
            "measured_on",
            "source",
            "recorded_at",
            "from_records",
            "withdrawn",
        )
    }
    value = dict(shown(indicator, counted(kept)))
    return IndicatorValueView(**about, unit=indicator.unit, base_is=indicator.base, **value)


async def latest_of_all(
    db: AsyncSession, programme_id: UUID, model: EvaluationModel, *, exact: bool
) -> dict[str, LatestView | None]:
    """What every indicator is at, as a report says it; without `exact`, figures are those of the public view."""
    recorded = await queries.latest_values(db, programme_id)
    figures = await _figures(db, programme_id, exact) if any(one.figure for one in model.indicators) else []
    return {one.id: _latest(one, figures, recorded.get(one.id)) for one in model.indicators}


async def _figures(db: AsyncSession, programme_id: UUID, exact: bool) -> Figures:
    evidence = await evidence_of(db, await programmes.programme(db, programme_id))
    return (await asyncio.to_thread(view_of, evidence, "programme_team" if exact else "public"))[1]


def _latest(indicator: Indicator, figures: Figures, kept: IndicatorValue | None) -> LatestView | None:
    figure = measured_by_figure(indicator, figures)
    if figure is not None:
        about = {"indicator": indicator.id, "unit": indicator.unit, "base_is": indicator.base}
        return LatestView(**about, figure=indicator.figure, source=figure.source, **dict(of_figure(indicator, figure)))
    if kept is None:
        return None
    return LatestView(**value_view(indicator, kept).model_dump(exclude={"withdrawn"}), figure=None, shown="exact")


async def record_hr_outcome(db: AsyncSession, programme_id: UUID, new: NewHrOutcome, by: Principal) -> HrOutcome:
    """Keep an outcome from HR data, as totals. HrOutcomeInvalid."""
    if new.measured_on > now(db).date():
        raise HrOutcomeInvalid(errors=[fault("impossible", _IN_FUTURE, "body", "measured_on")])
    other = new.comparison
    kept = HrOutcome(
        programme_id=programme_id,
        employer_id=by.employer,
        recorded_at=now(db),
        selection=other.selection if other else None,
        other_people=other.people if other else None,
        other_with_outcome=other.with_outcome if other else None,
        **new.model_dump(exclude={"comparison"}),
    )
    db.add(kept)
    await db.flush()
    audit(db, by.subject, "record_hr_outcome", "hr_outcome", kept.id)
    return kept


def hr_view(kept: HrOutcome) -> HrOutcomeView:
    """The outcome with the difference where data allow, and what can be said."""
    others = None
    if kept.other_people is not None and kept.other_with_outcome is not None:
        others = Group(kept.other_people, kept.other_with_outcome)
    said = compare(kept.definition, Group(kept.people, kept.with_outcome), others, kept.selection)  # type: ignore[arg-type]
    names = set(HrOutcomeView.model_fields) - set(Compared.model_fields)
    return HrOutcomeView(**{name: getattr(kept, name) for name in names}, **dict(said))


async def intentions(db: AsyncSession, programme_id: UUID) -> list[Intention]:
    """What people meant to do and did later, for each cohort and (of several) in all, as totals."""
    cohorts = await programmes.cohorts(db, programme_id)
    closed = surveys.waves(programme_id, None).where(Wave.state == "closed")
    waves = list((await db.scalars(closed.order_by(Wave.closed_at))).all())
    found: list[Intention] = []
    for figure, role in FOLLOWED:
        parts = [await _intention(db, cohort, waves, figure, role) for cohort in cohorts]
        parts = [part for part in parts if part.people]
        found += parts
        found += [total(parts)] if len(parts) > 1 else []
    return found


async def _intention(db: AsyncSession, cohort: Cohort, waves: list[Wave], figure: str, role: str) -> Intention:
    people, did = await queries.later_mentors(db, cohort.id, role)
    answered = meant = 0
    for wave in waves:  # one wave of a cohort asks it; a later one, if any, is the later word
        heard = (
            await queries_answers.answers_of_figure(db, wave, figure, role) if wave.cohort_id == cohort.id else (0, 0)
        )
        answered, meant = heard if heard[0] else (answered, meant)
    return Intention(cohort.number, figure, role, people, answered, meant, did)


def counted(given: NewIndicatorValue | IndicatorValue) -> Counted:
    """The numbers of a value, as the rules of indicators take them."""
    return Counted(given.base, given.numerator, given.value, given.asked, given.answered, given.from_records)
