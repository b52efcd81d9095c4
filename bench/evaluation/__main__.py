"""Measure evaluation: `python -m bench.evaluation` writes docs/benchmarks/evaluation.md.

What an attacker learns of what is published is measured by `python -m bench.evaluation.disclosure`.
"""

from __future__ import annotations

import os
import platform
from pathlib import Path

import uvloop

from bench.evaluation.punctual import lateness
from bench.evaluation.waves import closed_wave

OUT = Path(__file__).resolve().parents[2] / "docs" / "benchmarks" / "evaluation.md"


def main() -> None:
    # Others may use the machine too: what was measured is no better than what they left.
    machine = f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} before it began"
    steps = uvloop.run(closed_wave())
    late = uvloop.run(lateness())
    where = f"Python {platform.python_version()}, {platform.machine()}, embedded PostgreSQL (fsync off). {machine}."
    lines = [
        "# What evaluation costs",
        f"Written by `python -m bench.evaluation`. {where}",
        "## A wave of 20,000 responses to 40 questions",
        "\n".join(["| step | seconds |", "|---|---|", *(f"| {what} | {took:.2f} |" for what, took in steps)]),
        "## On time",
        "Two processes of the service on one PostgreSQL, and waves of 50 people that are all due at the same moment on "
        "the real clock: seconds from that moment until each is announced (target: within 1), and how often it was.",
        "\n".join(["| act | waves | median | last | each |", "|---|---|---|---|---|", *(one.row() for one in late)]),
        "What an attacker learns of what is published: [disclosure.md](disclosure.md).",
    ]
    text = "\n\n".join(lines) + "\n"
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_text(text)
    print(text)


if __name__ == "__main__":
    main()
