"""Every SELECT about programmes, relationships, who is in them, and what was corrected."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from mentoring_common import reading, roles
from mentoring_common.auth import Principal
from mentoring_common.db import TenantRow, tenant_of
from mentoring_common.tables import scoped_roles
from mentoring_contracts.blueprint.formats import Kind
from mentoring_sessions.errors import CohortNotFound, ProgrammeClosed
from mentoring_sessions.lifecycle import OVER, State
from mentoring_sessions.relationships.models import (
    Attendance,
    Cohort,
    Correction,
    Member,
    MentoringSession,
    Nudge,
    Participant,
    Programme,
    Relationship,
)
from mentoring_sessions.relationships.parts import READS
from mentoring_sessions.relationships.terms import kind_of

ORIENTATION = "orientation"
"""The kind of activity that a relationship may have to wait for."""
Row = TypeVar("Row", bound=TenantRow)


async def found(db: AsyncSession, table: type[Row], id_: UUID) -> Row | None:
    """The row of a table with the id, whoever asks."""
    return await db.scalar(sa.select(table).where(table.id == id_))


async def known_programme(db: AsyncSession, programme_id: UUID) -> Programme | None:
    """The programme; None before its blueprint came."""
    known = sa.select(Programme).where(Programme.id == programme_id, Programme.orientation_compulsory.is_not(None))
    return await db.scalar(known)


async def takes_part(db: AsyncSession, person_id: UUID | None, programme_id: UUID) -> bool:
    """Whether the person was accepted for the programme or is matched in it."""
    mine = sa.select(sa.literal(True)).where(sa.literal(programme_id).in_(programmes_of(person_id)))
    return bool(person_id and await db.scalar(mine))


async def programme_of_cohort(db: AsyncSession, cohort_id: UUID) -> UUID | None:
    """The programme of a cohort; None for one that is not known here."""
    return await db.scalar(sa.select(Cohort.programme_id).where(Cohort.id == cohort_id))


async def people_of_programme(db: AsyncSession, programme_id: UUID, people: Collection[UUID]) -> set[UUID]:
    """Those of the people who have a part in the programme: accepted for it, matched in it, or with a role."""
    c = scoped_roles.c
    roles = sa.select(c.subject_id).where(c.tenant_id == tenant_of(db), c.scope_id == programme_id)
    accepted = sa.select(Participant.person_id).where(Participant.programme_id == programme_id)
    here = sa.select(Relationship.id).where(Relationship.programme_id == programme_id)
    matched = sa.select(Member.person_id).where(Member.person_id.in_(people), Member.relationship_id.in_(here))
    found = sa.union(roles.where(c.subject_id.in_(people)), accepted.where(Participant.person_id.in_(people)), matched)
    return set((await db.scalars(found)).all())


def programmes_of(person_id: UUID | None) -> sa.CompoundSelect[UUID]:
    accepted = sa.select(Participant.programme_id).where(Participant.person_id == person_id)
    return accepted.union(sa.select(Relationship.programme_id).where(is_member(person_id)))


async def programme_locked(db: AsyncSession, programme_id: UUID) -> Programme:
    """The programme's row, locked until the commit and read after the lock was had; it exists already."""
    row = sa.select(Programme).where(Programme.id == programme_id).with_for_update()
    return (await db.scalars(row.execution_options(populate_existing=True))).one()


async def require_open(db: AsyncSession, programme_id: UUID) -> None:
    """ProgrammeClosed where nothing is planned any more; nobody closes it until the end of the transaction."""
    row = sa.select(Programme.closed_at).where(Programme.id == programme_id).with_for_update(read=True)
    if await db.scalar(row) is not None:
        raise ProgrammeClosed()


