"""People: registered and changed."""

from typing import Any
from uuid import UUID

from pydantic import ValidationError
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_applications import queries
from mentoring_applications.access import Reach, managed_person, reach_of
from mentoring_applications.errors import EmailTaken, NotYourPeople, UnknownEmployer, UnknownLineManager
from mentoring_applications.models import Person
from mentoring_applications.schemas import BatchItem, NewPerson, PersonChanges
from mentoring_common import problems
from mentoring_common.audit import audit
from mentoring_common.auth import Principal
from mentoring_common.errors import DomainError
from mentoring_common.faults import faults_of
from mentoring_common.ids import new_id
from mentoring_common.outbox import emit
from mentoring_contracts.applications import PersonChanged


async def register_person(db: AsyncSession, new: NewPerson, by: Principal) -> UUID:
    """Make a person known; EmailTaken, UnknownEmployer, UnknownLineManager, NotYourPeople."""
    return await _register(db, new, by, await reach_of(db, by))


async def register_people(db: AsyncSession, rows: list[dict[str, Any]], by: Principal) -> list[BatchItem]:
    """Make people known, each on its own: what is wrong with one does not keep the others out."""
    reach = await reach_of(db, by)
    return [await _register_row(db, index, row, by, reach) for index, row in enumerate(rows)]


async def _register_row(db: AsyncSession, index: int, row: dict[str, Any], by: Principal, reach: Reach) -> BatchItem:
    try:
        person_id = await _register(db, NewPerson.model_validate(row), by, reach)
        return BatchItem(index=index, id=person_id)
    except ValidationError as error:
        return BatchItem(index=index, problem=problems.invalid(faults_of(error, "body", "people", index)))
    except DomainError as error:
        return BatchItem(index=index, problem=problems.document_of(error))


async def _register(db: AsyncSession, new: NewPerson, by: Principal, reach: Reach) -> UUID:
    employer_id = new.employer_id or (None if reach.everybody else reach.employer_id)
    if not reach.covers(employer_id):
        raise NotYourPeople()
    await _check_references(db, employer_id, new.line_manager_id)
    values = new.model_dump() | {"id": new_id(), "email": new.email.lower(), "employer_id": employer_id}
    made: UUID | None = await db.scalar(insert(Person).values(values).on_conflict_do_nothing().returning(Person.id))
    if made is None:
        raise EmailTaken()
    audit(db, by.subject, "register_person", "person", made)
    emit(db, PersonChanged(person_id=made))
    return made


async def change_person(db: AsyncSession, person_id: UUID, changes: PersonChanges, by: Principal) -> Person:
    """Change what is given of a person whom the caller manages or is; EmailTaken and others as at registration."""
    person = await managed_person(db, person_id, by, locked=True)
    given = changes.model_dump(exclude_unset=True)
    reach = await reach_of(db, by)
    if "employer_id" in given and not reach.everybody and not reach.covers(given["employer_id"]):
        raise NotYourPeople()
    await _check_references(db, given.get("employer_id"), given.get("line_manager_id"))
    if given.get("email") is not None:
        given["email"] = given["email"].lower()
        if given["email"] != person.email and await queries.email_is_taken(db, given["email"]):
            raise EmailTaken()
    if given.get("attributes") is not None:
        merged = person.attributes | given["attributes"]
        given["attributes"] = {name: value for name, value in merged.items() if value is not None}
    if apply_changes(db, person, given):
        audit(db, by.subject, "change_person", "person", person_id)
    return person


def apply_changes(db: AsyncSession, person: Person, values: dict[str, Any]) -> bool:
    """Set what differs and announce it; whether anything did. Members that may not be null are left when null."""
    nullable = {"employer_id", "line_manager_id", "line_manager_email"}
    different = {
        name: value
        for name, value in values.items()
        if getattr(person, name) != value and (value is not None or name in nullable)
    }
    for name, value in different.items():
        setattr(person, name, value)
    if different:
        emit(db, PersonChanged(person_id=person.id))
    return bool(different)


async def _check_references(db: AsyncSession, employer_id: UUID | None, line_manager_id: UUID | None) -> None:
    if employer_id is not None and not await queries.employer_exists(db, employer_id):
        raise UnknownEmployer()
    if line_manager_id is not None and not await queries.person_exists(db, line_manager_id):
        raise UnknownLineManager()
