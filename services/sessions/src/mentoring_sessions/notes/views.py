"""Notes as answers: the reading of another's is audited."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common.auth import Principal
from mentoring_sessions.notes import queries
from mentoring_sessions.notes.models import Note
from mentoring_sessions.notes.schemas import NoteStateView, NoteView, SupervisedNoteView
from mentoring_sessions.relationships.sealed import unseal
from mentoring_sessions.relationships.views import audit_reading


async def supervised(db: AsyncSession, rows: Sequence[Note]) -> list[SupervisedNoteView]:
    """Notes for who supervises their writers, without their texts."""
    pairs = await queries.relationships_of_meetings(db, {row.mentoring_session_id for row in rows})
    return [
        SupervisedNoteView(
            **NoteStateView.model_validate(row).model_dump(),
            mentoring_session_id=row.mentoring_session_id,
            match_id=pairs[row.mentoring_session_id],
        )
        for row in rows
    ]


async def note(db: AsyncSession, by: Principal, row: Note) -> NoteView:
    """A note that the caller may read."""
    audit_reading(db, by, row.written_by, "note", row.id)
    state = NoteStateView.model_validate(row).model_dump()
    return NoteView(**state, text=await unseal(db, row.written_by, row.text_sealed))
