"""Activities as an iCalendar feed (RFC 5545): titles, times and places, nobody's name."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from icalendar import Calendar, Event

from mentoring_sessions.models import Activity

MEDIA_TYPE = "text/calendar"
ANSWER: dict[int | str, dict[str, Any]] = {200: {"content": {MEDIA_TYPE: {"schema": {"type": "string"}}}}}


def feed(activities: Iterable[Activity]) -> bytes:
    """One event for each activity; its UID stays the same, so that a calendar updates and does not double."""
    calendar = Calendar()
    calendar.add("prodid", "-//mentoring//sessions//EN")
    calendar.add("version", "2.0")
    for activity in activities:
        calendar.add_component(_event(activity))
    return bytes(calendar.to_ical())


def _event(activity: Activity) -> Event:
    event = Event()
    event.add("uid", str(activity.id))
    event.add("dtstamp", activity.starts_at)
    event.add("dtstart", activity.starts_at)
    event.add("dtend", activity.starts_at + timedelta(minutes=activity.minutes))
    event.add("summary", activity.title)
    if activity.location:
        event.add("location", activity.location)
    return event
