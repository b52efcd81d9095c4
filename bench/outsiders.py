"""How soon those outside hear: `python -m bench.outsiders` writes docs/benchmarks/outsiders.md.

A reader of Apache Kafka, in a process of its own, of events that are committed 200 times a second; what the relay
publishes to Apache Kafka at most; and a hundred endpoints of webhooks, of which five never answer.
"""

from __future__ import annotations

import asyncio
import json
import platform
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

import httpx
import uvloop

from bench.events import relay_on
from bench.parts import running_parts
from mentoring_allinone.stack import Stack
from mentoring_common.clock import SystemClock
from mentoring_common.embedded import ApacheKafka
from mentoring_common.embedded.issuer import DevIssuer
from mentoring_common.observability import configure_logging
from mentoring_common.outbox import emit
from mentoring_common.runner import Service
from mentoring_common.testing import eventually, toy
from mentoring_common.testing.harness import ISSUER, Servers, issuer_only, settings_for
from mentoring_contracts.applications import PersonChanged

OUT = Path(__file__).resolve().parents[1] / "docs" / "benchmarks" / "outsiders.md"
RATE, SECONDS = 200, 20
ENDPOINTS, DEAD, PEOPLE, A_SECOND = 100, 5, 40, 2
_READER = """
import asyncio, json, sys, time
from aiokafka import AIOKafkaConsumer
async def main(servers, number):
    consumer = AIOKafkaConsumer("mentoring.applications", bootstrap_servers=servers, auto_offset_reset="latest")
    await consumer.start()
    await consumer.seek_to_end()
    print("reading", flush=True)
    found = {}
    while len(found) < number:
        for records in (await consumer.getmany(timeout_ms=5000)).values():
            at = time.time()
            found |= {json.loads(one.value)["person_id"]: at for one in records}
    await consumer.stop()
    print(json.dumps(found), flush=True)
asyncio.run(main(sys.argv[1], int(sys.argv[2])))
"""
_RECEIVER = """
import asyncio, json, sys, time
async def serve(reader, writer):
    try:
        while True:
            head = (await reader.readuntil(b"\\r\\n\\r\\n")).decode()
            length = next(int(l.split(":")[1]) for l in head.split("\\r\\n") if l.lower().startswith("content-length"))
            event, at, path = json.loads(await reader.readexactly(length)), time.time(), head.split()[1]
            answer = b""
            if "challenge" in event["data"]:
                answer = json.dumps({"challenge": event["data"]["challenge"]}).encode()
            else:
                print(json.dumps([path, event["subject"], at]), flush=True)
                if path.startswith("/dead"):
                    await asyncio.sleep(3600)
            writer.write(b"HTTP/1.1 200 OK\\r\\nContent-Length: %d\\r\\n\\r\\n" % len(answer) + answer)
    except (asyncio.IncompleteReadError, ConnectionError):
        writer.close()
async def main():
    server = await asyncio.start_server(serve, "127.0.0.1", 0, backlog=500)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()
asyncio.run(main())
"""


def _percentiles(took: list[float]) -> str:
    took.sort()
    return f"{took[len(took) // 2] * 1000:.0f} ms / {took[int(len(took) * 0.99)] * 1000:.0f} ms"


async def of_kafka(servers: Servers) -> tuple[str, str]:
    """From the return of the commit to a reader of Apache Kafka."""
    settings = settings_for(servers, await toy.make_database(servers.superuser_url))
    service = Service(toy.DESIGN, settings, clock=SystemClock(), http=issuer_only(DevIssuer(ISSUER, "mentoring")))
    await service.start()
    try:
        number = RATE * SECONDS
        reader = await asyncio.create_subprocess_exec(
            sys.executable, "-c", _READER, servers.kafka_bootstrap_servers, str(number),
            stdout=asyncio.subprocess.PIPE, limit=1 << 26,
        )  # fmt: skip
        assert reader.stdout is not None
        assert (await reader.stdout.readline()).strip() == b"reading"
        committed: dict[str, float] = {}

        async def commit() -> None:
            person = uuid4()
            async with service.database.transaction(uuid4()) as db:
                emit(db, PersonChanged(person_id=person))
            committed[str(person)] = time.time()

        began, doing = time.monotonic(), set()
        for n in range(number):
            await asyncio.sleep(max(0.0, began + n / RATE - time.monotonic()))
            doing.add(asyncio.create_task(commit()))
        await asyncio.gather(*doing)
        found = json.loads(await reader.stdout.readline())
        await reader.wait()
    finally:
        await service.stop()
    took = [found[person] - at for person, at in committed.items()]
    return f"commit to a consumer on Apache Kafka, {RATE} events a second", _percentiles(took)


