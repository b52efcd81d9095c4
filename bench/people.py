"""An HR system's people, 100,000 of them, and what pollers read: `python -m bench.people`.

Writes docs/benchmarks/people.md: a file of 100,000 rows, one in a hundred bad, is imported through the address of the
API of the whole system, which is one process here; then the same file again. Memory is that process's alone (all
services and the gateway), and beside it that of PostgreSQL and the broker, which are processes of their own. A page of
`/changes` is asked for over HTTP by a client in another process, one request after the other.
"""

from __future__ import annotations

import asyncio
import json
import os
import platform
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx
import uvloop

from mentoring_allinone.settling import settle
from mentoring_allinone.stack import Stack
from mentoring_common.observability import configure_logging
from mentoring_common.testing import eventually

OUT = Path(__file__).resolve().parents[1] / "docs" / "benchmarks" / "people.md"
PEOPLE = int(sys.argv[1]) if len(sys.argv) > 1 and sys.argv[1].isdigit() else 100_000
BATCH, TIMES = 5_000, 200
RIGHTS = ("organisation:admin", "applications:read", "applications:write", "integrations:read", "integrations:write")
_CLIENT = """
import http.client, json, sys, time
host, path, token, times = sys.argv[1:]
client, took = http.client.HTTPConnection(host), []
for _ in range(int(times)):
    began = time.perf_counter()
    client.request("GET", path, headers={"Authorization": "Bearer " + token})
    answer = client.getresponse()
    body = answer.read()
    took.append((time.perf_counter() - began) * 1000)
    assert answer.status == 200 and len(json.loads(body)["items"]) == 500, body[:200]
print(json.dumps(sorted(took)))
"""


def _file(word: str) -> bytes:
    lines = ["external_id,name,email,line_manager_external_id,discipline"]
    for n in range(PEOPLE):
        address = "no address" if n % 100 == 99 else f"p{n}@x.example.org"
        manager = "" if n % 50 == 0 else f"E-{n - n % 50}"
        lines.append(f"E-{n},Person {n} {word},{address},{manager},Physics")
    return ("\n".join(lines) + "\n").encode()


def _memory_mb() -> float:
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmRSS"))) / 1024


def _below(process: int) -> Iterator[int]:
    """The processes that this one started, and theirs."""
    for tasks in Path(f"/proc/{process}/task").glob("*/children"):
        for child in map(int, tasks.read_text(encoding="ascii").split()):
            yield child
            yield from _below(child)


def _servers_mb() -> float:
    """What PostgreSQL and the broker take; of what several share, each its part."""
    found = 0
    for process in _below(os.getpid()):
        with suppress(OSError):  # it ended meanwhile
            said = Path(f"/proc/{process}/smaps_rollup").read_text(encoding="ascii")
            found += int(next(line.split()[1] for line in said.splitlines() if line.startswith("Pss:")))
    return found / 1024


@asynccontextmanager
async def _watched(measure: Callable[[], float], every_s: float) -> AsyncIterator[list[float]]:
    """How much memory something takes, every so often."""
    seen = [measure()]

    async def watch() -> None:
        while True:
            await asyncio.sleep(every_s)
            seen.append(measure())

    watching = asyncio.create_task(watch())
    try:
        yield seen
    finally:
        watching.cancel()


async def _imported(client: httpx.AsyncClient, content: bytes) -> tuple[float, dict[str, Any]]:
    headers = {"Content-Type": "text/csv", "Prefer": "respond-async"}
    began = time.perf_counter()
    answer = await client.post("/integrations/imports/people", content=content, headers=headers)
    assert answer.status_code == 202, answer.text[:500]
    path = f"/integrations/imports/{answer.json()['id']}"

    async def over() -> bool:
        await asyncio.sleep(1.0)
        return (await client.get(path, params={"fields": "state"})).json()["state"] != "running"

    await eventually(over, within_s=1800, what="the end of the import")
    took = time.perf_counter() - began
    done = (await client.get(path)).json()
    assert done["state"] == "finished", {name: done[name] for name in ("state", "accepted", "rows")}
    return took, done


async def imports(client: httpx.AsyncClient) -> list[tuple[str, str]]:
    """How long the file takes, and how much memory; again, with nothing new, and with everybody's name new."""
    rows = []
    for what, content in [("new", _file("A")), ("again, none of them changed", _file("A"))]:
        async with _watched(_memory_mb, 0.1) as seen, _watched(_servers_mb, 5.0) as servers:
            took, done = await _imported(client, content)
        assert done["accepted"] == PEOPLE - PEOPLE // 100, (done["accepted"], done["refused"][:3])
        rows += [
            (f"{PEOPLE:,} people in a file, 1 in 100 bad: {what}", f"{took:.0f} s"),
            ("most memory meanwhile, beyond what the process had", f"{max(seen) - seen[0]:.0f} MB"),
            ("the same of PostgreSQL and the broker, beside it", f"{max(servers) - servers[0]:.0f} MB"),
            ("of the process's in the second half of the time", f"{max(seen) - max(seen[: len(seen) // 2]):.0f} MB"),
        ]
    return rows


async def pages(stack: Stack, token: str) -> tuple[str, str]:
    """A page of the feed, first page and as it is cached nowhere."""
    host = stack.base_url.partition("://")[2]
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", _CLIENT, host, "/v1/integrations/changes?limit=500", token, str(TIMES),
        stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    said, _ = await process.communicate()
    took = json.loads(said)
    told = f"{took[len(took) // 2]:.1f} ms ({took[int(len(took) * 0.99)]:.1f})"
    return f"a page of 500 changes, median of {TIMES} (99th percentile)", told


async def _measure() -> list[tuple[str, str]]:
    with TemporaryDirectory() as folder:
        stack = await Stack.start(Path(folder), durable=False)
        try:
            made = await stack.call("platform:admin").post(
                "/applications/organisations", json={"name": "Bench", "slug": "bench"}
            )
            token = stack.token(*RIGHTS, tenant=made.json()["id"], subject="hr")
            async with httpx.AsyncClient(
                base_url=stack.api_url, headers={"Authorization": f"Bearer {token}"}, timeout=600
            ) as client:
                rows = await imports(client) if PEOPLE else []
                await settle(stack)
                return [*rows, await pages(stack, token)]
        finally:
            await stack.stop()


def main() -> None:
    configure_logging("ERROR")
    rows = uvloop.run(_measure())
    where = f"Python {platform.python_version()}, {platform.machine()}, embedded PostgreSQL (fsync off) and broker"
    load = Path("/proc/loadavg").read_text(encoding="ascii").split()[0]
    text = "# An HR system's people\n\nWritten by `python -m bench.people`: the whole system in one process, over its "
    text += f"address; {where}; load {load} at the end.\n\n| what | took |\n|---|---|\n"
    text += "\n".join(f"| {what} | {took} |" for what, took in rows) + "\n"
    OUT.write_text(text, encoding="utf-8")
    sys.stdout.write(text)


if __name__ == "__main__":
    main()
