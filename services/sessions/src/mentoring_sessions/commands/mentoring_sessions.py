"""Mentoring sessions and their minutes, notes, check-ins and concerns."""

from datetime import datetime, timedelta
from typing import TypeAlias

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common import vault
from mentoring_common.audit import audit
from mentoring_common.auth import Principal
from mentoring_common.db import now
from mentoring_common.deadlines import schedule
from mentoring_common.outbox import emit
from mentoring_contracts.sessions import CheckInRecorded, MentoringSessionRecorded
from mentoring_sessions import queries
from mentoring_sessions.access import Access
from mentoring_sessions.commands.agreements import require_open
from mentoring_sessions.commands.relationships import GOES_QUIET
from mentoring_sessions.errors import (
    MentoringSessionInFuture,
    MentoringSessionOutsideRelationship,
    OrientationNeeded,
)
from mentoring_sessions.lifecycle import State
from mentoring_sessions.models import CheckIn, Concern, MentoringSession, Note, Relationship
from mentoring_sessions.schemas import (
    ConcernChange,
    MentoringSessionRecordedView,
    NewCheckIn,
    NewConcern,
    NewMentoringSession,
    NewNote,
    NoteChange,
)
from mentoring_sessions.sealed import seal

Totals: TypeAlias = "sa.Row[int, int | None, datetime | None, str]"


async def record_mentoring_session(
    db: AsyncSession, mine: Access, new: NewMentoringSession
) -> MentoringSessionRecordedView:
    """Record that the pair met. Going over the hours budget is flagged, never refused.

    A meeting within the relationship's time may still be recorded after its end.
    """
    person_id, _ = mine.one_of_the_pair()
    pair = mine.relationship
    _require_time(db, pair, new.held_at)
    totals = await _add_to_totals(db, pair, new)
    over = totals.budget_minutes is not None and totals.total_minutes > totals.budget_minutes
    meeting = MentoringSession(
        relationship_id=pair.id,
        recorded_by=person_id,
        over_budget=over,
        **new.model_dump(include={"held_at", "minutes", "mode"}),
    )
    db.add(meeting)
    await db.flush()
    note = NewNote(text=new.note, visibility=new.note_visibility) if new.note else None
    note_id = (await write_note(db, mine, meeting, note)).id if note else None
    _announce(db, pair, meeting, totals)
    if totals.state == State.ACTIVE and totals.last_held_at == new.held_at:
        weeks = await queries.quiet_after_weeks(db, pair.programme_id)
        await schedule(db, GOES_QUIET, pair.id, new.held_at + timedelta(weeks=weeks))
    return MentoringSessionRecordedView(
        id=meeting.id,
        note_id=note_id,
        over_budget=over,
        total_minutes=totals.total_minutes,
        budget_minutes=totals.budget_minutes,
        **new.model_dump(include={"held_at", "minutes", "mode"}),
    )


def _require_time(db: AsyncSession, pair: Relationship, held_at: datetime) -> None:
    """Days count at both ends: a pair may meet on the day of its confirmation, before the second answer came in."""
    if held_at > now(db):
        raise MentoringSessionInFuture()
    if pair.state == State.WAITING:
        raise OrientationNeeded()
    day_of_confirmation = pair.confirmed_at.replace(hour=0, minute=0, second=0, microsecond=0)
    if held_at < day_of_confirmation or (pair.over_at is not None and held_at > pair.over_at):
        raise MentoringSessionOutsideRelationship()


async def _add_to_totals(db: AsyncSession, pair: Relationship, new: NewMentoringSession) -> Totals:
    """One statement adds and reads, so that two recordings at once both count and see different totals."""
    adding = sa.update(Relationship).where(Relationship.id == pair.id)
    added = adding.values(
        total_minutes=Relationship.total_minutes + new.minutes,
        mentoring_sessions=Relationship.mentoring_sessions + 1,
        last_held_at=sa.func.greatest(Relationship.last_held_at, new.held_at),
    )
    totals = added.returning(
        Relationship.total_minutes, Relationship.budget_minutes, Relationship.last_held_at, Relationship.state
    )
    return (await db.execute(totals, execution_options={"synchronize_session": False})).one()


def _announce(db: AsyncSession, pair: Relationship, meeting: MentoringSession, totals: Totals) -> None:
    event = MentoringSessionRecorded(
        match_id=pair.id,
        programme_id=pair.programme_id,
        cohort_id=pair.cohort_id,
        mentoring_session_id=meeting.id,
        minutes=meeting.minutes,
        total_minutes=totals.total_minutes,
        budget_minutes=totals.budget_minutes,
    )
    emit(db, event)


async def write_note(db: AsyncSession, mine: Access, meeting: MentoringSession, new: NewNote) -> Note:
    """Keep a note of the caller's about a mentoring session."""
    person_id, _ = mine.one_of_the_pair()
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
