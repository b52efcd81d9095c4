"""Who may nominate whom, as the programme says."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_applications.directory import queries as directory
from mentoring_applications.directory.models import Person
from mentoring_applications.errors import NominationsNotTaken, NominatorIsOneself, NominatorNeeded, NominatorNotAllowed
from mentoring_applications.nominations.schemas import Named
from mentoring_applications.programmes import queries as programmes
from mentoring_contracts.blueprint import Blueprint
from mentoring_contracts.blueprint.nominations import Nominations


@dataclass(frozen=True, slots=True)
class Nominator:
    """Who stands behind somebody: a person, or a name and an address; an HR system has its employer alone."""

    id: UUID | None
    name: str | None
    email: str | None
    employer_id: UUID | None = None


def terms(plan: Blueprint, role: str) -> Nominations:
    """What the programme says of nominations for a role; NominationsNotTaken."""
    if plan.nominations is None or role not in plan.nominations.roles:
        raise NominationsNotTaken()
    return plan.nominations


def asks_for_one(plan: Blueprint, role: str) -> bool:
    """Whether applications of the role wait for an endorsement."""
    return plan.nominations is not None and role in plan.nominations.roles


async def named_by(
    db: AsyncSession, programme_id: UUID, said: Nominations, person: Person, named: Named | None
) -> Nominator:
    """Whom an applicant asks; their line manager where they name nobody, or HR where line managers are not asked.

    NominatorNeeded, NominatorIsOneself, NominatorNotAllowed.
    """
    if named is not None and named.hr:
        if "hr" not in said.by:
            raise NominatorNotAllowed(by=said.by)
        return await _hr(db, person)
    manager = await _line_manager(db, person)
    if named is None or named.email is None:
        if "line_manager" not in said.by and "hr" in said.by:
            return await _hr(db, person)
        if "line_manager" not in said.by or manager is None:
            raise NominatorNeeded()
        return manager
    email = named.email.lower()
    if email == person.email:
        raise NominatorIsOneself()
    known = await directory.person_by_email(db, email)
    asked = Nominator(known.id if known else None, named.name, email)
    if "named" in said.by or ("line_manager" in said.by and manager is not None and manager.email == email):
        return asked
    if "role" in said.by and known and await programmes.holds_right(db, programme_id, known.id, "nominate"):
        return asked
    raise NominatorNotAllowed(by=said.by)


async def _hr(db: AsyncSession, person: Person) -> Nominator:
    """The HR system of the person's employer, which hears of it by the changes and its list; NominatorNeeded."""
    if person.employer_id is None:
        raise NominatorNeeded()
    return Nominator(None, await directory.employer_name(db, person.employer_id), None, person.employer_id)


async def _line_manager(db: AsyncSession, person: Person) -> Nominator | None:
    if person.line_manager_id is not None:
        manager = await directory.person(db, person.line_manager_id)
        return Nominator(manager.id, manager.name, manager.email)
    if person.line_manager_email is None:
        return None
    known = await directory.person_by_email(db, person.line_manager_email)
    return Nominator(known.id if known else None, known.name if known else None, person.line_manager_email)


async def manages(db: AsyncSession, me: UUID, person: Person) -> bool:
    """Whether the person says, or HR says, that I am their line manager."""
    if person.line_manager_id is not None:
        return person.line_manager_id == me
    own = await directory.person(db, me)
    return person.line_manager_email == own.email