async def not_over(db: AsyncSession, programme_id: UUID) -> Sequence[Any]:
    """(id, cohort_id, state) of the relationships of a programme that have not come to an end."""
    rows = sa.select(Relationship.id, Relationship.cohort_id, Relationship.state).order_by(Relationship.id)
    here = (Relationship.programme_id == programme_id, Relationship.state.not_in(OVER))
    return (await db.execute(rows.where(*here))).all()


async def programme(db: AsyncSession, programme_id: UUID) -> Programme:
    """The programme of a relationship that has started."""
    return (await db.scalars(sa.select(Programme).where(Programme.id == programme_id))).one()


async def require_cohort(db: AsyncSession, programme_id: UUID, cohort_id: UUID) -> None:
    """CohortNotFound unless the cohort is one of the programme."""
    mine = sa.select(Cohort.id).where(Cohort.id == cohort_id, Cohort.programme_id == programme_id)
    if await db.scalar(mine) is None:
        raise CohortNotFound()


_PLACES = reading.of(
    Member, Member.relationship_id == sa.bindparam("relationship"), Member.person_id == sa.bindparam("person")
)


async def places(db: AsyncSession, relationship_id: UUID, person_id: UUID | None) -> Sequence[Member]:
    """The times that a person is or was in a relationship, to be read only."""
    return await _PLACES.all(db, relationship=relationship_id, person=person_id) if person_id else []


_FORMATS = reading.Reading(sa.select(Programme.id, Programme.formats).where(reading.among(Programme.id)))


async def kinds(db: AsyncSession, rows: Collection[Relationship]) -> dict[UUID, Kind]:
    """The kinds of relationships, as the blueprints of their programmes have them, by the relationship's id."""
    programmes = await _FORMATS.all(db, ids=list({row.programme_id for row in rows}))
    formats: dict[UUID, list[dict[str, Any]]] = dict(programmes)
    known = {(row.programme_id, row.kind) for row in rows}
    found = {each: kind_of(formats.get(each[0]), each[1]) for each in known}
    return {row.id: found[row.programme_id, row.kind] for row in rows}


async def kind(db: AsyncSession, relationship: Relationship) -> Kind:
    """The kind of a relationship."""
    return (await kinds(db, [relationship]))[relationship.id]


_WHO_LEADS_FIRST = (Member.leads.desc(), Member.joined_at, Member.id)
_EVER_THERE = reading.of(Member, reading.among(Member.relationship_id), in_order_of=_WHO_LEADS_FIRST)
_THERE = reading.of(
    Member, reading.among(Member.relationship_id), Member.left_at.is_(None), in_order_of=_WHO_LEADS_FIRST
)


async def members(
    db: AsyncSession, relationship_ids: Collection[UUID], *, also_past: bool = False
) -> dict[UUID, list[Member]]:
    """Who is in relationships (or was too), by relationship, to be read only: who leads first, then as they came."""
    found: dict[UUID, list[Member]] = {id_: [] for id_ in relationship_ids}
    for member in await (_EVER_THERE if also_past else _THERE).all(db, ids=list(found)):
        found[member.relationship_id].append(member)
    return found


async def unknown_members(db: AsyncSession, relationship_id: UUID, people: Collection[UUID]) -> set[UUID]:
    """Those of the people who neither are nor were in the relationship."""
    known = sa.select(Member.person_id).where(Member.relationship_id == relationship_id)
    return set(people) - set((await db.scalars(known)).all())


async def relationship_locked(db: AsyncSession, relationship_id: UUID) -> Relationship:
    """The relationship, held until the commit by who changes its meetings, and read after it was had."""
    row = sa.select(Relationship).where(Relationship.id == relationship_id).with_for_update(key_share=True)
    return (await db.scalars(row.execution_options(populate_existing=True))).one()


async def relationship(db: AsyncSession, relationship_id: UUID) -> Relationship:
    """The relationship as it stands in the database now, for the service's own work."""
    row = sa.select(Relationship).where(Relationship.id == relationship_id)
    return (await db.scalars(row.execution_options(populate_existing=True))).one()


