"""The broker adapter on aiokafka: topics, the publisher that keeps order through failures, consumer settings."""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import TopicAlreadyExistsError, for_code
from aiokafka.partitioner import murmur2

from mentoring_common.settings import Settings

REQUEST_TIMEOUT_MS = 10_000


@dataclass(frozen=True)
class Record:
    """What is published: one outbox row."""

    topic: str
    key: str
    value: bytes
    headers: list[tuple[str, bytes]]


async def ensure_topics(settings: Settings, topics: Sequence[str]) -> None:
    """Create the topics that are missing; existing ones are left as they are."""
    admin = AIOKafkaAdminClient(bootstrap_servers=settings.kafka_bootstrap_servers)
    await admin.start()
    try:
        existing = set(await admin.list_topics())
        missing = [
            NewTopic(t, settings.kafka_partitions, settings.kafka_replication) for t in topics if t not in existing
        ]
        if missing:
            answer = await admin.create_topics(missing)
            for topic, code, *_ in answer.topic_errors:
                if code and for_code(code) is not TopicAlreadyExistsError:
                    raise for_code(code)(topic)
    finally:
        await admin.close()


class Publisher:
    """Publishes in order: one batch in flight per partition, every acknowledgement awaited, idempotent if possible.

    Many `send()` futures in flight lose their order when one of them fails; here a failure ends the attempt, the
    producer is thrown away and the caller starts again from its first unmarked record.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._producer: AIOKafkaProducer | None = None

    async def publish(self, records: Sequence[Record]) -> None:
        """Return when every record is acknowledged by all in-sync replicas; raise KafkaError if any is not."""
        try:
            producer = await self._started()
            partitions: dict[tuple[str, int], list[Record]] = defaultdict(list)
            for record in records:
                partitions[record.topic, await self._partition(producer, record)].append(record)
            await asyncio.gather(*(self._send(producer, *where, part) for where, part in partitions.items()))
        except BaseException:
            await self.close()
            raise

    async def close(self) -> None:
        producer, self._producer = self._producer, None
        if producer is not None:
            await asyncio.shield(_quiet_stop(producer))

    async def _started(self) -> AIOKafkaProducer:
        if self._producer is None:
            producer = AIOKafkaProducer(
                bootstrap_servers=self._settings.kafka_bootstrap_servers,
                acks="all",
                enable_idempotence=self._settings.kafka_idempotent,
                request_timeout_ms=REQUEST_TIMEOUT_MS,
            )
            try:
                await producer.start()
            except BaseException:
                await _quiet_stop(producer)
                raise
            self._producer = producer
        return self._producer

    async def _partition(self, producer: AIOKafkaProducer, record: Record) -> int:
        partitions = await producer.partitions_for(record.topic)
        return int((murmur2(record.key.encode()) & 0x7FFFFFFF) % len(partitions))

    async def _send(self, producer: AIOKafkaProducer, topic: str, partition: int, records: list[Record]) -> None:
        waiting = list(records)
        while waiting:
            batch, taken = producer.create_batch(), 0
            for record in waiting:
                added = batch.append(
                    key=record.key.encode(), value=record.value, timestamp=None, headers=record.headers
                )
                if added is None:
                    break
                taken += 1
            if not taken:
                raise ValueError(f"a record of {len(waiting[0].value)} bytes does not fit into a batch")
            batch.close()
            await (await producer.send_batch(batch, topic, partition=partition))
            waiting = waiting[taken:]


async def _quiet_stop(producer: AIOKafkaProducer) -> None:
    try:
        async with asyncio.timeout(5):
            await producer.stop()
    except Exception:  # noqa: S110  it is thrown away because it failed: what else it has to say changes nothing
        pass


def consumer(settings: Settings, group: str | None, **options: Any) -> AIOKafkaConsumer:
    """A consumer whose offsets are committed by hand, from the earliest record on."""
    fast = {"session_timeout_ms": 2000, "heartbeat_interval_ms": 300} if settings.kafka_fast_groups else {}
    return AIOKafkaConsumer(
        bootstrap_servers=settings.kafka_bootstrap_servers,
        group_id=group,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        fetch_max_wait_ms=20 if settings.kafka_fast_groups else 250,
        **fast,
        **options,
    )
