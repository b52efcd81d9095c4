"""Measure the system: `python -m bench` writes docs/benchmarks/system.md.

Each figure stands beside a floor that was measured in the same run on the same PostgreSQL and broker, so that the ratio
says something on any machine.
"""

from __future__ import annotations

import platform
import sys
from pathlib import Path

import uvloop

from bench.events import events
from bench.parts import Row, running_parts
from bench.requests import Measured, requests

OUT = Path(__file__).resolve().parents[1] / "docs" / "benchmarks" / "system.md"


async def measure() -> tuple[list[Measured], list[Row]]:
    """Every row of both tables."""
    async with running_parts() as parts:
        return await requests(parts), await events(parts)


def of_requests(rows: list[Measured]) -> str:
    """The table of requests in Markdown."""
    head = "| request | CPU, ms | floor's | times the floor | p50, ms | p99, ms |\n|---|---|---|---|---|---|\n"
    return head + "\n".join(
        f"| {r.what} | {r.cpu_ms:.2f} | {r.floor_ms:.2f} | {r.ratio:.1f} | {r.p50_ms:.1f} | {r.p99_ms:.1f} |"
        for r in rows
    )


def table(measured: list[Measured], rows: list[Row]) -> str:
    """The table in Markdown, with what it was measured on."""
    lines = [f"| {r.what} | {r.unit} | {r.ours:,.0f} | {r.floor_is} | {r.floor:,.0f} | {r.ratio:.2f} |" for r in rows]
    head = "| what | unit | ours | floor | floor's | ours / floor |\n|---|---|---|---|---|---|\n"
    where = f"Python {platform.python_version()}, {platform.machine()}, embedded PostgreSQL (fsync off) and broker."
    text = "# What the mechanisms cost\n\nWritten by `make bench` (`python -m bench`). " + where
    asked = (
        "CPU time of the serving processes per request, at 16 connections; the floor is Starlette and asyncpg doing "
        "the same work in one process (one SELECT by key; fifty rows; a row and an outbox row in one transaction).\n\n"
    )
    return text + "\n\n" + asked + of_requests(measured) + "\n\n" + head + "\n".join(lines) + "\n"


def main() -> None:
    text = table(*uvloop.run(measure()))
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_text(text, encoding="utf-8")
    sys.stdout.write(text)


if __name__ == "__main__":
    main()
