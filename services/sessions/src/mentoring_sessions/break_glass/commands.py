"""Ask that notes are opened, approve it, read them: by two people, with a reason, for a day, told to who wrote them."""

from datetime import timedelta
from typing import Literal
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common.audit import audit
from mentoring_common.auth import Principal
from mentoring_common.db import now
from mentoring_common.outbox import emit
from mentoring_contracts.sessions import NotesOpened, RelationshipNoticeDue
from mentoring_sessions.break_glass import queries
from mentoring_sessions.break_glass.access import require_guard
from mentoring_sessions.break_glass.models import GlassBreak
from mentoring_sessions.break_glass.schemas import NewGlassBreak
from mentoring_sessions.errors import GlassNotOpen, NotForYou, SecondPersonNeeded
from mentoring_sessions.notes.models import Note
from mentoring_sessions.relationships.models import Relationship
from mentoring_sessions.relationships.parts import Access
from mentoring_sessions.relationships.sealed import seal

OPEN_FOR = timedelta(days=1)
ASKED_FOR = timedelta(days=7)


async def ask(db: AsyncSession, by: Principal, mine: Access, new: NewGlassBreak) -> GlassBreak:
    """Ask that the notes of a relationship are opened; another person has to approve it within a week."""
    person_id = require_guard(mine)
    asked = GlassBreak(
        relationship_id=mine.relationship.id,
        asked_by=person_id,
        asked_at=now(db),
        reason_sealed=await seal(db, person_id, new.reason),
    )
    db.add(asked)
    await db.flush()
    audit(db, by.subject, "ask_break_glass", "relationship", mine.relationship.id)
    return asked


async def approve(db: AsyncSession, by: Principal, mine: Access, row: GlassBreak) -> GlassBreak:
    """Open the notes for a day to the two; whoever wrote one is told.

    SecondPersonNeeded for who asked, GlassNotOpen for what was approved before or asked for a week ago.
    """
    person_id = require_guard(mine)
    row = await queries.locked(db, row.id)
    if row.asked_by == person_id:
        raise SecondPersonNeeded()
    if (stands := state(db, row)) != "asked":
        raise GlassNotOpen(state=stands)
    row.approved_by, row.approved_at, row.ends_at = person_id, now(db), now(db) + OPEN_FOR
    await db.flush()
    pair = mine.relationship
    emit(db, NotesOpened(match_id=pair.id, programme_id=pair.programme_id, cohort_id=pair.cohort_id))
    await _tell_writers(db, pair)
    audit(db, by.subject, "approve_break_glass", "relationship", pair.id)
    return row


async def _tell_writers(db: AsyncSession, pair: Relationship) -> None:
    number = len(await queries.breaks(db, pair.id, approved=True))
    ids = {"match_id": pair.id, "programme_id": pair.programme_id, "cohort_id": pair.cohort_id}
    for person_id in sorted({note.written_by for note in await queries.notes(db, pair.id)}):
        said = {"person_id": person_id, "what": "notes_opened", "number": number}
        emit(db, RelationshipNoticeDue.model_validate(ids | said))


def state(db: AsyncSession, row: GlassBreak) -> Literal["asked", "open", "closed", "lapsed"]:
    """Where it stands at this moment."""
    if row.ends_at is not None:
        return "open" if now(db) < row.ends_at else "closed"
    return "asked" if now(db) < row.asked_at + ASKED_FOR else "lapsed"


async def opened(db: AsyncSession, by: Principal, mine: Access, row: GlassBreak) -> list[Note]:
    """The notes, for one of the two while they are open. NotForYou, GlassNotOpen."""
    if require_guard(mine) not in (row.asked_by, row.approved_by):
        raise NotForYou()
    if (stands := state(db, row)) != "open":
        raise GlassNotOpen(state=stands)
    audit(db, by.subject, "read_opened_notes", "relationship", mine.relationship.id)
    return list(await queries.notes(db, mine.relationship.id))


async def forget_reasons(db: AsyncSession, person_id: UUID) -> None:
    """Remove why somebody who is erased asked."""
    await db.execute(sa.update(GlassBreak).where(GlassBreak.asked_by == person_id).values(reason_sealed=None))
