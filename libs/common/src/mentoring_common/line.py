"""The line in front of a pool of connections: first come, first served, for as long as it moves.

A burst of short transactions is served and not refused. A line that stands still (the database is gone, or every
connection waits for a lock) is left after a short while, and one that is too long is not joined.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from mentoring_common.errors import Unavailable


class Line:
    """Lets as many through at once as there are connections; the others wait in the order in which they came."""

    def __init__(self, connections: int, *, most: int, stands_s: float, longest_s: float) -> None:
        """At most `most` wait, `stands_s` each while nobody gets through and `longest_s` in any case."""
        self._free, self._most, self._stands, self._longest = connections, most, stands_s, longest_s
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._moved_at = 0.0  # of the event loop's clock

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Hold one of the connections' places. Unavailable if none is to be had."""
        await self._enter()
        try:
            yield
            self._moved()
        except Unavailable:
            raise
        except BaseException:  # a refusal is an answer too
            self._moved()
            raise
        finally:
            self._hand_over()

    async def _enter(self) -> None:
        if self._free:
            self._free -= 1
            return
        if len(self._waiting) >= self._most:
            raise Unavailable()
        mine = asyncio.get_running_loop().create_future()
        self._waiting.append(mine)
        try:
            await self._wait(mine)
        except BaseException:
            self._give_up(mine)
            raise

    async def _wait(self, mine: "asyncio.Future[None]") -> None:
        loop = asyncio.get_running_loop()
        came = loop.time()
        while not mine.done():
            until = min(max(came, self._moved_at) + self._stands, came + self._longest)
            if until <= loop.time():
                raise Unavailable()
            await asyncio.wait([mine], timeout=until - loop.time())

    def _give_up(self, mine: "asyncio.Future[None]") -> None:
        if mine.done():  # the turn came while its owner was called off
            self._hand_over()
        else:
            self._waiting.remove(mine)

    def _moved(self) -> None:
        self._moved_at = asyncio.get_running_loop().time()

    def _hand_over(self) -> None:
        if self._waiting:
            self._waiting.popleft().set_result(None)
        else:
            self._free += 1
