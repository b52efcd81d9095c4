"""Requests to real servers: CPU per request of the serving processes, against a floor that does the same work.

Each server is a process of its own behind uvicorn; 16 connections send one request after the other. What is compared is
the CPU time of the serving process, which says more on a shared machine than the time that passes.
"""

from __future__ import annotations

import asyncio
import json
import os
import socket
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID, uuid4

import asyncpg
from sqlalchemy.engine import make_url

from bench.requests.floor import TABLES
from bench.requests.load import Load, drive, request
from mentoring_common import migrations
from mentoring_common.databases import provision
from mentoring_common.embedded.issuer import DevIssuer
from mentoring_common.testing.harness import ISSUER, Servers, settings_for

CONNECTIONS = 16
QUERY = "query Person($id: UUID!) { person(id: $id) { id name email } }"
COUNT = 300  # requests of a turn
TURNS = int(os.environ.get("BENCH_TURNS", "10"))


@dataclass(frozen=True)
class Measured:
    """One kind of request: CPU milliseconds each, of the serving processes, and latencies."""

    what: str
    cpu_ms: float
    p50_ms: float
    p99_ms: float
    floor_ms: float

    @property
    def ratio(self) -> float:
        return self.cpu_ms / self.floor_ms


@dataclass(frozen=True)
class Server:
    """A process that serves on a port of 127.0.0.1."""

    pid: int
    port: int

    def cpu_s(self) -> float:
        """CPU seconds that the process has used so far."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def requests(servers: Servers) -> list[Measured]:
    """Reads by id, lists of fifty and writes with audit and event; the reads through the gateway as well."""
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        tenant, issuer = uuid4(), DevIssuer(ISSUER, "mentoring", folder)
        token = issuer.mint("office", str(tenant), ["applications:write", "organisation:admin"], ttl_s=7200)
        floor = await stack.enter_async_context(floor_server(servers))
        urls = await provision(servers.superuser_url, "applications", database=f"mentoring_bench_{uuid4().hex[:8]}")
        await migrations.upgrade(urls.owner, "applications")
        told = _told(servers, urls, folder)
        service = await stack.enter_async_context(_serving("bench.requests.serving", told | {"name": "applications"}))
        settings = told["settings"] | {"applications_url": f"http://127.0.0.1:{service.port}"}
        door = {"name": "gateway", "keys": told["keys"], "settings": settings}
        gateway = await stack.enter_async_context(_serving("bench.requests.serving", door))
        return await _measure(_Scene(floor, service, gateway, token, tenant))


@dataclass
class _Scene:
    floor: Server
    service: Server
    gateway: Server
    token: str
    tenant: UUID

    async def cost(self, servers: list[Server], requests: Iterator[bytes]) -> tuple[float, Load]:
        """CPU seconds that these servers used for the requests, the first of which is asked."""
        before = sum(server.cpu_s() for server in servers)
        load = await drive(servers[0].port, requests, CONNECTIONS)
        assert not load.refused, f"{load.refused} requests refused"
        return sum(server.cpu_s() for server in servers) - before, load


def _requests(make: Callable[[int], bytes], turn: int) -> Iterator[bytes]:
    return (make((turn + 1) * COUNT + number) for number in range(COUNT))


async def _measure(scene: _Scene) -> list[Measured]:
    def write(number: int) -> bytes:
        return request("POST", "/people", scene.token, _person(number))

    def floor_write(number: int) -> bytes:
        return request("POST", "/rows", scene.token, _person(number))

    wrote = await _pair(scene, "REST write (person, audit, event)", [scene.service], write, floor_write)
    ids, floor_ids = (
        await ids_of(scene.service, "/people?limit=200", scene.token),
        await ids_of(scene.floor, "/rows", scene.token),
    )

    def read(number: int) -> bytes:
        return request("GET", f"/people/{ids[number % len(ids)]}", scene.token)

    def floor_read(number: int) -> bytes:
        return request("GET", f"/rows/{floor_ids[number % len(floor_ids)]}", scene.token)

    def fifty(_: int) -> bytes:
        return request("GET", "/people?limit=50", scene.token)

    def floor_fifty(_: int) -> bytes:
        return request("GET", "/rows", scene.token)

    def graphql(number: int) -> bytes:
        asked = {"query": QUERY, "variables": {"id": ids[number % len(ids)]}}
        return request("POST", "/graphql", scene.token, json.dumps(asked).encode())

    return [
        await _pair(scene, "REST read by id", [scene.service], read, floor_read),
        await _pair(scene, "REST list of 50", [scene.service], fifty, floor_fifty),
        wrote,
        await _pair(
            scene, "GraphQL read by id (gateway and service)", [scene.gateway, scene.service], graphql, floor_read
        ),
    ]


async def _pair(
    scene: _Scene,
    what: str,
    servers: list[Server],
    ours: Callable[[int], bytes],
    floor: Callable[[int], bytes],
) -> Measured:
    """Ours and the floor in turns, so that what else the machine does meets both alike."""
    mine, least, answers = 0.0, 0.0, Load()
    for turn in range(-1, TURNS):  # the first one warms up and does not count
        cost, load = await scene.cost(servers, _requests(ours, turn))
        floor_cost, _ = await scene.cost([scene.floor], _requests(floor, turn))
        if turn >= 0:
            mine, least = mine + cost, least + floor_cost
            answers.latencies += load.latencies
    each = 1000 / (TURNS * COUNT)
    return Measured(what, mine * each, answers.percentile(0.5), answers.percentile(0.99), least * each)


def _person(number: int) -> bytes:
    return json.dumps({"name": "Ada Byron", "email": f"ada{number}@example.org"}).encode()


async def ids_of(server: Server, path: str, token: str) -> list[str]:
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(request("GET", path, token))
    head = await reader.readuntil(b"\r\n\r\n")
    length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
    found = json.loads(await reader.readexactly(length))
    writer.close()
    return [row["id"] for row in (found["items"] if isinstance(found, dict) else found)]


def _told(servers: Servers, urls: object, folder: Path) -> dict[str, object]:
    settings = settings_for(servers, urls, poll_interval_s=5.0, log_level="INFO").model_dump()  # type: ignore[arg-type]
    plain = {k: v.get_secret_value() if hasattr(v, "get_secret_value") else v for k, v in settings.items()}
    return {"settings": plain, "keys": str(folder)}


@asynccontextmanager
async def floor_server(servers: Servers) -> AsyncIterator[Server]:
    url, name = make_url(servers.superuser_url), f"floor_{uuid4().hex[:8]}"
    dsn = {"host": url.query.get("host") or url.host, "user": url.username, "database": url.database}
    if url.port:
        dsn |= {"port": url.port, "password": url.password}
    connection = await asyncpg.connect(**dsn)
    await connection.execute(f"CREATE DATABASE {name}")
    await connection.close()
    dsn["database"] = name
    connection = await asyncpg.connect(**dsn)
    await connection.execute(TABLES)
    await connection.close()
    async with _serving("bench.requests.floor", {"dsn": dsn}) as server:
        yield server


@asynccontextmanager
async def _serving(module: str, told: dict[str, object]) -> AsyncIterator[Server]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(1024)
        port = listener.getsockname()[1]
        order = json.dumps(told | {"fd": listener.fileno()}, default=str)
        profiler = os.environ.get("BENCH_UNDER", "").split()  # for whoever looks where the time goes
        process = await asyncio.create_subprocess_exec(
            sys.executable, *profiler, "-m", module, order,
            pass_fds=[listener.fileno()], stderr=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
    try:
        yield Server(process.pid, port)
    finally:
        process.terminate()
        await process.wait()
