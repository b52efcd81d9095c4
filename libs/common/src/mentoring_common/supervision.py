"""Keeps the loops of a service running: an end that nobody asked for is logged, counted and begun anew."""

import asyncio
from collections.abc import Awaitable, Callable

from mentoring_common.observability import log
from mentoring_common.progress import STUCK_AFTER_S, Progress, pause


class Loop:
    """One loop: `work` runs until it is stopped, `progress` is what it keeps of how it fares.

    With `steady` its rounds are short, so that one which does not come back hangs.
    """

    def __init__(
        self, service: str, name: str, work: Callable[[], Awaitable[None]], progress: Progress, *, steady: bool = True
    ) -> None:
        self._service = service
        self._work = work
        self._stopping = asyncio.Event()
        self.name = name
        self.progress = progress
        self.steady = steady
        self.running = True
        self.restarts = 0

    async def run(self) -> None:
        """Run the work again and again until `stop` was called or this is cancelled."""
        ends = Progress()
        while True:
            began = asyncio.get_running_loop().time()
            error = await self._once()
            if self._stopping.is_set():
                return
            self.running = False
            self.restarts += 1
            if asyncio.get_running_loop().time() - began > STUCK_AFTER_S:
                ends.made()
            kind = type(error).__name__ if error else "returned"
            log.error("loop_ended", service=self._service, kind=self.name, error=kind, attempt=self.restarts)
            await pause(ends.failed(RuntimeError(kind)), self._stopping)
            if self._stopping.is_set():
                return
            self.running = True

    def stop(self) -> None:
        """Take the work's end for one that was asked for."""
        self._stopping.set()

    async def _once(self) -> BaseException | None:
        """The work in a task of its own: a cancellation that reaches it alone is an end like any other."""
        task = asyncio.ensure_future(self._work())
        try:
            await asyncio.wait([task])
        except asyncio.CancelledError:
            task.cancel()
            await asyncio.wait([task])
            raise
        return asyncio.CancelledError() if task.cancelled() else task.exception()
