"""Write, change and remove notes about mentoring sessions."""

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common import vault
from mentoring_common.db import now
from mentoring_sessions.errors import NoSupervisor, NoteOfAnother, NoteShared, NotesPrivate, RecordWithdrawn
from mentoring_sessions.notes.models import Note
from mentoring_sessions.notes.schemas import NewNote, NoteChange
from mentoring_sessions.relationships.models import MentoringSession
from mentoring_sessions.relationships.parts import Access
from mentoring_sessions.relationships.queries import has_supervisor


async def write_note(db: AsyncSession, mine: Access, meeting: MentoringSession, new: NewNote) -> Note:
    """Keep a note of the caller's about a mentoring session; RecordWithdrawn if it never was. NotesPrivate;
    NoSupervisor for one that nobody would read."""
    person_id, _ = mine.one_of_the_pair()
    if meeting.withdrawn_at is not None:
        raise RecordWithdrawn()
    await _require_readers(db, mine, new.visibility, supervisor=new.supervisor)
    note = Note(
        mentoring_session_id=meeting.id,
        written_by=person_id,
        written_at=now(db),
        visibility=new.visibility,
        supervisor=new.supervisor,
        shared=new.shared,
        text_sealed=await vault.seal(db, person_id, new.text),
    )
    db.add(note)
    await db.flush()
    return note


async def _require_readers(db: AsyncSession, mine: Access, visibility: str | None, *, supervisor: bool | None) -> None:
    if mine.private and visibility == "programme_team":
        raise NotesPrivate()
    if supervisor:
        person_id, _ = mine.one_of_the_pair()
        if not await has_supervisor(db, mine.relationship.programme_id, person_id):
            raise NoSupervisor()


async def change_note(db: AsyncSession, mine: Access, note: Note, change: NoteChange) -> Note:
    """Change the text or who may read it. NotesPrivate where the programme team reads none, NoSupervisor where nobody
    supervises the writer; NoteOfAnother for another than the text by somebody else, who writes one that is shared.
    NoteShared for one that its writers would not read, or that a supervisor would.
    """
    await _require_readers(db, mine, change.visibility, supervisor=change.supervisor)
    if mine.person_id != note.written_by:
        person_id, _ = mine.one_of_the_pair()
        if change.visibility is not None or change.supervisor is not None:
            raise NoteOfAnother()
        note.written_with = sorted({*note.written_with, person_id})
    elif note.shared and (change.supervisor or change.visibility in ("mine", "lead")):
        raise NoteShared()
    if change.text is not None:
        note.text_sealed = await vault.seal(db, note.written_by, change.text)
    note.visibility = change.visibility or note.visibility
    note.supervisor = note.supervisor if change.supervisor is None else change.supervisor
    await db.flush()
    return note


async def delete_note(db: AsyncSession, note: Note) -> None:
    """Remove a note for good."""
    await db.execute(sa.delete(Note).where(Note.id == note.id))
