"""Relationships: begin, start, end, close."""

from collections.abc import Collection, Sequence
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common.audit import audit
from mentoring_common.auth import Principal
from mentoring_common.db import now, occurred_at
from mentoring_common.deadlines import cancel, schedule_all
from mentoring_common.ids import new_id
from mentoring_common.outbox import emit
from mentoring_common.versions import touch
from mentoring_contracts.blueprint.formats import kinds_of
from mentoring_contracts.matching import GroupFormed, GroupMemberJoined, GroupMemberLeft, MatchConfirmed
from mentoring_contracts.sessions import (
    LastWordsNoticeDue,
    RelationshipCalledOff,
    RelationshipClosed,
    RelationshipPhaseBegan,
    RelationshipStarted,
)
from mentoring_sessions.errors import OrientationNeeded, RelationshipOver
from mentoring_sessions.lifecycle import Act, State, months_later, sources, target
from mentoring_sessions.relationships import queries
from mentoring_sessions.relationships.commands.notices import tell_others
from mentoring_sessions.relationships.commands.projections import lock_programme
from mentoring_sessions.relationships.commands.quiet import leave_in_peace, watch_new
from mentoring_sessions.relationships.commands.reviewing import Running, plan_reviews
from mentoring_sessions.relationships.models import Member, Programme, Relationship
from mentoring_sessions.relationships.parts import Access
from mentoring_sessions.relationships.terms import Hours, hours_of, kind_of

RUNS_OUT = "relationship_runs_out"
GUIDES = "pair_finds_guides"  # a deadline: a pair has come to a phase, which may have guides
SYSTEM = "system"  # who acts where an event does


async def begin_relationship(db: AsyncSession, event: MatchConfirmed) -> None:
    """Keep the confirmed pair and start it if nothing is to be waited for; a group says itself who is in it."""
    if event.group_id is not None:
        return
    programme = await lock_programme(db, event.programme_id)
    begun_at = _begun(db, event)
    values = event.model_dump(include={"programme_id", "cohort_id", "mentor_id", "mentee_id", "kind"})
    if event.handover and event.rematch_of is not None:
        values["continues"] = event.rematch_of
    await _keep(db, programme, event.match_id, begun_at, values)
    for person_id, role in ((event.mentor_id, "mentor"), (event.mentee_id, "mentee")):
        await _join(db, event.match_id, person_id, role, begun_at, leads=role == "mentor")
    await _start(db, programme, event.match_id, begun_at, imported=event.imported)


async def begin_group(db: AsyncSession, event: GroupFormed) -> None:
    """Keep the group; who is in it follows."""
    programme = await lock_programme(db, event.programme_id)
    begun_at = _begun(db, event)
    values = event.model_dump(include={"programme_id", "cohort_id", "kind"})
    await _keep(db, programme, event.group_id, begun_at, values)
    if event.imported:
        await _start(db, programme, event.group_id, begun_at, imported=True)


def _begun(db: AsyncSession, event: MatchConfirmed | GroupFormed) -> datetime:
    """When the relationship began: now, or the day that is known of one that stood before."""
    if event.starts_on is None:
        return occurred_at(db)
    return datetime.combine(event.starts_on, datetime.min.time(), UTC)


async def _keep(
    db: AsyncSession, programme: Programme, id_: UUID, confirmed_at: datetime, values: dict[str, Any]
) -> None:
    of_programme = Hours(programme.budget_minutes, programme.month_minutes)
    hours = hours_of(kind_of(programme.formats, values["kind"]), of_programme, programme.duration_months)
    own = {"id": id_, "state": State.WAITING, "confirmed_at": confirmed_at, **asdict(hours)}
    if "continues" in values:
        own |= await _left_over(db, values["continues"], confirmed_at)
    await db.execute(insert(Relationship).values(values | own).on_conflict_do_nothing())


async def _left_over(db: AsyncSession, before_id: UUID, at: datetime) -> dict[str, Any]:
    """The hours and the time that are left of a relationship that another mentor led, and the phase that it is in."""
    before = await queries.found(db, Relationship, before_id)
    if before is None:
        return {}
    left: dict[str, Any] = {"phase": before.phase, "quiet_phase": before.quiet_phase}
    if before.budget_minutes is not None:
        left["budget_minutes"] = max(before.budget_minutes - before.total_minutes, 0)
    stopped_at = before.paused_at or before.over_at or at
    if before.started_at is not None and before.ends_at is not None and before.ends_at > stopped_at:
        left["ends_at"] = at + (before.ends_at - stopped_at)
    return left