_AS_THEY_STAND = reading.by_ids(Relationship)


async def as_they_stand(db: AsyncSession, ids: Sequence[UUID]) -> list[Relationship]:
    """The relationships of these ids, in their order, as they stand in the database now; to be read only."""
    found = {row.id: row for row in await _AS_THEY_STAND.all(db, ids=list(ids))}
    return [found[id_] for id_ in ids]


async def relationships(
    db: AsyncSession,
    by: Principal,
    *,
    person_id: UUID | None = None,
    programme_id: UUID | None = None,
    cohort_id: UUID | None = None,
    state: str | None = None,
) -> sa.Select[Relationship]:
    """The relationships that the caller has a part in, narrowed by what is given."""
    rows = sa.select(Relationship)
    if not by.is_admin:
        # Read first: beside a subquery the planner uses none of the indexes on people, and reads every row there is.
        led = (await db.scalars(_programmes_led(db, by))).all()
        mine = is_member(by.person)
        rows = rows.where(sa.or_(mine, Relationship.programme_id.in_(led)) if led else mine)
    if person_id is not None:
        rows = rows.where(is_member(person_id))
    given = {"programme_id": programme_id, "cohort_id": cohort_id, "state": state}
    return rows.filter_by(**{name: value for name, value in given.items() if value is not None})


async def running(db: AsyncSession, programme_id: UUID) -> Sequence[tuple[Any, ...]]:
    """When each relationship of a programme that goes on began and ends, its days of break, and its kind."""
    r = Relationship
    rows = sa.select(r.id, r.kind, r.started_at, r.paused_days, r.ends_at)
    found = await db.execute(rows.where(r.programme_id == programme_id, r.state == State.ACTIVE))
    return [tuple(row) for row in found]


async def first_met_at(db: AsyncSession, relationship_id: UUID) -> datetime | None:
    """When a relationship met for the first time; None where it has not."""
    held = (MentoringSession.relationship_id == relationship_id, MentoringSession.withdrawn_at.is_(None))
    return await db.scalar(sa.select(sa.func.min(MentoringSession.held_at)).where(*held))


async def times_led(db: AsyncSession, relationship_id: UUID) -> int:
    """How many people lead or led a relationship, one after the other."""
    led = (Member.relationship_id == relationship_id, Member.leads)
    return await db.scalar(sa.select(sa.func.count(Member.id)).where(*led)) or 0


_AFTER = reading.Reading(
    sa.select(Relationship.continues, Relationship.id).where(reading.among(Relationship.continues))
)


async def continued_by(db: AsyncSession, relationship_ids: Collection[UUID]) -> dict[UUID, UUID]:
    """By which relationships others are carried on, with another mentor."""
    return dict(await _AFTER.all(db, ids=list(relationship_ids))) if relationship_ids else {}


def shared(person_id: UUID | None, other_id: UUID | None, narrowed: Mapping[str, UUID]) -> sa.Select[Relationship]:
    """The relationships of a person, those with another one if named, in the programme or cohort."""
    rows = sa.select(Relationship).where(is_member(person_id)).filter_by(**narrowed)
    return rows.where(is_member(other_id)) if other_id is not None else rows


def is_member(person_id: UUID | None) -> sa.ColumnElement[bool]:
    """Whether the person is in the relationship, or was until it was over."""
    return has_member([person_id] if person_id else [])


def has_member(people: Collection[UUID]) -> sa.ColumnElement[bool]:
    """Whether one of the people is in the relationship, or was until it was over."""
    this = (Member.tenant_id == Relationship.tenant_id, Member.relationship_id == Relationship.id)
    return sa.exists().where(*this, Member.person_id.in_(people), Member.left_at.is_(None))


def _programmes_led(db: AsyncSession, by: Principal) -> sa.Select[UUID]:
    return roles.scopes_with(tenant_of(db), by.person, READS)


