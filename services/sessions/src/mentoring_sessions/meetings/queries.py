"""Every SELECT of meetings."""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common import reading
from mentoring_sessions.meetings.models import Presence
from mentoring_sessions.relationships.models import MentoringSession

SAME_START = timedelta(minutes=15)
"""Who of the two looked at the clock when: meetings that begin so near to each other are one."""


def mentoring_sessions(relationship_id: UUID, *, withdrawn: bool = False) -> sa.Select[MentoringSession]:
    """The mentoring sessions of a pair that count, or those that were withdrawn."""
    rows = sa.select(MentoringSession).where(MentoringSession.relationship_id == relationship_id)
    counts = MentoringSession.withdrawn_at.is_(None)
    return rows.where(sa.not_(counts) if withdrawn else counts)


async def same_meeting(
    db: AsyncSession, relationship_id: UUID, held_at: datetime, minutes: int, *, beside: UUID | None = None
) -> MentoringSession | None:
    """The pair's meeting that is the same as one of this time: they overlap, or begin within SAME_START of each other.

    Of several the one that begins nearest; never the one `beside` which it is looked for.
    """
    start, begin = MentoringSession.held_at, sa.literal(held_at)
    end = start + sa.func.make_interval(0, 0, 0, 0, 0, MentoringSession.minutes)
    overlap = sa.and_(start < begin + timedelta(minutes=minutes), end > begin)
    near = start.between(begin - SAME_START, begin + SAME_START)
    rows = mentoring_sessions(relationship_id).where(
        sa.or_(overlap, near), MentoringSession.id.is_distinct_from(beside)
    )
    nearest = sa.func.abs(sa.func.extract("epoch", start - begin))
    return await db.scalar(rows.order_by(nearest, MentoringSession.id).limit(1))


_PRESENCES = reading.of(Presence, reading.among(Presence.mentoring_session_id), in_order_of=[Presence.person_id])


async def presences(db: AsyncSession, session_ids: Collection[UUID]) -> dict[UUID, list[UUID]]:
    """Who was at meetings of groups, by meeting; of a pair's nothing is kept, both were there."""
    found: dict[UUID, list[UUID]] = {}
    for row in await _PRESENCES.all(db, ids=list(session_ids)):
        found.setdefault(row.mentoring_session_id, []).append(row.person_id)
    return found
