"""When silence is counted from, and when a pair is left in peace."""

from collections.abc import Sequence
from datetime import datetime, timedelta


def silent_since(
    started_at: datetime | None, last_held_at: datetime | None, resumed_at: datetime | None
) -> datetime | None:
    """From when on a pair has not met: its last meeting, start or end of a pause; None before it began."""
    if started_at is None:
        return None
    return max(moment for moment in (started_at, last_held_at, resumed_at) if moment is not None)


def next_reminder(since: datetime, days: Sequence[int], now: datetime) -> datetime | None:
    """When a pair that is silent since then is written to next; None if it has been often enough."""
    coming = (since + timedelta(days=number) for number in days)
    return next((moment for moment in coming if moment > now), None)


def reminder_due(since: datetime, days: Sequence[int], now: datetime) -> int | None:
    """The days of silence that a pair is written to about now; None if the first of them has not come."""
    return max((number for number in days if since + timedelta(days=number) <= now), default=None)
