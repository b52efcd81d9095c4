"""Notes about mentoring sessions, check-ins and concerns."""

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common import vault
from mentoring_common.audit import audit
from mentoring_common.auth import Principal
from mentoring_common.db import now
from mentoring_common.outbox import emit
from mentoring_contracts.sessions import CheckInRecorded
from mentoring_sessions.access import Access
from mentoring_sessions.commands.agreements import require_open
from mentoring_sessions.errors import RecordWithdrawn
from mentoring_sessions.models import CheckIn, Concern, MentoringSession, Note
from mentoring_sessions.schemas import (
    ConcernChange,
    NewCheckIn,
    NewConcern,
    NewNote,
    NoteChange,
)
from mentoring_sessions.sealed import seal


async def write_note(db: AsyncSession, mine: Access, meeting: MentoringSession, new: NewNote) -> Note:
    """Keep a note of the caller's about a mentoring session; RecordWithdrawn if it never was."""
    person_id, _ = mine.one_of_the_pair()
    if meeting.withdrawn_at is not None:
        raise RecordWithdrawn()
    note = Note(
        mentoring_session_id=meeting.id,
        written_by=person_id,
        written_at=now(db),
        visibility=new.visibility,
        text_sealed=await vault.seal(db, person_id, new.text),
    )
    db.add(note)
    await db.flush()
    return note


async def change_note(db: AsyncSession, note: Note, change: NoteChange) -> Note:
    """Change the text or who may read it."""
    if change.text is not None:
        note.text_sealed = await vault.seal(db, note.written_by, change.text)
    note.visibility = change.visibility or note.visibility
    await db.flush()
    return note


async def delete_note(db: AsyncSession, note: Note) -> None:
    """Remove a note for good."""
    await db.execute(sa.delete(Note).where(Note.id == note.id))


async def record_check_in(db: AsyncSession, mine: Access, new: NewCheckIn) -> CheckIn:
    """Keep how one person says that it goes."""
    person_id, side = mine.one_of_the_pair()
    require_open(mine)
    pair = mine.relationship
    check_in = CheckIn(
        relationship_id=pair.id,
        person_id=person_id,
        side=side,
        recorded_at=now(db),
        going_well=new.going_well,
        needs_help=new.needs_help,
        comment_sealed=await seal(db, person_id, new.comment),
    )
    db.add(check_in)
    await db.flush()
    emit(db, CheckInRecorded(match_id=pair.id, programme_id=pair.programme_id, cohort_id=pair.cohort_id, by=side))
    return check_in


async def raise_concern(db: AsyncSession, mine: Access, new: NewConcern) -> Concern:
    """Tell the programme team something in confidence, also when the relationship is over."""
    person_id, _ = mine.one_of_the_pair()
    text = await vault.seal(db, person_id, new.text)
    concern = Concern(relationship_id=mine.relationship.id, raised_by=person_id, raised_at=now(db), text_sealed=text)
    db.add(concern)
    await db.flush()
    return concern


async def change_concern(
    db: AsyncSession, by: Principal, mine: Access, concern: Concern, change: ConcernChange
) -> Concern:
    """The programme team says that it has read, or settled, a concern."""
    mine.require_other_team()
    concern.state = change.state
    concern.resolved_at = now(db) if change.state == "resolved" else None
    audit(db, by.subject, f"concern_{change.state}", "concern", concern.id)
    await db.flush()
    return concern
