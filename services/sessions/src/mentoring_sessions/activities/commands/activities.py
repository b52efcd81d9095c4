"""Activities: plan, change, cancel, register, wait, attend, hold."""

import secrets
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from hmac import compare_digest
from typing import Any, Literal
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common.audit import audit
from mentoring_common.auth import Principal
from mentoring_common.db import now
from mentoring_common.faults import fault
from mentoring_common.outbox import emit
from mentoring_contracts.sessions import (
    ActivityAttended,
    ActivityCancelled,
    ActivityHeld,
    ActivityNoticeDue,
    AttendanceWithdrawn,
)
from mentoring_sessions.activities import queries
from mentoring_sessions.activities.commands.certificates import withdraw_counting
from mentoring_sessions.activities.models import Activity, Registration
from mentoring_sessions.activities.schemas import ActivityChange, AttendanceResult, NewActivity
from mentoring_sessions.errors import (
    ActivityCalledOff,
    ActivityForOthers,
    ActivityFull,
    ActivityKindUnknown,
    ActivityNotBegun,
    ActivityOver,
    AlreadyRegistered,
    AttendanceRecorded,
    AttendanceTakenBack,
    NoPartInProgramme,
    NotAttended,
    NotRegistered,
    PeopleNotOfProgramme,
    PlacesTaken,
    PrerequisiteMissing,
    WrongDoorCode,
)
from mentoring_sessions.relationships import queries as relationships
from mentoring_sessions.relationships.access import require_people
from mentoring_sessions.relationships.commands.corrections import keep_correction
from mentoring_sessions.relationships.commands.projections import lock_programme
from mentoring_sessions.relationships.commands.relationships import start_ready_relationships
from mentoring_sessions.relationships.models import Attendance
from mentoring_sessions.relationships.parts import ProgrammeAccess

SYSTEM = "system"  # who acts where an event does
WAITING_AT_ONCE = 500  # who is given a place in one transaction
_WHEN_AND_WHERE = ("starts_at", "minutes", "mode", "location", "link", "zone")


async def plan_activity(db: AsyncSession, by: Principal, mine: ProgrammeAccess, new: NewActivity) -> Activity:
    """Plan an activity of the programme. CohortNotFound, or RelationshipNotFound, for one of another programme.

    ActivityKindUnknown, also of the kind that comes first; PeopleNotOfProgramme of who is invited; ProgrammeClosed.
    """
    (activity,) = await plan_each(db, by, mine, new, [new.starts_at])
    return activity


async def plan_each(
    db: AsyncSession, by: Principal, mine: ProgrammeAccess, new: NewActivity, times: Sequence[datetime], **more: Any
) -> list[Activity]:
    """Plan the same at each of these times; of a series (`series_id`) if there is one. Refuses as `plan_activity`."""
    mine.require_running(new.kind)
    await relationships.require_open(db, mine.programme.id)
    if new.cohort_id is not None:
        await relationships.require_cohort(db, mine.programme.id, new.cohort_id)
    _require_kinds(mine.programme.activity_kinds, new)
    await require_people(db, mine.programme.id, new.invited)
    given = new.model_dump(include=set(NewActivity.model_fields) - {"starts_at"}) | more
    if new.relationship_id is not None:
        group = await queries.group_of_programme(db, mine.programme.id, new.relationship_id)
        given["cohort_id"] = new.cohort_id or group.cohort_id
    of_series = "series_id" in more
    made = [
        Activity(
            programme_id=mine.programme.id,
            door_code=_new_code(),
            starts_at=starts_at,
            occurrence=place if of_series else None,
            **given,
        )
        for place, starts_at in enumerate(times, 1)
    ]
    db.add_all(made)
    await db.flush()
    for activity in made:
        audit(db, by.subject, "plan_activity", "activity", activity.id)
    return made


def _require_kinds(known: Mapping[str, Any], new: NewActivity) -> None:
    """ActivityKindUnknown, unless the programme names no kinds."""
    errors = [
        fault("activity_kind_unknown", "the programme has no activities of this kind", "body", name)
        for name in ("kind", "prerequisite")
        if known and getattr(new, name) is not None and getattr(new, name) not in known
    ]
    if errors:
        raise ActivityKindUnknown(known=dict(known), errors=errors)


def _new_code() -> str:
    """What is shown at the door: letters and digits that nobody mistakes for one another."""
    return "".join(secrets.choice("23456789ABCDEFGHJKMNPQRSTUVWXYZ") for _ in range(8))


