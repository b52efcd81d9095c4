"""The SELECTs of programmes, their rounds and roles."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_applications.errors import CohortNotFound, ProgrammeClosed, ProgrammeNotFound, RoleNotFound
from mentoring_applications.programmes.models import Cohort, Programme, ProgrammeRole
from mentoring_applications.tables import one
from mentoring_common import reading, roles
from mentoring_common.db import tenant_of
from mentoring_common.errors import NotFound
from mentoring_common.tables import scoped_roles
from mentoring_contracts.rights import Right

TEAM: Right = "decide_applications"
# Whoever has one of these runs the programme.
RUNS: tuple[Right, ...] = ("manage_programme", "plan_cohorts", TEAM, "match_people")
# Whoever has one of these has to know whom the programme is about.
SEES_PEOPLE: tuple[Right, ...] = (TEAM, "match_people", "read_relationships", "take_concerns", "take_safeguarding")


async def programme(db: AsyncSession, programme_id: UUID) -> Programme:
    """The programme; ProgrammeNotFound."""
    return await one(db, sa.select(Programme).where(Programme.id == programme_id), ProgrammeNotFound)


async def open_programme(db: AsyncSession, programme_id: UUID) -> Programme:
    """The programme, which nobody closes until the end of the transaction; ProgrammeNotFound, ProgrammeClosed.

    To be asked for before a cohort is held: whoever closes a programme goes on to its cohorts.
    """
    rows = sa.select(Programme).where(Programme.id == programme_id)
    found = await one(db, rows, ProgrammeNotFound, lock="shared")
    if found.closed_at is not None:
        raise ProgrammeClosed()
    return found


_PROGRAMMES, _COHORTS_AMONG = reading.by_ids(Programme), reading.by_ids(Cohort)


async def programmes_of(db: AsyncSession, ids: Collection[UUID]) -> Mapping[UUID, Programme]:
    """The programmes among the ids, by id, to be read only."""
    return {row.id: row for row in await _PROGRAMMES.all(db, ids=list(ids))}


async def cohorts_of(db: AsyncSession, ids: Collection[UUID]) -> Mapping[UUID, Cohort]:
    """The cohorts among the ids, by id, to be read only."""
    return {row.id: row for row in await _COHORTS_AMONG.all(db, ids=list(ids))}


_PROGRAMME, _COHORT = reading.by_id(Programme), reading.by_id(Cohort)
EVERY_PROGRAMME = reading.page_of(Programme)


async def programme_row(db: AsyncSession, programme_id: UUID) -> Any:
    """What is known of the programme, to be read only; ProgrammeNotFound."""
    return await _found(db, _PROGRAMME, programme_id, ProgrammeNotFound)


async def cohort_row(db: AsyncSession, cohort_id: UUID) -> Any:
    """What is known of the cohort, to be read only; CohortNotFound."""
    return await _found(db, _COHORT, cohort_id, CohortNotFound)


async def _found(db: AsyncSession, rows: reading.Reading, id_: UUID, missing: type[NotFound]) -> Any:
    found = await rows.first(db, id=id_)
    if found is None:
        raise missing()
    return found


async def cohort(db: AsyncSession, cohort_id: UUID, *, shared: bool = False) -> Cohort:
    """The cohort; CohortNotFound. `shared` keeps others from changing it until the end of the transaction."""
    rows = sa.select(Cohort).where(Cohort.id == cohort_id)
    return await one(db, rows, CohortNotFound, lock="shared" if shared else "none")


async def role(db: AsyncSession, role_id: UUID) -> ProgrammeRole:
    """The role of a person in a programme; RoleNotFound."""
    return await one(db, sa.select(ProgrammeRole).where(ProgrammeRole.id == role_id), RoleNotFound)


async def role_if_held(db: AsyncSession, role_id: UUID) -> ProgrammeRole | None:
    """The role of a person in a programme; None once it was taken back."""
    return await db.scalar(sa.select(ProgrammeRole).where(ProgrammeRole.id == role_id))


def programme_roles(programme_id: UUID) -> sa.Select[ProgrammeRole]:
    """The roles held in a programme."""
    return sa.select(ProgrammeRole).where(ProgrammeRole.programme_id == programme_id)


async def roles_of_person(db: AsyncSession, person_id: UUID) -> Sequence[ProgrammeRole]:
    """The roles a person holds."""
    return (await db.scalars(sa.select(ProgrammeRole).where(ProgrammeRole.person_id == person_id))).all()


_ROLES_OF_PERSON = reading.of(ProgrammeRole, ProgrammeRole.person_id == sa.bindparam("person"))


async def role_rows(db: AsyncSession, person_id: UUID) -> Sequence[Any]:
    """The roles a person holds, to be read only."""
    return await _ROLES_OF_PERSON.all(db, person=person_id)


def _programmes_with(*rights: Right) -> reading.Reading:
    c = scoped_roles.c
    mine = sa.select(c.scope_id.label("programme_id")).where(c.subject_id == sa.bindparam("person"))
    return reading.Reading(mine.where(roles.gives(*rights)).distinct())


_TEAM_PROGRAMMES = _programmes_with(TEAM)
_PROGRAMMES_SEEN = _programmes_with(*SEES_PEOPLE)


async def team_programmes(db: AsyncSession, person_id: UUID) -> Sequence[UUID]:
    """The programmes whose applications the person decides."""
    return [row.programme_id for row in await _TEAM_PROGRAMMES.all(db, person=person_id)]


async def programmes_seen(db: AsyncSession, person_id: UUID) -> Sequence[UUID]:
    """The programmes whose people the person sees."""
    return [row.programme_id for row in await _PROGRAMMES_SEEN.all(db, person=person_id)]


async def cohorts(db: AsyncSession, programme_id: UUID) -> Sequence[Cohort]:
    """The cohorts of a programme by number."""
    return (
        await db.scalars(sa.select(Cohort).where(Cohort.programme_id == programme_id).order_by(Cohort.number))
    ).all()


_COHORTS = reading.of(Cohort, Cohort.programme_id == sa.bindparam("programme"), in_order_of=[Cohort.number])


async def cohort_rows(db: AsyncSession, programme_id: UUID) -> Sequence[Any]:
    """The cohorts of a programme by number, to be read only."""
    return await _COHORTS.all(db, programme=programme_id)


async def programme_of_cohort(db: AsyncSession, cohort_id: UUID) -> UUID | None:
    """The programme that plans the cohort; None if there is no such cohort."""
    return await db.scalar(sa.select(Cohort.programme_id).where(Cohort.id == cohort_id))


async def team_roles(db: AsyncSession, programme_id: UUID, people: Collection[UUID] | None) -> Sequence[ProgrammeRole]:
    """Every role that the people hold in the programme; without any named, the roles of everybody who runs it."""
    rows = programme_roles(programme_id).order_by(ProgrammeRole.id)
    if people is not None:
        return (await db.scalars(rows.where(ProgrammeRole.person_id.in_(people)))).all()
    c = scoped_roles.c
    running = sa.select(c.grant_id).where(c.tenant_id == tenant_of(db), c.scope_id == programme_id)
    return (await db.scalars(rows.where(ProgrammeRole.id.in_(running.where(roles.gives(*RUNS)))))).all()


async def hold_team(db: AsyncSession, programme_id: UUID) -> None:
    """Nobody else takes away a role that manages the programme until the end of the transaction."""
    await one(db, sa.select(Programme).where(Programme.id == programme_id), ProgrammeNotFound, lock="own")


async def is_managed_without(db: AsyncSession, held: ProgrammeRole) -> bool:
    """Whether the role is none that manages its programme, or another one does."""
    c = scoped_roles.c
    managing = sa.select(c.grant_id).where(c.tenant_id == tenant_of(db), c.scope_id == held.programme_id)
    found = set((await db.scalars(managing.where(roles.gives("manage_programme")))).all())
    return held.id not in found or len(found) > 1


async def holds_right(db: AsyncSession, programme_id: UUID, person_id: UUID, right: Right) -> bool:
    """Whether the person has the right in the programme."""
    c = scoped_roles.c
    held = sa.select(c.role).where(c.tenant_id == tenant_of(db), c.scope_id == programme_id, c.subject_id == person_id)
    return (await db.execute(held.where(roles.gives(right)).limit(1))).first() is not None
