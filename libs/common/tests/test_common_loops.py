"""A service starts without its broker and its database, keeps its loops running, and says what is not right."""

import asyncio
import dataclasses
import uuid
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from mentoring_common import progress
from mentoring_common.broker import Publisher
from mentoring_common.clock import MovableClock
from mentoring_common.consumer import EventConsumer
from mentoring_common.deadlines import DeadlinePoller
from mentoring_common.embedded import EmbeddedBroker
from mentoring_common.embedded.child_process import free_port
from mentoring_common.embedded.issuer import DevIssuer
from mentoring_common.progress import Progress
from mentoring_common.runner import Periodic, Service
from mentoring_common.supervision import Loop
from mentoring_common.tables import outbox
from mentoring_common.testing import eventually, toy
from mentoring_common.testing.harness import ISSUER, Harness, begin_at_end, issuer_only, settings_for
from mentoring_contracts.applications import PersonChanged, PersonErased


@asynccontextmanager
async def running(servers, urls=None, design=toy.DESIGN, *, prepare=True, **changes):
    """A toy service of one's own."""
    urls = urls or await toy.make_database(servers.superuser_url)
    issuer, clock = DevIssuer(ISSUER, "mentoring"), MovableClock(datetime(2022, 1, 3, tzinfo=UTC))
    service = Service(design, settings_for(servers, urls, **changes), clock=clock, http=issuer_only(issuer))
    if prepare:
        await begin_at_end(service.settings, sorted({cls.topic() for cls in design.reactions}))
    harness = Harness(service, issuer, clock)
    await service.start()
    try:
        yield harness
    finally:
        await harness.close()
        await service.stop()


async def asked(harness, path="/readyz"):
    answer = await harness.anonymous().get(path)
    return answer.status_code, answer.json()


async def until(harness, wanted, path="/readyz"):
    """The answer of a health check once it is as wanted."""

    async def look():
        status, body = await asked(harness, path)
        return body if wanted(status, body) else None

    return await eventually(look, what=f"{path} as wanted")


def is_well(status, body):
    return (status, body) == (200, {"status": "ok"})


@pytest.fixture
def soon(monkeypatch):
    """What takes a minute in earnest takes a moment."""
    monkeypatch.setattr(progress, "STUCK_AFTER_S", 1.0)
    monkeypatch.setattr("mentoring_common.health.STUCK_AFTER_S", 1.0)
    monkeypatch.setattr(progress, "HUNG_AFTER_S", 1.0)
    monkeypatch.setattr("mentoring_common.runner.TOPICS_EVERY_S", 0.2)
    monkeypatch.setattr("mentoring_common.consumer.LOOK_EVERY_S", 0.2)


def test_pauses_double_up_to_the_longest_and_begin_anew_after_progress():
    fares = Progress(longest_pause_s=5.0)
    assert [fares.failed(OSError()) for _ in range(4)] == pytest.approx([0.1, 0.2, 0.4, 0.8])
    assert {fares.failed(OSError()) for _ in range(3000)} <= {1.6, 3.2, 5.0}
    assert fares.failed(OSError()) == 5.0
    fares.made()
    assert (fares.failures, fares.error) == (0, None)
    assert fares.failed(OSError()) == pytest.approx(0.1)


async def test_a_service_starts_without_its_broker_and_finds_it_when_it_comes(servers, tenant):
    port = free_port()
    at = {"kafka_bootstrap_servers": f"127.0.0.1:{port}", "kafka_idempotent": False}
    async with running(servers, prepare=False, **at) as harness:
        await until(harness, lambda status, body: status == 200 and body.get("waiting") == ["kafka"])
        assert (await asked(harness, "/livez"))[0] == 200
        office, person = harness.caller("toy:write", tenant=tenant), str(uuid.uuid4())
        assert (await office.post("/changes", json={"person_id": person})).status_code == 201
        broker = await EmbeddedBroker.start(port)
        try:
            await until(harness, is_well)
            await harness.publish(tenant, PersonErased(person_id=uuid.uuid4()))
            waiting = sa.select(sa.func.count()).where(outbox.c.published_at.is_(None))

            async def nothing_waits():
                async with harness.service.system.connect() as connection:
                    return await connection.scalar(waiting) == 0

            await eventually(nothing_waits, what="publication")
        finally:
            await broker.stop()


