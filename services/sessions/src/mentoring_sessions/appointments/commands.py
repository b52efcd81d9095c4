"""Propose times, accept one, move, cancel; say that the meeting was held, or that somebody did not come."""

import secrets
from collections.abc import Collection, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Literal
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common import vault
from mentoring_common.audit import audit
from mentoring_common.db import now
from mentoring_common.faults import fault
from mentoring_common.outbox import emit
from mentoring_common.versions import Precondition
from mentoring_contracts.sessions import (
    AppointmentAgreed,
    AppointmentCancelled,
    AppointmentMissed,
    AppointmentNoticeDue,
    AppointmentNotMissed,
    AppointmentProposed,
)
from mentoring_sessions.appointments import queries
from mentoring_sessions.appointments.local_time import within
from mentoring_sessions.appointments.models import Appointment, PersonCalendar
from mentoring_sessions.appointments.schemas import CalendarSettings, Held, NewAppointment, OtherTimes
from mentoring_sessions.errors import (
    AppointmentNotBegun,
    AppointmentOver,
    CorrectionReasonNeeded,
    FeedNotFound,
    MeetingDiffers,
    OrientationNeeded,
    OutsideHours,
    ProposedByYou,
    TimeNotProposed,
    TimePassed,
)
from mentoring_sessions.lifecycle import Appointed, State
from mentoring_sessions.meetings import queries as meetings
from mentoring_sessions.meetings.commands import confirm_or_differ, record_mentoring_session
from mentoring_sessions.meetings.schemas import NewMentoringSession
from mentoring_sessions.notes.commands import write_note
from mentoring_sessions.notes.schemas import NewNote
from mentoring_sessions.relationships import queries as relationships
from mentoring_sessions.relationships.commands.corrections import keep_correction
from mentoring_sessions.relationships.commands.relationships import close_relationship_in_time
from mentoring_sessions.relationships.models import Relationship
from mentoring_sessions.relationships.parts import Access
from mentoring_sessions.relationships.sealed import seal

OPEN = frozenset({Appointed.PROPOSED, Appointed.AGREED})
What = Literal["proposed", "agreed", "cancelled"]


async def propose(db: AsyncSession, mine: Access, new: NewAppointment) -> Appointment:
    """Propose times for a meeting; another one of the relationship accepts. TimePassed if one is not ahead;
    OutsideHours if somebody in it cannot meet then.

    Who leads a group and names one time has called the meeting: it is agreed at once.
    """
    person_id, _ = mine.one_of_the_pair()
    pair = await _running(db, mine)
    times = _ahead(db, new.times)
    await _require_hours(db, pair, new.times, new.minutes)
    row = Appointment(
        relationship_id=pair.id,
        proposed_by=person_id,
        state=Appointed.PROPOSED,
        times=times,
        minutes=new.minutes,
        mode=new.mode,
        where_by=person_id if new.where else None,
        where_sealed=await seal(db, person_id, new.where),
    )
    db.add(row)
    await db.flush()
    if pair.mentee_id is None and mine.leads and len(times) == 1:
        await _stand(db, pair, row, times[0])
    else:
        await _announce_times(db, pair, row)
    return row


async def propose_others(
    db: AsyncSession, mine: Access, appointment: Appointment, new: OtherTimes, expected: Precondition
) -> Appointment:
    """Propose other times: a time that was agreed stands until another one is. AppointmentOver, TimePassed,
    OutsideHours."""
    person_id, _ = mine.one_of_the_pair()
    pair = await _running(db, mine)
    row = await _open(db, appointment, expected)
    await _require_hours(db, pair, new.times, new.minutes or row.minutes)
    row.times, row.proposed_by, row.state = _ahead(db, new.times), person_id, Appointed.PROPOSED
    row.proposals += 1
    row.minutes, row.mode = new.minutes or row.minutes, new.mode or row.mode
    if new.where is not None:
        row.where_by, row.where_sealed = person_id, await seal(db, person_id, new.where)
    await db.flush()
    if pair.mentee_id is None and mine.leads and len(row.times) == 1:
        await _stand(db, pair, row, row.times[0])
    else:
        await _announce_times(db, pair, row)
    return row


