"""The consumer: one polled batch is one transaction; offsets are committed after it; poison is parked, order kept.

The inbox row and the mark of its aggregate are the first statement of every handler's transaction, so a record that
comes twice has its effect once.
The rebalance listener waits for the batch in hand: aiokafka would rejoin while a handler still works.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, ConsumerRecord, TopicPartition
from aiokafka.errors import KafkaTimeoutError
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common import broker
from mentoring_common.db import Database, bind_tenant, tenant_of
from mentoring_common.envelope import Envelope
from mentoring_common.erased import erased_in, without
from mentoring_common.errors import Unavailable
from mentoring_common.observability import log
from mentoring_common.polling import Polled, Polling
from mentoring_common.progress import Progress, pause
from mentoring_common.records import Received, Unreadable, read, set_aside
from mentoring_common.settings import Settings
from mentoring_common.tables import parked_events
from mentoring_common.tracing import continue_trace
from mentoring_common.unit_of_work import PLATFORM
from mentoring_contracts import Event, event_class

Reaction = Callable[[AsyncSession, Any], Awaitable[None]]
Reactions = Mapping[type[Event], Reaction]
BATCH = 100
LOOK_EVERY_S = 5.0
LOOK_TIMEOUT_S = 10.0
# What goes better when it is tried again.
PASSING = (Unavailable, ConnectionError, TimeoutError)


class NoProgress(Exception):
    """There are records and none came for a minute: a new consumer may get them."""


class EventConsumer:
    """Feeds one service's reactions; `run` ends when `stop` is called."""

    def __init__(self, database: Database, settings: Settings, service: str, reactions: Reactions) -> None:
        self._database = database
        self._settings = settings
        self._service = service
        self._reactions = reactions
        self._topics = sorted({cls.topic() for cls in reactions})
        self._stopping = asyncio.Event()
        self._busy = asyncio.Lock()
        self.progress = Progress()

    async def run(self) -> None:
        while not self._stopping.is_set():
            consumer: AIOKafkaConsumer | None = None
            try:
                consumer = broker.consumer(self._settings, self._settings.kafka_group or f"mentoring-{self._service}")
                consumer.subscribe(self._topics, listener=_Drain(self._busy))
                await consumer.start()
                await self._consume(consumer)
            except Exception as error:
                seconds = self.progress.failed(error)
                self._warn("consumer_failed", error)
                await pause(seconds, self._stopping)
            finally:
                if consumer is not None:
                    await _quiet_stop(consumer)

    async def stop(self) -> None:
        """Finish the batch in hand, commit its offsets, leave the group."""
        self._stopping.set()

    def _warn(self, event: str, error: Exception) -> None:
        log.warning(event, service=self._service, error=type(error).__name__, attempt=self.progress.failures)

    async def _consume(self, consumer: AIOKafkaConsumer) -> None:
        look_at, polling = 0.0, Polling(consumer)
        while not self._stopping.is_set():
            polled = await polling.poll(BATCH)
            self.progress.tried()
            if polled:
                self.progress.answered()
                await self._take_in_hand(consumer, polled)
                self.progress.made()
            elif time.monotonic() > look_at:
                await self._look(consumer)
                look_at = time.monotonic() + LOOK_EVERY_S

    async def _take_in_hand(self, consumer: AIOKafkaConsumer, polled: Polled) -> None:
        async with self._busy:
            mine = {tp: records for tp, records in polled.items() if tp in consumer.assignment()}
            await self._handle([r for records in mine.values() for r in records])
            await _commit(consumer, {tp: records[-1].offset + 1 for tp, records in mine.items()})

    async def _look(self, consumer: AIOKafkaConsumer) -> None:
        """Nothing came: is there nothing, is the broker away, or does it not get through?"""
        try:
            async with asyncio.timeout(LOOK_TIMEOUT_S):
                behind = await _lag(consumer, self._topics)
        except TimeoutError:
            raise KafkaTimeoutError("the broker does not answer") from None
        if not behind:
            self.progress.made()
        elif self.progress.stuck:
            raise NoProgress()

    async def _handle(self, records: Sequence[ConsumerRecord | Unreadable]) -> None:
        read_ = [r if isinstance(r, Unreadable) else read(r, self._reactions.keys()) for r in records]
        unreadable = [r for r in read_ if isinstance(r, Unreadable)]
        if unreadable:
            await self._set_aside(unreadable)
        received = [r for r in read_ if isinstance(r, Received)]
        if not received:
            return
        try:
            await self._react(received)
        except Exception:
            for item in received:
                await self._handle_alone(item)

    async def _react(self, items: Sequence[Received]) -> None:
        async with self._database.transaction(None) as db:
            for of_tenant in _by_tenant(items):
                await handle(db, self._service, self._reactions, of_tenant)

    async def _handle_alone(self, item: Received) -> None:
        """One event in its own transaction: transient failures are tried for ever, others park the aggregate."""
        try:
            await self._insist(lambda: self._react([item]))
        except PASSING:
            raise
        except Exception as error:
            await self._park(item, type(error).__name__)

    async def _insist(self, work: Callable[[], Awaitable[None]]) -> None:
        """Try for as long as what fails may go better; when the service ends, the batch is left to the next."""
        while True:
            try:
                return await work()
            except PASSING as error:
                if self._stopping.is_set():
                    raise
                seconds = self.progress.failed(error)
                self._warn("reaction_waits", error)
                await pause(seconds, self._stopping)

    async def _park(self, item: Received, error: str) -> None:
        log.error("event_parked", service=self._service, type=item.envelope.type, error=error)

        async def write() -> None:
            async with self._database.transaction(item.envelope.tenantid) as db:
                if await take(db, self._service, [item]):
                    await park(db, self._service, item, error)

        try:
            await self._insist(write)
        except PASSING:
            raise
        except Exception as second:  # it cannot be parked as it is
            await self._set_aside([Unreadable.of(item.record, f"{error}, {type(second).__name__}")])

    async def _set_aside(self, records: Sequence[Unreadable]) -> None:
        for record in records:
            where = {"topic": record.topic, "partition": record.partition, "offset": record.offset}
            log.error("record_unreadable", service=self._service, error=record.reason, **where)

        async def write() -> None:
            async with self._database.transaction(PLATFORM) as db:
                await set_aside(db, self._service, records)

        await self._insist(write)


