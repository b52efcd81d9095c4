"""The SELECTs of programmes, cohorts, pairs and roles."""

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common.db import tenant_of
from mentoring_common.tables import scoped_roles
from mentoring_contracts.words import Side
from mentoring_evaluation.errors import (
    CohortNotFound,
    MatchNotFound,
    ProgrammeNotFound,
)
from mentoring_evaluation.programmes.models import Application, Cohort, GroupMember, Match, Programme, ProgrammeDesign


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
    found = await known_cohort(db, cohort_id)
    if found is None:
        raise CohortNotFound()
    return found


async def known_cohort(db: AsyncSession, cohort_id: UUID) -> Cohort | None:
    """The cohort; None before it was heard of."""
    return await db.scalar(sa.select(Cohort).where(Cohort.id == cohort_id))


async def standing_matches(db: AsyncSession, programme_id: UUID) -> Sequence[UUID]:
    """The matches of a programme that stand."""
    rows = sa.select(Match.id).where(Match.programme_id == programme_id, Match.state == "standing")
    return (await db.scalars(rows)).all()


async def cohorts(db: AsyncSession, programme_id: UUID) -> Sequence[Cohort]:
    """The cohorts of a programme, by their number."""
    return (
        await db.scalars(sa.select(Cohort).where(Cohort.programme_id == programme_id).order_by(Cohort.number))
    ).all()


async def cohort_numbers(db: AsyncSession, programme_id: UUID) -> dict[UUID, int]:
    """The number of every cohort of the programme, by id."""
    rows = await db.execute(sa.select(Cohort.id, Cohort.number).where(Cohort.programme_id == programme_id))
    return dict(rows.all())


async def cohort_of(db: AsyncSession, programme_id: UUID, cohort_id: UUID) -> Cohort:
    """A cohort of the programme; CohortNotFound, also for one of another."""
    found = await cohort(db, cohort_id)
    if found.programme_id != programme_id:
        raise CohortNotFound()
    return found


async def standing_pairs(db: AsyncSession, cohort_id: UUID) -> Sequence[sa.Row[UUID, UUID]]:
    """Mentor and mentee of every pair of the cohort that did not end early."""
    pairs = sa.select(Match.mentor_id, Match.mentee_id).where(Match.cohort_id == cohort_id, Match.state == "standing")
    return (await db.execute(pairs)).all()


async def people_of_circles(db: AsyncSession, cohort_id: UUID) -> Mapping[UUID, Side]:
    """Who is in a group that they applied for, each with the role they applied in."""
    rows = _group_people().where(GroupMember.cohort_id == cohort_id, GroupMember.application_id.is_not(None))
    return dict((await db.execute(rows)).all())


async def people_of_group(db: AsyncSession, group_id: UUID) -> Mapping[UUID, Side]:
    """Who is in a group: who leads it as mentor, the others as mentees, equals in the role they applied in."""
    return dict((await db.execute(_group_people().where(GroupMember.group_id == group_id))).all())


def _group_people() -> sa.Select[UUID, Side]:
    applied = sa.and_(Application.tenant_id == GroupMember.tenant_id, Application.id == GroupMember.application_id)
    side = sa.case((GroupMember.leads, "mentor"), else_=sa.func.coalesce(Application.role, "mentee"))
    rows = sa.select(GroupMember.person_id, side).outerjoin(Application, applied)
    return rows.where(GroupMember.state == "present").order_by(GroupMember.id)


async def match(db: AsyncSession, match_id: UUID) -> Match:
    """The pair; MatchNotFound."""
    found = await db.scalar(sa.select(Match).where(Match.id == match_id))
    if found is None:
        raise MatchNotFound()
    return found


async def is_matched(db: AsyncSession, programme_id: UUID, person_id: UUID) -> bool:
    """Whether the person is or was in a confirmed pair, or a group that they applied for, in the programme."""
    of_pair = sa.or_(Match.mentor_id == person_id, Match.mentee_id == person_id)
    rows = sa.select(Match.id).where(Match.programme_id == programme_id, of_pair)
    circles = sa.select(GroupMember.id).where(
        GroupMember.programme_id == programme_id,
        GroupMember.person_id == person_id,
        GroupMember.application_id.is_not(None),
    )
    return await db.scalar(sa.select(sa.or_(rows.exists(), circles.exists()))) or False


async def hold_programme(db: AsyncSession, programme_id: UUID) -> None:
    """Let nobody else count versions or snapshots of a programme before this transaction ends."""
    await db.scalar(sa.select(Programme.id).where(Programme.id == programme_id).with_for_update())


async def design(db: AsyncSession, programme_id: UUID) -> ProgrammeDesign:
    """What the programme's blueprint says beyond surveys; ProgrammeNotFound."""
    found = await db.scalar(sa.select(ProgrammeDesign).where(ProgrammeDesign.id == programme_id))
    if found is None:
        raise ProgrammeNotFound()
    return found


async def parts_in_programme(db: AsyncSession, programme_id: UUID, people: Collection[UUID]) -> dict[UUID, str]:
    """As what people have a part in a programme: the side that they applied for, or else a role that they hold."""
    applied = sa.select(Application.person_id, Application.role).order_by(Application.id.desc())
    ours = (Application.programme_id == programme_id, Application.person_id.in_(people))
    held = {one: min(roles) for one, roles in (await roles_held(db, programme_id)).items() if one in people}
    return held | {row.person_id: row.role for row in await db.execute(applied.where(*ours))}


async def roles_held(db: AsyncSession, programme_id: UUID) -> dict[UUID, frozenset[str]]:
    """The roles that people hold in a programme, by person."""
    c = scoped_roles.c
    rows = sa.select(c.subject_id, sa.func.array_agg(c.role)).group_by(c.subject_id)
    held = await db.execute(rows.where(c.tenant_id == tenant_of(db), c.scope_id == programme_id))
    return {person_id: frozenset(roles) for person_id, roles in held}
