"""Every SELECT of notes."""

from collections.abc import Collection, Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common.auth import Principal
from mentoring_sessions.errors import NoteNotFound
from mentoring_sessions.notes.models import Note
from mentoring_sessions.relationships.parts import Access


async def notes(db: AsyncSession, mine: Access, session_ids: Collection[UUID]) -> Sequence[Note]:
    """The notes about mentoring sessions that the caller may read, oldest first."""
    may = Note.written_by == mine.person_id
    if mine.side is not None and mine.reads_confidences:
        may = sa.or_(may, Note.visibility.in_(["pair", "programme_team"]))
        if mine.leads and mine.member is not None:  # what was written for who led before is not theirs
            may = sa.or_(may, sa.and_(Note.visibility == "lead", Note.written_at >= mine.member.joined_at))
    if mine.reads_of_pair:
        may = sa.or_(may, Note.visibility == "programme_team")
    rows = sa.select(Note).where(Note.mentoring_session_id.in_(session_ids), may)
    return (await db.scalars(rows.order_by(Note.id))).all()


async def meeting_of(db: AsyncSession, note_id: UUID) -> UUID:
    """Which mentoring session a note is about; NoteNotFound."""
    found = await db.scalar(sa.select(Note.mentoring_session_id).where(Note.id == note_id))
    if found is None:
        raise NoteNotFound()
    return found


async def own_note(db: AsyncSession, by: Principal, note_id: UUID) -> Note:
    """A note of the caller's own; NoteNotFound for another's."""
    found = await db.scalar(sa.select(Note).where(Note.id == note_id, Note.written_by == by.person))
    if found is None:
        raise NoteNotFound()
    return found
