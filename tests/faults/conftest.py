"""What tests of faults share: a toy service whose processes die at a named point; the real services, two of each."""

import asyncio
import contextlib
import json
import os
import random
import signal
import sys
import uuid
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
import sqlalchemy as sa
from aiokafka.errors import CommitFailedError
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import create_async_engine

from mentoring_allinone.stack import WITH_DATABASE
from mentoring_common import broker
from mentoring_common.databases import Urls
from mentoring_common.embedded.child_process import free_port
from mentoring_common.embedded.issuer import DevIssuer
from mentoring_common.embedded.patience import Patience
from mentoring_common.testing import eventually, toy
from mentoring_common.testing.checker import check
from mentoring_common.testing.harness import ISSUER, Servers, plain, settings_for

CHILD = Path(__file__).with_name("child.py")
SEED = int(os.environ.get("FAULTS_SEED", str(random.randrange(10**6))))
WRITERS = 3
PATIENCE_S = 120
REQUEST_S = 30
REALM = "/realms/mentoring"


class Children:
    """Processes of one toy service, which share its database and broker and may die at a named point."""

    def __init__(self, settings, issuer):
        self.settings = settings
        self.issuer = issuer
        self._running = []

    async def run(self, part, *, die_at=None, until_idle=False, within_s=60):
        """Run relay or consumer in a process of its own; its exit code (-9: killed)."""
        process = await self.start(part, die_at=die_at, until_idle=until_idle)
        patience = Patience(within_s)
        while process.returncode is None:
            if patience.is_over:
                process.kill()
                raise TimeoutError(f"{part} does not end")
            await asyncio.sleep(0.05)
        return process.returncode

    async def start(self, part, *, die_at=None, until_idle=False):
        order = {"part": part, "die_at": die_at, "until_idle": until_idle, "settings": plain(self.settings)}
        process = await asyncio.create_subprocess_exec(
            sys.executable, str(CHILD), json.dumps(order), stdout=asyncio.subprocess.DEVNULL
        )
        self._running.append(process)
        return process

    async def stop(self):
        for process in self._running:
            if process.returncode is None:
                process.send_signal(signal.SIGKILL)
                await process.wait()


@pytest.fixture
async def children(each_broker):
    urls = await toy.make_database(each_broker.superuser_url)
    made = Children(settings_for(each_broker, urls), DevIssuer(ISSUER, "mentoring"))
    yield made
    await made.stop()


class Replicas:
    """Two processes of every service, on one database each, and of the gateway, which calls the first of the two."""

    def __init__(self, start, hosts):
        self._start = start
        names = (*WITH_DATABASE, "gateway")
        first = {(name, 1): int(hosts[f"{name}:8000"].rpartition(":")[2]) for name in names}
        self.ports = first | {(name, 2): free_port() for name in names}
        self.running = {which: self.start(which) for which in self.ports}

    def start(self, which):
        return self._start(which[0], self.ports[which])

    async def end(self, which, how):
        """End one by a signal and start it anew."""
        os.kill(self.running[which].pid, how)
        await asyncio.to_thread(self.running[which].wait)
        self.running[which] = self.start(which)
        await asyncio.sleep(1)

    async def end_all(self):
        """End every process of a service, in order."""
        for process in self.running.values():
            os.kill(process.pid, signal.SIGTERM)
        await asyncio.gather(*(asyncio.to_thread(process.wait) for process in self.running.values()))

    @contextlib.asynccontextmanager
    async def stopped(self):
        """No process of a service runs, as an operator has it for some work."""
        await self.end_all()
        yield
        self.running = {which: self.start(which) for which in self.ports}

    async def ready(self, http):
        async def answers(port):
            with contextlib.suppress(httpx.TransportError):
                return (await http.get(f"http://127.0.0.1:{port}/readyz")).status_code == 200

        for which, port in self.ports.items():
            await eventually(lambda p=port: answers(p), within_s=PATIENCE_S, what=f"{which} ready")


