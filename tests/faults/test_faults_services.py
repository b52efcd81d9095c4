"""The real services as processes, two of each, written to while they or what they stand on is ended: nothing lost,
doubled or out of order."""

import asyncio
import contextlib
import os
import random
import signal
import uuid
from pathlib import Path

import httpx
import pytest
import sqlalchemy as sa
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import create_async_engine

from mentoring_allinone.stack import WITH_DATABASE
from mentoring_common.embedded.child_process import ChildProcess, free_port, server_environment
from mentoring_common.provisioning import Urls
from mentoring_common.testing import eventually
from mentoring_common.testing.checker import check
from mentoring_common.testing.harness import Servers, settings_for
from mentoring_common.testing.plugin import AS_IN_PRODUCTION

ROUNDS = int(os.environ.get("FAULTS_ROUNDS", "1"))
SEED = int(os.environ.get("FAULTS_SEED", str(random.randrange(10**6))))
WRITERS = 3
PATIENCE_S = 120
PAUSE_S = 13  # a session lasts 10 s
REALM = "/realms/mentoring"
pytestmark = [
    pytest.mark.faults,
    pytest.mark.skipif(not AS_IN_PRODUCTION, reason="minutes long: make faults"),
]


class Replicas:
    """Two processes of every service, on one database each."""

    def __init__(self, start):
        self._start = start
        self.ports = {(name, number): free_port() for name in WITH_DATABASE for number in (1, 2)}
        self.running = {which: self.start(which) for which in self.ports}

    def start(self, which):
        return self._start(which[0], self.ports[which])

    async def end(self, which, how):
        """End one by a signal and start it anew."""
        os.kill(self.running[which].pid, how)
        await asyncio.to_thread(self.running[which].wait)
        self.running[which] = self.start(which)
        await asyncio.sleep(1)

    async def ready(self, http):
        async def answers(port):
            with contextlib.suppress(httpx.TransportError):
                return (await http.get(f"http://127.0.0.1:{port}/readyz")).status_code == 200

        for which, port in self.ports.items():
            await eventually(lambda p=port: answers(p), within_s=PATIENCE_S, what=f"{which} ready")


class Load:
    """Writers that make programmes; each is asked for under one key, at either replica, until it is answered."""

    def __init__(self, http, ports, headers):
        self.http, self.headers = http, headers
        self.addresses = [f"http://127.0.0.1:{ports['applications', n]}/programmes" for n in (1, 2)]
        self.made, self.cut, self.refused, self.failed = [], 0, 0, 0
        self._done = False

    async def until(self, work):
        writers = [asyncio.create_task(self._write()) for _ in range(WRITERS)]
        await work
        self._done = True
        await asyncio.gather(*writers)

    async def _write(self):
        while not self._done:
            headers = self.headers | {"Idempotency-Key": str(uuid.uuid4())}
            made = None
            while made is None:
                made = await self._ask(headers)
                await asyncio.sleep(0.1)
            self.made.append(made)

    async def _ask(self, headers):
        try:
            address = random.choice(self.addresses)
            answer = await self.http.post(address, json={"blueprint": "nihr"}, headers=headers)
        except httpx.ConnectError:
            return None
        except httpx.TransportError:
            self.cut += 1
            return None
        if answer.status_code in (409, 503):  # the key is held, or the process is about to end
            self.refused += 1
            return None
        if answer.status_code == 500:
            self.failed += 1
            return None
        assert answer.status_code == 201, answer.text
        return answer.json()["id"]


def engine_of(server, name):
    # The superuser, whom no tenant's wall stops.
    url = make_url(server.dsn(f"mentoring_{name}")).set(drivername="postgresql+asyncpg")
    return create_async_engine(url)


async def organisation(http, compose, issuer, ports):
    """An organisation of its own, and the headers of its admin."""
    made, port = issuer
    secret = compose["services"]["keycloak"]["environment"]["OPERATOR_CLIENT_SECRET"]
    form = {"grant_type": "client_credentials", "client_id": "operator", "scope": "platform:admin"}
    url = f"http://127.0.0.1:{port}{REALM}/protocol/openid-connect/token"
    token = (await http.post(url, data=form | {"client_secret": secret})).json()["access_token"]
    body = {"name": "Faults", "slug": f"f-{uuid.uuid4().hex[:8]}"}
    answer = await http.post(
        f"http://127.0.0.1:{ports['applications', 1]}/organisations",
        json=body, headers={"Authorization": f"Bearer {token}"},
    )  # fmt: skip
    assert answer.status_code == 201, answer.text
    tenant = answer.json()["id"]
    admin = made.mint("admin", tenant, ["organisation:admin", "applications:write", "applications:read"])
    return uuid.UUID(tenant), {"Authorization": f"Bearer {admin}"}


