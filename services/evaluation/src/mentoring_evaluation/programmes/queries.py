"""The SELECTs of programmes, cohorts, pairs and roles."""

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common.db import tenant_of
from mentoring_common.tables import scoped_roles
from mentoring_evaluation.errors import (
    CohortNotFound,
    MatchNotFound,
    ProgrammeNotFound,
)
from mentoring_evaluation.programmes.models import Cohort, Match, Programme, ProgrammeDesign


async def programme(db: AsyncSession, programme_id: UUID) -> Programme:
    """The programme; ProgrammeNotFound, also for another organisation's."""
    found = await known_programme(db, programme_id)
    if found is None:
        raise ProgrammeNotFound()
    return found


async def known_programme(db: AsyncSession, programme_id: UUID) -> Programme | None:
    """The programme, None while its ProgrammeCreated has not come."""
    return await db.scalar(sa.select(Programme).where(Programme.id == programme_id))


async def cohort(db: AsyncSession, cohort_id: UUID) -> Cohort:
    """The cohort; CohortNotFound."""
    found = await db.scalar(sa.select(Cohort).where(Cohort.id == cohort_id))
    if found is None:
        raise CohortNotFound()
    return found


async def cohorts(db: AsyncSession, programme_id: UUID) -> Sequence[Cohort]:
    """The cohorts of a programme, by their number."""
    return (
        await db.scalars(sa.select(Cohort).where(Cohort.programme_id == programme_id).order_by(Cohort.number))
    ).all()


async def cohort_numbers(db: AsyncSession, programme_id: UUID) -> dict[UUID, int]:
    """The number of every cohort of the programme, by id."""
    rows = await db.execute(sa.select(Cohort.id, Cohort.number).where(Cohort.programme_id == programme_id))
    return dict(rows.all())


async def standing_pairs(db: AsyncSession, cohort_id: UUID) -> Sequence[sa.Row[UUID, UUID]]:
    """Mentor and mentee of every pair of the cohort that did not end early."""
    pairs = sa.select(Match.mentor_id, Match.mentee_id).where(Match.cohort_id == cohort_id, Match.state == "standing")
    return (await db.execute(pairs)).all()


async def match(db: AsyncSession, match_id: UUID) -> Match:
    """The pair; MatchNotFound."""
    found = await db.scalar(sa.select(Match).where(Match.id == match_id))
    if found is None:
        raise MatchNotFound()
    return found


async def is_matched(db: AsyncSession, programme_id: UUID, person_id: UUID) -> bool:
    """Whether the person is or was one of a confirmed pair in the programme."""
    of_pair = sa.or_(Match.mentor_id == person_id, Match.mentee_id == person_id)
    rows = sa.select(Match.id).where(Match.programme_id == programme_id, of_pair)
    return await db.scalar(rows.limit(1)) is not None


async def hold_programme(db: AsyncSession, programme_id: UUID) -> None:
    """Let nobody else count versions or snapshots of a programme before this transaction ends."""
    await db.scalar(sa.select(Programme.id).where(Programme.id == programme_id).with_for_update())


async def design(db: AsyncSession, programme_id: UUID) -> ProgrammeDesign:
    """What the programme's blueprint says beyond surveys; ProgrammeNotFound."""
    found = await db.scalar(sa.select(ProgrammeDesign).where(ProgrammeDesign.id == programme_id))
    if found is None:
        raise ProgrammeNotFound()
    return found


async def roles_held(db: AsyncSession, programme_id: UUID) -> dict[UUID, frozenset[str]]:
    """The roles that people hold in a programme, by person."""
    c = scoped_roles.c
    rows = sa.select(c.subject_id, sa.func.array_agg(c.role)).group_by(c.subject_id)
    held = await db.execute(rows.where(c.tenant_id == tenant_of(db), c.scope_id == programme_id))
    return {person_id: frozenset(roles) for person_id, roles in held}
