"""Notes as answers: the reading of another's is audited."""

from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common.auth import Principal
from mentoring_sessions.notes.models import Note
from mentoring_sessions.notes.schemas import NoteStateView, NoteView
from mentoring_sessions.relationships.sealed import unseal
from mentoring_sessions.relationships.views import audit_reading


async def note(db: AsyncSession, by: Principal, row: Note) -> NoteView:
    """A note that the caller may read."""
    audit_reading(db, by, row.written_by, "note", row.id)
    state = NoteStateView.model_validate(row).model_dump()
    return NoteView(**state, text=await unseal(db, row.written_by, row.text_sealed))
