"""People: registered and changed."""

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_applications.directory import queries as directory
from mentoring_applications.directory.access import MANAGING, Reach, reach_of
from mentoring_applications.directory.models import Person
from mentoring_applications.errors import (
    ChangedMeanwhile,
    CircularLineManager,
    EmailTaken,
    ExternalIdTaken,
    NotYourPeople,
    ProgrammeNeeded,
    UnknownEmployer,
    UnknownLineManager,
    ValueFromHr,
)
from mentoring_applications.people import queries
from mentoring_applications.people.access import invited_since, managed_person
from mentoring_applications.people.commands.email_changes import ask_for_email, set_email
from mentoring_applications.people.models import Invitation
from mentoring_applications.people.schemas import NewPerson, PersonChanges
from mentoring_applications.programmes import queries as programmes
from mentoring_applications.programmes.access import require_team
from mentoring_common import writing
from mentoring_common.audit import audit
from mentoring_common.auth import Principal
from mentoring_common.db import now
from mentoring_common.errors import DomainError
from mentoring_common.ids import new_id
from mentoring_common.outbox import emit
from mentoring_contracts.applications import PersonChanged


async def register_person(db: AsyncSession, new: NewPerson, by: Principal, reach: Reach | None = None) -> UUID:
    """Make a person known, or invite one.

    EmailTaken, ExternalIdTaken, UnknownEmployer, UnknownLineManager, NotYourPeople.
    """
    return await _register(db, new, by, reach or await reach_of(db, by))


async def invite_known(db: AsyncSession, programme_id: UUID, person_id: UUID, new: NewPerson, by: Principal) -> None:
    """Invite somebody who was made known or changed by now, unless the programme has them. RoleNeeded."""
    await _inviting(db, programme_id, by, ())
    there = await queries.invited_as(db, programme_id, new.email.lower(), invited_since(db))
    if there is None and not await db.scalar(queries.ids_taking_part([person_id], [programme_id])):
        await _invite(db, programme_id, person_id, new, by)


async def register_managed(
    db: AsyncSession, people: Mapping[int, NewPerson], by: Principal, reach: Reach
) -> dict[int, UUID | DomainError]:
    """Make people known whom the caller manages, by one statement: each one's id, or why they stay out.

    UnknownEmployer, UnknownLineManager, EmailTaken, ExternalIdTaken.
    """
    employers = {index: employer_of(new, reach) for index, new in people.items()}
    known = await directory.known_employers(db, {id_ for id_ in employers.values() if id_})
    wanted = {new.line_manager_id for new in people.values() if new.line_manager_id}
    managers = await directory.known_people(db, wanted, employed_by=_within(reach))
    found: dict[int, UUID | DomainError] = {}
    values: dict[int, dict[str, Any]] = {}
    for index, new in people.items():
        if employers[index] not in known | {None}:
            found[index] = UnknownEmployer()
        elif new.line_manager_id not in managers | {None}:
            found[index] = UnknownLineManager()
        else:
            values[index] = _values(new, employers[index], manages=True)
    made = set(await writing.insert(db, Person, list(values.values()), unless_known=True))
    for index, row in values.items():
        if row["id"] in made:
            found[index] = row["id"]
            _note_registered(db, row["id"], by)
    return found | await _not_made(db, {index: row for index, row in values.items() if row["id"] not in made})


async def _not_made(db: AsyncSession, rows: Mapping[int, Mapping[str, Any]]) -> dict[int, DomainError]:
    """Why rows did not go in: each has the address, or else the external id, of somebody."""
    emails = await directory.taken_emails(db, {row["email"] for row in rows.values()})
    return {index: EmailTaken() if row["email"] in emails else ExternalIdTaken() for index, row in rows.items()}


def employer_of(new: NewPerson, reach: Reach) -> UUID | None:
    """Who employs a new person: whom an HR client speaks for, unless it says otherwise."""
    return new.employer_id or (None if reach.everybody else reach.employer_id)


def _values(new: NewPerson, employer_id: UUID | None, *, manages: bool) -> dict[str, Any]:
    # No id that tells when it was made: a team that invites somebody would read from it whether the address was known.
    values = new.model_dump(exclude={"programme_id"}) | {"id": uuid4(), "email": new.email.lower()}
    values |= {"employer_id": employer_id}
    return values | {"sources": _sources(values, manages)}


def _note_registered(db: AsyncSession, person_id: UUID, by: Principal) -> None:
    audit(db, by.subject, "register_person", "person", person_id)
    emit(db, PersonChanged(person_id=person_id))


async def _register(db: AsyncSession, new: NewPerson, by: Principal, reach: Reach) -> UUID:
    employer_id = employer_of(new, reach)
    manages = reach.covers(employer_id)
    if not manages and not reach.inviting:
        raise NotYourPeople(needed=list(MANAGING))
    if new.external_id is not None and not manages:
        raise NotYourPeople(needed=list(MANAGING))
    programme_id = await _inviting(db, new.programme_id, by, () if manages else reach.inviting)
    await _check_references(db, employer_id, new.line_manager_id, reach)
    row = _values(new, employer_id, manages=manages)
    made = next(iter(await writing.insert(db, Person, [row], unless_known=True)), None)
    if made is not None:
        _note_registered(db, made, by)
    refused = (await _not_made(db, {0: row}))[0] if made is None else None
    if isinstance(refused, ExternalIdTaken):
        raise refused
    if programme_id is not None:
        return await _invite(db, programme_id, made, new, by)
    if made is None:
        raise EmailTaken()
    return made


