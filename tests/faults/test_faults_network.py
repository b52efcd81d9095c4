"""A bad network between the services and PostgreSQL, and Kafka: late, lossy, silent, cut. `/readyz` says what is wrong
while it is, and afterwards everything has got through, once."""

import asyncio
import contextlib
import time
import uuid
from pathlib import Path

import httpx
import pytest
import sqlalchemy as sa
from aiokafka.errors import KafkaError
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError

from mentoring_allinone.stack import WITH_DATABASE
from mentoring_common.clock import SystemClock
from mentoring_common.embedded import EmbeddedBroker
from mentoring_common.embedded.child_process import free_port
from mentoring_common.embedded.issuer import DevIssuer
from mentoring_common.embedded.kafka import ApacheKafka
from mentoring_common.runner import Service
from mentoring_common.tables import outbox
from mentoring_common.testing import eventually, toy
from mentoring_common.testing.harness import ISSUER, Harness, Servers, begin_at_end, issuer_only, settings_for
from mentoring_common.testing.links import Link
from mentoring_common.testing.plugin import AS_IN_PRODUCTION
from mentoring_contracts.applications import PersonErased

LONG_S = 20
SAID_WITHIN_S = 40  # a try of a producer or of a reader lasts 10 s, and the network may go in the middle of a wait
pytestmark = pytest.mark.faults
LONG = pytest.mark.skipif(not AS_IN_PRODUCTION, reason="minutes long: make faults")


class Door:
    """Where services find PostgreSQL: behind a link."""

    def __init__(self, server, link):
        self._server, self._link = server, link

    def dsn(self, database):
        url = make_url(self._server.dsn(database)).set(query={"host": "127.0.0.1", "port": str(self._link.port)})
        return url.render_as_string(hide_password=False)


@pytest.fixture(scope="module")
async def to_database(initialised):
    link = await Link(str(Path(initialised.socket_dir) / ".s.PGSQL.5432")).open()
    yield link
    await link.close()


@pytest.fixture(scope="module")
def database_door(initialised, to_database):
    return Door(initialised, to_database)


@pytest.fixture(scope="module")
async def to_kafka():
    link = await Link(f"127.0.0.1:{free_port()}").open()
    yield link
    await link.close()


@pytest.fixture(scope="module")
async def kafka(to_kafka):
    """A node that tells its clients to come by the link."""
    if not ApacheKafka.available():
        pytest.skip("Apache Kafka needs Java and Maven")
    advertised = {"advertised.listeners": f"PLAINTEXT://{to_kafka.address}"}
    running = await ApacheKafka.start(ports=[to_kafka.server_port], properties=advertised)
    running.bootstrap_servers = to_kafka.address
    yield running
    await running.stop()


async def say(whole, wanted):
    """Wait until every service says of itself what is wanted."""
    async with httpx.AsyncClient(timeout=10) as http:

        async def says(name, number):
            answer = await http.get(f"http://127.0.0.1:{whole.replicas.ports[name, number]}/readyz")
            return wanted(answer.status_code, answer.json())

        for name in WITH_DATABASE:
            for number in (1, 2):
                said = lambda n=name, m=number: says(n, m)  # noqa: E731
                await eventually(said, within_s=SAID_WITHIN_S, what=f"{name} {number} says it")


def kafka_is_missed(status, said):
    return status == 200 and said.get("waiting") == ["kafka"]


def database_is_missed(status, said):
    return status == 503 and "database" in said.get("waiting", ())


async def slow_and_lossy(_whole, *links):
    for link in links:
        link.delay_s, link.loss = 0.02, 0.02
    await asyncio.sleep(LONG_S)


async def cut_in_the_middle(_whole, *links):
    for link in links:
        link.cut = 0.01
    await asyncio.sleep(LONG_S)
    assert all(link.cuts for link in links)


async def broker_silent(whole, _to_database, to_kafka):
    to_kafka.stall()
    await say(whole, kafka_is_missed)


async def database_silent(whole, to_database, _to_kafka):
    to_database.stall()
    await say(whole, database_is_missed)


async def connections_forgotten(_whole, *links):
    """As by a firewall that was started again: whoever waits for an answer waits in vain, and is told nothing."""
    for link in links:
        link.forget()
    await asyncio.sleep(LONG_S)


