"""The SELECTs of planning: what a programme has that its closing ends."""

from collections.abc import Mapping
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_applications.applications.models import Application
from mentoring_applications.applying.models import Draft
from mentoring_applications.lifecycle import Act, sources
from mentoring_applications.pairs.models import PairCourse
from mentoring_applications.programmes.models import Cohort


async def open_cohorts(db: AsyncSession, programme_id: UUID) -> int:
    """How many cohorts recruit."""
    return await _count(db, Cohort.programme_id == programme_id, Cohort.closed_at.is_(None))


async def open_applications(db: AsyncSession, programme_id: UUID) -> Mapping[str, int]:
    """How many applications have not come to an end, by their state."""
    rows = sa.select(Application.state, sa.func.count()).group_by(Application.state)
    rows = rows.where(Application.programme_id == programme_id, Application.state.in_(sources(Act.CLOSE)))
    return dict((await db.execute(rows)).all())


async def drafts(db: AsyncSession, programme_id: UUID) -> int:
    """How many drafts there are."""
    return await _count(db, Draft.programme_id == programme_id)


async def standing_pairs(db: AsyncSession, programme_id: UUID) -> int:
    """How many confirmed pairs have not ended, as far as it was heard of."""
    here = (PairCourse.programme_id == programme_id, PairCourse.confirmed_at.is_not(None))
    return await _count(db, *here, PairCourse.ended_at.is_(None))


async def _count(db: AsyncSession, *those: sa.ColumnElement[bool]) -> int:
    return await db.scalar(sa.select(sa.func.count()).where(*those)) or 0
