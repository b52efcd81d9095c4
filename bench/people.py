"""An HR system's people, 100,000 of them, and what pollers read: `python -m bench.people`.

Writes docs/benchmarks/people.md: how long batches of people take by what becomes of them, how much memory the service
takes, and how long a page of `/changes` takes, over HTTP in one process, one request after the other.
"""

from __future__ import annotations

import platform
import resource
import statistics
import sys
import time
from pathlib import Path
from typing import Any

import uvloop
from httpx import AsyncClient

from bench.parts import running_parts
from mentoring_applications.app import create_app as create_applications
from mentoring_common.ids import new_id
from mentoring_common.testing import eventually
from mentoring_common.testing.harness import Servers, running
from mentoring_contracts.applications import PersonChanged
from mentoring_integrations.app import create_app as create_integrations

OUT = Path(__file__).resolve().parents[1] / "docs" / "benchmarks" / "people.md"
PEOPLE, BATCH, CHANGED, EVENTS, TIMES = 100_000, 5_000, 500, 5_000, 30
RIGHTS = ("applications:read", "applications:write", "organisation:admin")


def _rows(start: int, number: int, grade: str = "7") -> list[dict[str, Any]]:
    numbers = range(start, start + number)
    return [
        {"external_id": f"E-{n}", "name": f"Person {n}", "email": f"p{n}@x.example.org", "attributes": {"grade": grade}}
        for n in numbers
    ]


async def _sent(client: AsyncClient, rows: list[dict[str, Any]], outcome: str) -> float:
    began = time.perf_counter()
    answer = await client.post("/people/batch", params={"upsert": True}, json={"people": rows}, timeout=900)
    took = time.perf_counter() - began
    assert {item["outcome"] for item in answer.json()["items"]} == {outcome}, answer.text[:1000]
    return took


async def batches(servers: Servers) -> list[str]:
    """How long they took, in seconds, and what became of how many."""
    tenant = new_id()
    async with running(servers, create_applications, "applications") as harness:
        hr = harness.caller(*RIGHTS, tenant=tenant, subject="hr")
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        made = [await _sent(hr, _rows(start, BATCH), "created") for start in range(0, PEOPLE, BATCH)]
        grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
        known = [await _sent(hr, _rows(start, BATCH), "unchanged") for start in range(0, PEOPLE, BATCH)]
        changed = await _sent(hr, _rows(0, CHANGED, "8"), "changed")
    lines = [
        (f"{PEOPLE:,} new, {BATCH:,} at a time", f"{sum(made):.0f} s"),
        (f"of these {BATCH:,}, median", f"{statistics.median(made):.1f} s"),
        ("most memory beyond what the process had", f"{grown:.0f} MB"),
        (f"the same {PEOPLE:,} again, none changed", f"{sum(known):.0f} s"),
        (f"of these {BATCH:,}, median", f"{statistics.median(known):.1f} s"),
        (f"{CHANGED} changed, in one batch", f"{changed:.1f} s"),
    ]
    return [f"| {what} | {took} |" for what, took in lines]


async def pages(servers: Servers) -> str:
    """A page of the feed."""
    tenant = new_id()
    async with running(servers, create_integrations, "integrations") as harness:
        await harness.publish(tenant, *(PersonChanged(person_id=new_id()) for _ in range(EVENTS)))
        reader = harness.caller("integrations:read", "organisation:admin", tenant=tenant, subject="reader")

        async def page() -> float:
            began = time.perf_counter()
            answer = await reader.get("/changes", params={"limit": 500})
            took = (time.perf_counter() - began) * 1000
            return took if len(answer.json()["items"]) == 500 else 0.0

        await eventually(page, within_s=120, what="a page of changes")
        took = [await page() for _ in range(TIMES)]
    return (
        f"| a page of 500 changes, median of {TIMES} (slowest) | {statistics.median(took):.1f} ms ({max(took):.1f}) |"
    )


async def _measure() -> list[str]:
    async with running_parts() as servers:
        return [*await batches(servers), await pages(servers)]


def main() -> None:
    lines = uvloop.run(_measure())
    where = f"Python {platform.python_version()}, {platform.machine()}, embedded PostgreSQL (fsync off)"
    text = f"# An HR system's people\n\nWritten by `python -m bench.people`: {where}.\n\n| what | took |\n|---|---|\n"
    text += "\n".join(lines) + "\n"
    OUT.write_text(text, encoding="utf-8")
    sys.stdout.write(text)


if __name__ == "__main__":
    main()