class Alone:
    """The toy service behind two links, which waits for a statement for a second and not for fifteen."""

    def __init__(self, harness, to_database, to_broker, tenant):
        self.harness, self.to_database, self.to_broker, self.tenant = harness, to_database, to_broker, tenant
        self.office = harness.caller("toy:write", tenant=tenant)

    async def ask(self):
        """The status of one request, and the seconds it took."""
        began = time.monotonic()
        answer = await self.office.post("/changes", json={"person_id": str(uuid.uuid4())})
        return answer.status_code, time.monotonic() - began

    async def ask_in_phases(self):
        """The status of a request that holds its key by a connection of its own."""
        key = {"Idempotency-Key": str(uuid.uuid4())}
        return (await self.office.post("/things/slowly", json={"name": "slow"}, headers=key)).status_code

    async def works(self):
        async def answers():
            return ((await self.ask())[0], await self.ask_in_phases()) == (201, 201)

        await eventually(answers, within_s=SAID_WITHIN_S, what="an answer")
        await eventually(self._all_published, within_s=SAID_WITHIN_S, what="publishing")
        await self.reacts()
        await self.says(lambda status, said: status == 200 and "waiting" not in said)

    async def says(self, wanted):
        async def asked():
            answer = await self.harness.anonymous().get("/readyz")
            return wanted(answer.status_code, answer.json())

        await eventually(asked, within_s=SAID_WITHIN_S, what="/readyz as wanted")

    async def reacts(self):
        """An event that another service publishes has its effect; that service tries until it is heard, as a relay."""
        person = uuid.uuid4()

        async def heard():
            with contextlib.suppress(KafkaError):
                await self.harness.publish(self.tenant, PersonErased(person_id=person), wait=False)
                return True

        async def reacted():
            return person in toy.REACTED

        await eventually(heard, within_s=SAID_WITHIN_S, what="a publisher")
        await eventually(reacted, within_s=SAID_WITHIN_S, what="the reaction")

    async def _all_published(self):
        waiting = sa.select(sa.func.count()).where(outbox.c.published_at.is_(None))
        with contextlib.suppress(DBAPIError, OSError):
            async with self.harness.service.system.connect() as connection:
                return await connection.scalar(waiting) == 0


@pytest.fixture
async def alone(superuser_url, tenant):
    urls = await toy.make_database(superuser_url)
    door = make_url(superuser_url)
    there = door.query.get("host")
    server = f"{there}/.s.PGSQL.5432" if there else f"{door.host}:{door.port}"
    links = [await Link(server).open(), await Link(f"127.0.0.1:{free_port()}").open()]
    behind = {"host": "127.0.0.1", "port": str(links[0].port)}
    urls = type(urls)(*(
        make_url(url).set(host=None, port=None, query=behind).render_as_string(hide_password=False)
        for url in vars(urls).values()
    ))  # fmt: skip
    broker = await EmbeddedBroker.start(links[1].server_port, advertised_port=links[1].port)
    settings = settings_for(Servers("", links[1].address), urls, statement_timeout_s=1.0)
    issuer = DevIssuer(ISSUER, "mentoring")
    service = Service(toy.DESIGN, settings, clock=SystemClock(), http=issuer_only(issuer))
    await begin_at_end(settings, sorted({cls.topic() for cls in toy.DESIGN.reactions}))
    harness = Harness(service, issuer, service.clock)
    await service.start()
    yield Alone(harness, *links, tenant)
    for link in links:
        link.good()
    await harness.close()
    await service.stop()
    await broker.stop()
    for link in links:
        await link.close()


async def test_a_database_that_is_silent_is_named_and_refused_for(alone):
    await alone.works()
    alone.to_database.stall()
    await alone.says(database_is_missed)
    status, seconds = await alone.ask()
    assert status == 503
    assert seconds < 10  # however many connections there were: nobody tries them all
    alone.to_database.flow()
    await alone.works()


async def test_a_broker_that_is_silent_is_named_and_requests_are_served(alone):
    await alone.works()
    alone.to_broker.stall()
    assert (await alone.ask())[0] == 201
    await alone.says(kafka_is_missed)
    assert (await alone.ask())[0] == 201
    alone.to_broker.flow()
    await alone.works()


async def test_connections_that_are_dead_and_do_not_say_so_are_left(alone):
    await alone.works()
    for link in (alone.to_database, alone.to_broker):
        link.forget()
    assert {await alone.ask_in_phases() for _ in range(3)} <= {201, 503}
    await alone.works()


async def test_a_network_that_is_slow_loses_and_cuts_is_got_through(alone):
    await alone.works()
    for link in (alone.to_database, alone.to_broker):
        link.delay_s, link.loss, link.cut = 0.01, 0.02, 0.01
    answers = [(await alone.ask())[0] for _ in range(30)] + [await alone.ask_in_phases() for _ in range(10)]
    assert set(answers) <= {201, 503}
    for link in (alone.to_database, alone.to_broker):
        link.good()
    await alone.works()


FAULTS = [slow_and_lossy, cut_in_the_middle, broker_silent, database_silent, connections_forgotten]


@LONG
@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
async def test_what_is_answered_is_kept_once(whole, to_database, to_kafka, fault):
    async def made():
        try:
            await asyncio.sleep(3)
            await fault(whole, to_database, to_kafka)
        finally:
            to_database.good()
            to_kafka.good()
        await asyncio.sleep(5)
        return 1

    load = await whole.under(fault.__name__, made)
    assert load.made
    await say(whole, lambda status, said: status == 200 and "waiting" not in said)
