"""Measure evaluation: `python -m bench.evaluation [--surveys 10000]` writes docs/benchmarks/evaluation.md."""

from __future__ import annotations

import argparse
import platform
from pathlib import Path

import uvloop

from bench.evaluation.disclosure import attacked
from bench.evaluation.waves import closed_wave

OUT = Path(__file__).resolve().parents[2] / "docs" / "benchmarks" / "evaluation.md"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--surveys", type=int, default=10_000, help="random surveys for the attacker")
    surveys = parser.parse_args().surveys
    steps = uvloop.run(closed_wave())
    counts, recovered, seconds = attacked(surveys)
    where = f"Python {platform.python_version()}, {platform.machine()}, embedded PostgreSQL (fsync off)."
    lines = [
        "# What evaluation costs, and what an attacker learns",
        f"Written by `python -m bench.evaluation`. {where}",
        "## A wave of 20,000 responses to 40 questions",
        "\n".join(["| step | seconds |", "|---|---|", *(f"| {what} | {took:.2f} |" for what, took in steps)]),
        "## Disclosure control",
        f"{surveys:,} random surveys, {counts:,} counts, attacked by subtraction until nothing more follows "
        f"({seconds:.0f} s): {recovered} exact recoveries.",
    ]
    text = "\n\n".join(lines) + "\n"
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_text(text)
    print(text)


if __name__ == "__main__":
    main()
