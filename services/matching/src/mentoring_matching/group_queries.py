"""The SELECTs of groups: who was offered a place in them, and who is in them."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common import roles
from mentoring_common.auth import Principal
from mentoring_common.db import tenant_of
from mentoring_common.tables import scoped_roles
from mentoring_contracts.blueprint.formats import Kind, kinds_of
from mentoring_matching import queries
from mentoring_matching.errors import ArrangementNotFound, GroupNotFound, KindUnknown, NotYourGroup
from mentoring_matching.lifecycle import LIVE
from mentoring_matching.models import Arrangement, Group, GroupMember, Match, PoolMember

PRESENT = ("invited", "joined")


async def kinds(db: AsyncSession, programme_id: UUID) -> dict[str, Kind]:
    """The kinds of relationship of a programme, by id; ProgrammeNotFound."""
    return kinds_of({"formats": (await queries.programme(db, programme_id)).formats})


async def kind(db: AsyncSession, programme_id: UUID, id_: str) -> Kind:
    """One kind of relationship of a programme; KindUnknown."""
    known = await kinds(db, programme_id)
    if id_ not in known:
        raise KindUnknown(f"known are {', '.join(known)}", known=sorted(known))
    return known[id_]


def visible_groups(caller: Principal, tenant: UUID) -> sa.Select[Group]:
    """The groups the caller may see: those they were offered a place in, those of programmes they lead, or all."""
    rows, person_id = sa.select(Group), caller.person
    if caller.is_admin:
        return rows
    if person_id is None:
        return rows.where(sa.false())
    led = roles.scopes_with(tenant, person_id, *queries.TEAM)
    return rows.where(sa.or_(_has_member(person_id), Group.programme_id.in_(led)))


def own_groups(caller: Principal) -> sa.Select[Group]:
    """The caller's own groups; none of a machine."""
    person_id = caller.person
    return sa.select(Group).where(sa.false()) if person_id is None else groups_of(person_id)


async def has_part(db: AsyncSession, programme_id: UUID, caller: Principal) -> bool:
    """Whether the caller is in a pool of the programme, or holds a role in it."""
    person_id = caller.person
    return person_id is not None and bool(await people_of_programme(db, programme_id, [person_id]))


def groups_of(person_id: UUID) -> sa.Select[Group]:
    """The groups in which a person was offered a place."""
    return sa.select(Group).where(_has_member(person_id))


def _has_member(person_id: UUID) -> sa.ColumnElement[bool]:
    mine = (GroupMember.tenant_id == Group.tenant_id, GroupMember.group_id == Group.id)
    return sa.exists().where(*mine, GroupMember.person_id == person_id)


def with_member(rows: sa.Select[Group], person_id: UUID) -> sa.Select[Group]:
    """Those of the groups in which the person was offered a place."""
    return rows.where(_has_member(person_id))


async def visible_group(db: AsyncSession, caller: Principal, group_id: UUID) -> Group:
    """One group the caller may see; GroupNotFound otherwise."""
    this = visible_groups(caller, tenant_of(db)).where(Group.id == group_id)
    found = await db.scalar(this.execution_options(populate_existing=True))
    if found is None:
        raise GroupNotFound()
    return found


async def group_locked(db: AsyncSession, group_id: UUID) -> Group:
    """The group, held until the commit by whoever announces a change of it, and read after it was had."""
    this = sa.select(Group).where(Group.id == group_id).with_for_update()
    return (await db.scalars(this.execution_options(populate_existing=True))).one()


async def known_group(db: AsyncSession, group_id: UUID) -> Group | None:
    """The group of this id, None if it is that of a match."""
    return await db.scalar(sa.select(Group).where(Group.id == group_id))


async def groups_with_offers(db: AsyncSession, programme_id: UUID) -> Sequence[Group]:
    """The groups of a programme that do not stand yet, or in which somebody has not answered the offer of a place."""
    open_ = sa.select(GroupMember.group_id).where(GroupMember.state == "invited")
    wanted = sa.or_(Group.state == "offered", sa.and_(Group.state == "standing", Group.id.in_(open_)))
    rows = sa.select(Group).where(Group.programme_id == programme_id, wanted).order_by(Group.id)
    return (await db.scalars(rows.execution_options(populate_existing=True))).all()


async def members(db: AsyncSession, group_ids: Iterable[UUID]) -> Mapping[UUID, list[GroupMember]]:
    """The people of groups as they stand now, by group, in the order in which they were offered their places."""
    rows = sa.select(GroupMember).where(GroupMember.group_id.in_(list(group_ids)))
    found: dict[UUID, list[GroupMember]] = {}
    ordered = rows.order_by(GroupMember.leads.desc(), GroupMember.id).execution_options(populate_existing=True)
    for member in await db.scalars(ordered):
        found.setdefault(member.group_id, []).append(member)
    return found


