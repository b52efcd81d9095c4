"""The SELECTs of organisations, employers, people, and who knows whom."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_applications.directory.models import Companion, Employer, Pairing, Person
from mentoring_applications.errors import PersonNotFound
from mentoring_applications.tables import one
from mentoring_common import reading
from mentoring_common.db import now, tenant_of


async def person(db: AsyncSession, person_id: UUID, *, locked: bool = False) -> Person:
    """The person; PersonNotFound. `locked` until the end of the transaction."""
    rows = sa.select(Person).where(Person.id == person_id)
    return await one(db, rows, PersonNotFound, lock="own" if locked else "none")


_PERSON = reading.by_id(Person)
EVERYBODY = reading.page_of(Person)


async def person_row(db: AsyncSession, person_id: UUID) -> Any:
    """What is known of the person, to be read only; PersonNotFound."""
    found = await _PERSON.first(db, id=person_id)
    if found is None:
        raise PersonNotFound()
    return found


async def email_is_taken(db: AsyncSession, email: str) -> bool:
    """Whether somebody has the address."""
    return await db.scalar(sa.select(Person.id).where(Person.email == email)) is not None


async def person_exists(db: AsyncSession, person_id: UUID) -> bool:
    """Whether there is such a person."""
    return await db.scalar(sa.select(Person.id).where(Person.id == person_id)) is not None


async def employer_name(db: AsyncSession, employer_id: UUID | None) -> str | None:
    """The name of an employer; None without one."""
    if employer_id is None:
        return None
    return await db.scalar(sa.select(Employer.name).where(Employer.id == employer_id))


async def employer_by_key(db: AsyncSession, name_key: str) -> Employer | None:
    """The employer whose name compares equal."""
    return await db.scalar(sa.select(Employer).where(Employer.name_key == name_key))


async def known_employers(db: AsyncSession, employer_ids: Collection[UUID]) -> set[UUID]:
    """Those of the ids that employers have."""
    rows = sa.select(Employer.id).where(Employer.id.in_(employer_ids))
    return set(await db.scalars(rows)) if employer_ids else set()


async def known_people(db: AsyncSession, person_ids: Collection[UUID], *, employed_by: UUID | None = None) -> set[UUID]:
    """Those of the ids that people have, or people of the employer."""
    rows = sa.select(Person.id).where(Person.id.in_(person_ids))
    rows = rows if employed_by is None else rows.where(Person.employer_id == employed_by)
    return set(await db.scalars(rows)) if person_ids else set()


async def employer_exists(db: AsyncSession, employer_id: UUID) -> bool:
    """Whether there is such an employer."""
    return await db.scalar(sa.select(Employer.id).where(Employer.id == employer_id)) is not None


def employers(only: UUID | None = None) -> sa.Select[Employer]:
    """Every employer, or one."""
    rows = sa.select(Employer)
    return rows if only is None else rows.where(Employer.id == only)


def people(ids: Collection[UUID] = ()) -> sa.Select[Person]:
    """Everybody, or who is among the ids."""
    rows = sa.select(Person)
    return rows.where(Person.id.in_(ids)) if ids else rows


_PEOPLE = reading.by_ids(Person)


async def people_of(db: AsyncSession, ids: Collection[UUID]) -> Mapping[UUID, Person]:
    """Who is among the ids, by id, to be read only."""
    return {row.id: row for row in await _PEOPLE.all(db, ids=list(ids))}


def with_external_id(rows: sa.Select[Person], external_id: str, employer_id: UUID | None) -> sa.Select[Person]:
    """Those whom an employer, or any, calls so."""
    found = rows.where(Person.external_id == external_id)
    return found if employer_id is None else found.where(Person.employer_id == employer_id)


async def person_by_external_id(
    db: AsyncSession, employer_id: UUID | None, external_id: str, *, locked: bool = False
) -> Person | None:
    """Whom the employer calls so (without one: the organisation); `locked` until the end of the transaction."""
    # Not IS NOT DISTINCT FROM, for which PostgreSQL reads everybody.
    rows = sa.select(Person).where(Person.employer_id == employer_id, Person.external_id == external_id)
    return await db.scalar(rows.with_for_update(key_share=True) if locked else rows)


async def hold_external_id(db: AsyncSession, employer_id: UUID | None, external_id: str) -> None:
    """Nobody else makes known or changes whom the employer calls so, until the end of the transaction."""
    all_, one_ = _key(db, "external-ids", employer_id), _key(db, "external-id", employer_id, external_id)
    await db.execute(sa.select(sa.func.pg_advisory_xact_lock_shared(all_), sa.func.pg_advisory_xact_lock(one_)))


async def hold_external_ids(db: AsyncSession, employer_id: UUID | None) -> None:
    """As `hold_external_id`, for whatever the employer calls anybody: one lock, however many rows there are."""
    await db.execute(sa.select(sa.func.pg_advisory_xact_lock(_key(db, "external-ids", employer_id))))


async def hold_line_managers(db: AsyncSession) -> None:
    """Nobody else says who manages whom until the end of the transaction: two could make a circle that neither sees.

    To be called before any person is locked, or two would wait for each other.
    """
    await db.execute(sa.select(sa.func.pg_advisory_xact_lock(_key(db, "line-managers"))))


def _key(db: AsyncSession, *parts: object) -> sa.ColumnElement[int]:
    return sa.func.hashtextextended("/".join(map(str, (tenant_of(db), *parts))), 0)


async def known_by_number(
    db: AsyncSession, employer_id: UUID | None, external_ids: Collection[str]
) -> dict[str, sa.Row[Any]]:
    """Whom the employer calls by these numbers, as they are now: their columns, not their objects."""
    rows = sa.select(*Person.__table__.columns)
    rows = rows.where(Person.employer_id == employer_id, Person.external_id.in_(external_ids))
    return {row.external_id: row for row in await db.execute(rows)} if external_ids else {}


async def managers_above(db: AsyncSession, person_id: UUID) -> set[UUID]:
    """The person, their line manager, that one's, and so on."""
    above = sa.select(Person.id, Person.line_manager_id).where(Person.id == person_id).cte(recursive=True)
    following = sa.select(Person.id, Person.line_manager_id).where(Person.id == above.c.line_manager_id)
    rows = above.union(following.where(Person.tenant_id == tenant_of(db)))
    return set(await db.scalars(sa.select(rows.c.id)))