async def register_for_activity(db: AsyncSession, person_id: UUID, activity: Activity, *, wait: bool = False) -> None:
    """Take a place. One statement decides who gets the last one: ActivityFull for the others, unless they `wait`.

    NoPartInProgramme for an administrator who has none, ActivityForOthers for whom it is not for. PrerequisiteMissing.
    """
    if not await queries.people_of_activity(db, activity, [person_id]):
        has_part = await relationships.people_of_programme(db, activity.programme_id, [person_id])
        raise ActivityForOthers() if has_part else NoPartInProgramme()
    of_cohort = activity.relationship_id is None and activity.cohort_id is not None
    if of_cohort and not await queries.is_of_cohort(db, activity, person_id):
        raise ActivityForOthers()
    first = activity.prerequisite
    if first and not await queries.has_attended(db, activity.programme_id, first, person_id):
        raise PrerequisiteMissing(kind=first)
    free = sa.or_(Activity.places.is_(None), Activity.registered < Activity.places)
    open_one = sa.update(Activity).where(Activity.id == activity.id, _to_come(), free)
    taken = open_one.values(registered=Activity.registered + 1).returning(Activity.id)
    full = (await db.execute(taken, execution_options={"synchronize_session": False})).first() is None
    if full and (why := await _why_not(db, person_id, activity, wait=wait)) is not None:
        raise why
    values = {"activity_id": activity.id, "person_id": person_id, "registered_at": now(db), "waits": full}
    mine = insert(Registration).values(values).on_conflict_do_nothing().returning(Registration.id)
    if (await db.execute(mine)).first() is None:
        raise AlreadyRegistered()
    if full:  # somebody may have given a place back since
        await give_places(db, activity.id)


def _to_come() -> sa.ColumnElement[bool]:
    return sa.and_(Activity.held_at.is_(None), Activity.cancelled_at.is_(None))


async def _why_not(db: AsyncSession, person_id: UUID, activity: Activity, *, wait: bool) -> Exception | None:
    await db.refresh(activity)
    if (over := _over(activity)) is not None:
        return over
    if await queries.is_registered(db, activity.id, person_id):
        return AlreadyRegistered()
    return None if wait else ActivityFull()


def _over(activity: Activity) -> Exception | None:
    if activity.cancelled_at is not None:
        return ActivityCalledOff()
    return ActivityOver() if activity.held_at is not None else None


async def give_up_place(db: AsyncSession, person_id: UUID, activity_id: UUID) -> None:
    """Give a place back, or leave the line; who waits longest gets it. NotRegistered without one, ActivityOver once it
    was held, ActivityCalledOff."""
    activity = await queries.activity_locked(db, activity_id)
    mine = sa.delete(Registration).where(Registration.activity_id == activity_id, Registration.person_id == person_id)
    if not await queries.is_registered(db, activity_id, person_id):
        raise NotRegistered()
    if (over := _over(activity)) is not None:
        raise over
    if await db.scalar(mine.returning(Registration.waits)) is False:
        freed = sa.update(Activity).where(Activity.id == activity_id).values(registered=Activity.registered - 1)
        await db.execute(freed, execution_options={"synchronize_session": False})
    await give_places(db, activity_id)


async def give_places(db: AsyncSession, activity_id: UUID) -> None:
    """Give what places are free to those who wait longest, and tell them; whoever else would waits for the lock."""
    activity = await queries.activity_locked(db, activity_id)
    free = WAITING_AT_ONCE if activity.places is None else activity.places - activity.registered
    if free <= 0 or _over(activity) is not None:
        return
    rows = (await db.scalars(queries.first_waiting(activity_id, min(free, WAITING_AT_ONCE)))).all()
    for row in rows:
        row.waits = False
    activity.registered += len(rows)
    await db.flush()
    await db.refresh(activity)
    _tell(db, activity, {row.person_id: False for row in rows}, "place")


def _tell(
    db: AsyncSession,
    activity: Activity,
    people: Mapping[UUID, bool],
    why: Literal["place", "changed", "cancelled"],
    until: datetime | None = None,
) -> None:
    """Tell people of an activity, and whether each waits for a place; they have to know by `until`, or by its time."""
    ids = {"activity_id": activity.id, "programme_id": activity.programme_id, "cohort_id": activity.cohort_id}
    said = {"why": why, "number": activity.version, "until": until or activity.starts_at}
    for person_id in sorted(people):
        told = {"person_id": person_id, "waits": people[person_id]}
        emit(db, ActivityNoticeDue.model_validate(ids | said | told))


