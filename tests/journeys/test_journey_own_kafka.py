"""The embedded stack on a broker of one's own: new and used folders, at a new and a used broker."""

from contextlib import asynccontextmanager

import pytest
import sqlalchemy as sa
from aiokafka import AIOKafkaConsumer

from mentoring_allinone.settling import settle
from mentoring_allinone.stack import Stack
from mentoring_common.embedded import ApacheKafka, EmbeddedServerError
from mentoring_common.tables import inbox, outbox
from mentoring_common.testing import eventually

pytestmark = [
    pytest.mark.broker,
    pytest.mark.skipif(not ApacheKafka.available(), reason="Apache Kafka needs Java and Maven"),
]


@pytest.fixture(scope="module")
async def kafka():
    node = await ApacheKafka.start()
    yield node.bootstrap_servers
    await node.stop()


@asynccontextmanager
async def stack_on(folder, kafka):
    stack = await Stack.start(folder, durable=False, kafka=kafka)
    try:
        yield stack
    finally:
        await stack.stop()


async def organisation(stack, slug):
    made = await stack.call("platform:admin").post("/applications/organisations", json={"name": slug, "slug": slug})
    assert made.status_code == 201, made.text
    return made.json()["id"]


async def programme(stack, tenant):
    """The id of a new programme, once the others have heard of it."""
    admin = stack.call("organisation:admin", "applications:write", "matching:read", tenant=tenant)
    made = await admin.post("/applications/programmes", json={"blueprint": "nihr"})
    assert made.status_code == 201, made.text
    await settle(stack)
    assert (await admin.get(f"/matching/programmes/{made.json()['id']}/policy")).status_code == 200
    return made.json()["id"]


async def tenants_heard_of(stack):
    async with stack.services["matching"].looking.connect() as connection:
        return {str(tenant) for tenant in await connection.scalars(sa.select(inbox.c.tenant_id).distinct())}


async def announced(kafka, tenant):
    """How many records of an organisation there are on the topic of the applications service."""
    consumer = AIOKafkaConsumer("mentoring.applications", bootstrap_servers=kafka, auto_offset_reset="earliest")
    await consumer.start()
    try:
        partitions = consumer.assignment()
        left = sum((await consumer.end_offsets(list(partitions))).values())
        found = 0
        while left:
            polled = [r for rs in (await consumer.getmany(timeout_ms=500)).values() for r in rs]
            left -= len(polled)
            found += sum(dict(r.headers).get("ce_tenantid") == tenant.encode() for r in polled)
        return found
    finally:
        await consumer.stop()


async def test_two_folders_at_one_broker_know_their_own_events_only(kafka, tmp_path):
    async with stack_on(tmp_path / "first", kafka) as first:
        mine = await organisation(first, "first")
        await programme(first, mine)
        assert await tenants_heard_of(first) == {mine}
    async with stack_on(tmp_path / "second", kafka) as second:  # a new folder at a broker with old topics
        other = await organisation(second, "second")
        await programme(second, other)
        assert await tenants_heard_of(second) == {other}
    before = await announced(kafka, mine)
    async with stack_on(tmp_path / "first", kafka) as first:  # goes on where it was, and says nothing twice
        assert await announced(kafka, mine) == before
        await programme(first, mine)


async def test_a_used_folder_tells_a_broker_it_meets_for_the_first_time(kafka, tmp_path):
    async with stack_on(tmp_path, None) as embedded:
        mine = await organisation(embedded, "moved")
        await programme(embedded, mine)
    for _ in range(2):  # once, and not again at the next start
        async with stack_on(tmp_path, kafka) as moved:
            await eventually(lambda: all_published(moved), what="publishing")
            assert await announced(kafka, mine) == await announcements(moved)


async def announcements(stack):
    async with stack.services["applications"].looking.connect() as connection:
        return await connection.scalar(sa.select(sa.func.count()).select_from(outbox))


async def all_published(stack):
    async with stack.services["applications"].looking.connect() as connection:
        waiting = sa.select(sa.func.count()).select_from(outbox).where(outbox.c.published_at.is_(None))
        return await connection.scalar(waiting) == 0


async def test_a_broker_that_is_not_there_is_said_in_one_line(tmp_path):
    with pytest.raises(EmbeddedServerError, match="leave --kafka out"):
        await Stack.start(tmp_path, durable=False, kafka="127.0.0.1:1")
