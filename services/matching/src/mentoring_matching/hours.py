"""Working hours as people write them, read as half-hour slots in UTC.

`9-17`, `08:30-12:00 UTC+2`, `22-6 Africa/Accra`: local hours and, if another than the one that is assumed, their time
zone as an IANA name or an offset from UTC; several spans with `;` between them or as a list. Slots such as `09:30`
stand for themselves. Zones are read by the clock of one day, as some change theirs.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

from mentoring_matching.engine import working_hours

_TIME = r"\d{1,2}(?::[0-5]\d)?"
_SPAN = re.compile(rf"(?P<first>{_TIME}) ?[-–] ?(?P<last>{_TIME})(?P<zone>(?: ?[a-z+]| -).*)?")
_OFFSET = re.compile(rf"(?:utc|gmt|z)? ?(?P<offset>[+-]{_TIME})?")
_SLOT = re.compile(r"(?:[01]\d|2[0-3]):[03]0", re.ASCII)
MOST_SPANS = 100


class HoursUnreadable(ValueError):
    """`part` of a value is not hours; `reason` says why and repeats nothing of it."""

    def __init__(self, part: str, reason: str) -> None:
        super().__init__(f"'{part}' {reason}")
        self.part, self.reason = part, reason


def slots(value: object, zone: str, on: date) -> frozenset[str]:
    """A text or a list of texts as slots `HH:MM` in UTC, hours without a zone being of `zone` ("": UTC), zones as they
    are `on` a day; empty for an empty value. HoursUnreadable.
    """
    found: set[str] = set()
    for part in _parts(value):
        plain = " ".join(part.lower().split())
        found |= {plain} if _SLOT.fullmatch(plain) else _of_span(part, plain, zone, on)
    return frozenset(found)


def _parts(value: object) -> Sequence[str]:
    texts = [value] if isinstance(value, str) else value
    if not isinstance(texts, Iterable) or not all(isinstance(text, str) for text in texts):
        raise HoursUnreadable("", "is neither a text nor a list of texts")
    parts = [part for text in texts for part in split(text)]
    if len(parts) > MOST_SPANS:
        raise HoursUnreadable("", f"has more than {MOST_SPANS} spans")
    return parts


def split(text: str) -> list[str]:
    """The parts of a list that is written as one text: between `;`, `|` or lines, else between commas."""
    separator = r"[;|\n]" if re.search(r"[;|\n]", text) else ","
    return [part for part in (piece.strip() for piece in re.split(separator, text)) if part]


def _of_span(part: str, plain: str, zone: str, on: date) -> frozenset[str]:
    read = _SPAN.fullmatch(plain)
    if read is None:
        raise HoursUnreadable(part, "is no span of hours such as 9-17 or 08:30-12:00 UTC+2")
    offset = _offset(part, (read["zone"] or zone).strip().lower(), on)
    first, last = _clock(read["first"]), _clock(read["last"])
    if max(first, last) > 24 or abs(offset) > 14 or first == last:
        raise HoursUnreadable(part, "is no time of a day")
    return working_hours(first, last, offset)


def _offset(part: str, zone: str, on: date) -> float:
    """Hours ahead of UTC."""
    if (read := _OFFSET.fullmatch(zone)) is not None:
        return _clock(read["offset"] or "0")
    name = _zones().get(zone)
    if name is None:
        raise HoursUnreadable(part, "has no known time zone; write Europe/London or UTC+2")
    ahead = datetime.combine(on, time(12), ZoneInfo(name)).utcoffset()
    return ahead.total_seconds() / 3600 if ahead else 0.0


@lru_cache
def _zones() -> dict[str, str]:
    """IANA names by their lower case."""
    return {name.lower(): name for name in available_timezones()}


def _clock(text: str) -> float:
    hours, _, minutes = text.partition(":")
    return int(hours) + int(minutes or 0) / 60 * (-1 if hours.startswith("-") else 1)
