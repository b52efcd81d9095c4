"""Appointments and calendars as answers: where it is, for those in the relationship."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common.db import tenant_of
from mentoring_sessions.appointments import queries
from mentoring_sessions.appointments.local_time import shown
from mentoring_sessions.appointments.models import Appointment, PersonCalendar
from mentoring_sessions.appointments.schemas import (
    AppointmentCorrectionView,
    AppointmentStateView,
    AppointmentToTell,
    AppointmentView,
    Attending,
    CalendarStateView,
    CalendarView,
    LocalTime,
    MeetingHoursView,
    TimeView,
    WeeklyHours,
)
from mentoring_sessions.relationships.models import Correction
from mentoring_sessions.relationships.parts import Access
from mentoring_sessions.relationships.sealed import unseal
from mentoring_sessions.relationships.views import reason

_FACTS = (
    "id", "version", "state", "proposed_by", "starts_at", "minutes", "mode", "sequence", "mentoring_session_id",
)  # fmt: skip


async def state(db: AsyncSession, row: Appointment) -> AppointmentStateView:
    """An appointment without where it is."""
    return _state(row, (await queries.zones(db, [row.relationship_id]))[row.relationship_id])


async def appointments(db: AsyncSession, mine: Access, rows: Sequence[Appointment]) -> list[AppointmentView]:
    """Appointments of one relationship."""
    zones = (await queries.zones(db, [mine.relationship.id]))[mine.relationship.id]
    return [
        AppointmentView(**_state(row, zones).model_dump(), where=await _where(db, row) if mine.side else None)
        for row in rows
    ]


def _state(row: Appointment, zones: Mapping[UUID, str]) -> AppointmentStateView:
    times = [TimeView(starts_at=moment, local=_local(moment, zones)) for moment in row.times]
    facts = {name: getattr(row, name) for name in _FACTS}
    return AppointmentStateView(**facts, match_id=row.relationship_id, times=times)


def _local(moment: datetime, zones: Mapping[UUID, str]) -> list[LocalTime]:
    return [
        LocalTime(person_id=person_id, zone=zone, starts_at=shown(moment, zone)) for person_id, zone in zones.items()
    ]


async def _where(db: AsyncSession, row: Appointment) -> str | None:
    return await unseal(db, row.where_by, row.where_sealed) if row.where_by else None


async def to_tell(db: AsyncSession, ids: Sequence[UUID]) -> list[AppointmentToTell]:
    """What letters about appointments say, for our own services."""
    rows = await queries.appointments_to_tell(db, ids)
    zones = await queries.zones(db, {row.relationship_id for row in rows})
    found = []
    for row in rows:
        people = [Attending(person_id=id_, zone=zone) for id_, zone in zones[row.relationship_id].items()]
        names = ("id", "state", "starts_at", "minutes", "sequence", "times")
        facts = {name: getattr(row, name) for name in names}
        found.append(AppointmentToTell(**facts, where=await _where(db, row), people=people))
    return found


def calendar_state(person_id: UUID, row: PersonCalendar | None) -> CalendarStateView:
    """A person's calendar without its secret address."""
    if row is None:
        return CalendarStateView(person_id=person_id, version=0, zone=None, hours=[], feed_made_at=None)
    hours = [WeeklyHours.model_validate(one) for one in row.hours]
    known = {"version": row.version, "zone": row.zone, "feed_made_at": row.feed_made_at}
    return CalendarStateView(person_id=person_id, hours=hours, **known)


async def meeting_hours(db: AsyncSession, relationship_id: UUID) -> list[MeetingHoursView]:
    """When those in a relationship can meet."""
    zones = (await queries.zones(db, [relationship_id]))[relationship_id]
    given = await queries.hours(db, zones)
    return [
        MeetingHoursView(
            person_id=id_, zone=zone, hours=[WeeklyHours.model_validate(one) for one in given.get(id_, [])]
        )
        for id_, zone in zones.items()
    ]


async def calendar(db: AsyncSession, person_id: UUID, row: PersonCalendar | None) -> CalendarView:
    """A person's calendar with its secret address, for themselves."""
    token = await unseal(db, person_id, row.feed_sealed) if row else None
    path = f"/sessions/public/{tenant_of(db)}/calendars/{token}" if token else None
    return CalendarView(**calendar_state(person_id, row).model_dump(), feed_path=path)


async def corrections(db: AsyncSession, mine: Access, rows: Sequence[Correction]) -> list[AppointmentCorrectionView]:
    """What was said to be missed and was not; the reasons for the pair and the programme team."""
    shown = mine.side is not None or mine.reads_of_pair
    return [
        AppointmentCorrectionView(
            id=row.id,
            made_by=row.made_by,
            made_at=row.made_at,
            reason=await reason(db, row, shown),
            mentoring_session_id=(row.after or {})["mentoring_session_id"],
        )
        for row in rows
    ]