class EventUnreadable(Exception):
    """The data of an event does not fit its class: it is parked until a release that can read it replays it."""


def _by_tenant(items: Sequence[Received]) -> list[list[Received]]:
    """The items of each tenant in their order; an aggregate belongs to one tenant, so its order is kept."""
    groups: dict[UUID, list[Received]] = {}
    for item in items:
        groups.setdefault(item.envelope.tenantid, []).append(item)
    return list(groups.values())


async def handle(db: AsyncSession, service: str, reactions: Reactions, items: Sequence[Received]) -> None:
    """Inbox, then the reactions, for events of one tenant.

    Nothing happens for an event seen before or older than one seen before of its aggregate; one whose aggregate is
    parked is parked behind it.
    """
    await bind_tenant(db, items[0].envelope.tenantid)
    fresh = await take(db, service, items)
    parked = await parked_aggregates(db, service, items)
    erased = await erased_in(db, [item.event for item in items if item.event and item.envelope.id in fresh])
    for item in items:
        if item.envelope.id not in fresh:
            continue
        fresh.discard(item.envelope.id)  # the same record may stand twice in one batch
        if item.aggregate_key in parked:
            await park(db, service, item, "behind_parked")
            continue
        if item.event is None:
            raise EventUnreadable()
        continue_trace(item.envelope.traceparent)
        await _react(db, reactions, item.event, item.envelope, erased)


async def _react(db: AsyncSession, reactions: Reactions, event: Event, envelope: Envelope, erased: set[UUID]) -> None:
    db.info["occurred_at"] = envelope.time
    await reactions[type(event)](db, without(event, erased))
    if event.erases:
        erased |= event.people()


# One statement, because every batch runs it. An event is fresh if the inbox did not hold it and its aggregate's mark is
# lower; one of version 0 (unknown) has no mark. Marks only grow, and grow with what the inbox holds already.
_TAKE = sa.text("""
    WITH events AS (
        SELECT * FROM unnest(:ids, :keys, :versions) AS e (event_id, aggregate_key, version)
    ), held AS (
        SELECT aggregate_key, version FROM event_marks
        WHERE tenant_id = :tenant AND consumer = :consumer AND aggregate_key = ANY (:keys)
    ), entered AS (
        INSERT INTO inbox (consumer, event_id, tenant_id)
        SELECT :consumer, event_id, :tenant FROM events ORDER BY event_id
        ON CONFLICT DO NOTHING RETURNING event_id
    ), marked AS (
        INSERT INTO event_marks AS m (tenant_id, consumer, aggregate_key, version)
        SELECT :tenant, :consumer, aggregate_key, max(version) FROM events WHERE version > 0
        GROUP BY aggregate_key ORDER BY aggregate_key
        ON CONFLICT (tenant_id, consumer, aggregate_key)
        DO UPDATE SET version = excluded.version WHERE m.version < excluded.version
    )
    SELECT event_id FROM entered JOIN events USING (event_id) LEFT JOIN held USING (aggregate_key)
    WHERE events.version = 0 OR events.version > coalesce(held.version, 0)
""").bindparams(
    sa.bindparam("consumer", type_=sa.Text()),
    sa.bindparam("tenant", type_=sa.Uuid()),
    sa.bindparam("ids", type_=sa.ARRAY(sa.Uuid())),
    sa.bindparam("keys", type_=sa.ARRAY(sa.Text())),
    sa.bindparam("versions", type_=sa.ARRAY(sa.BigInteger())),
)


