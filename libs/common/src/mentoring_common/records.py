"""What a record is to a service: an event it reacts to, nothing for it, or unreadable and kept as the bytes it is.

Anybody who may write to a topic may write anything: what is read here is checked until PostgreSQL takes it.
"""

import base64
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import orjson
from aiokafka import ConsumerRecord, TopicPartition
from pydantic import ValidationError
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common.db import tenant_of
from mentoring_common.envelope import Envelope
from mentoring_common.tables import unreadable_records
from mentoring_contracts import Event, UnknownEvent, event_class


@dataclass(frozen=True)
class Received:
    """One record with its envelope and its event; None where the data does not fit the event's class."""

    envelope: Envelope
    event: Event | None
    headers: dict[str, str]
    payload: bytes
    record: ConsumerRecord

    @property
    def aggregate_key(self) -> str:
        return f"{self.envelope.source}:{self.envelope.partitionkey}"


@dataclass(frozen=True)
class Unreadable:
    """A record that is no event: where it stands, its bytes as far as the client gives them, and what is wrong."""

    topic: str
    partition: int
    offset: int
    reason: str
    key: bytes | None = None
    headers: bytes | None = None
    value: bytes | None = None

    @classmethod
    def of(cls, record: ConsumerRecord, reason: str) -> "Unreadable":
        """A record that the client could take apart."""
        headers = [[n, None if v is None else base64.b64encode(v).decode()] for n, v in record.headers]
        place = (record.topic, record.partition, record.offset)
        return cls(*place, reason, record.key, orjson.dumps(headers), record.value)

    @classmethod
    def at(cls, place: TopicPartition, offset: int, error: Exception) -> "Unreadable":
        """A record that the client could not even take apart; its bytes stay on the topic."""
        return cls(place.topic, place.partition, offset, type(error).__name__)


class NotStorable(ValueError):
    """A header holds U+0000, which PostgreSQL has no place for."""


def read(record: ConsumerRecord, reactions: Collection[type[Event]]) -> Received | Unreadable | None:
    """The event of a record; None for a type that is not among `reactions`."""
    try:
        headers = {name: value.decode() for name, value in record.headers}
        if any("\0" in text for pair in headers.items() for text in pair):
            raise NotStorable()
        envelope = Envelope.from_headers(headers)
        cls = event_class(envelope.type)
        if cls not in reactions:
            return None
        return Received(envelope, _event(cls, record.value), headers, record.value or b"", record)
    except UnknownEvent:
        return None
    except Exception as error:
        return Unreadable.of(record, type(error).__name__)


def _event(cls: type[Event], value: bytes | None) -> Event | None:
    try:
        return None if value is None else cls.model_validate_json(value)
    except ValidationError:
        return None


async def set_aside(db: AsyncSession, service: str, records: Sequence[Unreadable]) -> None:
    """Keep records that cannot be read; one that comes again is kept once."""
    rows = [
        {
            "tenant_id": tenant_of(db),
            "consumer": service,
            "topic": record.topic,
            "partition": record.partition,
            "record_offset": record.offset,
            "reason": record.reason,
            "key": record.key,
            "headers": record.headers,
            "value": record.value,
        }
        for record in records
    ]
    await db.execute(insert(unreadable_records).on_conflict_do_nothing(), rows)
