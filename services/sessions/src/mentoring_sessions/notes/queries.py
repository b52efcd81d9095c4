"""Every SELECT of notes."""

from collections.abc import Collection, Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common.auth import Principal
from mentoring_sessions.errors import NoteNotFound
from mentoring_sessions.notes.models import Note
from mentoring_sessions.relationships.models import Member, MentoringSession, Relationship
from mentoring_sessions.relationships.parts import Access
from mentoring_sessions.relationships.queries import Supervisee


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


def for_supervisor(person_id: UUID | None, supervisees: Collection[Supervisee]) -> sa.Select[Note]:
    """The notes that people wrote for the person, who supervises them: in the programme and since they do, and of no
    relationship that the person is or was in themselves."""
    held, pair = MentoringSession, Relationship
    rows = sa.select(Note).join(held, sa.and_(held.tenant_id == Note.tenant_id, held.id == Note.mentoring_session_id))
    rows = rows.join(pair, sa.and_(pair.tenant_id == held.tenant_id, pair.id == held.relationship_id))
    in_it = sa.exists().where(Member.relationship_id == pair.id, Member.person_id == person_id)
    theirs = [
        sa.and_(Note.written_by == one.person_id, pair.programme_id == one.programme_id, Note.written_at >= one.since)
        for one in supervisees
    ]
    return rows.where(Note.supervisor, sa.or_(sa.false(), *theirs), sa.not_(in_it))


async def relationships_of_meetings(db: AsyncSession, meeting_ids: Collection[UUID]) -> dict[UUID, UUID]:
    """The relationship of each meeting."""
    rows = sa.select(MentoringSession.id, MentoringSession.relationship_id)
    return {row.id: row.relationship_id for row in await db.execute(rows.where(MentoringSession.id.in_(meeting_ids)))}


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
