"""Every SELECT of opened notes."""

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_sessions.break_glass.models import GlassBreak
from mentoring_sessions.notes.models import Note
from mentoring_sessions.relationships.models import MentoringSession


async def breaks(db: AsyncSession, relationship_id: UUID, *, approved: bool) -> Sequence[GlassBreak]:
    """Every time that it was asked for in a relationship, or (`approved`) those that came to be; the last first."""
    rows = sa.select(GlassBreak).where(GlassBreak.relationship_id == relationship_id)
    rows = rows.where(GlassBreak.approved_at.is_not(None)) if approved else rows
    return (await db.scalars(rows.order_by(GlassBreak.id.desc()))).all()


async def locked(db: AsyncSession, id_: UUID) -> GlassBreak:
    """One of them, held until the commit and read after it was had."""
    row = sa.select(GlassBreak).where(GlassBreak.id == id_).with_for_update()
    return (await db.scalars(row.execution_options(populate_existing=True))).one()


async def notes(db: AsyncSession, relationship_id: UUID) -> Sequence[Note]:
    """Every note about the meetings of a relationship, oldest first."""
    meetings = sa.select(MentoringSession.id).where(MentoringSession.relationship_id == relationship_id)
    return (await db.scalars(sa.select(Note).where(Note.mentoring_session_id.in_(meetings)).order_by(Note.id))).all()
