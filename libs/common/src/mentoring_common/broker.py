"""The broker adapter on aiokafka: topics, the publisher that keeps order through failures, consumer settings."""

import asyncio
import ssl
import struct
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence, Set
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Any

import httpx
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.abc import AbstractTokenProvider
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import KafkaConnectionError, TopicAlreadyExistsError, for_code

from mentoring_common.auth import TokenSource
from mentoring_common.errors import Unavailable
from mentoring_common.settings import Settings

REQUEST_TIMEOUT_MS = 10_000
REPLICATION = 3  # copies of a topic, where there are brokers for them
_M, _WORD = 0x5BD1E995, 0xFFFFFFFF
KEPT_FOR_EVER = {"retention.ms": "-1", "retention.bytes": "-1", "cleanup.policy": "delete"}


@dataclass(frozen=True)
class Record:
    """What is published: one outbox row."""

    topic: str
    key: str
    value: bytes
    headers: list[tuple[str, bytes]]


def connection(settings: Settings) -> dict[str, Any]:
    """How every client reaches the brokers: where they are, TLS, and who we are."""
    how: dict[str, Any] = {
        "bootstrap_servers": settings.kafka_bootstrap_servers,
        "security_protocol": settings.kafka_security_protocol,
    }
    if settings.kafka_security_protocol.endswith("SSL"):
        how["ssl_context"] = _tls(settings)
    if settings.kafka_security_protocol.startswith("SASL"):
        how["sasl_mechanism"] = settings.kafka_sasl_mechanism
        if settings.kafka_sasl_mechanism == "OAUTHBEARER":
            how["sasl_oauth_token_provider"] = _Tokens(settings)
        else:
            how["sasl_plain_username"] = settings.kafka_username
            how["sasl_plain_password"] = settings.kafka_password.get_secret_value()
    return how


def _tls(settings: Settings) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=settings.kafka_ca_file or None)
    if settings.kafka_cert_file:
        context.load_cert_chain(settings.kafka_cert_file, settings.kafka_key_file or None)
    return context


class _Tokens(AbstractTokenProvider):  # type: ignore[misc]
    """Tokens for the brokers, from the issuer by client credentials."""

    def __init__(self, settings: Settings) -> None:
        client = {
            "token_url": settings.kafka_token_url or settings.token_url,
            "client_id": settings.kafka_username or settings.client_id,
            "client_secret": settings.kafka_password if settings.kafka_username else settings.client_secret,
        }
        # Nobody closes a token provider: it keeps no connection open.
        http = httpx.AsyncClient(timeout=5.0, limits=httpx.Limits(max_keepalive_connections=0))
        self._source = TokenSource(settings.model_copy(update=client), http, scope=settings.kafka_token_scope)

    async def token(self) -> str:
        try:
            return await self._source.token()
        except Unavailable as error:  # what the client takes for a broker that cannot be reached now
            raise KafkaConnectionError("no token for the brokers") from error


async def ensure_topics(settings: Settings, topics: Sequence[str]) -> list[str]:
    """Create the topics that are missing; existing ones are left as they are.

    What is wrong with existing ones, a line each: too few copies, or events that are not kept for ever.
    """
    async with administered(settings) as admin:
        copies = await copies_of(admin, settings)
        existing = set(await admin.list_topics())
        await _create(admin, [_new_topic(t, settings.kafka_partitions, copies) for t in topics if t not in existing])
        return await _what_is_wrong(admin, [t for t in topics if t in existing], copies)


async def look_at_topics(settings: Settings, topics: Sequence[str]) -> tuple[list[str], list[str]]:
    """The topics that are missing, and what is wrong with the others, as `ensure_topics` says; nothing is made."""
    async with administered(settings) as admin:
        copies, existing = await copies_of(admin, settings), set(await admin.list_topics())
        wrong = await _what_is_wrong(admin, [t for t in topics if t in existing], copies)
        return [t for t in topics if t not in existing], wrong


@asynccontextmanager
async def administered(settings: Settings) -> AsyncIterator[AIOKafkaAdminClient]:
    """The cluster's administration; KafkaError where nobody answers."""
    admin = AIOKafkaAdminClient(**connection(settings), request_timeout_ms=REQUEST_TIMEOUT_MS)
    try:
        await admin.start()
        yield admin
    finally:
        await admin.close()


async def copies_of(admin: AIOKafkaAdminClient, settings: Settings) -> int:
    """How many copies a topic has that is made on this cluster."""
    brokers = len((await admin.describe_cluster())["brokers"])
    return settings.kafka_replication or max(1, min(brokers, REPLICATION))


def _new_topic(name: str, partitions: int, copies: int) -> NewTopic:
    # One copy may be away and everything goes on; events stay, so that a new reader starts from the first.
    kept = {"min.insync.replicas": str(max(1, copies - 1)), **KEPT_FOR_EVER}
    return NewTopic(name, partitions, copies, topic_configs=kept)


async def _create(admin: AIOKafkaAdminClient, missing: Sequence[NewTopic]) -> None:
    if missing:
        answer = await admin.create_topics(missing)
        for topic, code, *_ in answer.topic_errors:
            if code and for_code(code) is not TopicAlreadyExistsError:
                raise for_code(code)(topic)


