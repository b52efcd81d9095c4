"""Measure matching: `python -m bench.matching [--sizes 80,500,2000,14000] [--shapes even,popular] [--out matching.md]`.

100,000 people a side take minutes, so they are measured only where `--sizes` names them.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from .peers import PEERS, Peer, PeerFailure, ask, last_words
from .people import SHAPES, generate
from .report import Machine, Row, write
from .ways import WAYS

WHOLE_MATRIX = 2_000
"""The largest size at which holding all pairs is still reasonable."""
LARGE_SHAPES = ("even", "tight")
EVERY_SHAPE = 500
"""Up to this size each shape is tried even where another went over the limit."""


def measured_apart(name: str, size: int, shape: str, seconds: int) -> dict[str, Any]:
    """A way of this engine's side in a process of its own. Raises `PeerFailure`."""
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-m", "bench.matching.one", name, str(size), shape]
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


def rows(sizes: list[int], shapes: list[str], seconds: int) -> Iterator[Row]:
    """Every measurement, smallest first; who went over the limit is not asked for the same shape in a larger size, nor
    for another shape beyond 500, where each would cost the whole limit again.
    """
    slow: set[tuple[str, str | int]] = set()
    for size in sizes:
        whole = size <= WHOLE_MATRIX
        names: list[tuple[str, Peer | None]] = [(name, None) for name in WAYS if whole or name == "this engine"]
        names += [(peer.name, peer) for peer in PEERS if whole]
        for shape in shapes or (SHAPES if whole else LARGE_SHAPES):
            for name, peer in names:
                row = _row(name, peer, size, shape, seconds, not slow.isdisjoint({(name, shape), (name, size)}))
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
    parser.add_argument("--sizes", default="80,500,2000,14000")
    parser.add_argument("--shapes", default="", help=f"of {', '.join(SHAPES)}; beyond 2,000 {', '.join(LARGE_SHAPES)}")
    parser.add_argument("--out", type=Path, default=Path("docs/benchmarks/matching.md"))
    parser.add_argument("--timeout", type=int, default=120, help="seconds for one measurement")
    options = parser.parse_args()
    sizes, shapes = [int(size) for size in options.sizes.split(",")], [s for s in options.shapes.split(",") if s]
    command = f"python -m bench.matching --sizes {options.sizes}" + (f" --shapes {options.shapes}" if shapes else "")
    machine = Machine.now()
    write(list(rows(sizes, shapes, options.timeout)), options.out, command, machine, options.timeout)


if __name__ == "__main__":
    main()
