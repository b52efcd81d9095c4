"""Pairs that go quiet: the programme team is told, and the pair is written to, unless it is left in peace."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common.db import now
from mentoring_common.deadlines import cancel, schedule, schedule_all
from mentoring_common.outbox import emit
from mentoring_contracts.sessions import PairWentQuiet, QuietPairReminded
from mentoring_sessions.lifecycle import State
from mentoring_sessions.relationships import queries
from mentoring_sessions.relationships.models import Nudge, Programme, Relationship
from mentoring_sessions.relationships.quiet import next_reminder, reminder_due, silent_since

GOES_QUIET = "pair_goes_quiet"
REMIND = "quiet_pair_is_reminded"


async def watch_new(db: AsyncSession, programme: Programme, started: Mapping[UUID, datetime]) -> None:
    """Watch for when relationships that have just started, or stood before they came here, go quiet.

    One that has been quiet for too long when it comes is told of at once; nobody writes of days that are past.
    """
    weeks = timedelta(weeks=programme.quiet_after_weeks or 0)
    await schedule_all(db, GOES_QUIET, {id_: since + weeks for id_, since in started.items()})
    remind = {id_: next_reminder(since, programme.write_after_days, now(db)) for id_, since in started.items()}
    await schedule_all(db, REMIND, {id_: at for id_, at in remind.items() if at is not None})


async def watch(db: AsyncSession, match_id: UUID) -> None:
    """Watch anew: the relationship met, went on, or is left in peace from now on."""
    pair = await queries.relationship(db, match_id)
    since = _watched_since(pair)
    if since is None:
        await leave_in_peace(db, match_id)
        return
    programme = await queries.programme(db, pair.programme_id)
    await schedule(db, GOES_QUIET, match_id, since + timedelta(weeks=programme.quiet_after_weeks or 0))
    await _remind_next(db, pair, programme)


async def leave_in_peace(db: AsyncSession, match_id: UUID) -> None:
    """Nobody is told any more that the relationship is quiet."""
    await cancel(db, GOES_QUIET, match_id)
    await cancel(db, REMIND, match_id)


async def nudge_quiet_pair(db: AsyncSession, match_id: UUID) -> None:
    """Deadline: record that the pair has not met for too long; the next mentoring session sets it anew."""
    pair = await queries.relationship(db, match_id)
    since = _watched_since(pair)
    if since is None or await queries.nudged_since(db, match_id, since):
        return  # a meeting that was withdrawn had put it off
    weeks = (await queries.programme(db, pair.programme_id)).quiet_after_weeks or 0
    db.add(Nudge(relationship_id=match_id, quiet_since=since, nudged_at=now(db), weeks=weeks))
    emit(db, PairWentQuiet(match_id=match_id, programme_id=pair.programme_id, cohort_id=pair.cohort_id, weeks=weeks))


async def remind_quiet_pair(db: AsyncSession, match_id: UUID) -> None:
    """Deadline: write to everybody in a pair that has not met, unless it asked for silence or a meeting is ahead."""
    pair = await queries.relationship(db, match_id)
    since = _watched_since(pair)
    if since is None:
        return
    programme = await queries.programme(db, pair.programme_id)
    days = reminder_due(since, programme.write_after_days, now(db))
    if days is not None and not pair.reminders_stopped and not _put_off(db, pair):
        ids = {"match_id": match_id, "programme_id": pair.programme_id, "cohort_id": pair.cohort_id}
        pair.reminders += 1
        await db.flush()
        for member in (await queries.members(db, [match_id]))[match_id]:
            emit(db, QuietPairReminded(**ids, person_id=member.person_id, days=days, number=pair.reminders))
    await _remind_next(db, pair, programme)


def _watched_since(pair: Relationship) -> datetime | None:
    """From when on silence is counted; None where nobody minds: before the start, at the end, in a pause."""
    if pair.state != State.ACTIVE or pair.paused_at is not None or pair.quiet_phase:
        return None
    return silent_since(pair.started_at, pair.last_held_at, pair.resumed_at)


def _put_off(db: AsyncSession, pair: Relationship) -> bool:
    return any(moment is not None and moment > now(db) for moment in (pair.reminders_after, pair.next_meeting_at))


async def _remind_next(db: AsyncSession, pair: Relationship, programme: Programme) -> None:
    since = _watched_since(pair)
    if since is None or pair.reminders_stopped:
        await cancel(db, REMIND, pair.id)
        return
    earliest = max(moment for moment in (now(db), pair.reminders_after, pair.next_meeting_at) if moment is not None)
    due_at = next_reminder(since, programme.write_after_days, earliest)
    if due_at is None:
        await cancel(db, REMIND, pair.id)
    else:
        await schedule(db, REMIND, pair.id, due_at)
