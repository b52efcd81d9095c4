"""Pause, go on, move the end, and go from phase to phase.

Who moves the end gives up its deadline before they hold the relationship, as that deadline does when it runs out: so
nobody waits for the other.
"""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common.audit import audit
from mentoring_common.auth import Principal
from mentoring_common.db import now
from mentoring_common.deadlines import cancel, schedule
from mentoring_common.outbox import emit
from mentoring_common.versions import Precondition, touch
from mentoring_contracts.blueprint.dates import begins_at, ends_at
from mentoring_contracts.sessions import (
    RelationshipExtended,
    RelationshipPaused,
    RelationshipPhaseBegan,
    RelationshipResumed,
)
from mentoring_sessions.errors import (
    AlreadyPaused,
    DayPassed,
    NotPaused,
    OrientationNeeded,
    PhaseBegun,
    PhaseUnknown,
    StepNotFound,
)
from mentoring_sessions.lifecycle import OVER, State
from mentoring_sessions.pair_clock import queries
from mentoring_sessions.pair_clock.models import PairPhase, Pause, TickedStep
from mentoring_sessions.pair_clock.schemas import NewEnd, NewPause, PlannedPhase, Reminders
from mentoring_sessions.relationships import queries as relationships
from mentoring_sessions.relationships.commands.notices import tell_others
from mentoring_sessions.relationships.commands.quiet import leave_in_peace, watch
from mentoring_sessions.relationships.commands.relationships import GUIDES, RUNS_OUT
from mentoring_sessions.relationships.commands.reviewing import watch_reviews
from mentoring_sessions.relationships.models import Programme, Relationship
from mentoring_sessions.relationships.parts import Access
from mentoring_sessions.relationships.sealed import seal

GOES_ON, PHASE_BEGINS = "relationship_goes_on", "phase_begins"


async def pause(db: AsyncSession, by: Principal, mine: Access, new: NewPause, expected: Precondition) -> Relationship:
    """Take a break: nobody is reminded and the time stands still. AlreadyPaused; DayPassed for an end that is past."""
    mine.require_steering()
    sealed = await seal(db, by.person_id, new.reason) if new.reason else None
    await cancel(db, RUNS_OUT, mine.relationship.id)
    pair = await _held(db, mine, expected)
    if pair.paused_at is not None:
        raise AlreadyPaused()
    programme = await relationships.programme(db, pair.programme_id)
    if new.until is not None:
        _require_ahead(db, new.until, programme)
        await schedule(db, GOES_ON, pair.id, begins_at(new.until, None, programme.zone))
    pair.paused_at, pair.paused_until = now(db), new.until
    trace = {"begun_by": by.person, "begun_at": now(db), "until": new.until, "reason_sealed": sealed}
    db.add(Pause(relationship_id=pair.id, **trace))
    await db.flush()
    await leave_in_peace(db, pair.id)
    emit(db, RelationshipPaused(**_ids(pair), **_time(pair), until=new.until))
    await tell_others(db, pair, by.person, "break_begun", await queries.breaks(db, pair.id))
    audit(db, by.subject, "pause_relationship", "relationship", pair.id)
    return pair


async def resume(db: AsyncSession, by: Principal, mine: Access, expected: Precondition) -> Relationship:
    """Go on after a break. NotPaused."""
    mine.require_steering()
    await cancel(db, GOES_ON, mine.relationship.id)
    pair = await _held(db, mine, expected)
    if pair.paused_at is None:
        raise NotPaused()
    await _go_on(db, pair, by.person)
    audit(db, by.subject, "resume_relationship", "relationship", pair.id)
    return pair


async def resume_in_time(db: AsyncSession, match_id: UUID) -> None:
    """Deadline: the day has come on which the relationship goes on."""
    pair = await relationships.relationship_locked(db, match_id)
    if pair.paused_at is not None:
        await _go_on(db, pair)


