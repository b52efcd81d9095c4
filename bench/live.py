"""How soon a thousand who follow one programme are told: `python -m bench.live` writes docs/benchmarks/live.md.

One gateway in this process, on the embedded broker; subscribers in another process, each a connection of its own with
server-sent events. What services answer (may this person read the programme?) is a stub: it is asked once for each.
"""

from __future__ import annotations

import asyncio
import json
import platform
import resource
import statistics
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import uvicorn
import uvloop
from starlette.responses import JSONResponse

from mentoring_common.broker import Publisher, Record, ensure_topics
from mentoring_common.embedded import EmbeddedBroker
from mentoring_common.embedded.issuer import DevIssuer
from mentoring_common.envelope import Envelope
from mentoring_common.http_server import server_config
from mentoring_common.ids import new_id
from mentoring_common.observability import configure_logging
from mentoring_common.testing.harness import ISSUER, issuer_only
from mentoring_common.tracing import new_traceparent
from mentoring_contracts.matching import MatchRunCompleted
from mentoring_gateway.app import Gateway
from mentoring_gateway.live import TOPICS
from mentoring_gateway.settings import GatewaySettings

OUT = Path(__file__).resolve().parents[1] / "docs" / "benchmarks" / "live.md"
SUBSCRIBERS, EVENTS = 1_000, 10
_QUERY = "subscription($ids: [ID!]!) { changes(ids: $ids) { id of } }"
_FOLLOWERS = """
import asyncio, json, sys, time
async def follow(port, request, told, ready):
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=2**20)
    writer.write(request)
    await writer.drain()
    ready.release()
    while line := await reader.readline():
        if line.startswith(b"data:") and b'"changes"' in line:
            told.append((json.loads(line[5:])["data"]["changes"]["id"], time.time()))
async def main():
    port, number, events = map(int, sys.argv[1:4])
    request, told, ready = sys.stdin.buffer.read(), [], asyncio.Semaphore(0)
    following = []
    for _ in range(number):
        following.append(asyncio.create_task(follow(port, request, told, ready)))
        await ready.acquire()
    while len(told) < number * events:
        await asyncio.sleep(0.05)
    json.dump(told, sys.stdout)
    sys.stdout.flush()
asyncio.run(main())
"""


async def _serve(gateway: Gateway) -> tuple[uvicorn.Server, asyncio.Task[None], int]:
    server = uvicorn.Server(server_config(gateway.asgi, host="127.0.0.1", port=0, timeout_graceful_shutdown=1))
    task = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110  uvicorn offers no event to wait for
        await asyncio.sleep(0.01)
    return server, task, server.servers[0].sockets[0].getsockname()[1]


async def _publish(publisher: Publisher, tenant: UUID, programme: UUID) -> str:
    run = {"run_id": uuid4(), "programme_id": programme, "cohort_id": uuid4()}
    event = MatchRunCompleted(**run, pairs=1, unmatched_mentees=0, unmatched_mentors=0)
    envelope = Envelope.of(event, new_id(), tenant, datetime.now(UTC), new_traceparent())
    headers = [(name, value.encode()) for name, value in envelope.headers().items()]
    await publisher.publish([Record(event.topic(), str(event.run_id), event.model_dump_json().encode(), headers)])
    return str(envelope.id)


def _request(port: int, token: str, programme: UUID) -> bytes:
    body = json.dumps({"query": _QUERY, "variables": {"ids": [f"Programme:{programme}"]}})
    head = f"POST /graphql HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAuthorization: Bearer {token}\r\n"
    head += "Content-Type: application/json\r\nAccept: text/event-stream\r\n"
    return f"{head}Content-Length: {len(body)}\r\n\r\n{body}".encode()


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


async def measure() -> tuple[list[float], list[float], float]:
    """Seconds until everybody was told and until half were, for each event; CPU seconds of the gateway per event."""
    programme, tenant, issuer = uuid4(), uuid4(), DevIssuer(ISSUER, "mentoring")
    body = {"id": str(programme), "title": "Mentoring", "state": "open", "version": 1, "direction": "both"}
    body |= {"blueprint_name": "sample", "criteria": [], "created_at": "2026-01-01T00:00:00Z"}

    async def service(scope: Any, receive: Any, send: Any) -> None:
        await JSONResponse(body)(scope, receive, send)

    broker = await EmbeddedBroker.start()
    names = ("applications", "matching", "sessions", "evaluation", "integrations")
    settings = GatewaySettings(
        token_issuer=ISSUER, token_jwks_url=f"{ISSUER}/jwks.json", kafka_bootstrap_servers=broker.bootstrap_servers,
        kafka_idempotent=False, kafka_fast_groups=True,
        **{f"{name}_url": f"http://services.test/{name}" for name in names},
    )  # fmt: skip
    await ensure_topics(settings, TOPICS)
    publisher = Publisher(settings)
    async with issuer_only(issuer, {"http://services.test": service}) as http:
        gateway = Gateway(settings, http=http)
        await gateway.start()
        server, serving, port = await _serve(gateway)
        token = issuer.mint(str(uuid4()), str(tenant), ["applications:read"])
        try:
            return await _told(gateway, port, _request(port, token, programme), publisher, tenant, programme)
        finally:
            server.should_exit = True
            await gateway.stop()
            await serving
            await publisher.close()
            await broker.stop()


async def _told(
    gateway: Gateway, port: int, request: bytes, publisher: Publisher, tenant: UUID, programme: UUID
) -> tuple[list[float], list[float], float]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", _FOLLOWERS, str(port), str(SUBSCRIBERS), str(EVENTS),
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert process.stdin is not None
    process.stdin.write(request)
    process.stdin.close()
    while [gauge.value for gauge in await gateway.measure()] != [SUBSCRIBERS]:  # noqa: ASYNC110
        await asyncio.sleep(0.1)
    await asyncio.sleep(3)  # the last permissions are looked at
    began, sent = _cpu(), {}
    for _ in range(EVENTS):
        at = time.time()
        sent[await _publish(publisher, tenant, programme)] = at
        await asyncio.sleep(2)
    used = (_cpu() - began) / EVENTS
    output, _ = await process.communicate()
    told: list[tuple[str, float]] = json.loads(output)
    late = {one: sorted(at - sent[one] for id_, at in told if id_ == one) for one in sent}
    assert {len(times) for times in late.values()} == {SUBSCRIBERS}
    return [times[-1] for times in late.values()], [statistics.median(times) for times in late.values()], used


def text(last: list[float], half: list[float], cpu_s: float) -> str:
    """The page in Markdown."""
    where = f"Python {platform.python_version()}, {platform.machine()}, the embedded broker"
    return f"""# Following what happens

Written by `python -m bench.live`: {SUBSCRIBERS:,} subscribers of one programme by server-sent events, at one
gateway process; {EVENTS} events, 2 s apart. {where}. The time is from before the event is published to its line at a
subscriber's socket. The machine was busy with other work (load 11 on two cores).

| | median of {EVENTS} events | slowest event |
|---|---|---|
| half of the subscribers told, ms | {1000 * statistics.median(half):.0f} | {1000 * max(half):.0f} |
| all subscribers told, ms | {1000 * statistics.median(last):.0f} | {1000 * max(last):.0f} |
| CPU of the gateway per subscriber told, ms | {1000 * cpu_s / SUBSCRIBERS:.2f} | |
"""


def main() -> None:
    configure_logging("ERROR")
    page = text(*uvloop.run(measure()))
    OUT.write_text(page, encoding="utf-8")
    sys.stdout.write(page)


if __name__ == "__main__":
    main()