async def take(db: AsyncSession, service: str, items: Sequence[Received]) -> set[UUID]:
    """Enter the events of one tenant in the inbox and mark how far their aggregates have come; the ids of the fresh.

    The inbox forgets, the marks do not: a record that comes again after years is older than its aggregate's mark.
    """
    values = {
        "consumer": service,
        "tenant": items[0].envelope.tenantid,
        "ids": [item.envelope.id for item in items],
        "keys": [item.aggregate_key for item in items],
        "versions": [item.envelope.aggregateversion for item in items],
    }
    return set((await db.scalars(_TAKE, values)).all())


async def parked_aggregates(db: AsyncSession, service: str, items: Sequence[Received]) -> set[str]:
    """The aggregates among these of which an earlier event waits in the parking lot."""
    c = parked_events.c
    keys = sorted({item.aggregate_key for item in items})
    waiting = sa.select(c.aggregate_key).where(c.consumer == service, c.replayed_at.is_(None))
    mine = waiting.where(c.aggregate_key == sa.any_(sa.cast(keys, sa.ARRAY(sa.Text()))))
    return set((await db.scalars(mine)).all())


async def park(db: AsyncSession, service: str, item: Received, error: str) -> None:
    """Put an event aside that was just taken, so that it is replayed and never handled twice."""
    row = {
        "tenant_id": item.envelope.tenantid,
        "consumer": service,
        "event_id": item.envelope.id,
        "aggregate_key": item.aggregate_key,
        "type": item.envelope.type,
        "headers": item.headers,
        "payload": item.payload,
        "error": error,
    }
    await db.execute(insert(parked_events).values(row).on_conflict_do_nothing())


async def waiting_aggregates(db: AsyncSession, service: str) -> Sequence[str]:
    """The aggregates of the tenant that have events in the parking lot, in the order in which they came there."""
    c = parked_events.c
    waiting = sa.select(c.aggregate_key).where(
        c.tenant_id == tenant_of(db), c.consumer == service, c.replayed_at.is_(None)
    )
    return (await db.scalars(waiting.group_by(c.aggregate_key).order_by(sa.func.min(c.id)))).all()


async def replay_parked(db: AsyncSession, service: str, reactions: Reactions, aggregate_key: str) -> int:
    """React to an aggregate's parked events again, in their order; the number replayed. The first failure raises."""
    c = parked_events.c
    mine = (c.tenant_id == tenant_of(db), c.consumer == service, c.aggregate_key == aggregate_key)
    waiting = sa.select(parked_events).where(*mine, c.replayed_at.is_(None)).order_by(c.id)
    rows = (await db.execute(waiting.with_for_update())).all()
    events = [event_class(row.type).model_validate_json(row.payload) for row in rows]
    erased = await erased_in(db, events)
    for row, event in zip(rows, events, strict=True):
        await _react(db, reactions, event, Envelope.from_headers(row.headers), erased)
        await db.execute(sa.update(parked_events).where(c.id == row.id).values(replayed_at=sa.func.clock_timestamp()))
    return len(rows)


class _Drain(ConsumerRebalanceListener):  # type: ignore[misc]
    """Holds a rebalance until the batch in hand is handled and its offsets are committed."""

    def __init__(self, busy: asyncio.Lock) -> None:
        self._busy = busy

    async def on_partitions_revoked(self, revoked: set[TopicPartition]) -> None:
        async with self._busy:
            return

    async def on_partitions_assigned(self, assigned: set[TopicPartition]) -> None:
        return


async def _lag(consumer: AIOKafkaConsumer, topics: Sequence[str]) -> int:
    """How many records of the partitions in hand were not read; asks the brokers for those of all partitions."""
    partitions = [TopicPartition(t, n) for t in topics for n in consumer.partitions_for_topic(t) or ()]
    ends = await consumer.end_offsets(partitions)
    return sum([max(0, ends[tp] - await consumer.position(tp)) for tp in consumer.assignment() if tp in ends])


async def _commit(consumer: AIOKafkaConsumer, offsets: dict[TopicPartition, int]) -> None:
    if offsets:
        await consumer.commit(offsets)


async def _quiet_stop(consumer: AIOKafkaConsumer) -> None:
    try:
        async with asyncio.timeout(5):
            await consumer.stop()
    except Exception:  # noqa: S110  a consumer that cannot say goodbye is timed out by its group
        pass
