"""The SELECTs of measured indicators, HR outcomes and intentions followed up."""

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common.db import tenant_of
from mentoring_evaluation.errors import HrOutcomeNotFound, IndicatorValueNotFound
from mentoring_evaluation.outcomes.models import HrOutcome, IndicatorValue
from mentoring_evaluation.programmes.models import (
    Application,
    Match,
)


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


def hr_outcomes(programme_id: UUID, employer_id: UUID | None = None) -> sa.Select[HrOutcome]:
    """The outcomes from HR data of a programme, or those that one employer recorded."""
    rows = sa.select(HrOutcome).where(HrOutcome.programme_id == programme_id)
    return rows if employer_id is None else rows.where(HrOutcome.employer_id == employer_id)


async def hr_outcome(
    db: AsyncSession, programme_id: UUID, outcome_id: UUID, employer_id: UUID | None = None
) -> HrOutcome:
    """An outcome from HR data; HrOutcomeNotFound, also of one that another employer than the one named recorded."""
    found = await db.scalar(hr_outcomes(programme_id, employer_id).where(HrOutcome.id == outcome_id))
    if found is None:
        raise HrOutcomeNotFound()
    return found


async def latest_hr_outcomes(db: AsyncSession, programme_id: UUID) -> Sequence[HrOutcome]:
    """The last word on each outcome from HR data that was not withdrawn: a correction is a later row of the same
    definition, by the same employer or the team."""
    h = HrOutcome
    same = (h.outcome, h.role, h.months, h.definition, h.employer_id)
    rows = hr_outcomes(programme_id).where(h.withdrawn_at.is_(None)).ext(distinct_on(*same))
    return (await db.scalars(rows.order_by(*same, h.measured_on.desc(), h.recorded_at.desc(), h.id.desc()))).all()


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
