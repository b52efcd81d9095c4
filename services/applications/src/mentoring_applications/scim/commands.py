"""Users made, changed, switched off and deleted, by the commands of people and leavers."""

from datetime import UTC, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_applications.directory import queries as directory
from mentoring_applications.directory.access import MANAGING, Reach, reach_of
from mentoring_applications.directory.models import Person
from mentoring_applications.errors import NotYourPeople, PersonNotFound, UserNameTaken
from mentoring_applications.leaving.commands import record_leaving, take_back_leaving
from mentoring_applications.leaving.schemas import NewLeaving
from mentoring_applications.people.access import employed_person, managed_person
from mentoring_applications.people.commands.people import change_person, register_person
from mentoring_applications.people.schemas import NewPerson, PersonChanges
from mentoring_applications.scim import queries, schemas
from mentoring_applications.scim.schemas import as_user, changes, patched, read_user, said, user_name
from mentoring_common.audit import audit
from mentoring_common.auth import Principal
from mentoring_common.db import now
from mentoring_common.versions import Precondition


async def reach(db: AsyncSession, by: Principal) -> Reach:
    """Whose people the caller keeps; NotYourPeople for who manages nobody."""
    found = await reach_of(db, by)
    if not found.everybody and found.employer_id is None:
        raise NotYourPeople(needed=list(MANAGING))
    return found


async def user(db: AsyncSession, person_id: UUID, by: Principal, *, locked: bool = False) -> Person:
    """A person whom the caller manages, and did not delete; PersonNotFound, NotYourPeople."""
    await reach(db, by)
    person = await (employed_person if locked else managed_person)(db, person_id, by)
    if person.deprovisioned:
        raise PersonNotFound()
    return person


async def create_user(db: AsyncSession, resource: Any, by: Principal) -> Person:
    """Make somebody known, or whom the caller deleted again.

    EmailTaken, ExternalIdTaken, UserNameTaken, UnknownLineManager, NotYourPeople.
    """
    employer_id = None if (whose := await reach(db, by)).everybody else whose.employer_id
    given = changes({}, said(resource))
    given.setdefault("email", given["user_name"])
    given.setdefault("name", given["user_name"])
    given.setdefault("external_id", (given.get("attributes") or {}).get("employee_number"))
    if given["external_id"] is not None:
        await directory.hold_external_id(db, employer_id, given["external_id"])
    known = await queries.deleted(db, employer_id, given["external_id"], given["email"])
    if known is not None:
        known.deprovisioned = False
        return await change_user(db, known, {"active": True} | given, by)
    name, active = given.pop("user_name"), given.pop("active", True)
    members = {member: value for member, value in given.items() if value is not None}
    members["attributes"] = {n: v for n, v in members.get("attributes", {}).items() if v is not None}
    new = NewPerson(**members | ({} if employer_id is None else {"employer_id": employer_id}))
    await _check_user_name(db, employer_id, name, None)
    person = await directory.person(db, await register_person(db, new, by, whose), locked=True)
    return await _switch(db, _named(person, name), active, by)


async def change_user(db: AsyncSession, person: Person, given: dict[str, Any], by: Principal) -> Person:
    """Change what is given of somebody; as `create_user`, CircularLineManager."""
    name = given.pop("user_name", None)
    active = given.pop("active", None)
    old = user_name(person)
    if given:
        await change_person(db, person.id, PersonChanges(**given), by)
    name = name or old
    if name.lower() != old.lower():
        await _check_user_name(db, person.employer_id, name, person.id)
    return await _switch(db, _named(person, name), active, by)


async def replace_user(db: AsyncSession, user_id: UUID, payload: Any, by: Principal, expected: Precondition) -> Person:
    """Change what is sent; what is left out stays (RFC 7644, 3.5.1: it is not asserted)."""
    after = said(read_user(payload))
    person = await _held(db, user_id, by, payload)
    await expected.hold(db, person)
    known = said(as_user(person))
    sent = known | {name: value for name, value in after.items() if value is not None}
    return await change_user(db, person, changes(known, sent), by)


async def patch_user(db: AsyncSession, user_id: UUID, payload: Any, by: Principal, expected: Precondition) -> Person:
    """Change what the operations say."""
    person = await _held(db, user_id, by, payload)
    await expected.hold(db, person)
    known, after = said(as_user(person)), said(patched(person, payload))
    return await change_user(db, person, changes(known, after), by)


async def delete_user(db: AsyncSession, user_id: UUID, by: Principal, expected: Precondition) -> None:
    """Somebody left and is not shown any more, until made again; who is to be erased is erased elsewhere."""
    person = await user(db, user_id, by, locked=True)
    await expected.hold(db, person)
    await _switch(db, person, False, by)
    person.deprovisioned = True
    audit(db, by.subject, "deprovision_person", "person", person.id)
    await db.flush()


def id_of(text: str) -> UUID:
    """The id that a path names; PersonNotFound for what is none."""
    found = schemas.id_of(text)
    if found is None:
        raise PersonNotFound()
    return found


async def _held(db: AsyncSession, user_id: UUID, by: Principal, payload: Any) -> Person:
    """The person, locked; who may be given another line manager after who manages whom is held."""
    if "manager" in str(payload):
        await directory.hold_line_managers(db)
    return await user(db, user_id, by, locked=True)


def _named(person: Person, name: str) -> Person:
    person.user_name = None if name.lower() == person.email else name
    return person


async def _check_user_name(db: AsyncSession, employer_id: UUID | None, name: str, but: UUID | None) -> None:
    if await queries.user_name_is_taken(db, employer_id, name, but):
        raise UserNameTaken()


async def _switch(db: AsyncSession, person: Person, active: bool | None, by: Principal) -> Person:
    """Who is switched off left yesterday, so that all ends now; who is switched on is back.

    A last day that HR named stays as it is.
    """
    await db.flush()
    if active is False and person.left_at is None:
        yesterday = now(db).astimezone(UTC).date() - timedelta(days=1)
        reason = person.leaving_reason or "other"
        await record_leaving(db, person, NewLeaving.model_validate({"last_day": yesterday, "reason": reason}), by)
    if active is True and person.left_at is not None:
        await take_back_leaving(db, person, by)
    await db.flush()
    return person
