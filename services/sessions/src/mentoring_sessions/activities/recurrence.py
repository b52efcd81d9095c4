"""When the activities of a series are, by the clocks of one zone; nothing here touches a database."""

from datetime import UTC, date, datetime, timedelta
from typing import Final, Literal
from zoneinfo import ZoneInfo

from mentoring_sessions.lifecycle import months_later

MOST: Final = 100  # activities of one series
Every = Literal["week", "month"]


class TooMany(ValueError):
    """More activities than one series may have."""


def occurrences(
    first: datetime, zone: str, every: Every, interval: int, *, count: int | None, until: date | None
) -> list[datetime]:
    """The first time and those that follow, `count` of them or `until` a day, each at the same hour of the clock.

    On the last day of a month that is too short. TooMany.
    """
    local = first.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    found: list[datetime] = []
    while count is None or len(found) < count:
        number = interval * len(found)
        one = local + timedelta(weeks=number) if every == "week" else months_later(local, number)
        if until is not None and one.date() > until:
            break
        if len(found) == MOST:
            raise TooMany
        found.append(one)
    return [by_clock(one, zone) for one in found]


def by_clock(local: datetime, zone: str) -> datetime:
    """What the clock of a zone shows, as a moment; an hour that a night skips is the one after it."""
    return local.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def moved(moment: datetime, zone: str, new_zone: str, before: datetime, after: datetime) -> datetime:
    """A moment of a zone moved by as much as another one was moved, from `before` to `after` in the new zone."""
    step = _clock(after, new_zone) - _clock(before, zone)
    return by_clock(_clock(moment, zone) + step, new_zone)


def _clock(moment: datetime, zone: str) -> datetime:
    return moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
