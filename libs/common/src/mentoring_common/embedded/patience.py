"""How long something is waited for: its own time, and not that in which this machine had none for it."""

import time
from pathlib import Path

_PRESSURE = Path("/proc/pressure/cpu")
_MOST = 10
"""However busy the machine is, nothing is waited for longer than so many times its seconds."""


class Patience:
    """A deadline that stands still while something here waits for a CPU: who gets no turn is not stuck.

    Where the kernel does not tell (before Linux 4.20, and elsewhere), it is a deadline like any other.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._began = time.monotonic()
        self._busy = _busy_s()

    @property
    def is_over(self) -> bool:
        """Whether it was waited long enough."""
        waited = time.monotonic() - self._began
        return waited - (_busy_s() - self._busy) > self._seconds or waited > _MOST * self._seconds


def _busy_s() -> float:
    """Seconds, since the machine started, in which at least one task waited for a CPU; 0 where nobody counts them."""
    try:
        return int(_PRESSURE.read_text("ascii").splitlines()[0].rpartition("total=")[2]) / 1_000_000
    except (OSError, ValueError, IndexError):
        return 0.0
