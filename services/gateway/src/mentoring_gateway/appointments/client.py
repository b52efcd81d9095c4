"""The sessions service: appointments, and the calendar of a person."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import strawberry
from pydantic import TypeAdapter

from mentoring_common.pagination import Page
from mentoring_gateway.upstream import PageRequest, Upstream
from mentoring_gateway.values import NOTHING, body


@strawberry.type(description="A time by the clocks of somebody's zone, with its offset from UTC")
class LocalTime:
    person_id: UUID
    zone: str
    starts_at: datetime


@strawberry.type(description="A time, and what it is for everybody in the relationship")
class AppointmentTime:
    starts_at: datetime
    local: list[LocalTime]


@strawberry.type(
    description="A meeting that is planned; `startsAt` stands until another time is accepted. `where` is null for "
    "who is not in the relationship"
)
class Appointment:
    id: UUID
    version: int
    match_id: UUID
    state: str
    proposed_by: UUID
    times: list[AppointmentTime]
    minutes: int
    mode: str
    sequence: int
    starts_at: datetime | None = None
    mentoring_session_id: UUID | None = None
    where: str | None = None


@strawberry.type(
    description="Who said that an appointment was not missed after all, when and why; `reason` is null where the "
    "caller may not read it"
)
class AppointmentCorrection:
    id: UUID
    made_by: UUID
    made_at: datetime
    mentoring_session_id: UUID
    reason: str | None = None


@strawberry.type(description="Hours of a day of the week in which somebody can meet, by the clocks of their zone")
class WeeklyHours:
    weekday: int
    begins: str
    ends: str


@strawberry.type(description="When somebody in a relationship can meet; no hours: whenever")
class MeetingHours:
    person_id: UUID
    zone: str
    hours: list[WeeklyHours]


@strawberry.type(
    description="One's own time zone, when one can meet, and the secret address that calendar programs subscribe to"
)
class CalendarSettings:
    person_id: UUID
    version: int
    hours: list[WeeklyHours] = field(default_factory=list)
    zone: str | None = None
    feed_made_at: datetime | None = None
    feed_path: str | None = None


_appointment = TypeAdapter(Appointment)
_appointments = TypeAdapter(Page[Appointment])
_corrections = TypeAdapter(Page[AppointmentCorrection])
_calendar = TypeAdapter(CalendarSettings)
_hours = TypeAdapter(list[MeetingHours])


@dataclass(frozen=True)
class AppointmentsApi:
    """Appointments and calendars for one caller."""

    api: Upstream

    async def appointments(self, match_id: UUID, wanted: PageRequest, **which: str | None) -> Page[Appointment]:
        """The appointments of a relationship, by state."""
        return await self.api.page(f"/relationships/{match_id}/appointments", _appointments, which, wanted)

    async def appointment(self, appointment_id: UUID) -> Appointment:
        """One appointment."""
        return await self.api.get(f"/appointments/{appointment_id}", _appointment)

    async def corrections(self, appointment_id: UUID, wanted: PageRequest) -> Page[AppointmentCorrection]:
        """Who said that it was not missed after all."""
        return await self.api.page(f"/appointments/{appointment_id}/corrections", _corrections, {}, wanted)

    async def propose(self, match_id: UUID, **new: object) -> Appointment:
        """Propose times."""
        return await self.api.send("POST", f"/relationships/{match_id}/appointments", _appointment, body(**new))

    async def propose_others(self, appointment_id: UUID, **new: object) -> Appointment:
        """Propose other times."""
        return await self.api.send("POST", f"/appointments/{appointment_id}/times", _appointment, body(**new))

    async def accept(self, appointment_id: UUID, starts_at: datetime) -> Appointment:
        """Accept a time."""
        path = f"/appointments/{appointment_id}/accept"
        return await self.api.send("POST", path, _appointment, body(starts_at=starts_at))

    async def cancel(self, appointment_id: UUID) -> Appointment:
        """The meeting does not take place."""
        return await self.api.send("POST", f"/appointments/{appointment_id}/cancel", _appointment)

    async def hold(self, appointment_id: UUID, **held: object) -> Appointment:
        """The meeting took place."""
        return await self.api.send("POST", f"/appointments/{appointment_id}/held", _appointment, body(**held))

    async def miss(self, appointment_id: UUID) -> Appointment:
        """Somebody did not come."""
        return await self.api.send("POST", f"/appointments/{appointment_id}/missed", _appointment)

    async def calendar(self, person_id: UUID) -> CalendarSettings:
        """One's own time zone and secret address."""
        return await self.api.get(f"/people/{person_id}/calendar", _calendar)

    async def set_calendar(self, person_id: UUID, zone: str, hours: list[dict[str, object]] | None) -> CalendarSettings:
        """Say in which time zone one lives, and when one can meet."""
        return await self.api.send("PUT", f"/people/{person_id}/calendar", _calendar, body(zone=zone, hours=hours))

    async def meeting_hours(self, match_id: UUID) -> list[MeetingHours]:
        """When those in a relationship can meet."""
        return await self.api.get(f"/relationships/{match_id}/meeting-hours", _hours)

    async def open_feed(self, person_id: UUID) -> CalendarSettings:
        """Make a secret address, in place of one that there was."""
        return await self.api.send("POST", f"/people/{person_id}/calendar/feed", _calendar)

    async def close_feed(self, person_id: UUID) -> None:
        """The secret address works no more."""
        await self.api.send("DELETE", f"/people/{person_id}/calendar/feed", NOTHING)