async def _go_on(db: AsyncSession, pair: Relationship, by: UUID | None = None) -> None:
    """The end is later by as many days as the break had, by the clocks of the programme's zone."""
    programme = await relationships.programme(db, pair.programme_id)
    began, last = _day(pair.paused_at or now(db), programme), _day(now(db), programme)
    days = (min(last, pair.paused_until or last) - began).days
    if pair.ends_at is not None:
        pair.ends_at = _days_later(pair.ends_at, days, programme)
        await schedule(db, RUNS_OUT, pair.id, pair.ends_at)
    pair.paused_days += days
    pair.paused_at, pair.paused_until, pair.resumed_at = None, None, now(db)
    ended = sa.update(Pause).where(Pause.relationship_id == pair.id, Pause.ended_at.is_(None))
    await db.execute(ended.values(ended_at=now(db)))
    await db.flush()
    await watch(db, pair.id)
    await watch_reviews(db, pair, "fit_check", "mid_term", "end")
    emit(db, RelationshipResumed(**_ids(pair), **_time(pair)))
    await tell_others(db, pair, by, "break_over", await queries.breaks(db, pair.id))


async def move_end(db: AsyncSession, by: Principal, mine: Access, new: NewEnd, expected: Precondition) -> Relationship:
    """Extend the relationship, or let it end earlier (programme team). DayPassed for a day that is past."""
    mine.require_team()
    await cancel(db, RUNS_OUT, mine.relationship.id)
    pair = await _held(db, mine, expected)
    programme = await relationships.programme(db, pair.programme_id)
    _require_ahead(db, new.ends_on, programme)
    pair.ends_at = ends_at(new.ends_on, None, programme.zone)
    await db.flush()
    if pair.paused_at is None:
        await schedule(db, RUNS_OUT, pair.id, pair.ends_at)
    await watch_reviews(db, pair, "end")
    emit(db, RelationshipExtended(**_ids(pair), **_time(pair)))
    audit(db, by.subject, "move_end", "relationship", pair.id, reason=new.reason)
    return pair


async def set_reminders(
    db: AsyncSession, by: Principal, mine: Access, wanted: Reminders, expected: Precondition
) -> Relationship:
    """Whether and from when on a pair that has not met is written to: its members say so, or the team. DayPassed."""
    mine.require_steering()
    await expected.hold(db, mine.relationship)
    mine.require_open()
    pair = mine.relationship
    programme = await relationships.programme(db, pair.programme_id)
    if wanted.not_before is not None:
        _require_ahead(db, wanted.not_before, programme)
    pair.reminders_stopped = wanted.stopped
    pair.reminders_after = None if wanted.not_before is None else begins_at(wanted.not_before, None, programme.zone)
    await db.flush()
    await watch(db, pair.id)
    return pair


async def plan_phase(db: AsyncSession, by: Principal, mine: Access, new: PlannedPhase) -> PairPhase:
    """Say when a phase of the programme begins, or that it begins now, in place of what was planned. PhaseUnknown."""
    mine.require_steering()
    pair = await relationships.relationship_locked(db, mine.relationship.id)
    _require_running(mine, pair)
    programme = await relationships.programme(db, pair.programme_id)
    if new.phase not in {phase["id"] for phase in programme.phases}:
        raise PhaseUnknown(known=[phase["id"] for phase in programme.phases])
    at = now(db) if new.begins_on is None else max(now(db), begins_at(new.begins_on, None, programme.zone))
    said = sa.delete(PairPhase).where(PairPhase.relationship_id == pair.id, PairPhase.phase == new.phase)
    for before in (await db.scalars(said.where(PairPhase.begun_at.is_(None)).returning(PairPhase.id))).all():
        await cancel(db, PHASE_BEGINS, before)
    planned = PairPhase(relationship_id=pair.id, phase=new.phase, planned_by=by.person, begins_at=at)
    db.add(planned)
    await db.flush()
    await touch(db, pair)
    audit(db, by.subject, "plan_phase", "relationship", pair.id)
    if at > now(db):
        await schedule(db, PHASE_BEGINS, planned.id, at)
    else:
        await _begin(db, pair, planned, programme)
    return planned