async def _inviting(db: AsyncSession, programme_id: UUID | None, by: Principal, teams: Collection[UUID]) -> UUID | None:
    """The programme that invites; of a team with one programme it is that. ProgrammeNeeded, RoleNeeded."""
    if programme_id is not None:
        await programmes.programme(db, programme_id)
        await require_team(db, by, programme_id)
        await programmes.open_programme(db, programme_id)
        return programme_id
    if len(teams) > 1:
        raise ProgrammeNeeded()
    return next(iter(teams), None)


async def _invite(db: AsyncSession, programme_id: UUID, made: UUID | None, new: NewPerson, by: Principal) -> UUID:
    """The id of the person, made now or known before; EmailTaken only if the programme has them already.

    Whoever is known elsewhere is answered for as a new person is: a team learns of nobody's address.
    """
    email = new.email.lower()
    known = made or await queries.invited_as(db, programme_id, email, invited_since(db))
    if known is not None and made is None:
        raise EmailTaken()
    if known is None:
        person = await directory.person_by_email(db, email)
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
    if "employer_id" in given and not reach.covers(given["employer_id"]) and given["employer_id"] != person.employer_id:
        raise NotYourPeople(needed=list(MANAGING))
    manages = reach.covers(person.employer_id)
    if not manages:
        _leave_hr(person, given)
    return await apply_given(db, person, given, by, reach, manages=manages)


async def apply_given(
    db: AsyncSession, person: Person, given: dict[str, Any], by: Principal, reach: Reach, *, manages: bool
) -> Person:
    """Set what somebody who manages the person, or they themselves, may say of them.

    EmailTaken, ExternalIdTaken, UnknownEmployer, UnknownLineManager, CircularLineManager.
    """
    await _check_references(db, given.get("employer_id"), given.get("line_manager_id"), reach)
    await _check_circle(db, person.id, given.get("line_manager_id"))
    await _check_external_id(db, person, given)
    await _change_email(db, person, given.pop("email", None), manages)
    if apply_changes(db, person, _merged(person, given, manages)):
        audit(db, by.subject, "change_person", "person", person.id)
    return person


def says_nothing_new(known: Any, given: dict[str, Any]) -> bool:
    """Whether `apply_given`, by who manages the person, would leave all as it is; `known` has the person's columns."""
    return not _different(known, _merged(known, given, manages=True))


def _merged(known: Any, given: dict[str, Any], manages: bool) -> dict[str, Any]:
    """What is given, with the attributes and sources that it leaves as they are."""
    values = given | {"sources": _merged_sources(known.sources, given, manages)}
    if given.get("attributes") is not None:
        merged = known.attributes | given["attributes"]
        values["attributes"] = {name: value for name, value in merged.items() if value is not None}
    return values


async def _check_external_id(db: AsyncSession, person: Person, given: dict[str, Any]) -> None:
    """What one employer calls somebody means nothing at another: it ends with the employer, unless another comes."""
    employer_id = given.get("employer_id", person.employer_id)
    if employer_id != person.employer_id:
        given.setdefault("external_id", None)
    wanted = given.get("external_id")
    if wanted is None or (wanted == person.external_id and employer_id == person.employer_id):
        return
    if await directory.person_by_external_id(db, employer_id, wanted) is not None:
        raise ExternalIdTaken()


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
    if given.get("external_id", person.external_id) != person.external_id:
        fields.append("external_id")
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
    different = _different(person, values)
    for name, value in different.items():
        setattr(person, name, value)
    if different:
        emit(db, PersonChanged(person_id=person.id))
    return bool(different)


def _different(known: Any, values: dict[str, Any]) -> dict[str, Any]:
    nullable = {"employer_id", "external_id", "line_manager_id", "line_manager_email"}
    return {
        name: value
        for name, value in values.items()
        if getattr(known, name) != value and (value is not None or name in nullable)
    }


def _within(reach: Reach) -> UUID | None:
    """The employer whose people alone an HR client knows; None for who knows others too."""
    return None if reach.everybody or reach.programmes or reach.inviting else reach.employer_id


async def _check_circle(db: AsyncSession, person_id: UUID, line_manager_id: UUID | None) -> None:
    """CircularLineManager where the person is above their line manager, or is them."""
    if line_manager_id is not None and person_id in await directory.managers_above(db, line_manager_id):
        raise CircularLineManager()


async def _check_references(
    db: AsyncSession, employer_id: UUID | None, line_manager_id: UUID | None, reach: Reach
) -> None:
    if employer_id is not None and not await directory.employer_exists(db, employer_id):
        raise UnknownEmployer()
    if line_manager_id is None:
        return
    if not await directory.known_people(db, {line_manager_id}, employed_by=_within(reach)):
        raise UnknownLineManager()
