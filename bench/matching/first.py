"""The first run of a process: `python -m bench.matching.first SIZE` prints its CPU seconds as JSON, all from the start
of the process on but the making of the people, and those of a second run in it; with `compile` those of compiling.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Mapping
from tempfile import TemporaryDirectory
from typing import Any

from mentoring_matching.engine.warm import warm

from .people import generate
from .ways import this_engine

CASES = ("nothing compiled yet", "the compiler, once", "compiled before", "a second run in that process")


def measure(size: int) -> dict[str, float]:
    """CPU seconds of the first and the second run in this process, people of the even shape."""
    before = time.process_time()
    people = generate(size, "even")
    before = time.process_time() - before
    this_engine(*people)
    first = time.process_time()
    this_engine(*people)
    return {"first": first - before, "second": time.process_time() - first}


def cases(size: int, ask: Callable[[list[str], Mapping[str, str]], dict[str, Any]]) -> dict[str, float]:
    """CPU seconds by case. `ask` runs a module under some environment; here compiled code lies in a folder of its own,
    so that what this installation has stays as it is. A large run has another process compile beside it.
    """
    with TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        cold = ask(["bench.matching.first", str(size)], {"NUMBA_CACHE_DIR": folder})
    with TemporaryDirectory() as folder:
        place = {"NUMBA_CACHE_DIR": folder}
        compiler = ask(["bench.matching.first", "compile"], place)
        once = ask(["bench.matching.first", str(size)], place)
    return dict(zip(CASES, (cold["first"], compiler["first"], once["first"], once["second"]), strict=True))


if __name__ == "__main__":
    if sys.argv[1] == "compile":
        warm()
        print(json.dumps({"first": time.process_time()}))
    else:
        print(json.dumps(measure(int(sys.argv[1]))))
