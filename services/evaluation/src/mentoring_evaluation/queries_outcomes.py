"""The SELECTs of evaluation models, outcomes and the evidence pack."""

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common.db import tenant_of
from mentoring_common.tables import scoped_roles
from mentoring_evaluation.errors import HrOutcomeNotFound, IndicatorValueNotFound, ProgrammeNotFound
from mentoring_evaluation.evidence import Evidence
from mentoring_evaluation.evidence_pack.facts import Records
from mentoring_evaluation.models import (
    Activity,
    Application,
    Attendance,
    Interview,
    Match,
    MentoringSession,
    Programme,
    Report,
)
from mentoring_evaluation.models_outcomes import Assessment, HrOutcome, IndicatorValue, ProgrammeDesign
from mentoring_evaluation.models_qualitative import Goal, Recommendation
from mentoring_evaluation.outcomes.evaluation_models import EvaluationModel
from mentoring_evaluation.programme_figures import programme_lines
from mentoring_evaluation.report_outcomes import indicators_measured


async def design(db: AsyncSession, programme_id: UUID) -> ProgrammeDesign:
    """What the programme's blueprint says beyond surveys; ProgrammeNotFound."""
    found = await db.scalar(sa.select(ProgrammeDesign).where(ProgrammeDesign.id == programme_id))
    if found is None:
        raise ProgrammeNotFound()
    return found


def indicator_values(programme_id: UUID, indicator: str) -> sa.Select[IndicatorValue]:
    """Every value of an indicator."""
    return sa.select(IndicatorValue).where(
        IndicatorValue.programme_id == programme_id, IndicatorValue.indicator == indicator
    )


async def indicator_value(db: AsyncSession, programme_id: UUID, indicator: str, value_id: UUID) -> IndicatorValue:
    """A value of an indicator; IndicatorValueNotFound."""
    found = await db.scalar(indicator_values(programme_id, indicator).where(IndicatorValue.id == value_id))
    if found is None:
        raise IndicatorValueNotFound()
    return found


async def latest_values(db: AsyncSession, programme_id: UUID) -> dict[str, IndicatorValue]:
    """The last measured value of each indicator that was not withdrawn; of two of one day the one recorded later."""
    v = IndicatorValue
    kept = (v.programme_id == programme_id, v.withdrawn_at.is_(None))
    rows = sa.select(v).where(*kept).ext(distinct_on(v.indicator))
    rows = rows.order_by(v.indicator, v.measured_on.desc(), v.recorded_at.desc(), v.id.desc())
    return {value.indicator: value for value in await db.scalars(rows)}


def hr_outcomes(programme_id: UUID) -> sa.Select[HrOutcome]:
    """The outcomes from HR data of a programme."""
    return sa.select(HrOutcome).where(HrOutcome.programme_id == programme_id)


async def hr_outcome(db: AsyncSession, programme_id: UUID, outcome_id: UUID) -> HrOutcome:
    """An outcome from HR data; HrOutcomeNotFound."""
    found = await db.scalar(hr_outcomes(programme_id).where(HrOutcome.id == outcome_id))
    if found is None:
        raise HrOutcomeNotFound()
    return found


async def latest_hr_outcomes(db: AsyncSession, programme_id: UUID) -> Sequence[HrOutcome]:
    """The last word on each outcome from HR data that was not withdrawn: a correction is a later row of the same
    definition."""
    h = HrOutcome
    same = (h.outcome, h.role, h.months, h.definition)
    rows = hr_outcomes(programme_id).where(h.withdrawn_at.is_(None)).ext(distinct_on(*same))
    return (await db.scalars(rows.order_by(*same, h.measured_on.desc(), h.recorded_at.desc(), h.id.desc()))).all()


async def roles_held(db: AsyncSession, programme_id: UUID) -> dict[UUID, frozenset[str]]:
    """The roles that people hold in a programme, by person."""
    c = scoped_roles.c
    rows = sa.select(c.subject_id, sa.func.array_agg(c.role)).group_by(c.subject_id)
    held = await db.execute(rows.where(c.tenant_id == tenant_of(db), c.scope_id == programme_id))
    return {person_id: frozenset(roles) for person_id, roles in held}


async def latest_assessments(db: AsyncSession, programme_id: UUID) -> Sequence[Assessment]:
    """The latest judgement of each criterion."""
    a = Assessment
    rows = sa.select(a).where(a.programme_id == programme_id).ext(distinct_on(a.criterion))
    return (await db.scalars(rows.order_by(a.criterion, a.assessed_at.desc(), a.id.desc()))).all()