async def change_activity(
    db: AsyncSession, by: Principal, mine: ProgrammeAccess, activity: Activity, change: ActivityChange
) -> Activity:
    """Change what is given of an activity to come. When or where it is being another, who has a place is told; places
    that are new go to those who wait. PlacesTaken, ActivityOver, ActivityCalledOff; AttendanceRecorded if somebody
    attended what would be on a later day."""
    mine.require_running(activity.kind)
    await queries.activity_locked(db, activity.id)
    if (over := _over(activity)) is not None:
        raise over
    given = change.model_dump(exclude_unset=True, exclude={"location", "link", "zone", "following"}, exclude_none=True)
    given |= change.model_dump(include={"location", "link", "zone"} & change.model_fields_set)
    if (places := given.get("places")) is not None and places < activity.registered:
        raise PlacesTaken(registered=activity.registered)
    if "starts_at" in given and _on_a_later_day(db, given["starts_at"]):
        await _require_nobody_attended(db, activity)
    moved = any(name in given and given[name] != getattr(activity, name) for name in _WHEN_AND_WHERE)
    before = activity.starts_at
    for name, value in given.items():
        setattr(activity, name, value)
    await db.flush()
    await db.refresh(activity)
    if moved:
        first = min([activity.starts_at, *([before] if before > now(db) else [])])
        _tell(db, activity, await queries.people_registered(db, activity.id), "changed", first)
    await give_places(db, activity.id)
    audit(db, by.subject, "change_activity", "activity", activity.id)
    return activity


async def cancel_activity(db: AsyncSession, by: Principal, mine: ProgrammeAccess, activity: Activity) -> Activity:
    """Call an activity off; who has a place or waits is told. ActivityOver once it was held, ActivityCalledOff.

    AttendanceRecorded where somebody attended: that is taken back first.
    """
    mine.require_running(activity.kind)
    return await _call_off(db, activity, by.subject)


async def call_off_with_programme(db: AsyncSession, programme_id: UUID) -> None:
    """The programme is closed: what it put on and has not begun does not take place."""
    for activity in await queries.not_begun(db, programme_id):
        try:
            async with db.begin_nested():
                await _call_off(db, activity, SYSTEM, "the programme is closed")
        except (ActivityOver, ActivityCalledOff, AttendanceRecorded):  # somebody was quicker
            await db.refresh(activity)


async def _call_off(db: AsyncSession, activity: Activity, actor: str, why: str | None = None) -> Activity:
    await queries.activity_locked(db, activity.id)
    if (over := _over(activity)) is not None:
        raise over
    await _require_nobody_attended(db, activity)
    activity.cancelled_at = now(db)
    await db.flush()
    await db.refresh(activity)
    ids = {"activity_id": activity.id, "programme_id": activity.programme_id, "cohort_id": activity.cohort_id}
    emit(db, ActivityCancelled(**ids, kind=activity.kind))
    _tell(db, activity, await queries.people_registered(db, activity.id), "cancelled")
    audit(db, actor, "cancel_activity", "activity", activity.id, reason=why)
    return activity


async def attend_by_code(db: AsyncSession, person_id: UUID, activity: Activity, code: str) -> AttendanceResult:
    """Somebody says by the code at the door that they are there, on the day of the activity. WrongDoorCode.

    AttendanceTakenBack: what the team took back, the team alone records again.
    """
    if activity.door_code is None or not compare_digest(code.strip().upper().encode(), activity.door_code.encode()):
        raise WrongDoorCode()
    if await queries.was_taken_back(db, activity.id, person_id):
        raise AttendanceTakenBack()
    return await _record(db, activity, [person_id])


async def record_attendance(
    db: AsyncSession, by: Principal, mine: ProgrammeAccess, activity: Activity, people: Sequence[UUID]
) -> AttendanceResult:
    """Record who was there, each person once; ActivityNotBegun before the day of the activity.

    PeopleNotOfProgramme, and nobody is recorded, if some have no part in the programme. An orientation starts the
    relationships whose two people have both had one.
    """
    mine.require_running(activity.kind)
    result = await _record(db, activity, people)
    audit(db, by.subject, "record_attendance", "activity", activity.id)
    return result


