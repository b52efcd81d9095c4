"""One look for all that waits beside the requests: one statement for every kind of work, and a bell for each.

It looks when a transaction of this process has left work behind, when the next is due, and now and again for what other
replicas left. Where nothing waits nothing is asked.
"""

import asyncio

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from mentoring_common.db import looking
from mentoring_common.observability import log
from mentoring_common.progress import Progress, pause

BREATH_S = 0.02  # between two looks, however often it rings


class Lookout:
    """Looks under the system role; `run` ends when `stop` is called."""

    def __init__(self, system: AsyncEngine, service: str, ring: asyncio.Event, interval_s: float) -> None:
        """It looks when it is told to by `ring`, and every `interval_s`."""
        self._looking = looking(system)
        self._service = service
        self._ring = ring
        self._interval = interval_s
        self._bells: list[asyncio.Event] = []
        self._waits: list[sa.ColumnElement[float]] = []
        self._stopping = asyncio.Event()
        self.progress = Progress()

    def bell(self, waits: sa.ColumnElement[float]) -> asyncio.Event:
        """What is set when work waits, which `waits` tells: the seconds until it is due, null where there is none."""
        self._waits.append(waits)
        self._bells.append(asyncio.Event())
        return self._bells[-1]

    @property
    def watches(self) -> bool:
        """Whether there is anything to look for."""
        return bool(self._bells)

    async def run(self) -> None:
        while not self._stopping.is_set():
            self._ring.clear()
            try:
                seconds = await self._look()
                self.progress.made()
            except Exception as error:
                seconds = self.progress.failed(error)
                attempt = self.progress.failures
                log.warning("look_failed", service=self._service, error=type(error).__name__, attempt=attempt)
            await pause(BREATH_S, self._stopping)
            await pause(seconds, self._ring)

    async def stop(self) -> None:
        self._stopping.set()
        self._ring.set()

    async def _look(self) -> float:
        """Ring for what is due; the seconds until the next look."""
        async with self._looking.connect() as connection:
            found = (await connection.execute(sa.select(*self._waits))).one()
        for bell, seconds in zip(self._bells, found, strict=True):
            if seconds is not None and seconds <= 0:
                bell.set()
        return min([self._interval, *(float(seconds) for seconds in found if seconds is not None and seconds > 0)])