def assessments(programme_id: UUID) -> sa.Select[Assessment]:
    """Every judgement, also those that a later one replaced."""
    return sa.select(Assessment).where(Assessment.programme_id == programme_id)


async def later_mentors(db: AsyncSession, cohort_id: UUID, role: str) -> tuple[int, int]:
    """People who were in a confirmed pair of the cohort in this role, and how many later applied as mentor.

    In any programme of the organisation, after their first pair of the cohort was confirmed.
    """
    person = Match.mentor_id if role == "mentor" else Match.mentee_id
    paired = sa.select(person.label("person_id"), sa.func.min(Match.confirmed_at).label("since")).group_by(person)
    people = paired.where(Match.cohort_id == cohort_id, Match.tenant_id == tenant_of(db)).subquery()
    a = Application
    applied = sa.exists().where(
        a.tenant_id == tenant_of(db), a.person_id == people.c.person_id, a.role == "mentor",
        a.applied_at > people.c.since,
    )  # fmt: skip
    counted = sa.select(sa.func.count(), sa.func.count().filter(applied)).select_from(people)
    row = (await db.execute(counted)).one()
    return int(row[0]), int(row[1])


async def pack_records(db: AsyncSession, programme: Programme, evidence: Evidence, *, exact: bool) -> Records:
    """Everything the facts of an evidence pack are counted from."""
    kept = await design(db, programme.id)
    model = EvaluationModel.model_validate(kept.model) if kept.model else None
    measured = set(await latest_values(db, programme.id))
    stages = model.stages if model else []
    indicators = model.indicators if model else []
    figures = [line.to_json() for line in programme_lines(evidence)]
    have = indicators_measured(model, measured, figures) if model else set()
    return Records(
        evidence=evidence,
        design=kept.written,
        goals=await _count(db, Goal, programme.id),
        trained=await _trained(db, programme.id),
        held=await _held(db, programme.id, evidence),
        development_kinds=frozenset(programme.cpd_kinds),
        pairs_met=await _pairs_met(db, programme.id),
        interviews=await _by_state(db, programme.id),
        recommendations=(
            await _count(db, Recommendation, programme.id, Recommendation.overdue.is_(True)),
            await _count(db, Recommendation, programme.id),
        ),
        stages=(sum(bool(stage.indicators) for stage in stages), len(stages)),
        indicators=(len(have), len(indicators)),
        published=await _count(db, Report, programme.id, Report.state == "published"),
        roles=await _roles(db, programme.id),
        exact=exact,
    )


async def _count(
    db: AsyncSession,
    table: type[Goal] | type[Recommendation] | type[Report],
    programme_id: UUID,
    *conditions: sa.ColumnElement[bool],
) -> int:
    rows = sa.select(sa.func.count(table.id)).where(table.programme_id == programme_id, *conditions)
    return await db.scalar(rows) or 0


async def _trained(db: AsyncSession, programme_id: UUID) -> frozenset[UUID]:
    oriented = (Attendance.programme_id == programme_id, Attendance.kind == "orientation")
    return frozenset(await db.scalars(sa.select(Attendance.person_id).where(*oriented)))


async def _held(db: AsyncSession, programme_id: UUID, evidence: Evidence) -> dict[tuple[str, int | None], int]:
    rows = sa.select(Activity.kind, Activity.cohort_id, sa.func.count()).where(Activity.programme_id == programme_id)
    grouped = await db.execute(rows.group_by(Activity.kind, Activity.cohort_id))
    return {(kind, evidence.numbers.get(cohort) if cohort else None): times for kind, cohort, times in grouped}


async def _pairs_met(db: AsyncSession, programme_id: UUID) -> int:
    met = sa.select(sa.func.count(sa.distinct(MentoringSession.match_id)))
    met = met.join(Match, MentoringSession.match_id == Match.id).where(Match.state == "standing")
    return await db.scalar(met.where(MentoringSession.programme_id == programme_id)) or 0


async def _by_state(db: AsyncSession, programme_id: UUID) -> dict[str, int]:
    rows = sa.select(Interview.state, sa.func.count()).where(Interview.programme_id == programme_id)
    return dict((await db.execute(rows.group_by(Interview.state))).all())


async def _roles(db: AsyncSession, programme_id: UUID) -> frozenset[str]:
    c = scoped_roles.c
    held = sa.select(c.role).where(c.tenant_id == tenant_of(db), c.scope_id == programme_id)
    return frozenset(await db.scalars(held))
