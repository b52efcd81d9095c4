"""Who may do what here, beyond the scopes of the token (which the routes check)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_applications import queries
from mentoring_applications.errors import ApplicationNotFound, NotYourPeople, PersonNotFound
from mentoring_applications.models import Application, Invitation, Pairing, Person
from mentoring_applications.queries import TEAM
from mentoring_common.auth import Principal
from mentoring_common.db import now
from mentoring_common.reading import Reading
from mentoring_common.roles import RoleNeeded, require_part, require_role, roles_of


def person_of(by: Principal) -> UUID | None:
    """The caller's id if it is a person's."""
    try:
        return UUID(by.subject)
    except ValueError:
        return None


MANAGING: Final = ("hr:provision", "organisation:admin")
"""The scopes that let a caller change people: an employer's own, and everybody."""

INVITATION_DAYS: Final = 180
"""How long an invitation lets a team see what it wrote of somebody who has not applied."""

Sight = Pairing | Invitation | None
"""How somebody is seen: whole (None), as a partner in a match, or as the invitation says."""


@dataclass(frozen=True, slots=True)
class Reach:
    """Whose people a caller manages (everybody's, those of one employer), and in whose programmes' teams they are.

    A team reads people who take part in its programmes, and of those whom it invited what it wrote itself.
    """

    everybody: bool
    employer_id: UUID | None = None
    programmes: tuple[UUID, ...] = ()

    def covers(self, employer_id: UUID | None) -> bool:
        """Whether the caller manages people of the employer."""
        return self.everybody or (self.employer_id is not None and self.employer_id == employer_id)


async def reach_of(db: AsyncSession, by: Principal) -> Reach:
    """An organisation's admin manages everybody, an HR client its own employer's people; teams have programmes."""
    me = person_of(by)
    programmes = () if by.is_admin or me is None else tuple(await queries.team_programmes(db, me))
    employer_id = by.employer if "hr:provision" in by.scopes else None
    return Reach(by.is_admin, employer_id, programmes)


def invited_since(db: AsyncSession) -> datetime:
    """Invitations after this moment stand."""
    return now(db) - timedelta(days=INVITATION_DAYS)


async def sights(db: AsyncSession, people: Collection[Person], by: Principal) -> dict[UUID, Sight]:
    """How the caller sees each of these people; those whom they do not see are left out."""
    reach, ids = await reach_of(db, by), [person.id for person in people]
    found: dict[UUID, Sight] = {}
    if reach.programmes:
        standing = queries.invitations(reach.programmes, invited_since(db)).where(Invitation.person_id.in_(ids))
        found |= {invitation.person_id: invitation for invitation in await db.scalars(standing)}
    partners = {} if reach.everybody else await partners_of(db, by)
    found |= {id_: partners[id_] for id_ in ids if id_ in partners}
    if reach.programmes:
        found |= dict.fromkeys(await db.scalars(queries.ids_taking_part(ids, reach.programmes)))
    me = person_of(by)
    return found | dict.fromkeys(p.id for p in people if p.id == me or reach.covers(p.employer_id))


async def people_seen(
    db: AsyncSession, by: Principal, email: str | None, ids: Collection[UUID]
) -> sa.Select[Person] | Reading:
    """The people whom the caller sees, those with the address and among the ids."""
    reach = await reach_of(db, by)
    if person_of(by) is None and not reach.everybody and reach.employer_id is None:
        raise NotYourPeople(needed=list(MANAGING))  # a machine that reaches nobody
    if reach.everybody and email is None and not ids:
        return queries.EVERYBODY
    rows = queries.people(ids)
    address = email.lower() if email is not None else None
    if reach.everybody:
        return rows if address is None else rows.where(Person.email == address)
    partners = await partners_of(db, by)
    return queries.people_within(
        rows, address, me=person_of(by), employer_id=reach.employer_id, partners=partners,
        programmes=reach.programmes, since=invited_since(db),
    )  # fmt: skip


async def managed_person(db: AsyncSession, person_id: UUID, by: Principal, *, locked: bool = False) -> Person:
    """A person whom the caller manages, or is; NotYourPeople if they only see them, else PersonNotFound."""
    person = await queries.person(db, person_id, locked=locked)
    if person.id == person_of(by) or (await reach_of(db, by)).covers(person.employer_id):
        return person
    if person_id in await sights(db, [person], by):
        raise NotYourPeople(needed=list(MANAGING))
    raise PersonNotFound()