async def test_a_broker_that_goes_is_named_and_requests_are_served(servers, tenant):
    broker = await EmbeddedBroker.start()
    port = int(broker.bootstrap_servers.rsplit(":", 1)[1])
    async with running(servers, kafka_bootstrap_servers=broker.bootstrap_servers, kafka_idempotent=False) as harness:
        await until(harness, is_well)
        await broker.stop()
        await until(harness, lambda status, body: status == 200 and body.get("waiting") == ["kafka"])
        office = harness.caller("toy:write", tenant=tenant)
        assert (await office.post("/changes", json={"person_id": str(uuid.uuid4())})).status_code == 201
        broker = await EmbeddedBroker.start(port)
        await until(harness, is_well)
        await broker.stop()


async def test_a_service_starts_without_its_database_and_finds_it_when_it_comes(servers, tenant):
    name = f"mentoring_toy_{uuid.uuid4().hex[:8]}"
    urls = await toy.make_database(servers.superuser_url)
    nowhere = type(urls)(*(url.replace(_database(url), name) for url in vars(urls).values()))
    async with running(servers, nowhere) as harness:
        status, body = await asked(harness)
        assert (status, body["waiting"][0]) == (503, "database")
        assert (await asked(harness, "/livez"))[0] == 200
        office = harness.caller("toy:write", tenant=tenant)
        answer = await office.post("/changes", json={"person_id": str(uuid.uuid4())})
        assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
        await toy.make_database(servers.superuser_url, name)
        await until(harness, is_well)
        assert (await office.post("/changes", json={"person_id": str(uuid.uuid4())})).status_code == 201
        await harness.publish(tenant, PersonErased(person_id=uuid.uuid4()))
        assert len(await harness.emitted(tenant, PersonChanged)) == 2


def _database(url):
    return url.rsplit("/", 1)[1].split("?")[0]


@pytest.mark.parametrize(
    "end", [OverflowError("(34, 'Numerical result out of range')"), asyncio.CancelledError(), None]
)
async def test_a_loop_that_ends_is_counted_and_begun_anew(servers, tenant, monkeypatch, end):
    broken, run = True, DeadlinePoller.run

    async def ends(self):
        if not broken:
            await run(self)
        elif end is not None:
            raise end

    monkeypatch.setattr(DeadlinePoller, "run", ends)
    async with running(servers) as harness:
        body = await until(
            harness, lambda status, body: status == 503 and body.get("ended", {}).get("deadlines", 0) > 1
        )
        assert body["status"] == "unavailable"
        broken = False
        await until(harness, is_well)
        person = uuid.uuid4()
        await harness.caller("toy:write", tenant=tenant).post("/later", json={"person_id": str(person)})

        async def fired():
            return person in toy.FIRED

        await eventually(fired, what="the deadline")


async def test_every_loop_of_a_service_is_supervised(servers):
    async with running(servers) as harness:
        await until(harness, is_well)
        names = {loop.name for loop in harness.service._health.loops}
        assert names >= {"topics", "relay", "consumer", "deadlines", "clean_up", "anchor_audit_log"}
        assert len(harness.service._tasks) == len(names)


async def test_a_supervised_loop_ends_when_it_is_told_to():
    begun, told = 0, asyncio.Event()

    async def work():
        nonlocal begun
        begun += 1
        await told.wait()

    loop = Loop("toy", "work", work, Progress())
    task = asyncio.create_task(loop.run())
    await asyncio.sleep(0)
    loop.stop()
    told.set()
    await task
    assert (begun, loop.restarts) == (1, 0)


