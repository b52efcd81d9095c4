"""How a loop fares: what it got done, how often in a row it failed, and how long it pauses before it tries again."""

import asyncio
import contextlib
import time

STUCK_AFTER_S = 60.0  # of getting nothing through
HUNG_AFTER_S = 300.0  # in one try, which is as long as a group waits for a member
FIRST_PAUSE_S = 0.1
LONGEST_PAUSE_S = 5.0
_MOST_DOUBLINGS = 16  # 2**1024 has no place in a float


class Progress:
    """Kept by one loop, read by the health checks.

    `made` says that work got through, `failed` that a try did not, `tried` that the loop came round with nothing to do
    or not yet done. Only `made` ends a row of failures.
    """

    def __init__(self, longest_pause_s: float = LONGEST_PAUSE_S) -> None:
        self._longest_pause_s = longest_pause_s
        self._made_at = self._tried_at = time.monotonic()
        self.failures = 0
        self.error: Exception | None = None

    def made(self) -> None:
        self._made_at = self._tried_at = time.monotonic()
        self.failures, self.error = 0, None

    def tried(self) -> None:
        self._tried_at = time.monotonic()

    def answered(self) -> None:
        """What the last failure waited for is there again, though nothing has got through yet."""
        self.tried()
        self.error = None

    def failed(self, error: Exception) -> float:
        """Note a failure; the seconds to pause before the next try: 0.1, 0.2, 0.4, … up to the longest."""
        self.tried()
        self.error = error
        seconds = FIRST_PAUSE_S * 2 ** min(self.failures, _MOST_DOUBLINGS)
        self.failures += 1
        return float(min(seconds, self._longest_pause_s))

    @property
    def stuck(self) -> bool:
        """Nothing got through for a minute."""
        return time.monotonic() - self._made_at > STUCK_AFTER_S

    @property
    def hung(self) -> bool:
        """No try came to its end for five minutes, be it good or bad: the process should be replaced."""
        return time.monotonic() - self._tried_at > HUNG_AFTER_S


async def pause(seconds: float, until: asyncio.Event) -> None:
    """Sleep, but no longer than until the event is set."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await until.wait()
