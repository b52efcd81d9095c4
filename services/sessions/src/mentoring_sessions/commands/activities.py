"""Activities: plan, register, attend, hold."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common.audit import audit
from mentoring_common.auth import Principal
from mentoring_common.db import now
from mentoring_common.faults import fault
from mentoring_common.outbox import emit
from mentoring_contracts.sessions import ActivityAttended, ActivityHeld, AttendanceWithdrawn
from mentoring_sessions import queries
from mentoring_sessions.access import TEAM, ProgrammeAccess
from mentoring_sessions.commands.corrections import keep_correction
from mentoring_sessions.commands.projections import lock_programme
from mentoring_sessions.commands.relationships import ORIENTATION, start_ready_relationships
from mentoring_sessions.errors import (
    ActivityFull,
    ActivityNotBegun,
    ActivityOver,
    AlreadyRegistered,
    NoPartInProgramme,
    NotAttended,
    NotRegistered,
    PeopleNotOfProgramme,
)
from mentoring_sessions.models import Activity, Attendance, Registration
from mentoring_sessions.schemas import AttendanceResult, NewActivity


async def plan_activity(db: AsyncSession, by: Principal, mine: ProgrammeAccess, new: NewActivity) -> Activity:
    """Plan an activity of the programme. CohortNotFound for a cohort of another one."""
    mine.require(*TEAM, "trainer")
    if new.cohort_id is not None:
        await queries.require_cohort(db, mine.programme.id, new.cohort_id)
    activity = Activity(programme_id=mine.programme.id, **new.model_dump())
    db.add(activity)
    await db.flush()
    audit(db, by.subject, "plan_activity", "activity", activity.id)
    return activity


async def register_for_activity(db: AsyncSession, person_id: UUID, activity: Activity) -> None:
    """Take a place. One statement decides who gets the last one: ActivityFull for the others.

    NoPartInProgramme for an administrator who has none.
    """
    if not await queries.people_of_programme(db, activity.programme_id, [person_id]):
        raise NoPartInProgramme()
    free = sa.or_(Activity.places.is_(None), Activity.registered < Activity.places)
    open_one = sa.update(Activity).where(Activity.id == activity.id, Activity.held_at.is_(None), free)
    taken = open_one.values(registered=Activity.registered + 1).returning(Activity.id)
    if (await db.execute(taken, execution_options={"synchronize_session": False})).first() is None:
        raise await _why_not(db, person_id, activity)
    values = {"activity_id": activity.id, "person_id": person_id, "registered_at": now(db)}
    mine = insert(Registration).values(values).on_conflict_do_nothing().returning(Registration.id)
    if (await db.execute(mine)).first() is None:
        raise AlreadyRegistered()


async def _why_not(db: AsyncSession, person_id: UUID, activity: Activity) -> Exception:
    await db.refresh(activity)
    if activity.held_at is not None:
        return ActivityOver()
    return AlreadyRegistered() if await queries.is_registered(db, activity.id, person_id) else ActivityFull()


async def give_up_place(db: AsyncSession, person_id: UUID, activity_id: UUID) -> None:
    """Give a place back. NotRegistered without one, ActivityOver once it was held."""
    freed = sa.update(Activity).where(Activity.id == activity_id, Activity.held_at.is_(None))
    freed = freed.values(registered=Activity.registered - 1).returning(Activity.id)
    if not await queries.is_registered(db, activity_id, person_id):
        raise NotRegistered()
    if (await db.execute(freed, execution_options={"synchronize_session": False})).first() is None:
        raise ActivityOver()
    mine = sa.delete(Registration).where(Registration.activity_id == activity_id, Registration.person_id == person_id)
    # Two requests may both have seen the registration; the second finds it gone and undoes its own count.
    if (await db.execute(mine.returning(Registration.id))).first() is None:
        raise NotRegistered()


async def record_attendance(
    db: AsyncSession, by: Principal, mine: ProgrammeAccess, activity: Activity, people: Sequence[UUID]
) -> AttendanceResult:
    """Record who was there, each person once; ActivityNotBegun before the day of the activity.

    PeopleNotOfProgramme, and nobody is recorded, if some have no part in the programme. An orientation starts the
    relationships whose two people have both had one.
    """
    mine.require(*TEAM, "trainer")
    if activity.starts_at.date() > now(db).date():
        raise ActivityNotBegun()
    await _require_known(db, activity.programme_id, people)
    programme = await lock_programme(db, activity.programme_id) if activity.kind == ORIENTATION else None
    await queries.activity_locked(db, activity.id)
    recorded = await _attend(db, activity, sorted(set(people)))
    attended = await queries.number_attended(db, activity.id)
    for person_id in recorded:
        told = {"person_id": person_id, "attended": attended}
        emit(db, ActivityAttended.model_validate(_announced(activity) | told))
    audit(db, by.subject, "record_attendance", "activity", activity.id)
    if programme is not None:
        await start_ready_relationships(db, programme)
    return AttendanceResult(recorded=len(recorded), attended=attended)


async def _require_known(db: AsyncSession, programme_id: UUID, people: Sequence[UUID]) -> None:
    known = await queries.people_of_programme(db, programme_id, people)
    said = "has no part in the programme"
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

    A relationship that it started stays started: its two people have been told, and may have met. One that still waits
    for an orientation waits for another one.
    """
    mine.require(*TEAM, "trainer")
    if activity.kind == ORIENTATION:
        await lock_programme(db, activity.programme_id)
    await queries.activity_locked(db, activity.id)
    this = sa.delete(Attendance).where(Attendance.activity_id == activity.id, Attendance.person_id == person_id)
    recorded_at = await db.scalar(this.returning(Attendance.recorded_at))
    if recorded_at is None:
        raise NotAttended()
    before = {"person_id": str(person_id), "recorded_at": recorded_at.isoformat()}
    await keep_correction(db, by.person_id, "attendance", activity.id, reason, before)
    attended = await queries.number_attended(db, activity.id)
    told = {"person_id": person_id, "attended": attended}
    emit(db, AttendanceWithdrawn.model_validate(_announced(activity) | told))
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
    """Say that the activity took place; how many attended. ActivityOver if that was said before."""
    mine.require(*TEAM, "trainer")
    if activity.starts_at.date() > now(db).date():
        raise ActivityNotBegun()
    await queries.activity_locked(db, activity.id)
    this = sa.update(Activity).where(Activity.id == activity.id, Activity.held_at.is_(None))
    held = this.values(held_at=now(db)).returning(Activity.id)
    if (await db.execute(held, execution_options={"synchronize_session": False})).first() is None:
        raise ActivityOver()
    await db.refresh(activity)
    attended = await queries.number_attended(db, activity.id)
    emit(db, ActivityHeld.model_validate(_announced(activity) | {"attended": attended}))
    audit(db, by.subject, "hold_activity", "activity", activity.id)
    return attended