async def of_webhooks() -> list[tuple[str, str]]:
    """From the answer to the request to the first attempt at an endpoint."""
    with TemporaryDirectory() as folder:
        stack = await Stack.start(Path(folder), durable=False)
        receiver = await asyncio.create_subprocess_exec(
            sys.executable, "-c", _RECEIVER, stdout=asyncio.subprocess.PIPE, limit=1 << 26
        )
        assert receiver.stdout is not None
        try:
            port = int(await receiver.stdout.readline())
            return await _told(stack, port, receiver.stdout)
        finally:
            receiver.kill()
            await stack.stop()


async def _told(stack: Stack, port: int, said: asyncio.StreamReader) -> list[tuple[str, str]]:
    operator = stack.call("platform:admin")
    made = await operator.post("/applications/organisations", json={"name": "Bench", "slug": "bench"})
    rights = ("organisation:admin", "integrations:write", "applications:write")
    token = stack.token(*rights, tenant=made.json()["id"], subject="bench")
    headers = {"Authorization": f"Bearer {token}"}
    async with httpx.AsyncClient(base_url=stack.api_url, headers=headers, timeout=60) as client:
        for n in range(ENDPOINTS):
            path = "dead" if n < DEAD else "alive"
            body = {"url": f"http://127.0.0.1:{port}/{path}{n}", "types": ["mentoring.applications.PersonChanged.v1"]}
            hook = (await client.post("/integrations/webhooks", json=body)).raise_for_status().json()["id"]
            (await client.post(f"/integrations/webhooks/{hook}/verify")).raise_for_status()
        committed: dict[str, float] = {}
        for n in range(PEOPLE):
            body = {"name": f"P{n}", "email": f"p{n}@bench.example.org"}
            person = (await client.post("/applications/people", json=body)).raise_for_status().json()["id"]
            committed[person] = time.time()
            await asyncio.sleep(1 / A_SECOND)
    alive: dict[tuple[str, str], float] = {}
    wanted = (ENDPOINTS - DEAD) * PEOPLE

    async def read() -> bool:
        path, person, at = json.loads(await said.readline())
        if path.startswith("/alive") and person in committed:
            alive.setdefault((path, person), at - committed[person])
        return len(alive) == wanted

    await eventually(read, within_s=300, what=f"{wanted} deliveries")
    what = (
        f"commit to the first attempt, {ENDPOINTS} endpoints of which {DEAD} never answer, {A_SECOND} events a second"
    )
    return [(what, _percentiles(list(alive.values())))]


async def _measure() -> list[tuple[str, str]]:
    rows = []
    if ApacheKafka.available():
        async with running_parts() as parts:
            kafka = await ApacheKafka.start()
            servers = Servers(parts.superuser_url, kafka.bootstrap_servers, kafka_idempotent=True)
            rows.append(await of_kafka(servers))
            rows.append(("relay to Apache Kafka, at most", f"{await relay_on(servers):,.0f} events/s"))
            rows.append(("relay to the embedded broker, at most", f"{await relay_on(parts):,.0f} events/s"))
            await kafka.stop()
    return rows + await of_webhooks()


def main() -> None:
    configure_logging("ERROR")
    rows = uvloop.run(_measure())
    load = Path("/proc/loadavg").read_text(encoding="ascii").split()[0]
    text = "# How soon those outside hear\n\nWritten by `python -m bench.outsiders`: Python "
    text += (
        f"{platform.python_version()}, {platform.machine()}, embedded PostgreSQL (fsync off), all on one machine; load "
    )
    text += f"{load} at the end. Times: median / 99th percentile.\n\n| what | measured |\n|---|---|\n"
    text += "\n".join(f"| {what} | {found} |" for what, found in rows) + "\n"
    OUT.write_text(text, encoding="utf-8")
    sys.stdout.write(text)


if __name__ == "__main__":
    main()
