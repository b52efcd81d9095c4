"""Every SELECT of check-ins."""

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_sessions.check_ins.models import CheckIn, Comparison
from mentoring_sessions.relationships.models import Member
from mentoring_sessions.relationships.parts import Access


def check_ins(mine: Access) -> sa.Select[CheckIn]:
    """The check-ins of a relationship that the caller may see: one's own, or all for a programme team and admins."""
    rows = sa.select(CheckIn).where(CheckIn.relationship_id == mine.relationship.id)
    return rows if mine.side is None and not mine.was_member else rows.where(CheckIn.person_id == mine.person_id)


async def last_said(db: AsyncSession, relationship_id: UUID) -> Sequence[int]:
    """How well it goes, as everybody who is in the relationship said last."""
    c = CheckIn
    here = sa.select(Member.person_id).where(Member.relationship_id == relationship_id, Member.left_at.is_(None))
    rows = sa.select(c.person_id, c.going_well).where(c.relationship_id == relationship_id, c.person_id.in_(here))
    last = rows.ext(distinct_on(c.person_id)).order_by(c.person_id, c.recorded_at.desc(), c.id.desc()).subquery()
    return (await db.scalars(sa.select(last.c.going_well))).all()


def comparisons(programme_id: UUID, differs: bool | None) -> sa.Select[Comparison]:
    """Whether the people of a programme's relationships differ: all that were compared, or those that do (or not)."""
    rows = sa.select(Comparison).where(Comparison.programme_id == programme_id)
    return rows if differs is None else rows.where(Comparison.differs == differs)


async def comparison(db: AsyncSession, relationship_id: UUID) -> Comparison | None:
    """Whether the people of a relationship differ; None where fewer than two have answered."""
    return await db.scalar(sa.select(Comparison).where(Comparison.relationship_id == relationship_id))
