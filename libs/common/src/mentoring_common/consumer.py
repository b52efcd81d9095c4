"""The consumer: one polled batch is one transaction; offsets are committed after it; poison is parked, order kept.

The inbox row is the first statement of every handler's transaction, so a record that comes twice has its effect once.
The rebalance listener waits for the batch in hand: aiokafka would rejoin while a handler still works.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, ConsumerRecord, TopicPartition
from pydantic import ValidationError
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common import broker
from mentoring_common.db import Database, bind_tenant, tenant_of
from mentoring_common.envelope import Envelope
from mentoring_common.errors import Unavailable
from mentoring_common.observability import log
from mentoring_common.settings import Settings
from mentoring_common.tables import parked_events
from mentoring_common.tracing import continue_trace
from mentoring_contracts import Event, UnknownEvent, event_class

Reaction = Callable[[AsyncSession, Any], Awaitable[None]]
Reactions = Mapping[type[Event], Reaction]

BATCH = 100
STUCK_AFTER_S = 60.0


@dataclass(frozen=True)
class Received:
    """One record with its envelope and its event; None where the data does not fit the event's class."""

    envelope: Envelope
    event: Event | None
    headers: dict[str, str]
    payload: bytes

    @property
    def aggregate_key(self) -> str:
        return f"{self.envelope.source}:{self.envelope.partitionkey}"


class EventConsumer:
    """Feeds one service's reactions; `run` ends when `stop` is called or raises when it makes no progress."""

    def __init__(self, database: Database, settings: Settings, service: str, reactions: Reactions) -> None:
        self._database = database
        self._settings = settings
        self._service = service
        self._reactions = reactions
        self._topics = sorted({cls.topic() for cls in reactions})
        self._stopping = asyncio.Event()
        self._busy = asyncio.Lock()
        self.progressed_at = time.monotonic()

    async def run(self) -> None:
        failures = 0
        while not self._stopping.is_set():
            group = self._settings.kafka_group or f"mentoring-{self._service}"
            consumer = broker.consumer(self._settings, group)
            consumer.subscribe(self._topics, listener=_Drain(self._busy))
            try:
                await consumer.start()
                await self._consume(consumer)
                failures = 0
            except Exception as error:
                failures += 1
                log.warning("consumer_failed", service=self._service, error=type(error).__name__, attempt=failures)
                await asyncio.sleep(min(0.1 * 2**failures, 5.0))
            finally:
                await _quiet_stop(consumer)

    async def stop(self) -> None:
        """Finish the batch in hand, commit its offsets, leave the group."""
        self._stopping.set()

    @property
    def stuck(self) -> bool:
        """No poll has come back for a minute: the process should be replaced."""
        return time.monotonic() - self.progressed_at > STUCK_AFTER_S

    async def _consume(self, consumer: AIOKafkaConsumer) -> None:
        while not self._stopping.is_set():
            polled = await consumer.getmany(timeout_ms=200, max_records=BATCH)
            self.progressed_at = time.monotonic()
            if not polled:
                continue
            async with self._busy:
                mine = {tp: records for tp, records in polled.items() if tp in consumer.assignment()}
                await self._handle([r for records in mine.values() for r in records])
                offsets = {tp: records[-1].offset + 1 for tp, records in mine.items()}
                await _commit(consumer, offsets)

    async def _handle(self, records: Sequence[ConsumerRecord]) -> None:
        received = [r for r in (self._read(record) for record in records) if r is not None]
        if not received:
            return
        try:
            async with self._database.transaction(None) as db:
                for items in _by_tenant(received):
                    await handle(db, self._service, self._reactions, items)
        except Exception:
            for item in received:
                await self._handle_alone(item)

    async def _handle_alone(self, item: Received) -> None:
        """One event in its own transaction: transient failures are tried for ever, others park the aggregate."""
        failures = 0
        while True:
            try:
                async with self._database.transaction(None) as db:
                    await handle(db, self._service, self._reactions, [item])
                return
            except (Unavailable, ConnectionError, TimeoutError):
                failures += 1
                log.warning("reaction_waits", service=self._service, type=item.envelope.type, attempt=failures)
                await asyncio.sleep(min(0.1 * 2**failures, 5.0))
            except Exception as error:
                await self._park(item, type(error).__name__)
                return

    async def _park(self, item: Received, error: str) -> None:
        log.error("event_parked", service=self._service, type=item.envelope.type, error=error)
        async with self._database.transaction(item.envelope.tenantid) as db:
            if await take(db, self._service, [item]):
                await park(db, self._service, item, error)

    def _read(self, record: ConsumerRecord) -> Received | None:
        """The event of a record; None for a type nobody here reacts to, or a record that is no event of ours."""
        try:
            headers = {name: value.decode() for name, value in record.headers}
            envelope = Envelope.from_headers(headers)
            cls = event_class(envelope.type)
        except UnknownEvent:
            return None
        except (ValidationError, UnicodeDecodeError):
            log.error("record_unreadable", service=self._service, topic=record.topic, partition=record.partition)
            return None
        if cls not in self._reactions:
            return None
        try:
            return Received(envelope, cls.model_validate_json(record.value), headers, record.value)
        except ValidationError:
            return Received(envelope, None, headers, record.value)


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

    Nothing happens for an event seen before; one whose aggregate is parked is parked behind it.
    """
    await bind_tenant(db, items[0].envelope.tenantid)
    fresh = await take(db, service, items)
    parked = await parked_aggregates(db, service, items)
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
        db.info["occurred_at"] = item.envelope.time
        await reactions[type(item.event)](db, item.event)


_TAKE = sa.text("""
    INSERT INTO inbox (consumer, event_id, tenant_id) SELECT :consumer, event_id, :tenant FROM unnest(:ids) AS event_id
    ON CONFLICT DO NOTHING RETURNING event_id
""").bindparams(
    sa.bindparam("consumer", type_=sa.Text()),
    sa.bindparam("tenant", type_=sa.Uuid()),
    sa.bindparam("ids", type_=sa.ARRAY(sa.Uuid())),
)


async def take(db: AsyncSession, service: str, items: Sequence[Received]) -> set[UUID]:
    """Enter the events of one tenant in the inbox; the ids of those that were not there."""
    ids = sorted({item.envelope.id for item in items})
    values = {"consumer": service, "tenant": items[0].envelope.tenantid, "ids": ids}
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
    for row in rows:
        cls = event_class(row.type)
        db.info["occurred_at"] = Envelope.from_headers(row.headers).time
        await reactions[cls](db, cls.model_validate_json(row.payload))
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


async def _commit(consumer: AIOKafkaConsumer, offsets: dict[TopicPartition, int]) -> None:
    if offsets:
        await consumer.commit(offsets)


async def _quiet_stop(consumer: AIOKafkaConsumer) -> None:
    try:
        async with asyncio.timeout(5):
            await consumer.stop()
    except Exception:  # noqa: S110  a consumer that cannot say goodbye is timed out by its group
        pass
