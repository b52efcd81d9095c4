"""The consumer: one polled batch is one transaction; offsets are committed after it; poison is parked, order kept.

The inbox row and the mark of its aggregate are the first statement of every handler's transaction, so a record that
comes twice has its effect once.
The rebalance listener waits for the batch in hand: aiokafka would rejoin while a handler still works.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence, Set
from dataclasses import dataclass
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
from mentoring_common.metrics import Metrics
from mentoring_common.observability import log
from mentoring_common.polling import Polled, Polling
from mentoring_common.progress import Progress, pause
from mentoring_common.records import Received, Unreadable, read, set_aside
from mentoring_common.settings import Settings
from mentoring_common.tables import parked_events
from mentoring_common.tracing import Tracing, traced
from mentoring_common.unit_of_work import PLATFORM
from mentoring_contracts import Event, event_class, event_classes

Reaction = Callable[[AsyncSession, Any], Awaitable[None]]
Reactions = Mapping[type[Event], Reaction]


@dataclass(frozen=True)
class Told:
    """A fresh event, with nobody in the place of people who are erased; None where its data does not fit its class."""

    envelope: Envelope
    event: Event | None


Feed = Callable[[AsyncSession, Sequence[Told]], Awaitable[None]]
"""Is given every event of every service once, those of one tenant at a time and of one aggregate in their order.

It comes before the reactions, and a reaction that fails keeps nothing from it.
"""
BATCH = 100
POLL_MS = 1000
BUSY_MS = 100  # how long the embedded broker is asked again and again before nobody asks
LOOK_EVERY_S = 5.0
LOOK_TIMEOUT_S = 10.0
# What goes better when it is tried again.
PASSING = (Unavailable, ConnectionError, TimeoutError)


class NoProgress(Exception):
    """There are records and none came for a minute: a new consumer may get them."""


class EventConsumer:
    """Feeds one service's reactions; `run` ends when `stop` is called."""

    def __init__(
        self,
        database: Database,
        settings: Settings,
        service: str,
        reactions: Reactions,
        feed: Feed | None = None,
        *,
        metrics: Metrics | None = None,
        tracing: Tracing | None = None,
    ) -> None:
        self._database = database
        self._settings = settings
        self._service = service
        self._reactions = reactions
        self._feed = feed
        self._taken = taken(reactions, feed)
        self._topics = sorted({cls.topic() for cls in self._taken})
        self._metrics = metrics
        self._tracing = tracing
        self._reading: AIOKafkaConsumer | None = None
        self._stopping = asyncio.Event()
        self._busy = asyncio.Lock()
        self.resting = False  # it has read what there is, and is woken when somebody here publishes
        self.progress = Progress()

    async def run(self) -> None:
        while not self._stopping.is_set():
            consumer: AIOKafkaConsumer | None = None
            try:
                consumer = broker.consumer(self._settings, self._settings.kafka_group or f"mentoring-{self._service}")
                consumer.subscribe(self._topics, listener=_Drain(self._busy))
                await consumer.start()
                self._reading = consumer
                await self._consume(consumer)
            except Exception as error:
                seconds = self.progress.failed(error)
                self._warn("consumer_failed", error)
                await pause(seconds, self._stopping)
            finally:
                self._reading = None
                if consumer is not None:
                    await _quiet_stop(consumer)

    async def stop(self) -> None:
        """Finish the batch in hand, commit its offsets, leave the group."""
        self._stopping.set()

    async def behind(self) -> dict[str, int]:
        """Records of each topic that are in hand of this process and not read yet, as of the broker's last answer."""
        if self._reading is None:
            return {}
        lag = dict.fromkeys(self._topics, 0)
        for tp in self._reading.assignment():
            end = self._reading.highwater(tp)
            if end is not None:
                lag[tp.topic] += max(0, end - await self._reading.position(tp))
        return lag

    def _warn(self, event: str, error: Exception) -> None:
        log.warning(event, service=self._service, error=type(error).__name__, attempt=self.progress.failures)

    async def _consume(self, consumer: AIOKafkaConsumer) -> None:
        look_at, polling = 0.0, Polling(consumer)
        with broker.published.bell(self._topics) as bell:
            while not self._stopping.is_set():
                polled = await self._poll(polling)
                self.progress.tried()
                if polled:
                    self.progress.answered()
                    await self._take_in_hand(consumer, polled)
                    self.progress.made()
                    continue
                if time.monotonic() > look_at:
                    await self._look(consumer)
                    look_at = time.monotonic() + LOOK_EVERY_S
                if self._settings.kafka_fast_groups:
                    await self._rest(consumer, bell)

    async def _poll(self, polling: Polling) -> Polled:
        """What there is; nothing after a while, or once the service ends."""
        task = asyncio.ensure_future(polling.poll(BATCH, BUSY_MS if self._settings.kafka_fast_groups else POLL_MS))
        ends = asyncio.ensure_future(self._stopping.wait())
        try:
            await asyncio.wait([task, ends], return_when=asyncio.FIRST_COMPLETED)
            return await task if task.done() else {}
        finally:
            for one in (task, ends):
                one.cancel()

    async def _rest(self, consumer: AIOKafkaConsumer, bell: asyncio.Event) -> None:
        """Ask a broker that does not wake a waiting fetch for nothing until somebody here published, or for a while."""
        consumer.pause(*consumer.assignment())
        self.resting = bool(consumer.assignment())
        ends = asyncio.ensure_future(self._stopping.wait())
        rung = asyncio.ensure_future(bell.wait())
        await asyncio.wait([rung, ends], timeout=self._settings.poll_interval_s, return_when=asyncio.FIRST_COMPLETED)
        rung.cancel()
        ends.cancel()
        self.resting = False
        bell.clear()
        consumer.resume(*consumer.assignment())

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
        read_ = [r if isinstance(r, Unreadable) else read(r, self._taken) for r in records]
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
                await handle(db, self._service, self._reactions, of_tenant, self._feed, self._tracing)
        if self._metrics is not None:
            moment = time.time()
            for item in items:
                self._metrics.reacted(item.envelope.type, moment - item.record.timestamp / 1000)

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
                    await _tell(db, self._feed, [item])
                    await park(db, self._service, item, error)

        try:
            await self._insist(write)
            self._count("parked")
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
        for _ in records:
            self._count("unreadable")

    def _count(self, kind: str) -> None:
        if self._metrics is not None:
            self._metrics.put_aside(kind)