async def _what_is_wrong(admin: AIOKafkaAdminClient, topics: Sequence[str], copies: int) -> list[str]:
    if not topics:
        return []
    described = {t["topic"]: t["partitions"] for t in await admin.describe_topics(list(topics))}
    fewest = {topic: min((len(p["replicas"]) for p in parts), default=0) for topic, parts in described.items()}
    wrong = [f"{topic} has {n} of {copies} copies" for topic, n in fewest.items() if 0 < n < copies]
    for answer in await admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, t) for t in topics]):
        for _, _, _, topic, entries in answer.resources:  # no entries where we may not look
            found = {name: value for name, value, *_ in entries}
            wrong += [
                f"{topic} has {name}={found[name]}"
                for name, value in KEPT_FOR_EVER.items()
                if found.get(name, value) != value
            ]
    return sorted(wrong)


class Bells:
    """Tells readers that something was published, as far as they are in the process of who did."""

    def __init__(self) -> None:
        self._bells: dict[asyncio.Event, frozenset[str]] = {}

    @contextmanager
    def bell(self, topics: Iterable[str]) -> Iterator[asyncio.Event]:
        """What is set whenever something was published to one of the topics."""
        bell = asyncio.Event()
        self._bells[bell] = frozenset(topics)
        try:
            yield bell
        finally:
            del self._bells[bell]

    def ring(self, topics: Set[str]) -> None:
        for bell, wanted in self._bells.items():
            if wanted & topics:
                bell.set()


published = Bells()


class Publisher:
    """Publishes in order: one batch in flight per partition, every acknowledgement awaited, idempotent if possible.

    Many `send()` futures in flight lose their order when one of them fails; here a failure ends the attempt, the
    producer is thrown away and the caller starts again from its first unmarked record.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._producer: AIOKafkaProducer | None = None

    async def publish(self, records: Sequence[Record]) -> None:
        """Return when every record is acknowledged by all in-sync replicas; raise KafkaError if any is not.

        Readers in this process are told, for a broker that does not wake them.
        """
        try:
            producer = await self._started()
            numbers = {topic: len(await producer.partitions_for(topic)) for topic in {one.topic for one in records}}
            partitions: dict[tuple[str, int], list[Record]] = defaultdict(list)
            for record in records:
                partitions[record.topic, partition_of(record.key, numbers[record.topic])].append(record)
            await asyncio.gather(*(self._send(producer, *where, part) for where, part in partitions.items()))
            published.ring({topic for topic, _ in partitions})
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
                **connection(self._settings),
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


def partition_of(key: str, partitions: int) -> int:
    """Where Kafka's own clients put a key: murmur2 of it.

    aiokafka's takes every byte by itself, and was the largest part of publishing an event.
    """
    data = key.encode()
    whole, rest = divmod(len(data), 4)
    found = 0x9747B28C ^ len(data)
    for word in struct.unpack_from(f"<{whole}I", data):
        word = word * _M & _WORD
        found = (found * _M & _WORD) ^ ((word ^ word >> 24) * _M & _WORD)
    if rest:
        found = (found ^ int.from_bytes(data[-rest:], "little")) * _M & _WORD
    found = (found ^ found >> 13) * _M & _WORD
    return ((found ^ found >> 15) & 0x7FFFFFFF) % partitions


async def _quiet_stop(producer: AIOKafkaProducer) -> None:
    try:
        async with asyncio.timeout(5):
            await producer.stop()
    except Exception:  # noqa: S110  it is thrown away because it failed: what else it has to say changes nothing
        pass


def consumer(settings: Settings, group: str | None, **options: Any) -> AIOKafkaConsumer:
    """A consumer whose offsets are committed by hand, from the earliest record on."""
    fast = {"session_timeout_ms": 2000, "heartbeat_interval_ms": 600} if settings.kafka_fast_groups else {}
    return AIOKafkaConsumer(
        **connection(settings),
        group_id=group,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        # A fetch that waits is answered as soon as something comes, but by a broker that does not wake it. While it
        # waits, partitions that it does not ask for are not read from the same broker: so not for long.
        fetch_max_wait_ms=20 if settings.kafka_fast_groups else 1000,
        consumer_timeout_ms=1000,
        **fast,
        **options,
    )


async def partitions_of(reader: AIOKafkaConsumer, topics: Sequence[str]) -> list[TopicPartition]:
    """The partitions of topics that are there; a started consumer asks the broker for them."""
    numbers = {topic: await reader._client._wait_on_metadata(topic) for topic in topics}
    return [TopicPartition(topic, number) for topic in topics for number in sorted(numbers[topic])]


async def begin_at_end(settings: Settings, topics: Sequence[str]) -> None:
    """Have the consumer group pass over what is on the topics, which are made if they are missing."""
    await ensure_topics(settings, topics)
    reader = consumer(settings, settings.kafka_group)
    await reader.start()
    try:
        partitions = await partitions_of(reader, topics)
        reader.assign(partitions)
        await reader.commit(await reader.end_offsets(partitions))
    finally:
        await reader.stop()
