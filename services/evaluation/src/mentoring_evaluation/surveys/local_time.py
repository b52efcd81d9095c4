"""Local times of waves: what a clock on the wall says in a zone, also when clocks change."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import Field, WithJsonSchema

from mentoring_common.bodies import Body
from mentoring_contracts.days import WallTime

MOST_REMINDERS = 5


class LocalTime(Body):
    """A time as the clocks of a zone show it, such as 2024-10-27T23:59 in Europe/London."""

    # No format: the date-time of JSON Schema has an offset, and this has none.
    local: Annotated[WallTime, WithJsonSchema({"type": "string", "examples": ["2026-06-30T18:00:00"]})]
    zone: str = Field(max_length=64, description="IANA name, such as Europe/London")


def zone_named(name: str) -> ZoneInfo:
    """The zone. ValueError for a name that is none."""
    try:
        return ZoneInfo(name)
    except (KeyError, OSError, ValueError):
        raise ValueError(f"{name[:64]!r} is no time zone") from None


def instant(time: LocalTime, *, latest: bool) -> datetime:
    """The moment of a local time, in UTC; of the two where clocks are put back, the earlier or the `latest`.

    ValueError for an unknown zone, and for a time that clocks skip when they are put forward.
    """
    there = time.local.replace(tzinfo=zone_named(time.zone), fold=int(latest))
    moment = there.astimezone(UTC)
    if moment.astimezone(there.tzinfo).replace(tzinfo=None) != time.local:
        raise ValueError(f"clocks in {time.zone} skip {time.local.isoformat(sep=' ', timespec='minutes')}")
    return moment


def next_reminder(
    closes_at: datetime, days_before: Sequence[int], zone: str | None, after: datetime
) -> datetime | None:
    """When to remind next: so many days before the wave closes, at the same hour of the clocks in its zone."""
    wall = closes_at.astimezone(ZoneInfo(zone) if zone else UTC)
    moments = sorted((wall - timedelta(days=days)).astimezone(UTC) for days in days_before)
    return next((moment for moment in moments if moment > after), None)
