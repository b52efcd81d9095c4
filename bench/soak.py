"""Whether anything grows that should not: `python -m bench.soak [MINUTES]` writes docs/benchmarks/soak.md as it goes.

`mentoring up` is asked at an even rate, chosen so that the process of the services works half of the time by what a
request cost it at the start: reads, lists, GraphQL, the feed of changes, and writes with their events, letters and
webhooks' rows. Memory is what a process has alone and its share of what several have (PSS).
"""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from statistics import median
from urllib.parse import urlsplit

from bench.idle import cpu_of, embedded, family
from bench.requests.load import Load, drive, request
from mentoring_allinone.running import Running, address_of, mint
from mentoring_allinone.sandbox import making
from mentoring_allinone.sandbox.making import Sandbox
from mentoring_allinone.scopes import PERSONAL

OUT = Path(__file__).resolve().parents[1] / "docs" / "benchmarks" / "soak.md"
MINUTES, ROW_MINUTES, CONNECTIONS, CALIBRATED_ON = 60, 5, 4, 400
SHARE = 0.5  # of the time that the process of the services works
PARTS = ("services", "postgres", "broker")


@dataclass(frozen=True)
class Seen:
    """The system at one minute: requests since the last look, and what the parts hold."""

    minute: int
    asked: int
    refused: int
    p50_ms: float
    p99_ms: float
    cpu: float  # share of a core that the services had since the last look
    memory_mb: dict[str, float]
    files: int
    sessions: int  # processes of PostgreSQL: one for each connection, and its own few


def wanted(data: Path, sandbox: Sandbox) -> Iterator[bytes]:
    """Requests without end: of ten, two write."""
    for round_ in count():
        if round_ % 50 == 0:  # tokens run out within the hour
            admin = mint(data, "sandbox", sandbox.organisation, ["organisation:admin", *PERSONAL])
            mentee = mint(data, sandbox.people["Lucy Mentee"], sandbox.organisation, [*PERSONAL])
        person = sandbox.people["Ines Mentor"]
        asked = {"query": "{ programmes { nodes { id title } } }"}
        made = {"name": f"Person {round_}", "email": f"soak.{round_}@example.org"}
        renamed = json.dumps({"name": f"Ines Mentor {round_}"}).encode()
        yield request("GET", f"/v1/applications/people/{person}", admin)
        yield request("POST", "/v1/applications/people", admin, json.dumps(made).encode())
        yield request("GET", "/v1/applications/people?limit=50", admin)
        yield request("POST", "/v1/graphql", mentee, json.dumps(asked).encode())
        yield request("GET", f"/v1/sessions/relationships?programme_id={sandbox.programme}&limit=50", admin)
        yield request("GET", f"/v1/matching/matches?cohort_id={sandbox.cohort}&limit=50", admin)
        yield request("GET", "/v1/integrations/notifications", mentee)
        yield request("GET", "/v1/integrations/changes?limit=100", admin)
        yield request("GET", f"/v1/evaluation/programmes/{sandbox.programme}/waves", admin)
        yield _matching_any(request("PATCH", f"/v1/applications/people/{person}", admin, renamed))


def _matching_any(one: bytes) -> bytes:
    return one.replace(b"\r\nHost:", b"\r\nIf-Match: *\r\nHost:", 1)


def look(pid: int) -> tuple[dict[str, float], int, int]:
    """Megabytes by part, open files of the services, and processes of the database."""
    memory: dict[str, float] = defaultdict(float)
    processes = family(pid)
    for one, part, _ in processes:
        try:
            rolled = Path(f"/proc/{one}/smaps_rollup").read_text("ascii")
        except OSError:  # ended meanwhile
            continue
        memory[part] += int(next(line.split()[1] for line in rolled.splitlines() if line.startswith("Pss:"))) / 1024
    files = sum(1 for _ in Path(f"/proc/{pid}/fd").iterdir())
    return dict(memory), files, sum(part == "postgres" for _, part, _ in processes)


