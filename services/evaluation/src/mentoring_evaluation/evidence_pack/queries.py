"""The SELECTs of judgements, and of all that the facts of a pack are counted from."""

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common.db import tenant_of
from mentoring_common.tables import scoped_roles
from mentoring_evaluation.evidence_pack.facts import Records
from mentoring_evaluation.evidence_pack.models import Assessment
from mentoring_evaluation.figures.evidence import Evidence
from mentoring_evaluation.figures.programme_figures import programme_lines
from mentoring_evaluation.interviews.models import Interview
from mentoring_evaluation.outcomes.by_figure import indicators_measured
from mentoring_evaluation.outcomes.evaluation_models import EvaluationModel
from mentoring_evaluation.outcomes.queries import latest_values
from mentoring_evaluation.programmes.models import (
    Activity,
    Attendance,
    Match,
    MentoringSession,
    Programme,
)
from mentoring_evaluation.programmes.queries import design
from mentoring_evaluation.reports.models import Report
from mentoring_evaluation.themes.models import Goal, Recommendation


async def latest_assessments(db: AsyncSession, programme_id: UUID) -> Sequence[Assessment]:
    """The latest judgement of each criterion."""
    a = Assessment
    rows = sa.select(a).where(a.programme_id == programme_id).ext(distinct_on(a.criterion))
    return (await db.scalars(rows.order_by(a.criterion, a.assessed_at.desc(), a.id.desc()))).all()


def assessments(programme_id: UUID) -> sa.Select[Assessment]:
    """Every judgement, also those that a later one replaced."""
    return sa.select(Assessment).where(Assessment.programme_id == programme_id)


async def pack_records(db: AsyncSession, programme: Programme, evidence: Evidence, *, exact: bool) -> Records:
    """Everything the facts of an evidence pack are counted from."""
    kept = await design(db, programme.id)
    model = EvaluationModel.model_validate(kept.model) if kept.model else None
    measured = set(await latest_values(db, programme.id))
    stages = model.stages if model else []
    indicators = model.indicators if model else []
    figures = [line.shown() for line in programme_lines(evidence)]
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
    of_pairs = (Interview.programme_id == programme_id, Interview.match_id.is_not(None))
    rows = sa.select(Interview.state, sa.func.count()).where(*of_pairs)
    return dict((await db.execute(rows.group_by(Interview.state))).all())


async def _roles(db: AsyncSession, programme_id: UUID) -> frozenset[str]:
    c = scoped_roles.c
    held = sa.select(c.role).where(c.tenant_id == tenant_of(db), c.scope_id == programme_id)
    return frozenset(await db.scalars(held))