async def rows(server, name, query, **values):
    engine = engine_of(server, name)
    async with engine.connect() as connection:
        found = list(await connection.scalars(sa.text(query), values))
    await engine.dispose()
    return found


@pytest.fixture(scope="module")
async def replicas(start):
    return Replicas(start)


async def all_by(replicas, how):
    for which in random.sample(list(replicas.ports), len(replicas.ports)):
        await replicas.end(which, how)
    return len(replicas.ports)


async def members_paused(replicas):
    """One of the two of every service stands still until the group has gone on without it."""
    paused = [replicas.running[name, 1].pid for name in WITH_DATABASE]
    for pid in paused:
        os.kill(pid, signal.SIGSTOP)
    await asyncio.sleep(PAUSE_S)
    for pid in paused:
        os.kill(pid, signal.SIGCONT)
    return len(paused)


async def backend_killed(server):
    """PostgreSQL ends every connection when one of its processes was killed, and recovers from its log."""
    (pid,) = await rows(
        server, "applications", "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' "
        "AND datname = current_database() AND pid <> pg_backend_pid() LIMIT 1",
    )  # fmt: skip
    os.kill(pid, signal.SIGKILL)
    await asyncio.sleep(5)
    return 1


async def broker_killed(kafka, tmp_path):
    """The node is killed, away for a while, and started on the data it had."""
    command = Path(f"/proc/{kafka.pid}/cmdline").read_bytes().decode().rstrip("\0").split("\0")
    os.kill(kafka.pid, signal.SIGKILL)
    await asyncio.sleep(3)
    log, environment = tmp_path / "kafka.log", server_environment()
    again = ChildProcess.spawn(command, stop_signal=signal.SIGTERM, log=log, environment=environment)
    kafka._processes = [again]
    await asyncio.sleep(10)
    return 1


@pytest.mark.parametrize("fault", ["kill -9", "SIGTERM", "members paused", "PostgreSQL crashes", "broker killed"])
async def test_what_is_answered_is_kept_once(replicas, initialised, hosts, kafka, issuer, compose, tmp_path, fault):
    random.seed(SEED)
    faults = {
        "kill -9": lambda: all_by(replicas, signal.SIGKILL),
        "SIGTERM": lambda: all_by(replicas, signal.SIGTERM),
        "members paused": lambda: members_paused(replicas),
        "PostgreSQL crashes": lambda: backend_killed(initialised),
        "broker killed": lambda: broker_killed(kafka, tmp_path),
    }
    async with httpx.AsyncClient(timeout=30) as http:
        await replicas.ready(http)
        tenant, headers = await organisation(http, compose, issuer, replicas.ports)
        times = 0

        async def rounds():
            nonlocal times
            for _ in range(ROUNDS):
                times += await faults[fault]()

        load = Load(http, replicas.ports, headers)
        await load.until(rounds())
        await replicas.ready(http)
    counted = f"cut {load.cut}, refused {load.refused}, failed {load.failed}"
    told = f"seed {SEED}: {fault} x {times}, made {len(load.made)}, {counted}"
    if fault == "SIGTERM":
        assert load.cut == 0, told  # what was accepted is answered before the process ends

    async def all_there():
        query = "SELECT count(*) FROM outbox WHERE published_at IS NULL"
        return not any([(await rows(initialised, name, query))[0] for name in WITH_DATABASE])

    await eventually(all_there, within_s=PATIENCE_S, what="publishing")
    programmes = await rows(initialised, "applications", "SELECT id FROM programmes WHERE tenant_id = :t", t=tenant)
    assert sorted(map(str, programmes)) == sorted(load.made)  # each answered one is there, and once

    events = await rows(
        initialised, "applications",
        "SELECT event_id FROM outbox WHERE tenant_id = :t AND type LIKE '%ProgrammeCreated%'", t=tenant,
    )  # fmt: skip
    assert len(events) == len(load.made)

    async def handled(name):
        query = "SELECT event_id FROM inbox WHERE event_id = ANY(:ids)"
        return set(await rows(initialised, name, query, ids=events)) == set(events)

    for name in ("matching", "sessions", "evaluation"):
        await eventually(lambda n=name: handled(n), within_s=PATIENCE_S, what=f"handling at {name}")

    nowhere = Urls("postgresql://", "postgresql://", "postgresql://")
    settings = settings_for(Servers("", hosts["kafka:9092"], kafka_idempotent=True), nowhere)
    for name in ("applications", "matching", "sessions", "evaluation"):
        engine = engine_of(initialised, name)
        verdict = await check(engine, settings, f"mentoring.{name}", tenant)
        await engine.dispose()
        told += f"\n  {name} {verdict}"
        assert (verdict.lost, verdict.ghosts, verdict.inversions) == (0, 0, 0)
    print(f"\n{told}")  # noqa: T201
    assert load.failed == 0