async def place_of(db: AsyncSession, group_id: UUID, person_id: UUID | None) -> GroupMember:
    """The person's latest place in the group; NotYourGroup without one."""
    mine = sa.select(GroupMember).where(GroupMember.group_id == group_id, GroupMember.person_id == person_id)
    found = await db.scalar(mine.order_by(GroupMember.id.desc()).limit(1).execution_options(populate_existing=True))
    if found is None:
        raise NotYourGroup()
    return found


async def lead(db: AsyncSession, group_id: UUID) -> GroupMember | None:
    """Who leads the group, or was offered to; None where all are equals."""
    this = (GroupMember.group_id == group_id, GroupMember.leads, GroupMember.state.in_(PRESENT))
    return await db.scalar(sa.select(GroupMember).where(*this).execution_options(populate_existing=True))


async def places_of_person(
    db: AsyncSession, person_id: UUID, programme_id: UUID | None = None
) -> Sequence[GroupMember]:
    """The places in groups that a person has or was offered, in one programme or in all."""
    rows = sa.select(GroupMember).where(GroupMember.person_id == person_id, GroupMember.state.in_(PRESENT))
    if programme_id is not None:
        here = sa.select(Group.id).where(Group.programme_id == programme_id)
        rows = rows.where(GroupMember.group_id.in_(here))
    return (await db.scalars(rows.order_by(GroupMember.id))).all()


async def live_matches(db: AsyncSession, group_id: UUID) -> Sequence[Match]:
    """The offers and confirmed matches of a group, locked in a fixed order."""
    rows = sa.select(Match).where(Match.group_id == group_id, Match.state.in_(LIVE)).order_by(Match.id)
    return (await db.scalars(rows.with_for_update().execution_options(populate_existing=True))).all()


async def open_group_of(db: AsyncSession, cohort_id: UUID, kind_id: str, lead_id: UUID) -> Group | None:
    """The latest group of the kind that the person leads, or was offered to lead, in a cohort."""
    rows = sa.select(Group).where(Group.cohort_id == cohort_id, Group.kind == kind_id)
    led = sa.exists().where(
        GroupMember.tenant_id == Group.tenant_id,
        GroupMember.group_id == Group.id,
        GroupMember.leads,
        GroupMember.person_id == lead_id,
        GroupMember.state.in_(PRESENT),
    )
    open_ = rows.where(led, Group.state.in_(("offered", "standing")))
    return await db.scalar(open_.order_by(Group.id.desc()).limit(1))


async def groups_that_stood(
    db: AsyncSession, cohort_id: UUID, kind_id: str, people: Collection[UUID]
) -> Sequence[Group]:
    """The groups of a cohort that came into the system standing, of exactly these people as it came, the newest first.

    Who was invited later has another `expires_at`.
    """
    came = sa.select(sa.func.array_agg(GroupMember.person_id)).where(
        GroupMember.group_id == Group.id, GroupMember.expires_at == Group.offered_at
    )
    rows = sa.select(Group, came.scalar_subquery()).where(
        Group.cohort_id == cohort_id, Group.kind == kind_id, Group.starts_on.is_not(None)
    )
    found = (await db.execute(rows.order_by(Group.id.desc()))).all()
    return [group for group, members in found if set(members or ()) == set(people)]


async def people_of_programme(db: AsyncSession, programme_id: UUID, people: Collection[UUID]) -> set[UUID]:
    """Those of the people who are in a pool of the programme, or hold a role in it."""
    c = scoped_roles.c
    held = sa.select(c.subject_id).where(c.tenant_id == tenant_of(db), c.scope_id == programme_id)
    pool = sa.select(PoolMember.person_id).where(
        PoolMember.programme_id == programme_id, PoolMember.state != "withdrawn", PoolMember.person_id.in_(people)
    )
    return set((await db.scalars(sa.union(held.where(c.subject_id.in_(people)), pool))).all())


async def stays_in_programme(db: AsyncSession, programme_id: UUID, person_id: UUID, beside: UUID) -> bool:
    """Whether the person has a part in the programme by something else than one pool member."""
    other = sa.select(PoolMember.id).where(
        PoolMember.programme_id == programme_id,
        PoolMember.person_id == person_id,
        PoolMember.state != "withdrawn",
        PoolMember.id != beside,
    )
    c = scoped_roles.c
    held = sa.select(c.role).where(c.tenant_id == tenant_of(db), c.scope_id == programme_id, c.subject_id == person_id)
    return await db.scalar(sa.select(sa.or_(sa.exists(other), sa.exists(held)))) or False


async def arrangement(db: AsyncSession, cohort_id: UUID, arrangement_id: UUID) -> Arrangement:
    """Buddy pairs or groups that were worked out for a cohort; ArrangementNotFound."""
    rows = sa.select(Arrangement).where(Arrangement.id == arrangement_id, Arrangement.cohort_id == cohort_id)
    found = await db.scalar(rows)
    if found is None:
        raise ArrangementNotFound()
    return found