async def begin_phase_in_time(db: AsyncSession, phase_id: UUID) -> None:
    """Deadline: a planned phase begins, unless the relationship is over."""
    planned = await relationships.found(db, PairPhase, phase_id)
    if planned is None:
        return
    pair = await relationships.relationship_locked(db, planned.relationship_id)
    if pair.state not in OVER and planned.begun_at is None:
        await _begin(db, pair, planned, await relationships.programme(db, pair.programme_id))


async def _begin(db: AsyncSession, pair: Relationship, planned: PairPhase, programme: Programme) -> None:
    said = next((phase for phase in programme.phases if phase["id"] == planned.phase), None)
    if said is None:  # the programme gave the phase up meanwhile
        return
    planned.begun_at = now(db)
    if pair.quiet_phase and not said["quiet"]:
        pair.resumed_at = now(db)
    pair.phase, pair.quiet_phase = planned.phase, said["quiet"]
    await db.flush()
    await watch(db, pair.id)
    await schedule(db, GUIDES, pair.id, now(db))
    emit(db, RelationshipPhaseBegan(**_ids(pair), phase=planned.phase, quiet=said["quiet"]))


async def give_up_phase(db: AsyncSession, by: Principal, mine: Access, planned: PairPhase) -> None:
    """A phase that was planned does not come. PhaseBegun once it has."""
    mine.require_steering()
    gone = sa.delete(PairPhase).where(PairPhase.id == planned.id, PairPhase.begun_at.is_(None))
    if (await db.execute(gone.returning(PairPhase.id))).first() is None:
        raise PhaseBegun()
    await cancel(db, PHASE_BEGINS, planned.id)
    await touch(db, mine.relationship)
    audit(db, by.subject, "give_up_phase", "relationship", mine.relationship.id)


async def tick_step(db: AsyncSession, mine: Access, phase: str, step: str, done: bool) -> None:
    """Say that a step of a phase's checklist is done, or not. StepNotFound."""
    person_id, _ = mine.one_of_the_pair()
    mine.require_open()
    programme = await relationships.programme(db, mine.relationship.programme_id)
    known = {(one["id"], line["id"]) for one in programme.phases for line in one["checklist"]}
    if (phase, step) not in known:
        raise StepNotFound()
    values = {"relationship_id": mine.relationship.id, "phase": phase, "step": step}
    if done:
        ticked = {"ticked_by": person_id, "ticked_at": now(db)}
        await db.execute(insert(TickedStep).values(values | ticked).on_conflict_do_nothing())
    else:
        await db.execute(sa.delete(TickedStep).filter_by(**values))


async def forget_pauses(db: AsyncSession, person_id: UUID) -> None:
    """Remove why somebody who is erased took breaks."""
    await db.execute(sa.update(Pause).where(Pause.begun_by == person_id).values(reason_sealed=None))


async def _held(db: AsyncSession, mine: Access, expected: Precondition) -> Relationship:
    """The relationship, held until the commit; OrientationNeeded before it started, RelationshipOver after its end."""
    pair = await relationships.relationship_locked(db, mine.relationship.id)
    await expected.hold(db, pair)
    _require_running(mine, pair)
    return pair


def _require_running(mine: Access, pair: Relationship) -> None:
    mine.require_open()
    if pair.state == State.WAITING:
        raise OrientationNeeded()


def _require_ahead(db: AsyncSession, day: date, programme: Programme) -> None:
    if day <= _day(now(db), programme):
        raise DayPassed()


def _day(moment: datetime, programme: Programme) -> date:
    return moment.astimezone(_zone(programme)).date()


def _days_later(moment: datetime, days: int, programme: Programme) -> datetime:
    """The same time of the clock so many days later."""
    local = moment.astimezone(_zone(programme))
    return datetime.combine(local.date() + timedelta(days=days), local.time(), local.tzinfo).astimezone(UTC)


def _zone(programme: Programme) -> ZoneInfo:
    return ZoneInfo(programme.zone or "UTC")


def _ids(pair: Relationship) -> dict[str, UUID]:
    return {"match_id": pair.id, "programme_id": pair.programme_id, "cohort_id": pair.cohort_id}


def _time(pair: Relationship) -> dict[str, Any]:
    return {"paused_days": pair.paused_days, "ends_at": pair.ends_at}
