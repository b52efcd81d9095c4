"""Times of the clock in the zones of people; nothing here touches a database."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo


def known_zone(name: str) -> str:
    """The name of a time zone. ValueError for one that nobody knows."""
    try:
        ZoneInfo(name)
    except (KeyError, OSError, ValueError):
        raise ValueError("a time zone such as Europe/London is wanted") from None
    return name


def shown(moment: datetime, zone: str) -> datetime:
    """The moment by the clocks of a zone; its offset tells the two half past ones of a long night apart."""
    return moment.astimezone(ZoneInfo(zone))


def within(moment: datetime, minutes: int, zone: str, hours: Iterable[Mapping[str, Any]]) -> bool:
    """Whether a meeting lies, by the clocks of a zone, within one of somebody's weekly hours.

    Each has a `weekday` (1 is Monday), `begins` and `ends` (HH:MM).
    """
    begins, ends = shown(moment, zone), shown(moment + timedelta(minutes=minutes), zone)
    if begins.date() != ends.date():
        return False
    clock = (f"{begins:%H:%M}", f"{ends:%H:%M}")
    return any(
        one["weekday"] == begins.isoweekday() and one["begins"] <= clock[0] and clock[1] <= one["ends"] for one in hours
    )