async def join_group(db: AsyncSession, event: GroupMemberJoined) -> None:
    """Somebody is in the group from now on; it starts once nothing is to be waited for."""
    programme = await lock_programme(db, event.programme_id)
    await _join(db, event.group_id, event.person_id, event.role, occurred_at(db), leads=event.leads)
    this = sa.update(Relationship).where(Relationship.id == event.group_id)
    change = {"mentor_id": event.person_id} if event.leads else {"version": Relationship.version}
    await db.execute(this.values(change), execution_options={"synchronize_session": False})
    if event.leads and (led := await queries.times_led(db, event.group_id)) > 1:
        group = await queries.relationship(db, event.group_id)
        await tell_others(db, group, event.person_id, "lead_changed", led)
    await start_ready_relationships(db, programme)


async def _join(
    db: AsyncSession, relationship_id: UUID, person_id: UUID, role: str, joined_at: datetime, *, leads: bool
) -> None:
    values = {"id": new_id(), "relationship_id": relationship_id, "person_id": person_id, "role": role}
    row = insert(Member).values(**values, leads=leads, joined_at=joined_at)
    present = sa.text("left_at IS NULL")
    columns = ["tenant_id", "relationship_id", "person_id"]
    await db.execute(row.on_conflict_do_nothing(index_elements=columns, index_where=present))


async def leave_group(db: AsyncSession, event: GroupMemberLeft) -> Member | None:
    """Somebody left the group, which goes on; None if they were not in it."""
    place = (Member.relationship_id == event.group_id, Member.person_id == event.person_id, Member.left_at.is_(None))
    gone = sa.update(Member).where(*place).values(left_at=occurred_at(db)).returning(Member)
    left: Member | None = await db.scalar(gone, execution_options={"synchronize_session": False})
    if left is not None:
        await touch(db, await queries.relationship(db, event.group_id))
    return left


async def start_ready_relationships(db: AsyncSession, programme: Programme) -> None:
    """Start what waits no longer: orientation is not compulsory, or who has to attended one of the programme's.

    Orientation is for what people applied for: coaching, circles and the like beside it do not wait. The caller holds
    the programme's lock. Nothing starts before the programme's terms are known, or once it is closed.
    """
    if programme.orientation_compulsory is None or programme.closed_at is not None:
        return
    ready = sa.update(Relationship).where(
        Relationship.programme_id == programme.id, Relationship.state.in_(sources(Act.START)), queries.has_company()
    )
    if programme.orientation_compulsory:
        mains = [kind.id for kind in kinds_of({"formats": programme.formats}).values() if kind.main]
        lacking = queries.somebody_lacks_orientation(programme.oriented)
        ready = ready.where(sa.or_(Relationship.kind.not_in(mains), sa.not_(lacking)))
    await _begin(db, programme, ready.values(state=target(Act.START), started_at=now(db)))


async def _start(
    db: AsyncSession, programme: Programme, relationship_id: UUID, begun_at: datetime, *, imported: bool
) -> None:
    """Start one that stood before it came here: its people have met, whatever orientation they had."""
    if not imported or programme.orientation_compulsory is None:
        await start_ready_relationships(db, programme)
        return
    this = sa.update(Relationship).where(Relationship.id == relationship_id, Relationship.state.in_(sources(Act.START)))
    await _begin(db, programme, this.values(state=target(Act.START), started_at=begun_at))


async def _begin(db: AsyncSession, programme: Programme, begun: sa.Update) -> None:
    """Announce what was started, and watch for when it goes quiet and when its time is over."""
    columns = (
        Relationship.id, Relationship.cohort_id, Relationship.confirmed_at, Relationship.kind, Relationship.started_at,
        Relationship.ends_at, Relationship.phase, Relationship.quiet_phase,
    )  # fmt: skip
    rows = (await db.execute(begun.returning(*columns), execution_options={"synchronize_session": False})).all()
    if not rows:
        return
    for row in rows:
        emit(db, RelationshipStarted(match_id=row.id, programme_id=programme.id, cohort_id=row.cohort_id))
    kinds = {row.id: kind_of(programme.formats, row.kind) for row in rows}
    months = {id_: kind.duration_months or programme.duration_months for id_, kind in kinds.items()}
    over = {row.id: months_later(row.confirmed_at, m) for row in rows if (m := months[row.id]) is not None}
    over |= {row.id: row.ends_at + (row.started_at - row.confirmed_at) for row in rows if row.ends_at is not None}
    for ends_at in set(over.values()):
        alike = [id_ for id_, moment in over.items() if moment == ends_at]
        await _set(db, alike, ends_at=ends_at)
    await schedule_all(db, RUNS_OUT, over)
    await plan_reviews(db, programme, (Running(r.id, r.kind, r.started_at, 0, over.get(r.id)) for r in rows))
    in_peace = await _enter_first_phase(db, programme, [r for r in rows if kinds[r.id].main and r.phase is None])
    in_peace |= {row.id for row in rows if row.quiet_phase}
    await watch_new(db, programme, {row.id: row.started_at for row in rows if row.id not in in_peace})


