"""Measure matching: `python -m bench.matching [--sizes 80,500,2000,14000] [--shapes even,popular] [--out table.md]`.

Every measurement is a process of its own with one thread: CPU seconds from people to proposals (for this
engine with its certificate), wall seconds and peak memory of the process. The first run in a process warms
imports up and is not counted.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import subprocess
import sys
import time
from pathlib import Path

import numpy
import scipy

from .people import SHAPES, generate
from .ways import WAYS, at_hand


def measure(name: str, size: int, shape: str) -> dict[str, object]:
    way, _ = WAYS[name]
    way(*generate(20, shape))
    mentors, mentees = generate(size, shape)
    wall, cpu = time.perf_counter(), time.process_time()
    matched, total, proof = way(mentors, mentees)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {
        "cpu": cpu,
        "wall": wall,
        "memory": memory,
        "matched": matched,
        "total": total,
        "proof": proof,
        "of": len(mentees),
    }


def measured_apart(name: str, size: int, shape: str, seconds: int) -> dict[str, object] | None:
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-m", "bench.matching", "--one", name, "--sizes", str(size), "--shapes", shape]
    try:
        done = subprocess.run(  # noqa: S603
            command, env=environment, capture_output=True, text=True, timeout=seconds, check=True
        )
    except (subprocess.TimeoutExpired, subprocess.CalledProcessError) as error:
        print(f"{name} {size} {shape}: {type(error).__name__}", file=sys.stderr)
        return None
    result: dict[str, object] = json.loads(done.stdout)
    return result


def table(sizes: list[int], shapes: list[str], seconds: int) -> str:
    lines = ["| shape | mentors × mentees | way | CPU s | wall s | peak MB | matched | total score | certificate |"]
    lines.append("|---|---|---|---:|---:|---:|---:|---:|---|")
    for size in sizes:
        for shape in shapes:
            for name, (_, largest) in WAYS.items():
                found = measured_apart(name, size, shape, seconds) if size <= largest and at_hand(name) else None
                if found:
                    numbers = "{cpu:.3f} | {wall:.3f} | {memory:.0f} | {matched} | {total:.4f} | {proof} |".format(
                        **found
                    )
                    lines.append(f"| {shape} | {size} × {found['of']} | {name} | {numbers}")
                    print(lines[-1], file=sys.stderr)
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m bench.matching", description=__doc__.splitlines()[0] if __doc__ else ""
    )
    parser.add_argument("--sizes", default="80,500,2000,14000")
    parser.add_argument("--shapes", default=",".join(SHAPES))
    parser.add_argument("--out", type=Path, default=Path("docs/benchmarks/matching.md"))
    parser.add_argument("--timeout", type=int, default=300, help="seconds for one measurement")
    parser.add_argument("--one", help=argparse.SUPPRESS)
    options = parser.parse_args()
    sizes, shapes = [int(size) for size in options.sizes.split(",")], options.shapes.split(",")
    if options.one:
        print(json.dumps(measure(options.one, sizes[0], shapes[0])))
        return
    command = f"python -m bench.matching --sizes {options.sizes} --shapes {options.shapes}"
    versions = f"Python {platform.python_version()}, numpy {numpy.__version__}, scipy {scipy.__version__}, one thread"
    options.out.parent.mkdir(parents=True, exist_ok=True)
    text = f"# Matching, measured\n\n`{command}`: {versions}.\n\n{table(sizes, shapes, options.timeout)}\n"
    options.out.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