class Load:
    """Writers that make programmes; each is asked for under one key, by REST or by GraphQL, at either replica, until it
    is answered."""

    def __init__(self, http, ports, headers):
        self.http, self.headers = http, headers
        rest = [f"http://127.0.0.1:{ports['applications', n]}/programmes" for n in (1, 2)]
        graphql = [f"http://127.0.0.1:{ports['gateway', n]}/graphql" for n in (1, 2)]
        self.ways = [(rest, {"blueprint": "nihr"}), (graphql, {"query": CREATE})]
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
            made, way = None, random.choice(self.ways)
            while made is None:
                made = await self._ask(headers, *way)
                await asyncio.sleep(0.1)
            self.made.append(made)

    async def _ask(self, headers, addresses, body):
        try:
            answer = await self.http.post(random.choice(addresses), json=body, headers=headers)
        except httpx.ConnectError:
            return None
        except httpx.TransportError:
            self.cut += 1
            return None
        status, programme = _read(answer)
        if status in (409, 503, 504):  # the key is held, or the process is about to end
            self.refused += 1
            return None
        if status == 500:
            self.failed += 1
            return None
        assert programme, answer.text
        return programme


CREATE = 'mutation { createProgramme(blueprint: "nihr") { id } }'


def _read(answer):
    """The status of an answer, which GraphQL has in its error, and the programme's id."""
    said = answer.json() if answer.content else {}
    if said.get("errors") and "data" in said:
        return said["errors"][0]["extensions"]["status"], None
    made = said["data"]["createProgramme"] if "data" in said else said
    return answer.status_code, str(made.get("id", "")).rpartition(":")[2]  # a schema's id names the type, too


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


@dataclass(frozen=True)
class Account:
    """What became of the programmes that were asked for, counted without relay, consumer and inbox; all 0 is right."""

    missing: int = 0  # answered, and not there
    doubled: int = 0  # there, and never answered: a repeated request had its effect again
    lost: int = 0  # an event that was committed and is not in the topic, or that a service knows nothing of
    again: int = 0  # an event that had its effect more than once
    ghosts: int = 0
    inversions: int = 0


class Effects:
    """Counts what reactions do where each writes: integrations keeps a programme's words whenever it is told of them.

    By triggers of the superuser's, in tables that no service may see.
    """

    INSTALLED = """
        DROP SCHEMA IF EXISTS ledger CASCADE;
        CREATE SCHEMA ledger;
        CREATE TABLE ledger.effects (id uuid NOT NULL, transaction xid8 NOT NULL);
        CREATE FUNCTION ledger.note() RETURNS trigger SECURITY DEFINER LANGUAGE plpgsql AS $$
            BEGIN INSERT INTO ledger.effects VALUES (NEW.id, pg_current_xact_id()); RETURN NULL; END $$;
        CREATE TRIGGER note AFTER INSERT OR UPDATE ON programmes FOR EACH ROW EXECUTE FUNCTION ledger.note()
    """
    AGAIN = """
        SELECT e.id FROM ledger.effects e JOIN programmes p USING (id) WHERE p.tenant_id = :t
        GROUP BY e.id HAVING count(DISTINCT transaction) > 1
    """

    @classmethod
    async def install(cls, server):
        engine = engine_of(server, "integrations")
        async with engine.begin() as connection:
            driver = (await connection.get_raw_connection()).driver_connection
            await driver.execute(cls.INSTALLED)
        await engine.dispose()


