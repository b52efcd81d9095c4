"""When a letter goes: not in the hours that somebody keeps quiet, and together with others for who wants a digest."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Final, Literal
from zoneinfo import ZoneInfo

Digest = Literal["off", "daily", "weekly"]
DIGEST_AT: Final = time(8)
MONDAY: Final = 0


@dataclass(frozen=True)
class Wishes:
    """What a person wants to be told and how: kinds that are off by e-mail and in the inbox, a digest, the hours
    (`HH:MM` of their zone) in which no letter goes, and how they read. None of zone and language: the programme's."""

    email_off: frozenset[str] = frozenset()
    inbox_off: frozenset[str] = frozenset()
    digest: Digest = "off"
    quiet_begins: str | None = None
    quiet_ends: str | None = None
    zone: str | None = None
    language: str | None = None
    easy_read: bool = False


def goes_at(wishes: Wishes, zone: str, moment: datetime, *, alone: bool = False) -> datetime:
    """When a letter goes that is ready at `moment`: then, or with the next digest unless it goes `alone`, and never in
    quiet hours."""
    digest = _next_digest(wishes.digest, zone, moment) if wishes.digest != "off" and not alone else moment
    return _after_quiet(wishes, zone, digest)


def goes_before(
    wishes: Wishes, zone: str, moment: datetime, until: datetime | None, *, alone: bool = False
) -> datetime:
    """As `goes_at`, for a letter of no use after `until`: it waits for no digest, and for no end of quiet hours,
    that comes too late."""
    times = (goes_at(wishes, zone, moment, alone=alone), goes_at(wishes, zone, moment, alone=True))
    return next((time for time in times if until is None or time < until), moment)


def _next_digest(digest: Digest, zone: str, moment: datetime) -> datetime:
    there = _there(moment, zone)
    for days in range(9):
        day = there.date() + timedelta(days=days)
        found = datetime.combine(day, DIGEST_AT, there.tzinfo).astimezone(UTC)
        if found > moment and (digest == "daily" or day.weekday() == MONDAY):
            return found
    raise AssertionError("a week has a Monday")


def _after_quiet(wishes: Wishes, zone: str, moment: datetime) -> datetime:
    """`moment`, or the end of the quiet hours that it falls into; of two such ends in a night that has it twice, the
    later."""
    if wishes.quiet_begins is None or wishes.quiet_ends is None:
        return moment
    there = _there(moment, zone)
    begins, ends = time.fromisoformat(wishes.quiet_begins), time.fromisoformat(wishes.quiet_ends)
    if not _within(there.time(), begins, ends):
        return moment
    day = there.date() + timedelta(days=int(begins > ends and there.time() >= begins))
    end = datetime.combine(day, ends, there.tzinfo).replace(fold=1).astimezone(UTC)
    return max(end, moment)


def _within(clock: time, begins: time, ends: time) -> bool:
    return begins <= clock < ends if begins < ends else clock >= begins or clock < ends


def _there(moment: datetime, zone: str) -> datetime:
    return moment.astimezone(UTC if zone == "UTC" else ZoneInfo(zone))


def reader_languages(wishes: Wishes, spoken: Sequence[str], offered: Sequence[str]) -> tuple[str, ...]:
    """The languages to write to somebody in: the one they chose, else those of theirs that the programme offers, in
    their own order, else the programme's."""
    chosen = (wishes.language,) if wishes.language else ()
    common = [tag for tag in spoken if tag in offered]
    return (*chosen, *common, *offered)
