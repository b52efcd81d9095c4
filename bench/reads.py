"""What reading costs in each service: `python -m bench.reads` writes docs/benchmarks/reads.md.

The play of a programme runs on the whole system first, so that what is read is what a year leaves behind. The whole
system is one process here, and nothing else happens in it: its CPU time over the requests is theirs. The load comes
from another process; the floor is Starlette and asyncpg with one SELECT by key, measured in the same run.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import uvloop

from bench.requests import CONNECTIONS, COUNT, Server, floor_server, ids_of
from bench.requests.load import request
from mentoring_allinone.hands import ask
from mentoring_allinone.plays import run
from mentoring_allinone.plays.play import perform
from mentoring_allinone.plays.troupe import Troupe
from mentoring_allinone.scopes import PERSONAL
from mentoring_allinone.stack import Stack
from mentoring_common.clock import MovableClock
from mentoring_common.observability import configure_logging
from mentoring_common.testing.harness import Servers

OUT = Path(__file__).resolve().parents[1] / "docs" / "benchmarks" / "reads.md"
PLAY = "executive-edge"
TURNS = 3


@asynccontextmanager
async def _played(folder: Path) -> AsyncIterator[Troupe]:
    clock = MovableClock(run.first_day(PLAY))
    stack = await Stack.start(folder, clock=clock, durable=False)
    troupe = run.troupe_of(stack, clock, PLAY)
    try:
        await perform(troupe, run.play_of(PLAY), lambda *_: None)
        yield troupe
    finally:
        await troupe.close()
        await stack.stop()


async def _paths(troupe: Troupe) -> list[tuple[str, str]]:
    """What is read of each service: a name and a path under the address of the API; "own" things by the mentee."""
    programme, cohort = troupe.programme_id, troupe.cohort_ids[1]
    pair = troupe.pairs[0]
    waves = await ask(troupe.admin, "GET", f"/evaluation/programmes/{programme}/waves")
    wave = waves["items"][0]["id"]
    return [
        ("a person", f"/applications/people/{pair.mentee.id}"),
        ("an application", f"/applications/applications/{pair.mentee.application_id}"),
        ("applications, 50", f"/applications/applications?programme_id={programme}&limit=50"),
        ("a match", f"/matching/matches/{pair.id}"),
        ("matches, 50", f"/matching/matches?cohort_id={cohort}&limit=50"),
        ("one's own relationship", f"/sessions/relationships/{pair.id}"),
        ("a relationship", f"/sessions/relationships/{pair.id}"),
        ("relationships, 50", f"/sessions/relationships?programme_id={programme}&limit=50"),
        ("one's own meetings", f"/sessions/relationships/{pair.id}/mentoring-sessions"),
        ("one's own goals", f"/sessions/relationships/{pair.id}/goals"),
        ("a wave", f"/evaluation/waves/{wave}"),
        ("waves of a cohort", f"/evaluation/programmes/{programme}/waves"),
        ("figures", f"/evaluation/programmes/{programme}/figures"),
        ("changes, 500", "/integrations/changes?limit=500"),
        ("one's own inbox", "/integrations/notifications"),
    ]


async def driven(port: int, wanted: Sequence[bytes], connections: int = CONNECTIONS) -> dict[str, Any]:
    """What `bench.requests.load` noted of these requests, in a process of its own."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bench.requests.load", str(port), str(connections),
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    said, _ = await process.communicate(json.dumps([one.decode() for one in wanted]).encode())
    found: dict[str, Any] = json.loads(said)
    assert not found["refused"], f"{found['refused']} requests refused"
    return found


async def _of_floor(floor: Server, token: str) -> float:
    await driven(floor.port, [request("POST", "/rows", token, b'{"name": "Ada", "email": "ada@example.org"}')] * 50)
    ids = await ids_of(floor, "/rows", token)
    wanted = [request("GET", f"/rows/{ids[n % len(ids)]}", token) for n in range(COUNT)]
    await driven(floor.port, wanted)
    before = floor.cpu_s()
    await driven(floor.port, wanted)
    return (floor.cpu_s() - before) / COUNT * 1000


async def measure(only: str = "") -> tuple[float, list[tuple[str, float, float, float]]]:
    """The floor's CPU milliseconds of a read; of each read of ours those, and p50 and p99 of the answer."""
    with TemporaryDirectory() as folder:
        async with _played(Path(folder)) as troupe:
            stack = troupe.stack
            here, mentee = {"tenant": troupe.organisation_id}, troupe.pairs[0].mentee
            token = stack.token("organisation:admin", *PERSONAL, **here)
            own = stack.token(*PERSONAL, subject=mentee.id, **here)
            servers = Servers(stack.postgres.dsn("postgres"), "")
            rows = []
            async with floor_server(servers) as floor:
                least = await _of_floor(floor, token)
            for what, path in await _paths(troupe):
                if only in what:
                    asked_by, by = (troupe.of(mentee), own) if "own" in what else (troupe.admin, token)
                    await ask(asked_by, "GET", path)  # says what is wrong, if anything is
                    rows.append((what, *await _cost(stack, path, by)))
            return least, rows


async def _cost(stack: Stack, path: str, token: str) -> tuple[float, float, float]:
    port = int(stack.base_url.rsplit(":", 1)[1])
    wanted = [request("GET", f"/v1{path}", token)] * COUNT
    await driven(port, wanted[:50])
    spent, took = 0.0, []
    for _ in range(TURNS):
        before = time.process_time()
        took += (await driven(port, wanted))["latencies"]
        spent += time.process_time() - before
    took.sort()
    return spent / (TURNS * COUNT) * 1000, took[len(took) // 2] * 1000, took[int(len(took) * 0.99)] * 1000


def main() -> None:
    configure_logging("WARNING")
    only = " ".join(sys.argv[1:])
    least, rows = uvloop.run(measure(only))
    lines = [f"| {what} | {cpu:.2f} | {cpu / least:.1f} | {p50:.1f} | {p99:.1f} |" for what, cpu, p50, p99 in rows]
    text = (
        "# What reading costs\n\nWritten by `python -m bench.reads`: CPU of the serving process at "
        f"{CONNECTIONS} connections, asked by the organisation's administration after the play {PLAY}. The floor, one "
        f"SELECT by key, takes {least:.2f} ms.\n\n"
        "| read | CPU, ms | times the floor | p50, ms | p99, ms |\n|---|---|---|---|---|\n" + "\n".join(lines) + "\n"
    )
    if not only:
        OUT.write_text(text, encoding="utf-8")
    sys.stdout.write(text)


if __name__ == "__main__":
    main()
