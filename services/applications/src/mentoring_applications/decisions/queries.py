"""The SELECTs of decisions."""

from collections.abc import Collection, Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_applications.applications.models import Application
from mentoring_applications.lifecycle import OPEN
from mentoring_applications.programmes.models import Cohort


async def not_told(db: AsyncSession, programme_id: UUID, cohort_id: UUID | None) -> Sequence[Application]:
    """Applications with a decision that is kept back, locked until the end of the transaction."""
    rows = sa.select(Application).where(Application.programme_id == programme_id, Application.told_state.is_not(None))
    rows = rows.where(Application.cohort_id == cohort_id) if cohort_id else rows
    rows = rows.order_by(Application.id).with_for_update().execution_options(populate_existing=True)
    return (await db.scalars(rows)).all()


async def is_open_elsewhere(db: AsyncSession, application: Application) -> bool:
    """Whether the person has another open application in the programme and role."""
    same = {name: getattr(application, name) for name in ("programme_id", "person_id", "role")}
    rows = sa.select(Application.id).filter_by(**same).where(Application.id != application.id)
    return await db.scalar(rows.where(Application.state.in_(OPEN)).limit(1)) is not None


async def hold_cohorts(db: AsyncSession, application_ids: Collection[UUID]) -> None:
    """Keep others from changing the cohorts of these applications, until the end of the transaction."""
    theirs = sa.select(Application.cohort_id).where(Application.id.in_(application_ids))
    rows = sa.select(Cohort.id).where(Cohort.id.in_(theirs)).order_by(Cohort.id)
    await db.execute(rows.with_for_update(key_share=True))
