"""What traces cost: `python -m bench.traces` writes docs/benchmarks/traces.md.

The same service three times, asked in turns: without traces, with one in a hundred sampled, with every one. Compared is
the CPU time of the serving process per request, the thread that sends the spans included.
"""

from __future__ import annotations

import platform
import sys
import tempfile
from contextlib import AsyncExitStack
from pathlib import Path
from uuid import uuid4

import uvloop

from bench.parts import running_parts
from bench.requests import CONNECTIONS, COUNT, TURNS, Server, _person, _requests, _Scene, _serving, _told, ids_of
from bench.requests.load import drive, request
from mentoring_common import migrations
from mentoring_common.databases import provision
from mentoring_common.embedded.issuer import DevIssuer
from mentoring_common.testing.collector import collector
from mentoring_common.testing.harness import ISSUER, Servers

OUT = Path(__file__).resolve().parents[1] / "docs" / "benchmarks" / "traces.md"
WAYS = {"none": None, "one in a hundred": 0.01, "every one": 1.0}


async def measure(servers: Servers, url: str) -> dict[str, dict[str, float]]:
    """CPU milliseconds a request, by kind of request and by share of traces."""
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        tenant, issuer = uuid4(), DevIssuer(ISSUER, "mentoring", folder)
        token = issuer.mint("office", str(tenant), ["applications:write", "organisation:admin"], ttl_s=7200)
        serving: dict[str, Server] = {}
        for way, ratio in WAYS.items():
            urls = await provision(servers.superuser_url, "applications", database=f"mentoring_bench_{uuid4().hex[:8]}")
            await migrations.upgrade(urls.owner, "applications")
            told = _told(servers, urls, folder)
            traces = {} if ratio is None else {"traces_url": url, "traces_ratio": ratio}
            told = told | {"name": "applications", "settings": told["settings"] | traces}  # type: ignore[operator]
            serving[way] = await stack.enter_async_context(_serving("bench.requests.serving", told))
        scenes = {way: _Scene(one, one, one, token, tenant) for way, one in serving.items()}
        written = await _compared(scenes, lambda _way: lambda n: request("POST", "/people", token, _person(n)))
        ids = {way: await ids_of(scene.service, "/people?limit=200", token) for way, scene in scenes.items()}
        read = await _compared(
            scenes, lambda way: lambda n: request("GET", f"/people/{ids[way][n % len(ids[way])]}", token)
        )
        return {"REST read by id": read, "REST write (person, audit, event)": written}


async def _compared(scenes: dict[str, _Scene], making) -> dict[str, float]:  # type: ignore[no-untyped-def]
    used = dict.fromkeys(scenes, 0.0)
    for turn in range(-1, TURNS):  # the first one warms up and does not count
        for way, scene in scenes.items():
            before = scene.service.cpu_s()
            load = await drive(scene.service.port, _requests(making(way), turn), CONNECTIONS)
            assert not load.refused, f"{load.refused} requests refused"
            used[way] += (scene.service.cpu_s() - before) if turn >= 0 else 0.0
    return {way: seconds * 1000 / (TURNS * COUNT) for way, seconds in used.items()}


async def main() -> None:
    with collector() as seen:
        async with running_parts() as servers:
            found = await measure(servers, seen.url)
        spans = len(seen.spans)
    head = "| request | without, ms | one trace in a hundred | every trace |\n|---|---|---|---|\n"
    rows = "\n".join(
        f"| {what} | {ms['none']:.2f} | {ms['one in a hundred']:.2f} ({ms['one in a hundred'] / ms['none'] - 1:+.1%}) "
        f"| {ms['every one']:.2f} ({ms['every one'] / ms['none'] - 1:+.1%}) |"
        for what, ms in found.items()
    )
    text = (
        f"# What traces cost\n\nWritten by `python -m bench.traces`. Python {platform.python_version()}, "
        f"{platform.machine()}; {TURNS} turns of {COUNT} requests; {spans} spans came.\n"
        "CPU time of the serving process per request.\n\n"
    )
    OUT.write_text(text + head + rows + "\n", encoding="utf-8")
    sys.stdout.write(text + head + rows + "\n")


if __name__ == "__main__":
    uvloop.run(main())