async def _enter_first_phase(db: AsyncSession, programme: Programme, rows: Sequence[Any]) -> set[UUID]:
    """Those that people applied for are in the first of the programme's phases; which of them that leaves in peace."""
    if not programme.phases or not rows:
        return set()
    first, ids = programme.phases[0], {row.id for row in rows}
    await _set(db, ids, phase=first["id"], quiet_phase=first["quiet"])
    for row in rows:
        pair = {"match_id": row.id, "programme_id": programme.id, "cohort_id": row.cohort_id}
        emit(db, RelationshipPhaseBegan(**pair, phase=first["id"], quiet=first["quiet"]))
    await schedule_all(db, GUIDES, dict.fromkeys(ids, now(db)))
    return ids if first["quiet"] else set()


async def _set(db: AsyncSession, ids: Collection[UUID], **values: Any) -> None:
    these = sa.update(Relationship).where(Relationship.id.in_(ids)).values(values)
    await db.execute(these, execution_options={"synchronize_session": False})


async def end_relationship(db: AsyncSession, match_id: UUID) -> None:
    """The match ended early; nothing happens to a relationship that was closed before."""
    await _finish(db, match_id, Act.END)


async def close_relationship(db: AsyncSession, by: Principal, mine: Access) -> None:
    """The relationship ran its course. OrientationNeeded before it started, RelationshipOver after it ended."""
    mine.require_steering()
    audit(db, by.subject, "close_relationship", "relationship", mine.relationship.id)
    if not await _close(db, mine.relationship.id):
        state = (await queries.relationship(db, mine.relationship.id)).state
        raise OrientationNeeded() if state == State.WAITING else RelationshipOver()
    pair = await queries.relationship(db, mine.relationship.id)
    await tell_others(db, pair, by.person, "relationship_closed", 1)


async def close_relationship_in_time(db: AsyncSession, match_id: UUID) -> None:
    """Deadline: the relationship's time is over; who is in it is asked for last words, and so told."""
    if await _close(db, match_id):
        pair = await queries.relationship(db, match_id)
        ids = {"match_id": pair.id, "programme_id": pair.programme_id, "cohort_id": pair.cohort_id}
        for member in (await queries.members(db, [match_id]))[match_id]:
            emit(db, LastWordsNoticeDue(**ids, person_id=member.person_id, number=0, what="asked"))


async def close_with_programme(db: AsyncSession, programme_id: UUID) -> list[UUID]:
    """Where the programme is closed: what stands has run its course, and what never began is called off; those closed.

    Also of what is heard of later, as a match that was confirmed meanwhile.
    """
    programme = await queries.found(db, Programme, programme_id)
    if programme is None or programme.closed_at is None:
        return []
    closed = []
    for row in await queries.not_over(db, programme_id):
        if row.state == State.WAITING:
            emit(db, RelationshipCalledOff(match_id=row.id, programme_id=programme_id, cohort_id=row.cohort_id))
        elif await _close(db, row.id):
            audit(db, SYSTEM, "close_relationship", "relationship", row.id, reason="the programme is closed")
            await tell_others(db, await queries.relationship(db, row.id), None, "relationship_closed", 1)
            closed.append(row.id)
    return closed


async def _close(db: AsyncSession, match_id: UUID) -> bool:
    row = await _finish(db, match_id, Act.CLOSE)
    if row is None:
        return False
    emit(db, RelationshipClosed(match_id=match_id, programme_id=row.programme_id, cohort_id=row.cohort_id))
    return True


async def _finish(db: AsyncSession, match_id: UUID, act: Act) -> sa.Row[UUID, UUID] | None:
    """Move the relationship to its last state if it may go there; one statement decides.

    A break that is open then is over, and its end later by it: who carries on has the time that was left.

    The order of locks is that of whoever else takes them: a deadline that runs out holds its own row and then wants the
    relationship, a recording holds the relationship and then wants the other deadline.
    """
    await cancel(db, RUNS_OUT, match_id)
    open_one = sa.update(Relationship).where(Relationship.id == match_id, Relationship.state.in_(sources(act)))
    over_at = occurred_at(db)
    of_break = sa.func.greatest(sa.literal(over_at) - Relationship.paused_at, sa.literal(timedelta()))
    left = {"ends_at": Relationship.ends_at + sa.func.coalesce(of_break, sa.literal(timedelta()))}
    finished = open_one.values(state=target(act), over_at=over_at, paused_at=None, paused_until=None, **left)
    finished = finished.returning(Relationship.programme_id, Relationship.cohort_id)
    row = (await db.execute(finished, execution_options={"synchronize_session": False})).first()
    if row is not None:
        await leave_in_peace(db, match_id)
    return row
