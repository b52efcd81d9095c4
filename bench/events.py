"""Outbox, relay and consumer, against a bare insert, a bare producer and a bare consumer."""

from __future__ import annotations

import asyncio
import time
from uuid import UUID, uuid4

import asyncpg
import sqlalchemy as sa
from aiokafka import AIOKafkaProducer
from sqlalchemy.engine import make_url

from bench.parts import Row
from mentoring_common import broker
from mentoring_common.broker import Publisher, Record, ensure_topics
from mentoring_common.clock import SystemClock
from mentoring_common.consumer import EventConsumer
from mentoring_common.db import Database, create_engine
from mentoring_common.envelope import Envelope
from mentoring_common.ids import new_id
from mentoring_common.outbox import emit
from mentoring_common.relay import OLDEST, Relay
from mentoring_common.settings import Settings
from mentoring_common.tables import inbox
from mentoring_common.testing import toy
from mentoring_common.testing.harness import Servers, settings_for
from mentoring_common.tracing import new_traceparent
from mentoring_contracts.applications import PersonChanged, PersonErased

COUNT = 3000


async def events(servers: Servers) -> list[Row]:
    """Rows on transactions with an event, on publishing, on consuming."""
    settings = settings_for(servers, await toy.make_database(servers.superuser_url))
    await ensure_topics(settings, ["mentoring.applications", "mentoring.matching", "floor"])
    written = await _write(settings)
    insert = await _bare_insert(settings)
    published, produced = await _relay(settings), await _bare_produce(settings)
    handled, consumed = await _consume(settings), await _bare_consume(settings)
    return [
        Row("transaction with one event", "transactions/s", written, "bare insert, asyncpg", insert),
        Row("relay, outbox to broker", "events/s", published, "bare producer", produced),
        Row("consumer, broker to effect", "events/s", handled, "bare consumer", consumed),
    ]


async def relay_on(servers: Servers) -> float:
    """Events a second that the relay publishes to a broker."""
    settings = settings_for(servers, await toy.make_database(servers.superuser_url))
    await ensure_topics(settings, ["mentoring.applications", "mentoring.matching"])
    await _write(settings)
    return await _relay(settings)


async def _write(settings: Settings) -> float:
    database, tenant = Database(settings, SystemClock(), "bench"), uuid4()
    began = time.perf_counter()
    for _ in range(COUNT):
        async with database.transaction(tenant) as db:
            emit(db, PersonChanged(person_id=uuid4()))
    await database.close()
    return COUNT / (time.perf_counter() - began)


async def _bare_insert(settings: Settings) -> float:
    url = make_url(settings.owner_database_url)
    connection = await asyncpg.connect(host=url.query["host"], user=url.username, database=url.database)
    await connection.execute("CREATE TABLE floor (id uuid PRIMARY KEY, body bytea)")
    began = time.perf_counter()
    for _ in range(COUNT):
        await connection.execute("INSERT INTO floor VALUES ($1, $2)", uuid4(), b"x" * 60)
    await connection.close()
    return COUNT / (time.perf_counter() - began)


async def _relay(settings: Settings) -> float:
    engine = create_engine(settings.system_database_url, settings, pool_size=2, name="bench")
    relay = Relay(engine, settings, asyncio.Event(), "bench")
    began = time.perf_counter()
    running = asyncio.create_task(relay.run())
    waiting = True
    while waiting:
        await asyncio.sleep(0.01)
        async with engine.connect() as connection:
            waiting = bool((await connection.execute(OLDEST)).all())
    took = time.perf_counter() - began
    await relay.stop()
    await running
    await engine.dispose()
    return COUNT / took


async def _bare_produce(settings: Settings) -> float:
    producer = AIOKafkaProducer(
        bootstrap_servers=settings.kafka_bootstrap_servers, acks="all", enable_idempotence=False, linger_ms=5
    )
    await producer.start()
    began = time.perf_counter()
    futures = [await producer.send("floor", value=b"x" * 60, key=str(n).encode()) for n in range(COUNT)]
    await asyncio.gather(*futures)
    took = time.perf_counter() - began
    await producer.stop()
    return COUNT / took


async def _consume(settings: Settings) -> float:
    tenant, publisher = uuid4(), Publisher(settings)
    await publisher.publish([_record(tenant) for _ in range(COUNT)])
    await publisher.close()
    database = Database(settings, SystemClock(), "bench")
    consumer = EventConsumer(database, settings, "toy", toy.DESIGN.reactions)
    running = asyncio.create_task(consumer.run())
    count = sa.select(sa.func.count()).select_from(inbox)
    first, began = 0, 0.0
    while True:
        await asyncio.sleep(0.02)
        async with database.transaction(tenant) as db:
            seen = await db.scalar(count) or 0
        if seen and not first:
            first, began = seen, time.perf_counter()  # joining the group is not counted
        if seen >= COUNT:
            break
    took = time.perf_counter() - began
    await consumer.stop()
    await running
    await database.close()
    return (COUNT - first) / took


def _record(tenant: UUID) -> Record:
    event = PersonErased(person_id=uuid4())
    envelope = Envelope.of(event, new_id(), tenant, SystemClock().now(), new_traceparent())
    headers = [(k, v.encode()) for k, v in envelope.headers().items()]
    return Record(event.topic(), str(event.person_id), event.model_dump_json().encode(), headers)


async def _bare_consume(settings: Settings) -> float:
    consumer = broker.consumer(settings, f"floor-{uuid4()}")
    consumer.subscribe(["floor"])
    await consumer.start()
    seen, began = 0, 0.0
    while seen < COUNT:
        for records in (await consumer.getmany(timeout_ms=200, max_records=100)).values():
            began = began or time.perf_counter()
            seen += len(records)
    took = time.perf_counter() - began
    await consumer.stop()
    return COUNT / took