async def accept(
    db: AsyncSession, mine: Access, appointment: Appointment, starts_at: datetime, expected: Precondition
) -> Appointment:
    """Accept one of the times. ProposedByYou, TimeNotProposed, TimePassed, AppointmentOver."""
    person_id, _ = mine.one_of_the_pair()
    pair = await _running(db, mine)
    row = await _open(db, appointment, expected)
    if row.state != Appointed.PROPOSED:
        raise AppointmentOver()
    if row.proposed_by == person_id:
        raise ProposedByYou()
    if starts_at not in row.times:
        raise TimeNotProposed()
    _ahead(db, [starts_at])
    await _stand(db, pair, row, starts_at)
    return row


async def cancel(db: AsyncSession, mine: Access, appointment: Appointment, expected: Precondition) -> Appointment:
    """The meeting does not take place; calendars that have it take it out. AppointmentOver."""
    person_id, _ = mine.one_of_the_pair()
    pair = await relationships.relationship_locked(db, mine.relationship.id)
    row = await _open(db, appointment, expected)
    row.state = Appointed.CANCELLED
    stood = row.starts_at is not None
    row.sequence += stood
    await db.flush()
    await _mark_next(db, pair)
    emit(db, AppointmentCancelled(**_ids(pair, row), sequence=row.sequence))
    await _tell(
        db, pair, row, "cancelled", row.sequence, row.starts_at or row.times[-1], but=None if stood else person_id
    )
    return row


async def hold(
    db: AsyncSession, mine: Access, appointment: Appointment, held: Held, expected: Precondition
) -> Appointment:
    """The meeting took place: it is recorded; who comes second confirms it. AppointmentNotBegun before its time.

    MeetingDiffers where another length than the recorded one is said. What was said to be missed is corrected with a
    reason (CorrectionReasonNeeded), and leaves a trace.
    """
    person_id, _ = mine.one_of_the_pair()
    pair = await relationships.relationship_locked(db, mine.relationship.id)
    row = await _begun(db, appointment, expected, also=(Appointed.HELD, Appointed.MISSED))
    missed = row.state == Appointed.MISSED
    if missed and held.reason is None:
        raise CorrectionReasonNeeded()
    starts_at, minutes = row.starts_at or now(db), held.minutes or row.minutes
    known = await meetings.same_meeting(db, pair.id, starts_at, minutes)
    if known is not None:
        await confirm_or_differ(db, known, person_id, held.minutes)
        if held.note:
            await write_note(db, mine, known, NewNote(text=held.note))
        row.mentoring_session_id = known.id
    else:
        new = NewMentoringSession(held_at=starts_at, minutes=minutes, mode=row.mode, note=held.note, topics=held.topics)
        row.mentoring_session_id = (await record_mentoring_session(db, mine, new)).id
    row.state = Appointed.HELD
    await db.flush()
    await _mark_next(db, pair)
    if missed and held.reason:
        await _correct(db, pair, row, row.mentoring_session_id, person_id, held.reason)
    return row


async def _correct(
    db: AsyncSession, pair: Relationship, row: Appointment, meeting_id: UUID, person_id: UUID, reason: str
) -> None:
    """Keep that what was said to be missed was held, by whom that is said and why."""
    said = {"state": Appointed.MISSED.value}, {"state": Appointed.HELD.value, "mentoring_session_id": str(meeting_id)}
    await keep_correction(db, person_id, "appointment", row.id, reason, *said)
    emit(db, AppointmentNotMissed(**_ids(pair, row), mentoring_session_id=meeting_id))


