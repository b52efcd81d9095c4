"""Dates of a blueprint: days, times in the programme's zone, and dates that stand to others.

2022-03-02                      the day
2022-03-02 17:00                the minute, as clocks of the programme's zone show it
6 weeks before orientation      as far from another milestone of the same cohort
3 days after start              from the day on which the cohort starts (its `starts`)
orientation at 17:00            the same day
month 4 of the pair             the day on which a pair has been together for three months
"""

import re
from calendar import monthrange
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, StringConstraints, WithJsonSchema

from mentoring_contracts.blueprint.scalars import wrong
from mentoring_contracts.days import FIRST, LAST, reckoned_with

START = "start"
_DAY = re.compile(r"(?P<day>[0-9]{4}-[0-9]{2}-[0-9]{2})(?:(?: at |[ T])(?P<at>[0-9]{1,2}:[0-9]{2}))?(?::00)?")
_OTHER = re.compile(
    r"(?:(?P<number>[0-9]{1,4}) (?P<unit>day|week|month|year)s? (?P<side>before|after) )?"
    r"(?P<other>[a-z][a-z0-9_]{0,99})(?: at (?P<at>[0-9]{1,2}:[0-9]{2}))?"
)
_PAIR = re.compile(
    r"(?P<unit>day|week|month|year) (?P<number>[0-9]{1,4}) of the pair(?: at (?P<at>[0-9]{1,2}:[0-9]{2}))?"
)
_HOW = "a day (2022-03-02, perhaps 17:00 behind it) or a distance (6 weeks before orientation) is wanted"

Unit = Literal["day", "week", "month", "year"]


@dataclass(frozen=True, slots=True)
class When:
    """A date as written: a `day`, or `number` units from `other`, or the pair's unit of this `number` (`of_pair`)."""

    day: date | None = None
    at: time | None = None
    number: int = 0
    unit: Unit = "day"
    other: str | None = None
    of_pair: bool = False


def _time(written: str | None) -> time | None:
    return time.fromisoformat(written.zfill(5)) if written else None


def read_when(written: str) -> When:
    """The date that is written. ValueError for what is none, also for the 31st of February."""
    if found := _DAY.fullmatch(written):
        day = date.fromisoformat(found["day"])
        if not reckoned_with(day):
            raise ValueError(f"{day} is beyond the calendar")
        return When(day=day, at=_time(found["at"]))
    if found := _PAIR.fullmatch(written):
        number = int(found["number"])
        if number < 1:
            raise ValueError("the first is 1")
        return When(number=number, unit=_unit(found["unit"]), at=_time(found["at"]), of_pair=True)
    if found := _OTHER.fullmatch(written):
        number = int(found["number"] or 0) * (-1 if found["side"] == "before" else 1)
        return When(number=number, unit=_unit(found["unit"] or "day"), at=_time(found["at"]), other=found["other"])
    raise ValueError(_HOW)


def _unit(name: str) -> Unit:
    units: dict[str, Unit] = {"day": "day", "week": "week", "month": "month", "year": "year"}
    return units[name]


def _date(value: Any) -> Any:
    if isinstance(value, datetime | date):
        value = value.isoformat()
    if not isinstance(value, str):
        raise wrong("date", _HOW)
    value = " ".join(value.split())
    try:
        when = read_when(value)
    except ValueError as error:
        raise wrong("date", _HOW if str(error) == _HOW else f"there is no such day or time: {_HOW}") from None
    if when.of_pair:
        raise wrong("date", "the pair's own time stands only in waves: a milestone is the same day for all")
    return value


def _moment(value: Any) -> Any:
    try:
        return value if isinstance(value, str) and read_when(value).of_pair else _date(value)
    except ValueError:
        return _date(value)


_SCHEMA = WithJsonSchema({"type": "string", "examples": ["2022-03-02", "6 weeks before orientation"]})
Date = Annotated[str, BeforeValidator(_date), StringConstraints(max_length=200), _SCHEMA]
"""A date of a cohort's calendar, as `read_when` reads it."""
Moment = Annotated[str, BeforeValidator(_moment), StringConstraints(max_length=200), _SCHEMA]
"""A date, or a time of the pair (`month 4 of the pair`)."""


def shifted(day: date, number: int, unit: Unit) -> date:
    """The day so many units later (or earlier); the last of a month where the month is shorter. OverflowError."""
    if unit in ("day", "week"):
        found = day + timedelta(days=number * (7 if unit == "week" else 1))
    else:
        year, month = divmod(day.year * 12 + day.month - 1 + number * (12 if unit == "year" else 1), 12)
        if not FIRST.year <= year <= LAST.year:
            raise OverflowError("beyond the calendar")
        found = date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
    if not reckoned_with(found):
        raise OverflowError("beyond the calendar")
    return found


class Unresolved(ValueError):
    """A date cannot be worked out: it stands to what is `missing`, or to itself (`missing` is None)."""

    def __init__(self, missing: str | None) -> None:
        super().__init__("stands to itself" if missing is None else "stands to what has no date")
        self.missing = missing


def resolver(dates: Mapping[str, str], starts: date | None) -> Callable[[str], tuple[date, time | None]]:
    """A function that works out a date which may stand to those in `dates` (by kind of milestone) or to the start.

    It raises Unresolved, or OverflowError beyond the calendar.
    """

    def resolve(written: str, seen: frozenset[str] = frozenset()) -> tuple[date, time | None]:
        when = read_when(written)
        if when.day is not None:
            return when.day, when.at
        other = when.other or ""
        if other in seen:
            raise Unresolved(None)
        if other == START and starts is not None:
            base: date = starts
        elif other in dates:
            base = resolve(dates[other], seen | {other})[0]
        else:
            raise Unresolved(other)
        return shifted(base, when.number, when.unit), when.at

    return lambda written: resolve(written)


def begins_at(day: date, at: time | None, zone: str | None) -> datetime:
    """When a day begins, or a time of it: in UTC, by the clocks of the zone."""
    return datetime.combine(day, at or time.min, ZoneInfo(zone) if zone else UTC).astimezone(UTC)


def ends_at(day: date, at: time | None, zone: str | None) -> datetime:
    """When a day has ended but for a second, or a time of it: in UTC, by the clocks of the zone."""
    return datetime.combine(day, at or time(23, 59, 59), ZoneInfo(zone) if zone else UTC).astimezone(UTC)
