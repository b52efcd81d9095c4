"""What is read of programmes and cohorts."""

from collections.abc import Iterable, Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common import reading
from mentoring_integrations.errors import ProgrammeNotFound
from mentoring_integrations.programmes.models import Cohort, Programme


async def programme(db: AsyncSession, programme_id: UUID) -> Programme:
    """The programme; ProgrammeNotFound, also for another organisation's."""
    found = await db.scalar(sa.select(Programme).where(Programme.id == programme_id))
    if found is None:
        raise ProgrammeNotFound()
    return found


_PROGRAMMES = reading.by_ids(Programme)
_NUMBERS = reading.Reading(sa.select(Cohort.id, Cohort.number).where(reading.among(Cohort.id)))


async def programmes(db: AsyncSession, programme_ids: Iterable[UUID | None]) -> Sequence[Programme]:
    """Those of the programmes that are known, to be read only."""
    return await _PROGRAMMES.all(db, ids=list({id_ for id_ in programme_ids if id_}))


async def cohort_numbers(db: AsyncSession, cohort_ids: Iterable[UUID | None]) -> dict[UUID | None, int]:
    """Numbers of cohorts by id."""
    return dict(await _NUMBERS.all(db, ids=list({id_ for id_ in cohort_ids if id_})))
