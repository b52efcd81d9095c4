"""People: registered and changed."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from pydantic import ValidationError
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_applications import queries
from mentoring_applications.access import MANAGING, Reach, invited_since, managed_person, reach_of, require_team
from mentoring_applications.commands.email_changes import ask_for_email, set_email
from mentoring_applications.errors import (
    ChangedMeanwhile,
    EmailTaken,
    NotYourPeople,
    ProgrammeNeeded,
    UnknownEmployer,
    UnknownLineManager,
    ValueFromHr,
)
from mentoring_applications.models import Invitation, Person
from mentoring_applications.schemas import BatchItem, NewPerson, PersonChanges
from mentoring_common import problems
from mentoring_common.audit import audit
from mentoring_common.auth import Principal
from mentoring_common.db import now
from mentoring_common.errors import DomainError
from mentoring_common.faults import faults_of
from mentoring_common.ids import new_id
from mentoring_common.outbox import emit
from mentoring_contracts.applications import PersonChanged


async def register_person(db: AsyncSession, new: NewPerson, by: Principal) -> UUID:
    """Make a person known, or invite one; EmailTaken, UnknownEmployer, UnknownLineManager, NotYourPeople."""
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
    manages = reach.covers(employer_id)
    if not manages and not reach.programmes:
        raise NotYourPeople(needed=list(MANAGING))
    programme_id = await _inviting(db, new.programme_id, by, () if manages else reach.programmes)
    await _check_references(db, employer_id, new.line_manager_id)
    values = new.model_dump(exclude={"programme_id"}) | {"id": new_id(), "email": new.email.lower()}
    values |= {"employer_id": employer_id, "sources": _sources(values | {"employer_id": employer_id}, manages)}
    made: UUID | None = await db.scalar(insert(Person).values(values).on_conflict_do_nothing().returning(Person.id))
    if made is not None:
        audit(db, by.subject, "register_person", "person", made)
        emit(db, PersonChanged(person_id=made))
    if programme_id is not None:
        return await _invite(db, programme_id, made, new, by)
    if made is None:
        raise EmailTaken()
    return made


async def _inviting(
    db: AsyncSession, programme_id: UUID | None, by: Principal, programmes: Collection[UUID]
) -> UUID | None:
    """The programme that invites; of a team with one programme it is that. ProgrammeNeeded, RoleNeeded."""
    if programme_id is not None:
        await queries.programme(db, programme_id)
        await require_team(db, by, programme_id)
        return programme_id
    if len(programmes) > 1:
        raise ProgrammeNeeded()
    return next(iter(programmes), None)


async def _invite(db: AsyncSession, programme_id: UUID, made: UUID | None, new: NewPerson, by: Principal) -> UUID:
    """The id of the person, made now or known before; EmailTaken only if the programme has them already.

    Whoever is known elsewhere is answered for as a new person is: a team learns of nobody's address.
    """
    email = new.email.lower()
    known = made or await queries.invited_as(db, programme_id, email, invited_since(db))
    if known is not None and made is None:
        raise EmailTaken()
    if known is None:
        person = await queries.person_by_email(db, email)
        if person is None:  # gone this very moment
            raise ChangedMeanwhile()
        if await db.scalar(queries.ids_taking_part([person.id], [programme_id])):
            raise EmailTaken()
        known = person.id
    values = {"programme_id": programme_id, "person_id": known, "name": new.name, "email": email}
    values |= {"id": new_id(), "by": by.subject, "invited_at": now(db)}
    again = {name: values[name] for name in ("name", "email", "by", "invited_at")}
    statement = insert(Invitation).values(values)
    keys = ["tenant_id", "programme_id", "person_id"]
    await db.execute(statement.on_conflict_do_update(index_elements=keys, set_=again))
    audit(db, by.subject, "invite_person", "person", known)
    return known


async def change_person(db: AsyncSession, person_id: UUID, changes: PersonChanges, by: Principal) -> Person:
    """Change what is given of a person whom the caller manages or is; EmailTaken and others as at registration.

    People change of themselves what HR did not say (ValueFromHr), not their employer (NotYourPeople), and their address
    by confirming it.
    """
    person = await managed_person(db, person_id, by, locked=True)
    given = changes.model_dump(exclude_unset=True)
    reach = await reach_of(db, by)
    manages = reach.covers(person.employer_id)
    if "employer_id" in given and not reach.covers(given["employer_id"]) and given["employer_id"] != person.employer_id:
        raise NotYourPeople(needed=list(MANAGING))
    if not manages:
        _leave_hr(person, given)
    await _check_references(db, given.get("employer_id"), given.get("line_manager_id"))
    await _change_email(db, person, given.pop("email", None), manages)
    given["sources"] = _merged_sources(person.sources, given, manages)
    if given.get("attributes") is not None:
        merged = person.attributes | given["attributes"]
        given["attributes"] = {name: value for name, value in merged.items() if value is not None}
    if apply_changes(db, person, given):
        audit(db, by.subject, "change_person", "person", person_id)
    return person


async def _change_email(db: AsyncSession, person: Person, wanted: str | None, manages: bool) -> None:
    if wanted is None or wanted.lower() == person.email:
        return
    if manages:
        await set_email(db, person, wanted.lower())
    else:
        await ask_for_email(db, person, wanted.lower())


def _leave_hr(person: Person, given: dict[str, Any]) -> None:
    """ValueFromHr if a person would change what HR said of them."""
    wanted = _said(given)
    now_said = _said({name: getattr(person, name) for name in _SAID} | {"attributes": person.attributes})
    fields = [n for n in wanted if person.sources.get(n) == "hr" and wanted[n] != now_said.get(n)]
    if fields:
        raise ValueFromHr(fields=sorted(fields), needed=list(MANAGING))


_SAID = {"employer_id": "employer", "line_manager_id": "line_manager", "languages": "languages"}


def _said(values: dict[str, Any]) -> dict[str, Any]:
    """What is said of a person, by the names that sources go by."""
    members = {name: values[member] for member, name in _SAID.items() if member in values}
    return members | (values.get("attributes") or {})


def _sources(values: dict[str, Any], manages: bool) -> dict[str, str]:
    """Who says what; nobody says what is empty."""
    return {name: "hr" if manages else "self" for name, value in _said(values).items() if value not in (None, [])}


def _merged_sources(before: dict[str, str], given: dict[str, Any], manages: bool) -> dict[str, str]:
    kept = {name: source for name, source in before.items() if name not in _said(given)}
    return kept | _sources(given, manages)


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