async def visible_person(db: AsyncSession, person_id: UUID, by: Principal) -> tuple[Any, Sight]:
    """A person whom the caller manages, is, has in a programme, was offered or invited, and how; PersonNotFound.

    To be read only.
    """
    person = await queries.person_row(db, person_id)
    seen = await sights(db, [person], by)
    if person_id not in seen:
        raise PersonNotFound()
    return person, seen[person_id]


async def erasable_person(db: AsyncSession, person_id: UUID, by: Principal, *, locked: bool = False) -> Person:
    """A person whom an admin, or they themselves, may erase; NotYourPeople for who only sees them, PersonNotFound."""
    await visible_person(db, person_id, by)
    if not by.is_admin and person_of(by) != person_id:
        raise NotYourPeople(needed=["organisation:admin"])
    return await queries.person(db, person_id, locked=locked)


async def reached_person(db: AsyncSession, person_id: UUID, by: Principal) -> Person:
    """A person who can be given a role or applied for: one whom the caller manages, has in a programme or invited."""
    _, sight = await visible_person(db, person_id, by)
    if isinstance(sight, Pairing):
        raise PersonNotFound()
    return await queries.person(db, person_id)


async def partners_of(db: AsyncSession, by: Principal) -> Mapping[UUID, Pairing]:
    """Whom the caller was offered as a match, by id; nobody for a machine."""
    me = person_of(by)
    return await queries.pairings_of(db, me) if me is not None else {}


async def require_team(db: AsyncSession, by: Principal, programme_id: UUID) -> None:
    """RoleNeeded unless the caller is of the programme's team or administers the organisation."""
    await require_role(db, by, programme_id, *TEAM)


async def is_team(db: AsyncSession, by: Principal, programme_id: UUID) -> bool:
    """Whether the caller is of the programme's team or administers the organisation."""
    return by.is_admin or bool(await roles_of(db, by, programme_id) & frozenset(TEAM))


async def visible_application(db: AsyncSession, application_id: UUID, by: Principal) -> Application:
    """One's own application, or one of a programme in whose team one is; ApplicationNotFound otherwise."""
    application = await queries.application(db, application_id)
    if application.person_id is None:  # erased: nothing but a count
        raise ApplicationNotFound()
    if application.person_id != person_of(by) and not await is_team(db, by, application.programme_id):
        if await employs(db, by, application.person_id):
            raise RoleNeeded(needed=sorted(TEAM))
        raise ApplicationNotFound()
    return application


async def readable_application(db: AsyncSession, application_id: UUID, by: Principal) -> Application:
    """As `visible_application`; an HR client reads its employees' too, without what was written on them."""
    application = await queries.application(db, application_id)
    if application.person_id is not None and await employs(db, by, application.person_id):
        return application
    return await visible_application(db, application_id, by)


async def employs(db: AsyncSession, by: Principal, person_id: UUID) -> bool:
    """Whether the caller is the HR client of the person's employer."""
    return by.employer is not None and await queries.is_employed(db, person_id, by.employer)


async def applications_seen(
    db: AsyncSession, by: Principal, *, cohort_id: UUID | None, **filters: Any
) -> sa.Select[Application]:
    """One's own applications, those of one's programmes, an HR client's employees'; RoleNeeded for what is others'."""
    rows = queries.applications(cohort_id=cohort_id, **filters)
    if by.is_admin:
        return rows
    me, programme_id = person_of(by), filters["programme_id"]
    seen = queries.visible(rows, me, await visible_programmes(db, by), by.employer)
    if me is None and by.employer is None:
        raise RoleNeeded(needed=sorted(TEAM))
    if programme_id is None and cohort_id is not None:
        programme_id = await queries.programme_of_cohort(db, cohort_id) or cohort_id
    asks_for_others = programme_id is not None or filters["person_id"] is not None
    if asks_for_others and (me is None or filters["person_id"] != me):
        asked = {"cohort_id": cohort_id, "person_id": filters["person_id"], "programme_id": filters["programme_id"]}
        own = queries.visible(queries.applications(**asked), me, (), by.employer)
        await require_part(db, by, programme_id, TEAM, own)
    return seen


async def team_application(db: AsyncSession, application_id: UUID, by: Principal) -> Application:
    """An application that the caller decides on; ApplicationNotFound for a stranger's, RoleNeeded for one's own."""
    application = await visible_application(db, application_id, by)
    await require_team(db, by, application.programme_id)
    return application


async def visible_programmes(db: AsyncSession, by: Principal) -> Collection[UUID]:
    """The programmes in whose team the caller is."""
    me = person_of(by)
    return await queries.team_programmes(db, me) if me is not None else ()
