"""Somebody leaves their employer: said beforehand or afterwards, taken back, and done when the day is over."""

from datetime import UTC, datetime, time, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_applications.applications import queries as applications
from mentoring_applications.applications.commands.applications import end_application, end_applications
from mentoring_applications.directory import queries as directory
from mentoring_applications.directory.models import Person
from mentoring_applications.errors import AlreadyLeft, PersonNotFound
from mentoring_applications.leaving.schemas import NewLeaving
from mentoring_applications.nominations.commands import stop_asking
from mentoring_applications.nominations.queries import ran_its_course
from mentoring_applications.programmes import queries as programmes
from mentoring_applications.programmes.commands import revoke
from mentoring_common.audit import audit
from mentoring_common.auth import Principal
from mentoring_common.db import now
from mentoring_common.deadlines import cancel, schedule
from mentoring_common.outbox import emit
from mentoring_contracts.applications import PersonLeft

LEAVES: Final = "person_leaves"
SYSTEM: Final = "system"  # who acts where a deadline does


async def record_leaving(db: AsyncSession, person: Person, new: NewLeaving, by: Principal) -> Person:
    """Note that a person goes; at the end of the day all ends. AlreadyLeft if it has ended with another day."""
    said = (person.last_day, person.leaving_reason) == (new.last_day, new.reason)
    if person.left_at is not None and not said:
        raise AlreadyLeft(last_day=str(person.last_day))
    if said:
        return person
    person.last_day, person.leaving_reason = new.last_day, new.reason
    audit(db, by.subject, "record_leaving", "person", person.id)
    ends_at = datetime.combine(new.last_day + timedelta(days=1), time.min, UTC)
    if ends_at <= now(db):
        await _leave(db, person, by.subject)
    else:
        await schedule(db, LEAVES, person.id, ends_at)
        await db.flush()
    return person


async def take_back_leaving(db: AsyncSession, person: Person, by: Principal) -> None:
    """The person stays, or is back; what has ended by then stays ended."""
    if person.last_day is None:
        return
    person.last_day = person.leaving_reason = person.left_at = None
    await cancel(db, LEAVES, person.id)
    audit(db, by.subject, "take_back_leaving", "person", person.id)
    await db.flush()


async def on_leaving_due(db: AsyncSession, person_id: UUID) -> None:
    """Deadline: the last day is over."""
    try:
        person = await directory.person(db, person_id, locked=True)
    except PersonNotFound:  # erased meanwhile
        return
    if person.last_day is not None and person.left_at is None:
        await _leave(db, person, SYSTEM)


async def _leave(db: AsyncSession, person: Person, actor: str) -> None:
    assert person.last_day is not None
    person.left_at = now(db)
    await cancel(db, LEAVES, person.id)
    await db.flush()
    await end_applications(db, person.id)
    await _end_matched(db, person.id)
    for held in await programmes.roles_of_person(db, person.id):
        await revoke(db, held)
    await stop_asking(db, person.id, actor)
    audit(db, actor, "person_left", "person", person.id)
    emit(db, PersonLeft(person_id=person.id, last_day=person.last_day))


async def _end_matched(db: AsyncSession, person_id: UUID) -> None:
    """What is matched is withdrawn, so that who comes back can apply again; what ran its course goes on to count."""
    for application in await applications.matched_of(db, person_id):
        if not await ran_its_course(db, application):
            await end_application(db, application)
