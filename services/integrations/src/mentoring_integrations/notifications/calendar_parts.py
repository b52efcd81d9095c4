"""The part of a letter that calendar programs take: an appointment as iCalendar (RFC 5545), by mail (RFC 6047).

Nobody reads in it who else comes: each is told as if they came alone.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, vCalAddress, vText


@dataclass(frozen=True)
class Appointment:
    """A meeting as it stands; `times` are those that are proposed, `zones` the time zones of people."""

    id: UUID
    state: str
    starts_at: datetime | None
    minutes: int
    sequence: int
    where: str | None
    times: list[datetime]
    zones: dict[UUID, str]


@dataclass(frozen=True)
class CalendarPart:
    """What a calendar does with it, and the text."""

    method: Literal["REQUEST", "CANCEL"]
    text: str


def calendar_part(
    appointment: Appointment, *, cancelled: bool, title: str, organizer: str, name: str, email: str, zone: str,
    made_at: datetime,
) -> CalendarPart | None:  # fmt: skip
    """An invitation to a meeting that stands, that it moved, or that it is cancelled; None where none stood."""
    if appointment.starts_at is None:
        return None
    calendar = Calendar()
    calendar.add("prodid", "-//mentoring//appointments//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "CANCEL" if cancelled else "REQUEST")
    event = Event()
    event.add("uid", f"{appointment.id}@mentoring")
    event.add("sequence", appointment.sequence)
    event.add("dtstamp", made_at.astimezone(UTC))
    event.add("dtstart", clock(appointment.starts_at, zone))
    event.add("dtend", clock(appointment.starts_at + timedelta(minutes=appointment.minutes), zone))
    event.add("summary", title)
    event.add("status", "CANCELLED" if cancelled else "CONFIRMED")
    if appointment.where:
        event.add("location", appointment.where)
    event.add("organizer", _address(organizer, title))
    attendee = _address(email, name)
    attendee.params["PARTSTAT"], attendee.params["RSVP"] = vText("ACCEPTED"), vText("FALSE")
    event.add("attendee", attendee)
    calendar.add_component(event)
    calendar.add_missing_timezones()
    return CalendarPart("CANCEL" if cancelled else "REQUEST", calendar.to_ical().decode())


def clock(moment: datetime, zone: str) -> datetime:
    """The moment by the clocks of the zone; in UTC in an hour that the night has twice, which calendars cannot tell."""
    local = moment.astimezone(ZoneInfo(zone))
    twice = local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()
    return moment.astimezone(UTC) if twice else local


def _address(email: str, name: str) -> vCalAddress:
    address = vCalAddress(f"mailto:{email}")
    address.params["CN"] = vText(name)
    return address
