"""Every SELECT of pauses and phases."""

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_sessions.errors import PhaseNotFound
from mentoring_sessions.pair_clock.models import PairPhase, Pause, TickedStep


def pauses(relationship_id: UUID) -> sa.Select[Pause]:
    """The pauses of a relationship."""
    return sa.select(Pause).where(Pause.relationship_id == relationship_id)


async def breaks(db: AsyncSession, relationship_id: UUID) -> int:
    """How many breaks a relationship had, with the one that it has."""
    return await db.scalar(pauses(relationship_id).with_only_columns(sa.func.count())) or 0


async def phases(db: AsyncSession, relationship_id: UUID) -> Sequence[PairPhase]:
    """The phases of a relationship that are planned or have begun, in order of time."""
    rows = sa.select(PairPhase).where(PairPhase.relationship_id == relationship_id)
    return (await db.scalars(rows.order_by(PairPhase.begins_at, PairPhase.id))).all()


async def planned_phase(db: AsyncSession, relationship_id: UUID, phase_id: UUID) -> PairPhase:
    """A phase of the relationship that is planned or has begun; PhaseNotFound."""
    this = sa.select(PairPhase).where(PairPhase.id == phase_id, PairPhase.relationship_id == relationship_id)
    found = await db.scalar(this)
    if found is None:
        raise PhaseNotFound()
    return found


async def ticked(db: AsyncSession, relationship_id: UUID) -> dict[tuple[str, str], TickedStep]:
    """The steps that were done, by phase and step."""
    rows = sa.select(TickedStep).where(TickedStep.relationship_id == relationship_id)
    return {(row.phase, row.step): row for row in await db.scalars(rows)}
