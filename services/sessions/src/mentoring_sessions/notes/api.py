"""Notes about mentoring sessions."""

from uuid import UUID

import sqlalchemy as sa
from fastapi import APIRouter
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common.auth import Principal
from mentoring_common.pagination import Cursor, Limit, Page, page
from mentoring_common.unit_of_work import Db, Route
from mentoring_common.versions import IfMatch, IfMatchRequired
from mentoring_sessions.errors import MentoringSessionNotFound, NoteNotFound, NoteOfAnother
from mentoring_sessions.notes import commands, queries, views
from mentoring_sessions.notes.models import Note
from mentoring_sessions.notes.schemas import NewNote, NoteChange, NoteStateView, NoteView, SupervisedNoteView
from mentoring_sessions.relationships.access import Reader, Writer, mentoring_session
from mentoring_sessions.relationships.parts import reads_confidences
from mentoring_sessions.relationships.queries import supervisees

router = APIRouter(route_class=Route, tags=["records"])


@router.post("/mentoring-sessions/{mentoring_session_id}/notes", status_code=201)
async def write_note(mentoring_session_id: UUID, new: NewNote, by: Writer, db: Db) -> NoteStateView:
    """Write a note about a mentoring session."""
    meeting, mine = await mentoring_session(db, by, mentoring_session_id)
    return NoteStateView.model_validate(await commands.write_note(db, mine, meeting, new))


@router.get("/supervised-notes")
async def list_supervised_notes(
    by: Reader, db: Db, cursor: Cursor = None, limit: Limit = 50
) -> Page[SupervisedNoteView]:
    """The notes that those whom you supervise wrote for you; each is read by itself, on record."""
    rows = await _for_supervisor(db, by, by.person_id)
    shown, following = await page(db, rows, Note.id, cursor, limit)
    return Page(items=await views.supervised(db, shown), next_cursor=following)


async def _for_supervisor(db: AsyncSession, by: Principal, person_id: UUID | None) -> sa.Select[Note]:
    supervised = await supervisees(db, person_id) if reads_confidences(by) else []
    return queries.for_supervisor(person_id, supervised)


@router.get("/notes/{note_id}")
async def read_note(note_id: UUID, by: Reader, db: Db) -> NoteView:
    """A note that you may read: your own, or one that is shared with you."""
    return await views.note(db, by, await _shared(db, by, note_id))


async def _shared(db: AsyncSession, by: Principal, note_id: UUID) -> Note:
    """A note that the caller may read, in the relationship, for its team or as who supervises; NoteNotFound."""
    meeting_id = await queries.meeting_of(db, note_id)
    try:
        _, mine = await mentoring_session(db, by, meeting_id)
        here = await queries.notes(db, mine, [meeting_id])
    except MentoringSessionNotFound:
        here = []
    found = next((note for note in here if note.id == note_id), None)
    found = found or await db.scalar((await _for_supervisor(db, by, by.person)).where(Note.id == note_id))
    if found is None:
        raise NoteNotFound()
    return found


async def _written(db: AsyncSession, by: Principal, note_id: UUID) -> Note:
    """A note that the caller writes: their own, or one that those in the relationship write together."""
    try:
        return await _own(db, by, note_id)
    except NoteOfAnother:
        note = await _shared(db, by, note_id)
        if not note.shared:
            raise
        return note


async def _own(db: AsyncSession, by: Principal, note_id: UUID) -> Note:
    """The caller's own note; NoteOfAnother for one that they only read, NoteNotFound for others."""
    try:
        return await queries.own_note(db, by, note_id)
    except NoteNotFound:
        await _shared(db, by, note_id)
        raise NoteOfAnother() from None


@router.patch("/notes/{note_id}")
async def change_note(
    note_id: UUID, change: NoteChange, by: Writer, db: Db, expected: IfMatchRequired
) -> NoteStateView:
    """Change a note of your own, or who may read it; or the text of one that you write together.

    Who says which version they read (If-Match) loses no word of the other's: 412 if it was changed meanwhile.
    """
    note = await _written(db, by, note_id)
    await expected.hold(db, note)
    _, mine = await mentoring_session(db, by, note.mentoring_session_id)
    return NoteStateView.model_validate(await commands.change_note(db, mine, note, change))


@router.delete("/notes/{note_id}", status_code=204)
async def delete_note(note_id: UUID, by: Writer, db: Db, expected: IfMatch) -> None:
    """Remove a note of your own for good."""
    note = await _own(db, by, note_id)
    await expected.hold(db, note)
    await commands.delete_note(db, note)