async def test_a_batch_that_hangs_is_seen_by_both_checks(servers, tenant, monkeypatch, soon):
    goes_on = asyncio.Event()

    async def hang(db, event):
        await goes_on.wait()

    design = dataclasses.replace(toy.DESIGN, reactions=dict(toy.DESIGN.reactions) | {PersonErased: hang})
    async with running(servers, design=design) as harness:
        await until(harness, is_well)
        await harness.publish(tenant, PersonErased(person_id=uuid.uuid4()), wait=False)
        await until(harness, lambda status, body: status == 503 and body["stuck"] == ["consumer"])
        await until(harness, lambda status, body: status == 503 and body["hung"] == ["consumer"], "/livez")
        goes_on.set()
        await until(harness, is_well)
        assert (await asked(harness, "/livez"))[0] == 200


@pytest.fixture
def troubled():
    """Somebody of whom no event gets through, until they are taken out; no later test meets them."""
    person = uuid.uuid4()
    toy.TROUBLE[person] = ["40001"] * 10_000
    yield person
    toy.TROUBLE.clear()


async def test_a_batch_that_is_tried_in_vain_takes_the_service_out_but_not_down(servers, tenant, troubled, soon):
    async with running(servers) as harness:
        await harness.publish(tenant, PersonErased(person_id=troubled), wait=False)
        # On a slow machine others may be seen for a moment too, under limits as short as these.
        ready = await until(harness, lambda status, body: "failing" in body and body.get("stuck") == ["consumer"])
        assert (ready["status"], ready["failing"]) == ("unavailable", {"consumer": "Unavailable"})
        status, body = await asked(harness, "/livez")
        assert (status, "consumer" in body["stuck"]) == (200, True)
        toy.TROUBLE.clear()
        await until(harness, is_well)
        assert [e.person_id for e in await harness.emitted(tenant, PersonChanged)] == [troubled]


async def test_a_relay_that_gets_nothing_through_is_seen(servers, tenant, monkeypatch, soon):
    async def refuse(self, records):
        raise ValueError("too large")

    async with running(servers) as harness:
        with monkeypatch.context() as broken:
            broken.setattr(Publisher, "publish", refuse)
            office = harness.caller("toy:write", tenant=tenant)
            await office.post("/changes", json={"person_id": str(uuid.uuid4())})
            body = await until(harness, lambda status, body: status == 503 and body["stuck"] == ["relay"])
            assert body["oldest_unpublished_s"] >= 1
        await until(harness, is_well)


async def test_periodic_work_that_fails_again_and_again_is_named(servers):
    broken = True

    async def work(service):
        if broken:
            raise RuntimeError("no")

    design = dataclasses.replace(toy.DESIGN, periodic=[Periodic("profiles", work)])
    async with running(servers, design=design) as harness:
        body = await until(harness, lambda status, body: "failing" in body and "waiting" not in body)
        assert body == {"status": "degraded", "failing": {"profiles": "RuntimeError"}}
        assert (await asked(harness, "/livez"))[1]["failing"] == {"profiles": "RuntimeError"}
        broken = False
        await until(harness, is_well)


async def test_what_was_put_aside_is_named(servers, tenant):
    person = uuid.uuid4()
    toy.POISON.add(person)
    try:
        async with running(servers) as harness:
            await harness.publish(tenant, PersonErased(person_id=person))
            body = await until(harness, lambda status, body: "parked" in body)
            assert body == {"status": "degraded", "parked": 1}
            toy.POISON.clear()
            await harness.service.replay(tenant, by="operator")
            assert is_well(*await asked(harness))
    finally:
        toy.POISON.clear()


async def test_a_consumer_that_failed_for_days_still_comes_back(servers, tenant, monkeypatch):
    """The pause was 0.1 s times 2 to the number of failures ever: the 1,024th ended the loop for good."""
    failed, look = asyncio.Event(), EventConsumer._look

    async def fails_once(self, client):
        if failed.is_set():
            await look(self, client)
        else:
            failed.set()
            self.progress.failures = 5000
            raise RuntimeError("once more")

    monkeypatch.setattr(EventConsumer, "_look", fails_once)
    async with running(servers) as harness:
        await asyncio.wait_for(failed.wait(), 30)
        await harness.publish(tenant, PersonErased(person_id=uuid.uuid4()))
        await until(harness, is_well)
        assert harness.service._consumer.progress.failures == 0
        assert {loop.restarts for loop in harness.service._health.loops} == {0}
