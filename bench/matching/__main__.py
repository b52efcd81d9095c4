"""Measure matching: `python -m bench.matching [--sizes 80,500] [--shapes even,popular] [--out matching.md]`."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from .first import cases
from .peers import PEERS, Peer, PeerFailure, ask, last_words
from .people import SHAPES, WORDED, generate
from .report import Machine, Measured, Row, write
from .ways import OURS, PLAIN, TWO_EACH, WAYS

WHOLE_MATRIX = 2_000
"""The largest size at which holding all pairs is still reasonable."""
HUGE = 50_000
"""From this size on only the shapes in HUGE_SHAPES are measured, and only with compiled loops."""
HUGE_SHAPES = ("even", "tight", "scarce")
LONG = 900
"""Seconds that this engine may take beyond WHOLE_MATRIX."""
EVERY_SHAPE = 500
"""Up to this size each shape is tried even where another went over the limit."""


def measured_apart(name: str, size: int, shape: str, seconds: int) -> dict[str, Any]:
    """A way of this engine's side in a process of its own. Raises `PeerFailure`."""
    return _spoken(["bench.matching.one", name, str(size), shape], seconds)


def _spoken(module: list[str], seconds: int, more: Mapping[str, str] = {}) -> dict[str, Any]:
    """What a module of the benchmark prints as JSON, run with one thread, whatever the shell says of OpenBLAS."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("OPENBLAS_")}
    environment = {**own, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", **more}
    command = [sys.executable, "-m", *module]
    try:
        done = subprocess.run(  # noqa: S603
            command, env=environment, capture_output=True, text=True, timeout=seconds, check=True
        )
    except subprocess.TimeoutExpired:
        raise PeerFailure(f"over {seconds} s") from None
    except subprocess.CalledProcessError as error:
        raise PeerFailure(last_words(error.stderr)) from None
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def answers(size: int) -> dict[str, float]:
    """CPU seconds of the questions beside a run, by question; the slower of two shapes."""
    found = [_spoken(["bench.matching.questions", str(size), shape], LONG) for shape in ("even", "popular")]
    return {question: max(one[question] for one in found) for question in found[0]}


def first_runs(size: int) -> dict[str, float]:
    """CPU seconds of the first run of a process, by what is compiled."""
    return cases(size, lambda module, environment: _spoken(module, LONG, environment))


def two_each(size: int) -> Row:
    """Two mentors for each mentee, of mentors with twice the places."""
    return Row("even", size, size, TWO_EACH, **measured_apart(TWO_EACH, size, "even", LONG))


def rows(sizes: list[int], shapes: list[str], seconds: int) -> Iterator[Row]:
    """Every measurement, smallest first; who went over the limit is not asked for the same shape in a larger size, nor
    for another shape beyond 500, where each would cost the whole limit again.
    """
    slow: set[tuple[str, str | int]] = set()
    for size in sizes:
        whole = size <= WHOLE_MATRIX
        ours = [OURS] if size >= HUGE else [OURS, PLAIN]
        names: list[tuple[str, Peer | None]] = [(n, None) for n in WAYS if n != TWO_EACH and (whole or n in ours)]
        names += [(peer.name, peer) for peer in PEERS if whole]
        for shape in shapes or (SHAPES if size < HUGE else HUGE_SHAPES):
            for name, peer in names if shape != WORDED else names[: len(names) - len(PEERS) * whole]:
                limit = seconds if whole else LONG
                row = _row(name, peer, size, shape, limit, not slow.isdisjoint({(name, shape), (name, size)}))
                if row.failure.startswith("over"):
                    slow |= {(name, shape)} | ({(name, size)} if size > EVERY_SHAPE else set())
                print(row, file=sys.stderr, flush=True)
                yield row


def _row(name: str, peer: Peer | None, size: int, shape: str, seconds: int, slow: bool) -> Row:
    mentees = len(generate(size, shape)[1])
    try:
        if slow:
            raise PeerFailure("not tried: over the limit before")
        found = ask(peer, size, shape, seconds) if peer else measured_apart(name, size, shape, seconds)
    except PeerFailure as failure:
        return Row(shape, size, mentees, name, failure=str(failure))
    return Row(shape, size, mentees, name, **found)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.matching", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--sizes", default="80,500,2000,14000,100000")
    parser.add_argument("--shapes", default="", help=f"of {', '.join(SHAPES)}; the largest {', '.join(HUGE_SHAPES)}")
    parser.add_argument("--out", type=Path, default=Path("docs/benchmarks/matching.md"))
    parser.add_argument("--timeout", type=int, default=120, help="seconds for one measurement")
    options = parser.parse_args()
    sizes, shapes = [int(size) for size in options.sizes.split(",")], [s for s in options.shapes.split(",") if s]
    command = f"python -m bench.matching --sizes {options.sizes}" + (f" --shapes {options.shapes}" if shapes else "")
    machine = Machine.now()
    table = list(rows(sizes, shapes, options.timeout))
    asked = {size: answers(size) for size in sizes if size <= WHOLE_MATRIX}
    first = {size: first_runs(size) for size in sizes if WHOLE_MATRIX <= size < HUGE}
    twice = [two_each(size) for size in sizes if EVERY_SHAPE <= size <= WHOLE_MATRIX]
    write(Measured(table, asked, first, twice), options.out, command, machine, options.timeout)


if __name__ == "__main__":
    main()
