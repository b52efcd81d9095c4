"""How long the mechanisms keep their rows, by real time, and the work that deletes what is older."""

from datetime import timedelta
from typing import Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from mentoring_common.tables import idempotency_keys, inbox, outbox

EVERY_S: Final = 3600.0
ANSWERS: Final = timedelta(hours=24)
EVENTS: Final = timedelta(days=90)
# Longer than the outbox by all the time a relay may be away: an event that is published again must be known.
SEEN: Final = timedelta(days=180)

_AT_ONCE = 10_000


async def delete_what_is_old(system: AsyncEngine) -> None:
    """Delete the stored answers, the published and the seen events that are over their time."""
    for table, is_old in _RULES:
        await _delete(system, table, is_old)


def younger_than(column: sa.ColumnElement[object], age: timedelta) -> sa.ColumnElement[bool]:
    """Whether a moment set by the database lies no further back than `age`."""
    return column > sa.func.clock_timestamp() - age


_RULES: tuple[tuple[sa.Table, sa.ColumnElement[bool]], ...] = (
    (idempotency_keys, ~younger_than(idempotency_keys.c.created_at, ANSWERS)),
    (outbox, sa.and_(outbox.c.published_at.is_not(None), ~younger_than(outbox.c.created_at, EVENTS))),
    (inbox, ~younger_than(inbox.c.received_at, SEEN)),
)


async def _delete(system: AsyncEngine, table: sa.Table, is_old: sa.ColumnElement[bool]) -> None:
    """In steps, so that no statement runs long."""
    keys = list(table.primary_key)
    some = sa.select(*keys).where(is_old).limit(_AT_ONCE)
    while True:
        async with system.begin() as connection:
            gone = await connection.execute(sa.delete(table).where(sa.tuple_(*keys).in_(some)))
        if gone.rowcount < _AT_ONCE:
            return