class Whole:
    """The real services as processes, two of each, written to while something is wrong."""

    KNOWS = ("matching", "sessions", "evaluation", "integrations")

    def __init__(self, replicas, server, hosts, issuer, compose):
        self.replicas, self.server, self.hosts = replicas, server, hosts
        self.issuer, self.compose = issuer, compose
        self.tenant = self.headers = self.load = None

    async def under(self, name, fault):
        """Write while `fault()` is made (it says how often it was), and see that what was answered is kept, once."""
        load, account = await self.account(name, fault)
        assert account == Account()
        assert load.failed == 0
        return load

    async def account(self, name, fault, *, patience_s=PATIENCE_S):
        """Write while `fault()` is made; what was written, and what became of it after `patience_s` at the longest."""
        load, times = await self.written(fault)
        account = await self.became(load.made, patience_s)
        counted = f"cut {load.cut}, refused {load.refused}, failed {load.failed}"
        told = f"seed {SEED}: {name} x {times}, made {len(load.made)}, {counted}"
        print(f"\n{told}\n  {account}")  # noqa: T201
        return load, account

    async def written(self, fault):
        """Write, for an organisation of its own, while `fault()` is made; what was written, and what `fault` says."""
        random.seed(SEED)
        async with httpx.AsyncClient(timeout=REQUEST_S) as http:
            await self.replicas.ready(http)
            self.tenant, self.headers = await organisation(http, self.compose, self.issuer, self.replicas.ports)
            headers, times = self.headers, 0

            async def made():
                nonlocal times
                times = await fault()

            self.load = load = Load(http, self.replicas.ports, headers)
            await load.until(made())
            await self.replicas.ready(http)
        return load, times

    async def rows(self, name, query, **values):
        """The first column of what a service's database answers."""
        return await rows(self.server, name, query, **values)

    async def change(self, name, statement):
        """Change what a service's database holds, as an operator may."""
        engine = engine_of(self.server, name)
        async with engine.begin() as connection:
            await connection.execute(sa.text(statement))
        await engine.dispose()

    async def drop(self, name):
        """Lose a service's database."""
        engine = create_async_engine(self.server.dsn("postgres"), isolation_level="AUTOCOMMIT")
        async with engine.connect() as connection:
            await connection.execute(sa.text(f"DROP DATABASE mentoring_{name} WITH (FORCE)"))
        await engine.dispose()

    async def read_from_the_beginning(self, name):
        """Have the group of a service that is stopped begin at the earliest records."""
        reader = broker.consumer(self._settings(), f"mentoring-{name}")
        await reader.start()
        named = [topic for topic in await reader.topics() if topic.startswith("mentoring.")]
        partitions = await broker.partitions_of(reader, named)
        reader.assign(partitions)

        async def committed():
            with contextlib.suppress(CommitFailedError):  # somebody who did not say goodbye is still waited for
                await reader.commit(dict.fromkeys(partitions, 0))
                return True

        await eventually(committed, what=f"the group of {name} to be empty")
        await reader.stop()

    def _settings(self):
        nowhere = Urls("postgresql://", "postgresql://", "postgresql://")
        return settings_for(Servers("", self.hosts["kafka:9092"], kafka_idempotent=True), nowhere)

    async def became(self, made, patience_s=PATIENCE_S):
        """What became of programmes, once everything is published."""

        async def all_published():
            query = "SELECT count(*) FROM outbox WHERE published_at IS NULL"
            return not any([(await self.rows(name, query))[0] for name in WITH_DATABASE])

        async def known(name):
            query = "SELECT id::text FROM programmes WHERE tenant_id = :t"
            return set(await self.rows(name, query, t=self.tenant))

        async def all_know():
            return all([there == await known(name) for name in self.KNOWS])

        await eventually(all_published, within_s=PATIENCE_S, what="publishing")
        there = await known("applications")
        with contextlib.suppress(AssertionError):  # what is missing is counted
            await eventually(all_know, within_s=patience_s)
        unknown = sum([len(there - await known(name)) for name in self.KNOWS])
        verdicts = [await self.verdict(name) for name in WITH_DATABASE]
        return Account(
            missing=len(set(made) - there),
            doubled=len(there - set(made)) + len(made) - len(set(made)),
            lost=sum(v.lost for v in verdicts) + unknown,
            again=len(await self.rows("integrations", Effects.AGAIN, t=self.tenant)),
            ghosts=sum(v.ghosts for v in verdicts),
            inversions=sum(v.inversions for v in verdicts),
        )

    async def verdict(self, name):
        """What the checker says of a service's outbox and its topic, for the organisation that is written to."""
        engine = engine_of(self.server, name)
        verdict = await check(engine, self._settings(), f"mentoring.{name}", self.tenant)
        await engine.dispose()
        return verdict


@pytest.fixture(scope="module")
async def replicas(start, hosts):
    return Replicas(start, hosts)


@pytest.fixture(scope="module")
async def whole(replicas, initialised, hosts, issuer, compose):
    await Effects.install(initialised)
    return Whole(replicas, initialised, hosts, issuer, compose)
