"""Outbox, relay, broker, consumer, inbox: the same scenarios on every broker."""

import asyncio
import uuid

import sqlalchemy as sa

from mentoring_common.broker import Publisher, Record
from mentoring_common.envelope import Envelope
from mentoring_common.relay import publish_all_again
from mentoring_common.tables import outbox, parked_events
from mentoring_common.testing import eventually, toy
from mentoring_common.testing.checker import check
from mentoring_common.tracing import new_traceparent
from mentoring_contracts.applications import PersonChanged, PersonErased

TOPIC = "mentoring.applications"


async def all_published(harness, tenant):
    waiting = sa.select(sa.func.count()).where(outbox.c.tenant_id == tenant, outbox.c.published_at.is_(None))

    async def none_waits():
        async with harness.service.system.connect() as connection:
            return await connection.scalar(waiting) == 0

    await eventually(none_waits, what="publication")


async def test_concurrent_writers_lose_nothing_and_keep_order(toy_on_each_broker, tenant):
    harness = toy_on_each_broker
    office = harness.caller("toy:write", tenant=tenant)
    people = [str(uuid.uuid4()) for _ in range(5)]
    answers = await asyncio.gather(
        *(office.post("/changes", json={"person_id": person, "times": 4}) for person in people * 8)
    )
    assert {a.status_code for a in answers} == {201}
    await all_published(harness, tenant)
    verdict = await check(harness.service.system, harness.service.settings, TOPIC, tenant)
    assert (verdict.lost, verdict.ghosts, verdict.inversions, verdict.repeated) == (0, 0, 0, 0)
    assert len(await harness.emitted(tenant)) == 5 * 8 * 4


async def test_a_failed_request_announces_nothing(toy_on_each_broker, tenant):
    harness = toy_on_each_broker
    person = str(uuid.uuid4())
    answer = await harness.caller("toy:write", tenant=tenant).post("/broken", json={"person_id": person})
    assert answer.status_code == 500
    assert answer.json()["code"] == "internal_error"
    assert person not in answer.text
    assert await harness.emitted(tenant) == []


async def test_an_event_has_its_effect_once_however_often_it_comes(toy_on_each_broker, tenant):
    harness = toy_on_each_broker
    people = [uuid.uuid4() for _ in range(20)]
    await harness.publish(tenant, *(PersonErased(person_id=p) for p in people))
    await all_published(harness, tenant)
    await publish_all_again(harness.service.system)
    await all_published(harness, tenant)
    await harness.publish(tenant, PersonErased(person_id=uuid.uuid4()))
    effects = [e.person_id for e in await harness.emitted(tenant, PersonChanged)]
    assert sorted(effects[:20]) == sorted(people)
    assert len(effects) == 21


async def test_poison_parks_its_aggregate_and_the_others_flow(toy_on_each_broker, tenant):
    harness = toy_on_each_broker
    bad, good = uuid.uuid4(), uuid.uuid4()
    toy.POISON.add(bad)
    try:
        await harness.publish(tenant, PersonErased(person_id=bad), PersonErased(person_id=good))
        await harness.publish(tenant, PersonErased(person_id=bad))
    finally:
        toy.POISON.discard(bad)
    assert [e.person_id for e in await harness.emitted(tenant, PersonChanged)] == [good]
    assert await parked(harness, tenant) == ["ValueError", "behind_parked"]
    replayed = await harness.service.replay(tenant, by="operator")
    assert replayed == 2
    assert [e.person_id for e in await harness.emitted(tenant, PersonChanged)] == [good, bad, bad]
    assert await parked(harness, tenant) == []


async def test_data_that_does_not_fit_is_parked_and_not_lost(toy_on_each_broker, tenant):
    harness = toy_on_each_broker
    envelope = Envelope.of(
        PersonErased(person_id=uuid.uuid4()), uuid.uuid4(), tenant, harness.clock.now(), new_traceparent()
    )
    headers = [(name, value.encode()) for name, value in envelope.headers().items()]
    publisher = Publisher(harness.service.settings)
    await publisher.publish([Record("mentoring.applications", envelope.partitionkey, b'{"person_id": 7}', headers)])
    await publisher.close()

    async def is_parked():
        return await parked(harness, tenant) == ["EventUnreadable"]

    await eventually(is_parked)
    await harness.publish(tenant, PersonErased(person_id=uuid.uuid4()))
    assert len(await harness.emitted(tenant, PersonChanged)) == 1


async def parked(harness, tenant):
    c = parked_events.c
    rows = sa.select(c.error).where(c.tenant_id == tenant, c.replayed_at.is_(None)).order_by(c.id)
    async with harness.service.system.connect() as connection:
        return list((await connection.scalars(rows)).all())
