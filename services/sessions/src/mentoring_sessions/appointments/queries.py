"""Every SELECT of appointments and calendars."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_sessions.appointments.models import Appointment, PersonCalendar
from mentoring_sessions.lifecycle import Appointed
from mentoring_sessions.relationships.models import Member, Programme, Relationship


def appointments(relationship_id: UUID, state: str | None = None) -> sa.Select[Appointment]:
    """The appointments of a relationship, in one state or all."""
    rows = sa.select(Appointment).where(Appointment.relationship_id == relationship_id)
    return rows if state is None else rows.where(Appointment.state == state)


async def appointment_locked(db: AsyncSession, appointment_id: UUID) -> Appointment:
    """The appointment, held until the commit by who changes it, and read after it was had."""
    row = sa.select(Appointment).where(Appointment.id == appointment_id).with_for_update(key_share=True)
    return (await db.scalars(row.execution_options(populate_existing=True))).one()


async def next_meeting_at(db: AsyncSession, relationship_id: UUID, after: datetime) -> datetime | None:
    """When the relationship meets next, as it is agreed."""
    first = sa.select(sa.func.min(Appointment.starts_at)).where(Appointment.relationship_id == relationship_id)
    ahead = (Appointment.state.in_([Appointed.AGREED, Appointed.PROPOSED]), Appointment.starts_at > after)
    return await db.scalar(first.where(*ahead))


async def ahead(db: AsyncSession, relationship_id: UUID) -> Sequence[Appointment]:
    """What a relationship has planned or proposed, held until the commit."""
    rows = appointments(relationship_id).where(Appointment.state.in_([Appointed.AGREED, Appointed.PROPOSED]))
    return (await db.scalars(rows.order_by(Appointment.id).with_for_update(key_share=True))).all()


async def zones(db: AsyncSession, relationship_ids: Collection[UUID]) -> Mapping[UUID, Mapping[UUID, str]]:
    """The time zones of everybody in relationships, by relationship: their own, else the programme's, else UTC."""
    own = sa.func.coalesce(PersonCalendar.zone, Programme.zone, "UTC")
    rows = sa.select(Member.relationship_id, Member.person_id, own).join(
        Relationship, Relationship.id == Member.relationship_id
    )
    rows = rows.join(Programme, Programme.id == Relationship.programme_id)
    rows = rows.outerjoin(PersonCalendar, PersonCalendar.id == Member.person_id)
    rows = rows.where(Member.relationship_id.in_(relationship_ids), Member.left_at.is_(None))
    found: dict[UUID, dict[UUID, str]] = {id_: {} for id_ in relationship_ids}
    for relationship_id, person_id, zone in await db.execute(rows.order_by(Member.leads.desc(), Member.id)):
        found[relationship_id][person_id] = zone
    return found


async def hours(db: AsyncSession, people: Collection[UUID]) -> dict[UUID, list[dict[str, Any]]]:
    """When people can meet, each week; of whom nothing is said is not among them."""
    rows = sa.select(PersonCalendar.id, PersonCalendar.hours).where(PersonCalendar.id.in_(people))
    return {id_: said for id_, said in await db.execute(rows) if said}


async def appointments_to_tell(db: AsyncSession, ids: Collection[UUID]) -> Sequence[Appointment]:
    """Appointments by id, of whatever relationship."""
    return (await db.scalars(sa.select(Appointment).where(Appointment.id.in_(ids)))).all()


async def calendar_of(db: AsyncSession, person_id: UUID) -> PersonCalendar | None:
    """What a person said about their calendar."""
    return await db.scalar(sa.select(PersonCalendar).where(PersonCalendar.id == person_id))


async def person_of_feed(db: AsyncSession, digest: bytes) -> UUID | None:
    """Whose secret address it is."""
    return await db.scalar(sa.select(PersonCalendar.id).where(PersonCalendar.feed_digest == digest))


async def agreed_of(db: AsyncSession, person_id: UUID) -> Sequence[Appointment]:
    """The appointments of a person that stand, or were held, in order of time."""
    mine = sa.select(Member.relationship_id).where(Member.person_id == person_id, Member.left_at.is_(None))
    stands = (Appointment.starts_at.is_not(None), Appointment.state.not_in([Appointed.CANCELLED, Appointed.MISSED]))
    rows = sa.select(Appointment).where(Appointment.relationship_id.in_(mine), *stands)
    return (await db.scalars(rows.order_by(Appointment.starts_at, Appointment.id))).all()


async def calendar_locked(db: AsyncSession, person_id: UUID) -> PersonCalendar:
    """A person's row, which exists, held until the commit."""
    row = sa.select(PersonCalendar).where(PersonCalendar.id == person_id).with_for_update()
    return (await db.scalars(row.execution_options(populate_existing=True))).one()
