"""Read an instance as JSON, let a peer answer, and write pairs, CPU and wall seconds and peak memory as JSON.

Runs in a peer's own environment, so it knows only the standard library.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

Instance = dict[str, Any]
PairIds = tuple[str, str]
"""(mentor id, mentee id)"""


def measure(answer: Callable[[Instance], list[PairIds]]) -> None:
    """The `small` instance warms imports up and is not counted. More memory than `memory_mb` is a MemoryError."""
    given = json.load(sys.stdin)
    limit = given["memory_mb"] << 20
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    answer(given["small"])
    wall, cpu = time.perf_counter(), time.process_time()
    pairs = answer(given["instance"])
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    json.dump({"cpu": cpu, "wall": wall, "memory": peak_mb(), "pairs": pairs}, sys.stdout)


def peak_mb() -> float:
    """This program's peak memory. Linux hands `ru_maxrss` on from the starting process, so VmHWM is read there."""
    status = Path("/proc/self/status")
    if status.exists():
        lines = dict(line.split(":", 1) for line in status.read_text(encoding="utf-8").splitlines())
        return int(lines["VmHWM"].split()[0]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
