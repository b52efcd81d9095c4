"""Time, injected: business deadlines follow this clock, tokens and timeouts follow the real one."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Tells the business time, always in UTC."""

    def now(self) -> datetime: ...

    def when_moved(self, ring: Callable[[], None]) -> None:
        """Have `ring` called whenever it is moved by hand: what is far off may be due now."""


class SystemClock:
    """The real time."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def when_moved(self, ring: Callable[[], None]) -> None:
        return None


class MovableClock:
    """A clock that stands until it is moved forward, for tests and for playing a programme."""

    def __init__(self, start: datetime) -> None:
        self._now = start.astimezone(UTC)
        self._rings: list[Callable[[], None]] = []

    def now(self) -> datetime:
        # A microsecond per reading keeps the order of what happens at one standing moment.
        self._now += timedelta(microseconds=1)
        return self._now

    def move_to(self, moment: datetime) -> None:
        """Move to a later moment; ValueError for an earlier one."""
        if moment < self._now:
            raise ValueError(f"the clock is at {self._now.isoformat()} and does not run backwards")
        self._now = moment.astimezone(UTC)
        for ring in self._rings:
            ring()

    def when_moved(self, ring: Callable[[], None]) -> None:
        self._rings.append(ring)

    def move_by(self, delta: timedelta) -> None:
        """Move forward by a duration."""
        self.move_to(self._now + delta)
