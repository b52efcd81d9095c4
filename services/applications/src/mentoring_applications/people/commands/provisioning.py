"""What an HR system says of its people, whom it knows by its own numbers: made known, or brought up to date."""

from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_applications.directory import queries as directory
from mentoring_applications.directory.access import MANAGING, Reach, reach_of
from mentoring_applications.directory.models import Person
from mentoring_applications.errors import EmailTaken, NotYourPeople, UnknownLineManager
from mentoring_applications.people.commands.people import apply_given, register_person
from mentoring_applications.people.schemas import NewPerson, ProvisionedPerson
from mentoring_common.auth import Principal
from mentoring_common.faults import fault
from mentoring_common.versions import Precondition


@dataclass(frozen=True, slots=True)
class Provisioned:
    """Whom a record is of, and what it did."""

    id: UUID
    version: int
    outcome: Literal["created", "changed", "unchanged"]


async def provision_person(
    db: AsyncSession,
    external_id: str,
    said: ProvisionedPerson,
    employer_id: UUID | None,
    by: Principal,
    expected: Precondition,
    *,
    held: bool = False,
) -> Provisioned:
    """Make known, or change, whom the employer calls so; `held` where the caller holds the employer's external ids.

    Somebody without an external id who has the address already gets this one, so that who is known keeps their id.
    NotYourPeople, EmailTaken, UnknownEmployer, UnknownLineManager, CircularLineManager.
    """
    reach = await reach_of(db, by)
    employer_id = employer_id or (None if reach.everybody else reach.employer_id)
    if not reach.covers(employer_id):
        raise NotYourPeople(needed=list(MANAGING))
    given = said.model_dump(exclude_unset=True, exclude={"line_manager_external_id"}) | {"external_id": external_id}
    if not held:
        if said.line_manager_id or said.line_manager_external_id:
            await directory.hold_line_managers(db)
        await directory.hold_external_id(db, employer_id, external_id)
    given |= await _line_manager(db, said, employer_id)
    person = await directory.person_by_external_id(db, employer_id, external_id, locked=True)
    person = person or await _known_by_address(db, said.email.lower(), employer_id, reach)
    if person is None:
        expected.compare(0)
        return await _register(db, given | {"employer_id": employer_id}, by)
    await expected.hold(db, person)
    before = person.version
    given |= {} if employer_id is None else {"employer_id": employer_id}
    changed = await apply_given(db, person, given, by, reach, manages=True)
    await db.flush()
    return Provisioned(changed.id, changed.version, "unchanged" if changed.version == before else "changed")


async def _register(db: AsyncSession, given: dict[str, Any], by: Principal) -> Provisioned:
    values = {name: value for name, value in given.items() if value is not None}
    return Provisioned(await register_person(db, NewPerson(**values), by), 1, "created")


async def _known_by_address(db: AsyncSession, email: str, employer_id: UUID | None, reach: Reach) -> Person | None:
    """Who has the address and no number yet, and is the caller's to change; EmailTaken for anybody else's.

    A record that names no employer is not of somebody who has one.
    """
    person = await directory.person_by_email(db, email)
    if person is None:
        return None
    employed = employer_id is None and person.employer_id is not None
    if employed or person.external_id is not None or not reach.covers(person.employer_id):
        raise EmailTaken()
    return await directory.person(db, person.id, locked=True)


async def _line_manager(db: AsyncSession, said: ProvisionedPerson, employer_id: UUID | None) -> dict[str, Any]:
    if "line_manager_external_id" not in said.model_fields_set:
        return {}
    if said.line_manager_external_id is None:
        return {"line_manager_id": None}
    manager = await directory.person_by_external_id(db, employer_id, said.line_manager_external_id)
    if manager is None:
        where = ("body", "line_manager_external_id")
        raise UnknownLineManager(errors=[fault("unknown_line_manager", "nobody is called so", *where)])
    return {"line_manager_id": manager.id}
