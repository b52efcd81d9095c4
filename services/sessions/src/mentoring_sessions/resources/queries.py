"""Every SELECT of the library."""

from collections.abc import Collection, Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute, undefer

from mentoring_common.db import tenant_of
from mentoring_common.tables import scoped_roles
from mentoring_sessions.pair_clock.models import PairPhase
from mentoring_sessions.relationships.models import Member, Participant, Relationship
from mentoring_sessions.resources.models import Resource, ResourceFile, ResourceReading, ResourceVersion

_NOBODY = UUID(int=0)


def _for_a_role(role: sa.ColumnElement[str] | InstrumentedAttribute[str | None]) -> sa.ColumnElement[bool]:
    return sa.or_(sa.func.cardinality(Resource.roles) == 0, role == sa.any_(Resource.roles))


def _audience(db: AsyncSession, person_id: UUID | None = None) -> sa.Subquery:
    """(resource_id, person_id) of everybody whom a resource is for; of one person, if given."""
    r, p, held = Resource, Participant, scoped_roles.c
    accepted = sa.select(r.id.label("resource_id"), p.person_id.label("person_id"))
    accepted = accepted.join(p, sa.and_(p.tenant_id == r.tenant_id, p.programme_id == r.programme_id))
    # Of who was accepted before cohorts were kept none is known: they see what is for any.
    accepted = accepted.where(sa.or_(r.cohort_id.is_(None), p.cohort_id.is_(None), p.cohort_id == r.cohort_id))
    accepted = accepted.where(_for_a_role(p.side))
    side = sa.case((Member.leads, "mentor"), else_="mentee")
    matched = _of_pairs(sa.select(r.id, Member.person_id)).where(_for_a_role(side))
    matched = matched.where(sa.or_(r.cohort_id.is_(None), Relationship.cohort_id == r.cohort_id))
    in_role = sa.select(r.id, held.subject_id).join(scoped_roles, held.scope_id == r.programme_id)
    in_role = in_role.where(held.tenant_id == tenant_of(db), _for_a_role(held.role))
    if person_id is not None:
        accepted = accepted.where(p.person_id == person_id)
        matched = matched.where(Member.person_id == person_id)
        in_role = in_role.where(held.subject_id == person_id)
    return sa.union(accepted, matched, in_role).subquery()


def _of_pairs(rows: "sa.Select[UUID, UUID]") -> "sa.Select[UUID, UUID]":
    """Resources with those who are in a relationship of their programme."""
    here = (Relationship.tenant_id == Resource.tenant_id, Relationship.programme_id == Resource.programme_id)
    there = (Member.tenant_id == Relationship.tenant_id, Member.relationship_id == Relationship.id)
    return rows.join(Relationship, sa.and_(*here)).join(Member, sa.and_(*there)).where(Member.left_at.is_(None))


def _reached(person_id: sa.ColumnElement[UUID]) -> sa.ColumnElement[bool]:
    """Whether a pair of the person is in the phase of the resource, or was."""
    begun = sa.exists().where(
        PairPhase.tenant_id == Relationship.tenant_id, PairPhase.relationship_id == Relationship.id,
        PairPhase.phase == Resource.phase, PairPhase.begun_at.is_not(None),
    )  # fmt: skip
    pairs = sa.exists().where(
        Relationship.tenant_id == Resource.tenant_id, Relationship.programme_id == Resource.programme_id,
        Member.tenant_id == Relationship.tenant_id, Member.relationship_id == Relationship.id,
        Member.person_id == person_id, Member.left_at.is_(None),
        sa.or_(Relationship.phase == Resource.phase, begun),
    )  # fmt: skip
    return sa.or_(Resource.phase.is_(None), pairs)


def _named(person_id: sa.ColumnElement[UUID]) -> sa.ColumnElement[bool]:
    return sa.or_(sa.func.cardinality(Resource.invited) == 0, person_id == sa.any_(Resource.invited))


def resources(
    db: AsyncSession, programme_id: UUID, phase: str | None, *, person_id: UUID | None, every: bool
) -> sa.Select[Resource]:
    """What stands in a programme's library for a person, or (`every`) for anybody; of one phase, or all."""
    rows = sa.select(Resource).where(Resource.programme_id == programme_id, Resource.withdrawn_at.is_(None))
    rows = rows if phase is None else rows.where(Resource.phase == phase)
    return rows if every else rows.where(_is_for(db, person_id))


def _is_for(db: AsyncSession, person_id: UUID | None) -> sa.ColumnElement[bool]:
    me = person_id or _NOBODY
    mine, literal = _audience(db, me), sa.literal(me)
    return sa.and_(Resource.id.in_(sa.select(mine.c.resource_id)), _reached(literal), _named(literal))


