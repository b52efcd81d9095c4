"""One measurement in this process: `python -m bench.matching.one WAY SIZE SHAPE` prints it as JSON."""

from __future__ import annotations

import json
import sys
import time
from typing import Any

from mentoring_matching.engine import acceleration
from mentoring_matching.engine.warm import warm

from .peer_programs.measured import peak_mb
from .people import generate
from .ways import PLAIN, WAYS

WARM, WARM_LARGE = 20, 1500
"""People of the run that is not counted; where loops are compiled, enough that they are loaded in it."""


def measure(name: str, size: int, shape: str) -> dict[str, Any]:
    """CPU and wall seconds, peak MB and outcome of a way."""
    way = WAYS[name]
    compiled = name != PLAIN and size * size >= acceleration.LARGE
    if compiled:
        warm()  # the compiler is measured apart
    way(*generate(WARM_LARGE if compiled and acceleration.accelerated(size * size) else WARM, shape))
    mentors, mentees = generate(size, shape)
    wall, cpu = time.perf_counter(), time.process_time()
    matched, total, proof = way(mentors, mentees)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    return {"cpu": cpu, "wall": wall, "memory": peak_mb(), "matched": matched, "total": total, "proof": proof}


if __name__ == "__main__":
    print(json.dumps(measure(sys.argv[1], int(sys.argv[2]), sys.argv[3])))