async def _record(db: AsyncSession, activity: Activity, people: Sequence[UUID]) -> AttendanceResult:
    programme = await lock_programme(db, activity.programme_id) if activity.kind == relationships.ORIENTATION else None
    await queries.activity_locked(db, activity.id)  # who calls it off or moves it waits, and sees who attended
    if activity.cancelled_at is not None:
        raise ActivityCalledOff()
    if _on_a_later_day(db, activity.starts_at):
        raise ActivityNotBegun()
    await _require_known(db, activity, people)
    recorded = await _attend(db, activity, sorted(set(people)))
    attended = await queries.number_attended(db, activity.id)
    for person_id in recorded:
        told = {"person_id": person_id, "attended": attended}
        emit(db, ActivityAttended.model_validate(_announced(activity) | told | {"minutes": activity.minutes}))
    if programme is not None:
        await start_ready_relationships(db, programme)
    return AttendanceResult(recorded=len(recorded), attended=attended)


def _on_a_later_day(db: AsyncSession, moment: datetime) -> bool:
    return moment.astimezone(UTC).date() > now(db).date()


async def _require_nobody_attended(db: AsyncSession, activity: Activity) -> None:
    """AttendanceRecorded where somebody was there: it took place, whatever is said of it now."""
    if attended := await queries.number_attended(db, activity.id):
        raise AttendanceRecorded(attended=attended)


async def _require_known(db: AsyncSession, activity: Activity, people: Sequence[UUID]) -> None:
    known = await queries.people_of_activity(db, activity, people)
    said = "is not in the group of the activity" if activity.relationship_id else "has no part in the programme"
    errors = [
        fault("person_not_of_programme", said, "body", "person_ids", place)
        for place, person_id in enumerate(people)
        if person_id not in known
    ]
    if errors:
        raise PeopleNotOfProgramme(errors=errors)


async def withdraw_attendance(
    db: AsyncSession, by: Principal, mine: ProgrammeAccess, activity: Activity, person_id: UUID, reason: str
) -> int:
    """Take back that somebody attended; how many others did. NotAttended if that is not recorded.

    Certificates that count it are withdrawn.

    A relationship that it started stays started: its two people have been told, and may have met. One that still waits
    for an orientation waits for another one.
    """
    mine.require_running(activity.kind)
    if activity.kind == relationships.ORIENTATION:
        await lock_programme(db, activity.programme_id)
    await queries.activity_locked(db, activity.id)
    await queries.participants_locked(db, activity.programme_id, person_id)  # who issues a certificate waits
    this = sa.delete(Attendance).where(Attendance.activity_id == activity.id, Attendance.person_id == person_id)
    recorded_at = await db.scalar(this.returning(Attendance.recorded_at))
    if recorded_at is None:
        raise NotAttended()
    before = {"person_id": str(person_id), "recorded_at": recorded_at.isoformat()}
    await keep_correction(db, by.person_id, "attendance", activity.id, reason, before)
    await withdraw_counting(db, person_id, activity.programme_id, activity.kind, recorded_at)
    attended = await queries.number_attended(db, activity.id)
    told = {"person_id": person_id, "attended": attended}
    emit(db, AttendanceWithdrawn.model_validate(_announced(activity) | told | {"minutes": activity.minutes}))
    return attended


async def _attend(db: AsyncSession, activity: Activity, people: Sequence[UUID]) -> Sequence[UUID]:
    """Insert what is new; the people it was new for."""
    common = {"activity_id": activity.id, "programme_id": activity.programme_id, "kind": activity.kind}
    rows = [common | {"person_id": person_id, "recorded_at": now(db)} for person_id in people]
    new = insert(Attendance).values(rows).on_conflict_do_nothing().returning(Attendance.person_id)
    return sorted((await db.scalars(new)).all())


def _announced(activity: Activity) -> dict[str, Any]:
    """What every event about an activity says."""
    names = ("programme_id", "cohort_id", "kind", "mode")
    return {"activity_id": activity.id} | {name: getattr(activity, name) for name in names}


async def hold_activity(db: AsyncSession, by: Principal, mine: ProgrammeAccess, activity: Activity) -> int:
    """Say that the activity took place; how many attended. ActivityNotBegun before its time, ActivityOver if that
    was said before."""
    mine.require_running(activity.kind)
    await queries.activity_locked(db, activity.id)
    if activity.cancelled_at is not None:
        raise ActivityCalledOff()
    if activity.starts_at > now(db):
        raise ActivityNotBegun()
    this = sa.update(Activity).where(Activity.id == activity.id, Activity.held_at.is_(None))
    held = this.values(held_at=now(db)).returning(Activity.id)
    if (await db.execute(held, execution_options={"synchronize_session": False})).first() is None:
        raise ActivityOver()
    await db.refresh(activity)
    attended = await queries.number_attended(db, activity.id)
    emit(db, ActivityHeld.model_validate(_announced(activity) | {"attended": attended}))
    audit(db, by.subject, "hold_activity", "activity", activity.id)
    return attended