async def miss(db: AsyncSession, mine: Access, appointment: Appointment, expected: Precondition) -> Appointment:
    """Somebody did not come, and there was no meeting. AppointmentNotBegun before its time.

    MeetingDiffers where a meeting of that time is recorded: one meeting has one truth.
    """
    person_id, _ = mine.one_of_the_pair()
    pair = await relationships.relationship_locked(db, mine.relationship.id)
    row = await _begun(db, appointment, expected)
    known = await meetings.same_meeting(db, pair.id, row.starts_at or now(db), row.minutes)
    if known is not None:
        raise MeetingDiffers(mentoring_session_id=str(known.id), minutes=known.minutes)
    row.state = Appointed.MISSED
    await db.flush()
    await _mark_next(db, pair)
    emit(db, AppointmentMissed(**_ids(pair, row)))
    audit(db, str(person_id), "miss_appointment", "appointment", row.id)
    return row


async def call_off(db: AsyncSession, match_id: UUID) -> None:
    """The relationship is over: what it had planned does not take place."""
    for row in await queries.ahead(db, match_id):
        pair = await relationships.relationship(db, match_id)
        row.state, stood = Appointed.CANCELLED, row.starts_at is not None
        row.sequence += stood
        await db.flush()
        await _mark_next(db, pair)
        emit(db, AppointmentCancelled(**_ids(pair, row), sequence=row.sequence))
        if row.starts_at is not None:
            await _tell(db, pair, row, "cancelled", row.sequence, row.starts_at)


async def close_in_time(db: AsyncSession, match_id: UUID) -> None:
    """Deadline: the relationship's time is over, and with it what it had planned."""
    await close_relationship_in_time(db, match_id)
    await call_off(db, match_id)


async def _stand(db: AsyncSession, pair: Relationship, row: Appointment, starts_at: datetime) -> None:
    """A time stands: calendars take it, with a higher sequence where another one stood before."""
    first = min([starts_at, *([row.starts_at] if row.starts_at and row.starts_at > now(db) else [])])
    row.sequence += row.starts_at is not None
    row.starts_at, row.state = starts_at, Appointed.AGREED
    await db.flush()
    await _mark_next(db, pair)
    facts = {"starts_at": starts_at, "minutes": row.minutes, "sequence": row.sequence}
    emit(db, AppointmentAgreed(**_ids(pair, row), **facts))
    await _tell(db, pair, row, "agreed", row.sequence, first)


async def _announce_times(db: AsyncSession, pair: Relationship, row: Appointment) -> None:
    emit(db, AppointmentProposed(**_ids(pair, row), times=len(row.times)))
    await _tell(db, pair, row, "proposed", row.proposals, row.times[-1], but=row.proposed_by)


async def _tell(
    db: AsyncSession,
    pair: Relationship,
    row: Appointment,
    what: What,
    number: int,
    until: datetime,
    *,
    but: UUID | None = None,
) -> None:
    """Tell everybody in the relationship `but` one; by `until` they have to know."""
    for member in (await relationships.members(db, [pair.id]))[pair.id]:
        if member.person_id != but:
            notice = {"person_id": member.person_id, "what": what, "number": number, "until": until}
            emit(db, AppointmentNoticeDue.model_validate(_ids(pair, row) | notice))


async def _mark_next(db: AsyncSession, pair: Relationship) -> None:
    """Who has an appointment ahead is not reminded that they have not met."""
    pair.next_meeting_at = await queries.next_meeting_at(db, pair.id, now(db))
    await db.flush()


async def _running(db: AsyncSession, mine: Access) -> Relationship:
    """The relationship, held until the commit; OrientationNeeded before it started, RelationshipOver after its end."""
    mine.require_open()
    pair = await relationships.relationship_locked(db, mine.relationship.id)
    mine.require_open()
    if pair.state == State.WAITING:
        raise OrientationNeeded()
    return pair


async def _open(
    db: AsyncSession, appointment: Appointment, expected: Precondition, *, also: Collection[Appointed] = ()
) -> Appointment:
    row = await queries.appointment_locked(db, appointment.id)
    await expected.hold(db, row)
    if row.state not in (*OPEN, *also):
        raise AppointmentOver()
    return row


