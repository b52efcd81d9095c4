"""What is read of programmes and cohorts."""

from collections.abc import Iterable, Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_integrations.errors import ProgrammeNotFound
from mentoring_integrations.programmes.models import Cohort, Programme


async def programme(db: AsyncSession, programme_id: UUID) -> Programme:
    """The programme; ProgrammeNotFound, also for another organisation's."""
    found = await db.scalar(sa.select(Programme).where(Programme.id == programme_id))
    if found is None:
        raise ProgrammeNotFound()
    return found


async def programmes(db: AsyncSession, programme_ids: Iterable[UUID | None]) -> Sequence[Programme]:
    """Those of the programmes that are known."""
    rows = await db.scalars(sa.select(Programme).where(Programme.id.in_({id_ for id_ in programme_ids if id_})))
    return rows.all()


async def cohort_numbers(db: AsyncSession, cohort_ids: Iterable[UUID | None]) -> dict[UUID | None, int]:
    """Numbers of cohorts by id."""
    rows = await db.execute(sa.select(Cohort.id, Cohort.number).where(Cohort.id.in_({c for c in cohort_ids if c})))
    return {row.id: row.number for row in rows}