async def is_for(db: AsyncSession, resource_id: UUID, person_id: UUID | None) -> bool:
    """Whether a resource stands and is for the person."""
    mine = sa.select(Resource.id).where(Resource.id == resource_id, Resource.withdrawn_at.is_(None))
    return await db.scalar(mine.where(_is_for(db, person_id))) is not None


async def people_to_tell(db: AsyncSession, told: ResourceVersion, limit: int) -> Sequence[UUID]:
    """The next people whom a version of a resource is told to, in order."""
    everybody = _audience(db)
    person = everybody.c.person_id
    rows = sa.select(person).join(Resource, Resource.id == everybody.c.resource_id)
    rows = rows.where(Resource.id == told.resource_id, _reached(person), _named(person))
    if told.told_after is not None:
        rows = rows.where(person > told.told_after)
    if told.tells == "readers":
        read = sa.select(ResourceReading.person_id).where(ResourceReading.resource_id == told.resource_id)
        rows = rows.where(person.in_(read))
    return (await db.scalars(rows.order_by(person).limit(limit))).all()


async def guides(db: AsyncSession, programme_id: UUID, phase: str | None, person_id: UUID) -> Sequence[Resource]:
    """The resources of a phase that are for a person."""
    if phase is None:
        return []
    return (await db.scalars(resources(db, programme_id, phase, person_id=person_id, every=False))).all()


async def resource_locked(db: AsyncSession, resource_id: UUID) -> Resource:
    """The resource, held until the commit, and read after it was had."""
    row = sa.select(Resource).where(Resource.id == resource_id).with_for_update(key_share=True)
    return (await db.scalars(row.execution_options(populate_existing=True))).one()


async def of_blueprint(db: AsyncSession, programme_id: UUID) -> dict[str, Resource]:
    """The resources that a programme's blueprint says or said, by their names there, held until the commit."""
    rows = sa.select(Resource).where(Resource.programme_id == programme_id, Resource.blueprint_id.is_not(None))
    found = await db.scalars(rows.with_for_update(key_share=True).execution_options(populate_existing=True))
    return {row.blueprint_id: row for row in found if row.blueprint_id is not None}


async def current(db: AsyncSession, rows: Collection[Resource]) -> dict[UUID, ResourceVersion]:
    """The versions that stand of resources, by the resource's id."""
    v = ResourceVersion
    mine = sa.select(v).join(Resource, sa.and_(Resource.tenant_id == v.tenant_id, Resource.id == v.resource_id))
    found = await db.scalars(mine.where(v.resource_id.in_([row.id for row in rows]), v.number == Resource.number))
    return {row.resource_id: row for row in found}


async def by_ids(db: AsyncSession, ids: Collection[UUID]) -> Sequence[Resource]:
    """Resources by id, of whatever programme."""
    return (await db.scalars(sa.select(Resource).where(Resource.id.in_(ids)))).all()


async def versions(db: AsyncSession, resource_id: UUID) -> Sequence[ResourceVersion]:
    """The versions of a resource, the newest first."""
    rows = sa.select(ResourceVersion).where(ResourceVersion.resource_id == resource_id)
    return (await db.scalars(rows.order_by(ResourceVersion.number.desc()))).all()


async def files(db: AsyncSession, ids: Collection[UUID]) -> dict[UUID, ResourceFile]:
    """Files by id, without what is in them."""
    rows = await db.scalars(sa.select(ResourceFile).where(ResourceFile.id.in_(ids))) if ids else ()
    return {row.id: row for row in rows}


async def file_with_content(db: AsyncSession, file_id: UUID) -> ResourceFile | None:
    """A file with what is in it."""
    return await db.scalar(
        sa.select(ResourceFile).where(ResourceFile.id == file_id).options(undefer(ResourceFile.content))
    )


async def own_readings(db: AsyncSession, person_id: UUID | None, ids: Collection[UUID]) -> dict[UUID, ResourceReading]:
    """What a person read of these resources."""
    rows = sa.select(ResourceReading).where(
        ResourceReading.person_id == (person_id or _NOBODY), ResourceReading.resource_id.in_(ids)
    )
    return {row.resource_id: row for row in await db.scalars(rows)}


async def readings(db: AsyncSession, ids: Collection[UUID]) -> dict[UUID, tuple[int, int]]:
    """How many people read these resources, in any version and in the one that stands."""
    g, r = ResourceReading, Resource
    newest = sa.func.count().filter(g.number == r.number)
    rows = sa.select(g.resource_id, sa.func.count(), newest)
    rows = rows.join(r, sa.and_(r.tenant_id == g.tenant_id, r.id == g.resource_id))
    found = await db.execute(rows.where(g.resource_id.in_(ids)).group_by(g.resource_id))
    return {id_: (read, read_newest) for id_, read, read_newest in found}
