"""Activities and appointments as an iCalendar feed (RFC 5545): titles, times and places, nobody's name."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from icalendar import Calendar, Event

from mentoring_sessions.activities.models import Activity
from mentoring_sessions.appointments.models import Appointment

MEDIA_TYPE = "text/calendar"
ANSWER: dict[int | str, dict[str, Any]] = {200: {"content": {MEDIA_TYPE: {"schema": {"type": "string"}}}}}


def feed(activities: Iterable[Activity], appointments: Iterable[Appointment], made_at: datetime) -> bytes:
    """One event for each; its UID stays the same, and is that of the invitation by mail, so that no calendar has a
    meeting twice."""
    calendar = Calendar()
    calendar.add("prodid", "-//mentoring//sessions//EN")
    calendar.add("version", "2.0")
    for activity in activities:
        event = _event(activity.id, activity.starts_at, activity.minutes, activity.title, made_at)
        if activity.location:
            event.add("location", activity.location)
        calendar.add_component(event)
    for one in appointments:
        if one.starts_at is not None:
            event = _event(one.id, one.starts_at, one.minutes, "Mentoring", made_at)
            event.add("sequence", one.sequence)
            calendar.add_component(event)
    return bytes(calendar.to_ical())


def _event(id_: UUID, starts_at: datetime, minutes: int, title: str, made_at: datetime) -> Event:
    event = Event()
    event.add("uid", f"{id_}@mentoring")
    event.add("dtstamp", made_at)
    event.add("dtstart", starts_at)
    event.add("dtend", starts_at + timedelta(minutes=minutes))
    event.add("summary", title)
    return event