def changed_since(rows: sa.Select[Person], moment: datetime | None) -> sa.Select[Person]:
    """Those who were made or changed at the moment or later; all without one."""
    return rows if moment is None else rows.where(Person.updated_at >= moment)


async def taken_emails(db: AsyncSession, emails: Collection[str]) -> set[str]:
    """Those of the addresses that somebody has."""
    return set(await db.scalars(sa.select(Person.email).where(Person.email.in_(emails)))) if emails else set()


async def person_by_email(db: AsyncSession, email: str) -> Person | None:
    """Who has the address."""
    return await db.scalar(sa.select(Person).where(Person.email == email))


async def pairings_of(db: AsyncSession, me: UUID) -> Mapping[UUID, Pairing]:
    """Whom a person was offered, or is in a group with, by id; a confirmed match before others."""
    rows = sa.select(Pairing).where(sa.or_(Pairing.mentor_id == me, Pairing.mentee_id == me))
    found = [*await db.scalars(rows), *await _companions_of(db, me)]
    ordered = sorted(found, key=lambda pairing: (pairing.confirmed, pairing.id))
    return {pairing.mentee_id if pairing.mentor_id == me else pairing.mentor_id: pairing for pairing in ordered}


async def _companions_of(db: AsyncSession, me: UUID) -> Sequence[Pairing]:
    """Each of one's groups as pairings with the others in it."""
    mine, other = sa.orm.aliased(Companion), sa.orm.aliased(Companion)
    present = [sa.or_(one.until.is_(None), one.until > now(db)) for one in (mine, other)]
    together = sa.and_(other.tenant_id == mine.tenant_id, other.group_id == mine.group_id, other.person_id != me)
    rows = sa.select(other.id, other.person_id, sa.and_(mine.joined, other.joined)).join(mine, together)
    found = await db.execute(rows.where(mine.person_id == me, *present))
    return [Pairing(id=id_, mentor_id=me, mentee_id=person, confirmed=both) for id_, person, both in found]


async def is_employed(db: AsyncSession, person_id: UUID, employer_id: UUID) -> bool:
    """Whether the person works for the employer."""
    rows = sa.select(Person.id).where(Person.id == person_id, Person.employer_id == employer_id)
    return await db.scalar(rows) is not None


async def is_offered(db: AsyncSession, person_id: UUID) -> bool:
    """Whether the person was offered a match that is not confirmed."""
    rows = sa.select(Pairing.id).where(sa.or_(Pairing.mentor_id == person_id, Pairing.mentee_id == person_id))
    return await db.scalar(rows.where(~Pairing.confirmed).limit(1)) is not None


async def profiles(db: AsyncSession, person_ids: Collection[UUID]) -> Sequence[sa.Row[Person, UUID | None]]:
    """People and their line manager's id, also of one who is known by address only."""
    rows = sa.select(Person, line_manager_id()).where(Person.id.in_(person_ids)).order_by(Person.id)
    return (await db.execute(rows)).all()


def line_manager_id() -> sa.ColumnElement[UUID | None]:
    manager = sa.alias(Person.__table__)
    by_email = sa.select(manager.c.id).where(
        manager.c.tenant_id == Person.tenant_id, manager.c.email == Person.line_manager_email
    )
    return sa.func.coalesce(Person.line_manager_id, by_email.scalar_subquery())
