"""Appointments: times are proposed and accepted; and each one's calendar."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends

from mentoring_common.auth import Allow, Principal, internal
from mentoring_common.pagination import Cursor, Limit, Page, page
from mentoring_common.unit_of_work import Db, Route
from mentoring_common.versions import IfMatch, IfMatchRequired
from mentoring_sessions.appointments import access, commands, queries, views
from mentoring_sessions.appointments.models import Appointment
from mentoring_sessions.appointments.schemas import (
    Accepted,
    AppointmentCorrectionView,
    AppointmentIds,
    AppointmentState,
    AppointmentStateView,
    AppointmentsToTell,
    AppointmentView,
    CalendarSettings,
    CalendarStateView,
    CalendarView,
    Held,
    MeetingHoursView,
    NewAppointment,
    OtherTimes,
)
from mentoring_sessions.errors import PersonNotFound
from mentoring_sessions.relationships import queries as relationships
from mentoring_sessions.relationships.access import Reader, Writer, to_relationship
from mentoring_sessions.relationships.models import Correction

router = APIRouter(route_class=Route, tags=["records"])
people_router = APIRouter(route_class=Route, tags=["people"])
internal_router = APIRouter(prefix="/internal", route_class=Route, tags=["internal"])
OwnService = Annotated[Principal, Depends(Allow(internal("sessions")))]


@router.post("/relationships/{match_id}/appointments", status_code=201)
async def propose_appointment(match_id: UUID, new: NewAppointment, by: Writer, db: Db) -> AppointmentStateView:
    """Propose times for a meeting; another one of the relationship accepts one.

    Who leads a group and names one time has called the meeting: it is agreed at once.
    """
    mine = await to_relationship(db, by, match_id)
    return await views.state(db, await commands.propose(db, mine, new))


@router.get("/relationships/{match_id}/appointments")
async def list_appointments(
    match_id: UUID, by: Reader, db: Db, state: AppointmentState | None = None, cursor: Cursor = None, limit: Limit = 50
) -> Page[AppointmentView]:
    """The appointments of a relationship, each time by the clocks of everybody in it."""
    mine = await to_relationship(db, by, match_id)
    shown, following = await page(db, queries.appointments(match_id, state), Appointment.id, cursor, limit)
    return Page(items=await views.appointments(db, mine, shown), next_cursor=following)


@router.get("/appointments/{appointment_id}")
async def read_appointment(appointment_id: UUID, by: Reader, db: Db) -> AppointmentView:
    """One appointment."""
    row, mine = await access.appointment(db, by, appointment_id)
    return (await views.appointments(db, mine, [row]))[0]


@router.post("/appointments/{appointment_id}/times")
async def propose_other_times(
    appointment_id: UUID, new: OtherTimes, by: Writer, db: Db, expected: IfMatch
) -> AppointmentStateView:
    """Propose other times, also in place of one that is agreed: it stands until another is accepted."""
    row, mine = await access.appointment(db, by, appointment_id)
    return await views.state(db, await commands.propose_others(db, mine, row, new, expected))


@router.post("/appointments/{appointment_id}/accept")
async def accept_appointment(
    appointment_id: UUID, accepted: Accepted, by: Writer, db: Db, expected: IfMatch
) -> AppointmentStateView:
    """Accept one of the times that another one proposed; everybody gets it for their calendar by e-mail."""
    row, mine = await access.appointment(db, by, appointment_id)
    return await views.state(db, await commands.accept(db, mine, row, accepted.starts_at, expected))


@router.post("/appointments/{appointment_id}/cancel")
async def cancel_appointment(appointment_id: UUID, by: Writer, db: Db, expected: IfMatch) -> AppointmentStateView:
    """The meeting does not take place; calendars that have it take it out."""
    row, mine = await access.appointment(db, by, appointment_id)
    return await views.state(db, await commands.cancel(db, mine, row, expected))


@router.post("/appointments/{appointment_id}/held")
async def hold_appointment(
    appointment_id: UUID, held: Held, by: Writer, db: Db, expected: IfMatch
) -> AppointmentStateView:
    """The meeting took place: it is recorded as a mentoring session, or what the other recorded of it is confirmed.

    What was said to be missed is corrected with a `reason`.
    """
    row, mine = await access.appointment(db, by, appointment_id)
    return await views.state(db, await commands.hold(db, mine, row, held, expected))


@router.post("/appointments/{appointment_id}/missed")
async def miss_appointment(appointment_id: UUID, by: Writer, db: Db, expected: IfMatch) -> AppointmentStateView:
    """Somebody did not come, and there was no meeting."""
    row, mine = await access.appointment(db, by, appointment_id)
    return await views.state(db, await commands.miss(db, mine, row, expected))


@router.get("/relationships/{match_id}/meeting-hours")
async def list_meeting_hours(match_id: UUID, by: Reader, db: Db) -> list[MeetingHoursView]:
    """When those in the relationship can meet, for them: times outside of it are not proposed."""
    mine = await to_relationship(db, by, match_id)
    mine.one_of_the_pair()
    return await views.meeting_hours(db, match_id)


@router.get("/appointments/{appointment_id}/corrections")
async def list_appointment_corrections(
    appointment_id: UUID, by: Reader, db: Db, cursor: Cursor = None, limit: Limit = 50
) -> Page[AppointmentCorrectionView]:
    """Who said, when and why, that an appointment was not missed after all."""
    row, mine = await access.appointment(db, by, appointment_id)
    rows = relationships.corrections("appointment", row.id)
    shown, following = await page(db, rows, Correction.id, cursor, limit)
    return Page(items=await views.corrections(db, mine, shown), next_cursor=following)


def _require_self(by: Principal, person_id: UUID) -> None:
    if by.person != person_id:
        raise PersonNotFound()


@people_router.get("/people/{person_id}/calendar")
async def read_calendar_settings(person_id: UUID, by: Reader, db: Db) -> CalendarView:
    """Your time zone, when you can meet, and the secret address that calendar programs subscribe to."""
    _require_self(by, person_id)
    return await views.calendar(db, person_id, await queries.calendar_of(db, person_id))


@people_router.put("/people/{person_id}/calendar")
async def change_calendar_settings(
    person_id: UUID, wanted: CalendarSettings, by: Writer, db: Db, expected: IfMatchRequired
) -> CalendarStateView:
    """Say in which time zone you live, and when you can meet; a calendar that nothing was said about has version 0."""
    _require_self(by, person_id)
    return views.calendar_state(person_id, await commands.set_calendar(db, person_id, wanted, expected))


@people_router.post("/people/{person_id}/calendar/feed")
async def open_feed(person_id: UUID, by: Writer, db: Db, expected: IfMatch) -> CalendarStateView:
    """Make a secret address for your calendar; the one before works no more. Read it at `/people/{id}/calendar`."""
    _require_self(by, person_id)
    return views.calendar_state(person_id, await commands.open_feed(db, person_id, expected))


@people_router.delete("/people/{person_id}/calendar/feed", status_code=204)
async def close_feed(person_id: UUID, by: Writer, db: Db, expected: IfMatch) -> None:
    """The secret address of your calendar works no more."""
    _require_self(by, person_id)
    await commands.close_feed(db, person_id, expected)


@internal_router.post("/appointments")
async def read_appointments_to_tell(wanted: AppointmentIds, _: OwnService, db: Db) -> AppointmentsToTell:
    """What letters about appointments say."""
    return AppointmentsToTell(items=await views.to_tell(db, wanted.appointment_ids))
