"""The line in front of a pool of connections: first come, first served, for as long as it moves.

A burst of short transactions is served and not refused. A line that stands still (the database is gone, or every
connection waits for a lock) is sent away after a short while, and one that is too long is not joined.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import TypeVar

from mentoring_common.errors import Unavailable

T = TypeVar("T")
LOOKS = 20
"""Time is over after so many looks, evenly spaced: a process that is too busy to look does not take that for a database
that does not answer."""


async def in_time(work: "asyncio.Task[T]", seconds: float) -> T:
    """What the work gives. TimeoutError, and it is called off, once it was looked for so many seconds in vain."""
    try:
        for _ in range(LOOKS):
            if (await asyncio.wait([work], timeout=seconds / LOOKS))[0]:
                return work.result()
        raise TimeoutError
    finally:
        work.cancel()  # nothing happens to what is finished


@contextmanager
def limit(seconds: float, over: Callable[[], None]) -> Iterator[None]:
    """Call `over` once it was looked for so many seconds in vain for the end of the block; costs next to nothing."""
    loop = asyncio.get_running_loop()

    def look(more: int) -> None:
        if more:
            timers[0] = loop.call_later(seconds / LOOKS, look, more - 1)
        else:
            over()

    timers = [loop.call_later(seconds / LOOKS, look, LOOKS - 1)]
    try:
        yield
    finally:
        timers[0].cancel()


@dataclass(eq=False)
class _Waiting:
    turn: "asyncio.Future[None]"
    came_at: float  # of the event loop's clock
    came_look: int


class Line:
    """Lets as many through at once as there are connections; the others wait in the order in which they came."""

    def __init__(self, connections: int, *, most: int, stands_s: float, longest_s: float) -> None:
        """At most `most` wait, `stands_s` each while nobody gets through and `longest_s` in any case."""
        self._free, self._most, self._longest = connections, most, longest_s
        self._every = stands_s / LOOKS
        self._waiting: deque[_Waiting] = deque()
        self._look = self._moved_look = 0
        self._watching: asyncio.Task[None] | None = None

    @property
    def length(self) -> int:
        """How many wait."""
        return len(self._waiting)

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Hold one of the connections' places. Unavailable if none is to be had."""
        await self._enter()
        try:
            yield
            self._moved_look = self._look
        except Unavailable:
            raise
        except BaseException:  # a refusal is an answer too
            self._moved_look = self._look
            raise
        finally:
            self._hand_over()

    async def _enter(self) -> None:
        if self._free:
            self._free -= 1
            return
        if len(self._waiting) >= self._most:
            raise Unavailable()
        loop = asyncio.get_running_loop()
        mine = _Waiting(loop.create_future(), loop.time(), self._look)
        self._waiting.append(mine)
        if self._watching is None:
            self._watching = asyncio.create_task(self._watch())
        try:
            await mine.turn
        except asyncio.CancelledError:
            self._give_up(mine)
            raise

    def _give_up(self, mine: _Waiting) -> None:
        if mine in self._waiting:
            self._waiting.remove(mine)
        elif not mine.turn.cancelled() and mine.turn.exception() is None:  # called up while its owner was called off
            self._hand_over()

    async def _watch(self) -> None:
        """Send away who waits for too long, as long as anybody waits."""
        while self._waiting:
            await asyncio.sleep(self._every)
            self._look += 1
            for one in [one for one in self._waiting if self._is_over(one)]:
                self._waiting.remove(one)
                if not one.turn.done():
                    one.turn.set_exception(Unavailable())
        self._watching = None

    def _is_over(self, one: _Waiting) -> bool:
        stood = self._look - max(one.came_look, self._moved_look)
        return stood >= LOOKS or asyncio.get_running_loop().time() - one.came_at >= self._longest

    def _hand_over(self) -> None:
        while self._waiting:
            turn = self._waiting.popleft().turn
            if not turn.done():
                turn.set_result(None)
                return
        self._free += 1