async def _begun(
    db: AsyncSession, appointment: Appointment, expected: Precondition, *, also: Collection[Appointed] = ()
) -> Appointment:
    row = await _open(db, appointment, expected, also=also)
    if row.starts_at is None or row.starts_at > now(db):
        raise AppointmentNotBegun()
    return row


def _ahead(db: AsyncSession, times: Sequence[datetime]) -> list[datetime]:
    """The times in order, each once. TimePassed."""
    if min(times) <= now(db):
        raise TimePassed()
    return sorted(set(times))


async def _require_hours(db: AsyncSession, pair: Relationship, times: Sequence[datetime], minutes: int) -> None:
    """OutsideHours for times at which somebody in the relationship said that they cannot meet."""
    zones = (await queries.zones(db, [pair.id]))[pair.id]
    given = await queries.hours(db, zones)
    said = "is outside the hours of somebody in the relationship"
    errors = [
        fault("outside_hours", said, "body", "times", place)
        for place, moment in enumerate(times)
        if any(not within(moment, minutes, zones[id_], hours) for id_, hours in given.items())
    ]
    if errors:
        raise OutsideHours(errors=errors)


def _ids(pair: Relationship, row: Appointment) -> dict[str, UUID]:
    ids = {"match_id": pair.id, "programme_id": pair.programme_id, "cohort_id": pair.cohort_id}
    return ids | {"appointment_id": row.id}


async def set_calendar(
    db: AsyncSession, person_id: UUID, wanted: CalendarSettings, expected: Precondition
) -> PersonCalendar:
    """Keep in which time zone a person lives, and when they can meet."""
    row = await _calendar(db, person_id, expected)
    row.zone = wanted.zone
    if wanted.hours is not None:
        row.hours = [one.model_dump() for one in wanted.hours]
    await db.flush()
    return row


async def open_feed(db: AsyncSession, person_id: UUID, expected: Precondition) -> PersonCalendar:
    """Make the secret address of a person's calendar; one that there was works no more."""
    row = await _calendar(db, person_id, expected)
    token = secrets.token_urlsafe(32)
    row.feed_sealed, row.feed_digest = await vault.seal(db, person_id, token), digest(token)
    row.feed_made_at = now(db)
    await db.flush()
    audit(db, str(person_id), "open_calendar_feed", "person", person_id)
    return row


async def close_feed(db: AsyncSession, person_id: UUID, expected: Precondition) -> None:
    """The secret address works no more. FeedNotFound if there is none."""
    row = await queries.calendar_of(db, person_id)
    if row is None or row.feed_digest is None:
        raise FeedNotFound()
    await expected.hold(db, row)
    row.feed_sealed, row.feed_digest, row.feed_made_at = None, None, None
    await db.flush()
    audit(db, str(person_id), "close_calendar_feed", "person", person_id)


def digest(token: str) -> bytes:
    """What is kept of a secret address to know it by; 256 random bits stand behind it."""
    return sha256(token.encode()).digest()


async def _calendar(db: AsyncSession, person_id: UUID, expected: Precondition) -> PersonCalendar:
    """The person's row, made if need be (it had version 0 then), and held until the commit. PreconditionFailed."""
    # It had version 0 until now, and what is said of it makes it version 1.
    made = insert(PersonCalendar).values(id=person_id, version=0).on_conflict_do_nothing().returning(PersonCalendar.id)
    is_new = await db.scalar(made) is not None
    row = await queries.calendar_locked(db, person_id)
    expected.compare(0 if is_new else row.version)
    return row


async def forget_calendar(db: AsyncSession, person_id: UUID) -> None:
    """Remove a person's zone, their secret address, and where they wanted to meet."""
    await db.execute(sa.delete(PersonCalendar).where(PersonCalendar.id == person_id))
    theirs = sa.update(Appointment).where(Appointment.where_by == person_id)
    await db.execute(theirs.values(where_by=None, where_sealed=None))