def has_company() -> sa.ColumnElement[bool]:
    """Of a group it may be known before who is in it."""
    here = (Member.relationship_id == Relationship.id, Member.left_at.is_(None))
    return sa.select(sa.func.count()).select_from(Member).where(*here).correlate(Relationship).scalar_subquery() >= 2


def somebody_lacks_orientation(sides: Collection[str]) -> sa.ColumnElement[bool]:
    """Whether somebody who has to attend one did not: who leads is on the mentor's side, all of a circle have to."""
    here = (Member.tenant_id == Relationship.tenant_id, Member.relationship_id == Relationship.id)
    side = sa.case((Member.leads, "mentor"), else_="mentee")
    has_to = sa.or_(Relationship.mentor_id.is_(None), side.in_(sides))
    return sa.exists().where(*here, Member.left_at.is_(None), has_to, sa.not_(_was_oriented(Member.person_id)))


def _was_oriented(person: InstrumentedAttribute[UUID]) -> sa.ColumnElement[bool]:
    return sa.exists().where(
        Attendance.tenant_id == Relationship.tenant_id,
        Attendance.programme_id == Relationship.programme_id,
        Attendance.kind == ORIENTATION,
        Attendance.person_id == person,
    )


class Supervisee(NamedTuple):
    """Somebody whom another supervises in a programme, and since when both are in that supervision."""

    programme_id: UUID
    person_id: UUID
    since: datetime


async def supervisees(db: AsyncSession, person_id: UUID | None) -> list[Supervisee]:
    """Whom a person supervises: who is in a supervision that goes on, and that the person leads."""
    return [
        Supervisee(row.programme_id, member.person_id, max(member.joined_at, lead.joined_at))
        for row, lead, others in await _supervisions(db, person_id)
        if lead.person_id == person_id
        for member in others
    ]


async def has_supervisor(db: AsyncSession, programme_id: UUID, person_id: UUID) -> bool:
    """Whether somebody supervises the person in the programme."""
    found = await _supervisions(db, person_id)
    return any(row.programme_id == programme_id and lead.person_id != person_id for row, lead, _ in found)


async def _supervisions(db: AsyncSession, person_id: UUID | None) -> list[tuple[Relationship, Member, list[Member]]]:
    """(supervision, who leads it, who else is in it) of what goes on with the person in it."""
    mine = sa.select(Relationship).where(is_member(person_id), Relationship.state == State.ACTIVE)
    rows = (await db.scalars(mine.where(Relationship.mentor_id.is_not(None)))).all()
    known = await kinds(db, rows)
    rows = [row for row in rows if known[row.id].base == "supervision"]
    here = await members(db, [row.id for row in rows])
    return [(row, there[0], there[1:]) for row in rows if (there := here[row.id]) and there[0].leads]


async def relationships_of(db: AsyncSession, person_id: UUID) -> Sequence[UUID]:
    """Every relationship that the person is or was in, oldest first."""
    rows = sa.select(Relationship.id).where(is_member(person_id)).order_by(Relationship.id)
    return (await db.scalars(rows)).all()


def corrections(kind: str, subject_id: UUID) -> sa.Select[Correction]:
    """The trace of what was corrected or withdrawn of a mentoring session, or of an activity's attendance."""
    return sa.select(Correction).where(Correction.kind == kind, Correction.subject_id == subject_id)


async def nudged_since(db: AsyncSession, relationship_id: UUID, quiet_since: datetime) -> bool:
    """Whether it was said already that the pair is quiet since then."""
    known = sa.select(Nudge.id).where(Nudge.relationship_id == relationship_id, Nudge.quiet_since == quiet_since)
    return await db.scalar(known) is not None


def nudges(programme_id: UUID) -> sa.Select[Nudge]:
    """The nudges of a programme's pairs."""
    rows = sa.select(Nudge).join(Relationship, Relationship.id == Nudge.relationship_id)
    return rows.where(Relationship.programme_id == programme_id)
