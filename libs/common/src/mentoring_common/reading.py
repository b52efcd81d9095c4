<<<<<<< HEAD
"""SELECTs that nearly every request makes: compiled once, sent to the driver past the ORM, always behind the tenant.

An ORM statement costs several times what its round trip does. Here only the values change; what comes back are plain
rows with the statement's column names, read only.
"""

from collections import namedtuple
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql.asyncpg import dialect as asyncpg_dialect
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession
from sqlalchemy.sql.util import find_tables

from mentoring_common.db import driver_of, json_deserializer, json_serializer, refused, tenant_of

_DIALECT = asyncpg_dialect(json_deserializer=json_deserializer, json_serializer=json_serializer)  # type: ignore[no-untyped-call]
_TENANT = "tenant_of_reading"


class Reading:
    """One SELECT with `sa.bindparam` where values go; every table in it that carries a tenant is filtered by it."""

    def __init__(self, statement: sa.Select[Any]) -> None:
        self._statement = statement

    async def all(self, db: AsyncSession, **values: Any) -> Sequence[Any]:
        """The rows for these values."""
        if db.new or db.dirty or db.deleted:
            await db.flush()
        bound = db.bind
        assert isinstance(bound, AsyncConnection)
        sql, arguments, shape = self._compiled
        given = arguments(values | {_TENANT: tenant_of(db)})
        with refused():
            return [shape(record) for record in await driver_of(bound).fetch(sql, *given)]

    async def first(self, db: AsyncSession, **values: Any) -> Any | None:
        """The first row, or None."""
        rows = await self.all(db, **values)
        return rows[0] if rows else None

    @cached_property
    def _compiled(self) -> tuple[str, Callable[[dict[str, Any]], list[Any]], Callable[[Any], Any]]:
        compiled: Any = self._filtered().compile(dialect=_DIALECT)
        return str(compiled), _arguments(compiled), _shape(compiled)

    def _filtered(self) -> sa.Select[Any]:
        statement = self._statement
        for source in statement.get_final_froms():
            for table in find_tables(source, include_aliases=True):
                if "tenant_id" in table.c:
                    statement = statement.where(table.c.tenant_id == sa.bindparam(_TENANT))
        return statement


def _arguments(compiled: Any) -> Callable[[dict[str, Any]], list[Any]]:
    """How named values become the driver's arguments."""
    fixed = {name: bind.value for name, bind in compiled.binds.items() if not bind.required}
    processors = [(name, compiled._bind_processors.get(name)) for name in compiled.positiontup]

    def arguments(values: dict[str, Any]) -> list[Any]:
        known = fixed | values
        return [known[name] if change is None else change(known[name]) for name, change in processors]

    return arguments


def _shape(compiled: Any) -> Callable[[Any], Any]:
    """How a record becomes a row: a named tuple of the statement's columns."""
    columns = compiled._result_columns
    row = namedtuple("Row", [column.keyname for column in columns])  # type: ignore[misc]
    changes = [(n, c.type._cached_result_processor(_DIALECT, None)) for n, c in enumerate(columns)]
    needed = [(n, change) for n, change in changes if change is not None]

    def shape(record: Any) -> Any:
        values = list(record)
        for n, change in needed:
            values[n] = change(values[n])
        return row(*values)

    return shape
=======
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
>>>>>>> cae32c4 (common: a service starts without broker and database, its loops are supervised, unreadable records are kept as bytes)