class EventUnreadable(Exception):
    """The data of an event does not fit its class: it is parked until a release that can read it replays it."""


def _by_tenant(items: Sequence[Received]) -> list[list[Received]]:
    """The items of each tenant in their order; an aggregate belongs to one tenant, so its order is kept.

    Tenants come in one order, so that two replicas never wait for each other's.
    """
    groups: dict[UUID, list[Received]] = {}
    for item in items:
        groups.setdefault(item.envelope.tenantid, []).append(item)
    return [groups[tenant] for tenant in sorted(groups)]


def taken(reactions: Reactions, feed: Feed | None) -> Set[type[Event]]:
    """The events that a service with these reactions takes: all there are if it has a feed."""
    return set(event_classes()) if feed else reactions.keys()


async def handle(
    db: AsyncSession,
    service: str,
    reactions: Reactions,
    items: Sequence[Received],
    feed: Feed | None = None,
    tracing: Tracing | None = None,
) -> None:
    """Inbox, then the feed, then the reactions, for events of one tenant.

    Nothing happens for an event seen before or older than one seen before of its aggregate; one whose aggregate is
    parked is parked behind it.
    """
    await bind_tenant(db, items[0].envelope.tenantid)
    fresh = await take(db, service, items)
    parked = await parked_aggregates(db, service, items)
    erased = await erased_in(db, [item.event for item in items if item.event and item.envelope.id in fresh])
    await _tell(db, feed, _once(items, fresh), erased)
    for item in items:
        if item.envelope.id not in fresh:
            continue
        fresh.discard(item.envelope.id)  # the same record may stand twice in one batch
        if item.aggregate_key in parked:
            await park(db, service, item, "behind_parked")
            continue
        if event_class(item.envelope.type) not in reactions:
            continue
        if item.event is None:
            raise EventUnreadable()
        envelope = item.envelope
        with traced(envelope.traceparent, tracing, f"react {envelope.type}", "CONSUMER"):
            await _react(db, reactions, item.event, envelope, erased)


def _once(items: Sequence[Received], fresh: Set[UUID]) -> list[Received]:
    return list({item.envelope.id: item for item in reversed(items) if item.envelope.id in fresh}.values())[::-1]


async def _tell(
    db: AsyncSession, feed: Feed | None, items: Sequence[Received], erased: Set[UUID] | None = None
) -> None:
    """Give fresh events to the feed; whoever is erased by one is nobody in what follows."""
    if feed is None or not items:
        return
    if erased is None:
        erased = await erased_in(db, [item.event for item in items if item.event])
    gone, told = set(erased), []
    for item in items:
        told.append(Told(item.envelope, without(item.event, gone) if item.event else None))
        if item.event and item.event.erases:
            gone |= item.event.people()
    await feed(db, told)


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
