"""Relationships: begin, start, end, close, and what happens when a pair goes quiet."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common.audit import audit
from mentoring_common.auth import Principal
from mentoring_common.db import now, occurred_at
from mentoring_common.deadlines import cancel, schedule
from mentoring_common.outbox import emit
from mentoring_contracts.matching import MatchConfirmed
from mentoring_contracts.sessions import PairWentQuiet, RelationshipClosed, RelationshipStarted
from mentoring_sessions import queries
from mentoring_sessions.access import Access
from mentoring_sessions.commands.projections import lock_programme
from mentoring_sessions.errors import OrientationNeeded, RelationshipOver
from mentoring_sessions.lifecycle import Act, State, months_later, sources, target
from mentoring_sessions.models import Attendance, Nudge, Programme, Relationship

ORIENTATION = "orientation"
RUNS_OUT = "relationship_runs_out"
GOES_QUIET = "pair_goes_quiet"


async def begin_relationship(db: AsyncSession, event: MatchConfirmed) -> None:
    """Keep the confirmed pair and start it if nothing is to be waited for."""
    programme = await lock_programme(db, event.programme_id)
    values = event.model_dump(include={"programme_id", "cohort_id", "mentor_id", "mentee_id"}) | {
        "id": event.match_id,
        "state": State.WAITING,
        "confirmed_at": occurred_at(db),
        "budget_minutes": programme.budget_minutes,
    }
    await db.execute(insert(Relationship).values(values).on_conflict_do_nothing())
    await start_ready_relationships(db, programme)


async def start_ready_relationships(db: AsyncSession, programme: Programme) -> None:
    """Start what waits no longer: orientation is not compulsory, or both attended one of the programme's.

    The caller holds the programme's lock. Nothing starts before the programme's terms are known.
    """
    if programme.orientation_compulsory is None:
        return
    ready = sa.update(Relationship).where(
        Relationship.programme_id == programme.id, Relationship.state.in_(sources(Act.START))
    )
    if programme.orientation_compulsory:
        ready = ready.where(_was_oriented(Relationship.mentor_id), _was_oriented(Relationship.mentee_id))
    begun = ready.values(state=target(Act.START), started_at=now(db)).returning(
        Relationship.id, Relationship.cohort_id, Relationship.confirmed_at, Relationship.started_at
    )
    rows = (await db.execute(begun, execution_options={"synchronize_session": False})).all()
    for row in rows:
        emit(db, RelationshipStarted(match_id=row.id, programme_id=programme.id, cohort_id=row.cohort_id))
        await schedule(db, GOES_QUIET, row.id, row.started_at + timedelta(weeks=programme.quiet_after_weeks or 0))
        if programme.duration_months is not None:
            await schedule(db, RUNS_OUT, row.id, months_later(row.confirmed_at, programme.duration_months))


def _was_oriented(person: Any) -> sa.ColumnElement[bool]:
    return sa.exists().where(
        Attendance.tenant_id == Relationship.tenant_id,
        Attendance.programme_id == Relationship.programme_id,
        Attendance.kind == ORIENTATION,
        Attendance.person_id == person,
    )


async def end_relationship(db: AsyncSession, match_id: UUID) -> None:
    """The match ended early; nothing happens to a relationship that was closed before."""
    await _finish(db, match_id, Act.END)


async def close_relationship(db: AsyncSession, by: Principal, mine: Access) -> None:
    """The relationship ran its course. OrientationNeeded before it started, RelationshipOver after it ended."""
    if mine.side is None:
        mine.require_team()
    audit(db, by.subject, "close_relationship", "relationship", mine.relationship.id)
    if not await _close(db, mine.relationship.id):
        state = (await queries.relationship(db, mine.relationship.id)).state
        raise OrientationNeeded() if state == State.WAITING else RelationshipOver()


async def close_relationship_in_time(db: AsyncSession, match_id: UUID) -> None:
    """Deadline: the programme's duration is over."""
    await _close(db, match_id)


async def _close(db: AsyncSession, match_id: UUID) -> bool:
    row = await _finish(db, match_id, Act.CLOSE)
    if row is None:
        return False
    emit(db, RelationshipClosed(match_id=match_id, programme_id=row.programme_id, cohort_id=row.cohort_id))
    return True


async def _finish(db: AsyncSession, match_id: UUID, act: Act) -> sa.Row[UUID, UUID] | None:
    """Move the relationship to its last state if it may go there; one statement decides.

    The order of locks is that of whoever else takes them: a deadline that runs out holds its own row and then wants the
    relationship, a recording holds the relationship and then wants the other deadline.
    """
    await cancel(db, RUNS_OUT, match_id)
    open_one = sa.update(Relationship).where(Relationship.id == match_id, Relationship.state.in_(sources(act)))
    finished = open_one.values(state=target(act), over_at=occurred_at(db))
    finished = finished.returning(Relationship.programme_id, Relationship.cohort_id)
    row = (await db.execute(finished, execution_options={"synchronize_session": False})).first()
    if row is not None:
        await cancel(db, GOES_QUIET, match_id)
    return row


async def nudge_quiet_pair(db: AsyncSession, match_id: UUID) -> None:
    """Deadline: record that the pair has not met for too long; the next mentoring session sets it anew."""
    relationship = await queries.relationship(db, match_id)
    weeks = await queries.quiet_after_weeks(db, relationship.programme_id)
    since = relationship.last_held_at or relationship.started_at
    if since is None or await queries.nudged_since(db, match_id, since):
        return  # a meeting that was withdrawn had put it off
    db.add(Nudge(relationship_id=match_id, quiet_since=since, nudged_at=now(db), weeks=weeks))
    pair = {"match_id": match_id, "programme_id": relationship.programme_id, "cohort_id": relationship.cohort_id}
    emit(db, PairWentQuiet(**pair, weeks=weeks))