async def soak(minutes: int) -> None:
    """Ask for so many minutes; a row each few of them, written down at once."""
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        async with embedded(data, Path(folder) / "log") as pid:
            port = int(urlsplit(address_of(data)).port or 0)
            asked = wanted(data, await making.make(Running(data), Path(folder) / "sandbox.json"))
            rate = SHARE / await _cost(pid, port, asked)
            rows: list[Seen] = []
            for _ in range(minutes // ROW_MINUTES):
                rows.append(await _row(pid, port, asked, rate, rows))
                lines = (Path(folder) / "log").read_text().count("\n")
                OUT.write_text(page(rows, rate, lines, cpu_of(pid)), encoding="utf-8")


async def _cost(pid: int, port: int, asked: Iterator[bytes]) -> float:
    """CPU seconds of the services for a request, once all is warm."""
    await _driven(port, asked, CALIBRATED_ON)
    before = cpu_of(pid)["services"]
    await _driven(port, asked, CALIBRATED_ON)
    return (cpu_of(pid)["services"] - before) / CALIBRATED_ON


async def _driven(port: int, asked: Iterator[bytes], number: int) -> Load:
    return await drive(port, iter([next(asked) for _ in range(number)]), CONNECTIONS)


async def _row(pid: int, port: int, asked: Iterator[bytes], rate: float, before: list[Seen]) -> Seen:
    began, cpu_before = time.monotonic(), cpu_of(pid)["services"]
    latencies: list[float] = []
    refused = 0
    while (passed := time.monotonic() - began) < ROW_MINUTES * 60:
        behind = int(passed * rate) - len(latencies)
        if behind > 0:
            load = await _driven(port, asked, min(behind, int(rate) + 1))  # who is late does not catch up in a burst
            latencies += load.latencies
            refused += load.refused
        await asyncio.sleep(0.2)
    latencies.sort()
    memory, files, sessions = look(pid)
    cpu = (cpu_of(pid)["services"] - cpu_before) / (time.monotonic() - began)
    p50, p99 = (latencies[int(share * (len(latencies) - 1))] * 1000 for share in (0.5, 0.99))
    minute = (len(before) + 1) * ROW_MINUTES
    return Seen(minute, len(latencies), refused, p50, p99, cpu, memory, files, sessions)


def page(rows: list[Seen], rate: float, lines: int, spent: dict[str, float]) -> str:
    """What was seen, in Markdown."""
    load = Path("/proc/loadavg").read_text("ascii").split()[2]
    text = (
        f"# What an hour leaves behind\n\nWritten by `python -m bench.soak {rows[-1].minute}`: the embedded stack, "
        f"asked {rate:.0f} times a second, "
        f"half of what its one process has CPU for; two of ten requests write. "
        f"Memory is PSS. Load of the machine over the last quarter of an hour: {load}. {lines} lines were logged.\n\n"
        "| minute | requests | refused | p50, ms | p99, ms | CPU, of a core | services, MB | database, MB | broker, MB "
        "| open files | processes of the database |\n|---|---|---|---|---|---|---|---|---|---|---|\n"
    )
    for r in rows:
        parts = " | ".join(f"{r.memory_mb.get(part, 0):.0f}" for part in PARTS)
        text += f"| {r.minute} | {r.asked:,} | {r.refused} | {r.p50_ms:.0f} | {r.p99_ms:.0f} | {r.cpu:.2f} | {parts} | "
        text += f"{r.files} | {r.sessions} |\n"
    if len(rows) >= 6:
        third = len(rows) // 3
        early, late = rows[third : 2 * third], rows[-third:]
        grown = median(r.memory_mb["services"] for r in late) - median(r.memory_mb["services"] for r in early)
        text += f"\nIn all the services had {spent['services']:.0f} CPU s, the database {spent['postgres']:.0f}.\n"
        text += f"\nFrom the second third to the last the services grew by {grown:+.0f} MB (medians).\n"
    return text


if __name__ == "__main__":
    asyncio.run(soak(int(sys.argv[1]) if len(sys.argv) > 1 else MINUTES))
    sys.stdout.write(OUT.read_text("utf-8"))
