"""Whom a caller sees and manages, and how much of each."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from enum import Enum
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_applications.directory import queries as directory
from mentoring_applications.directory.access import MANAGING, reach_of
from mentoring_applications.directory.models import Pairing, Person
from mentoring_applications.errors import NotYourPeople, PersonNotFound
from mentoring_applications.people import queries
from mentoring_applications.people.models import Invitation
from mentoring_common.auth import Principal
from mentoring_common.db import now, tenant_of
from mentoring_common.reading import Pages

INVITATION_DAYS: Final = 180
"""How long an invitation lets a team see what it wrote of somebody who has not applied."""


class Whole(Enum):
    """Somebody is seen whole: by who manages or is them, or by a team in whose programme they take part."""

    MANAGED = "managed"
    TAKING_PART = "taking_part"


class Part(Enum):
    """Somebody is seen by name alone: by who takes part in a programme whose concerns they take."""

    NAME = "name"


Sight = Pairing | Invitation | Whole | Part
"""How somebody is seen: whole, as a partner in a match, as the invitation says, or by name."""


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
        taking_part = await db.scalars(queries.ids_taking_part(ids, reach.programmes))
        found |= dict.fromkeys(taking_part, Whole.TAKING_PART)
    managed = (one.id for one in people if one.id == by.person or reach.covers(one.employer_id))
    found |= dict.fromkeys(managed, Whole.MANAGED)
    strangers = set(ids) - found.keys()
    if not strangers or by.person is None:
        return found
    named = await db.scalars(queries.taking_concerns_of(by.person, strangers, tenant_of(db)))
    return found | dict.fromkeys(named, Part.NAME)


async def people_seen(
    db: AsyncSession,
    by: Principal,
    *,
    email: str | None = None,
    ids: Collection[UUID] = (),
    external_id: str | None = None,
    name: str | None = None,
    updated_since: datetime | None = None,
) -> sa.Select[Person] | Pages:
    """The people whom the caller sees: with the address, among the ids, with the external id or this in their name,
    changed since then.

    NotYourPeople for a machine that reaches nobody, and for who asks for an external id and manages nobody.
    """
    reach = await reach_of(db, by)
    manages = reach.everybody or reach.employer_id is not None
    if not manages and (by.person is None or external_id is not None):
        raise NotYourPeople(needed=list(MANAGING))
    if reach.everybody and not (email or ids or external_id or name or updated_since):
        return directory.EVERYBODY
    rows = directory.people(ids)
    address = email.lower() if email is not None else None
    if external_id is not None:
        rows = directory.with_external_id(rows, external_id, None if reach.everybody else reach.employer_id)
    if reach.everybody:
        rows = rows if name is None else rows.where(queries.called(Person.name, name))
        return directory.changed_since(rows if address is None else rows.where(Person.email == address), updated_since)
    partners = await partners_of(db, by)
    return queries.people_within(
        rows, address, me=by.person, employer_id=reach.employer_id, partners=partners,
        programmes=reach.programmes, since=invited_since(db), name=name, updated_since=updated_since,
        named=queries.taking_concerns_of(by.person, ids, tenant_of(db))
        if by.person and ids and not (email or name)
        else None,
    )  # fmt: skip


async def ids_seen(
    db: AsyncSession, by: Principal, *, email: str | None = None, external_id: str | None = None
) -> list[UUID]:
    """The ids of those whom the caller sees with the address or the external id, at most fifty; as `people_seen`."""
    rows = await people_seen(db, by, email=email, external_id=external_id)
    assert not isinstance(rows, Pages)  # something is asked for
    return list((await db.scalars(rows.with_only_columns(Person.id).limit(50))).all())


async def managed_person(db: AsyncSession, person_id: UUID, by: Principal, *, locked: bool = False) -> Person:
    """A person whom the caller manages, or is; NotYourPeople if they only see them, else PersonNotFound."""
    person = await directory.person(db, person_id, locked=locked)
    if person.id == by.person or (await reach_of(db, by)).covers(person.employer_id):
        return person
    if person_id in await sights(db, [person], by):
        raise NotYourPeople(needed=list(MANAGING))
    raise PersonNotFound()


async def employed_person(db: AsyncSession, person_id: UUID, by: Principal) -> Person:
    """A person whom the caller manages, locked until the end of the transaction; NotYourPeople for themselves too."""
    person = await managed_person(db, person_id, by, locked=True)
    if not (await reach_of(db, by)).covers(person.employer_id):
        raise NotYourPeople(needed=list(MANAGING))
    return person


async def visible_person(db: AsyncSession, person_id: UUID, by: Principal) -> tuple[Any, Sight]:
    """A person whom the caller manages, is, has in a programme, was offered or invited, and how; PersonNotFound.

    To be read only.
    """
    person = await directory.person_row(db, person_id)
    seen = await sights(db, [person], by)
    if person_id not in seen:
        raise PersonNotFound()
    return person, seen[person_id]


async def erasable_person(db: AsyncSession, person_id: UUID, by: Principal, *, locked: bool = False) -> Person:
    """A person whom an admin, or they themselves, may erase; NotYourPeople for who only sees them, PersonNotFound."""
    await visible_person(db, person_id, by)
    if not by.is_admin and by.person != person_id:
        raise NotYourPeople(needed=["organisation:admin"])
    return await directory.person(db, person_id, locked=locked)


async def reached_person(db: AsyncSession, person_id: UUID, by: Principal) -> Person:
    """A person who can be given a role or applied for: one whom the caller manages, has in a programme or invited."""
    _, sight = await visible_person(db, person_id, by)
    if isinstance(sight, Pairing | Part):
        raise PersonNotFound()
    return await directory.person(db, person_id)


async def partners_of(db: AsyncSession, by: Principal) -> Mapping[UUID, Pairing]:
    """Whom the caller was offered as a match, by id; nobody for a machine."""
    me = by.person
    return await directory.pairings_of(db, me) if me is not None else {}
