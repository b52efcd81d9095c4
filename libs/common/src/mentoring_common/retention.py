"""How long the mechanisms keep their rows, by real time, and the work that deletes what is older.

What the inbox forgets the marks of the aggregates know (consumer.py), so it need not outlive topics and outboxes.
"""

from datetime import timedelta
from typing import Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from mentoring_common.settings import Settings
from mentoring_common.tables import idempotency_keys, inbox, outbox

EVERY_S: Final = 3600.0
ANSWERS: Final = timedelta(hours=24)

_AT_ONCE = 10_000


async def delete_what_is_old(system: AsyncEngine, settings: Settings) -> None:
    """Delete the stored answers, the published and the seen events that are over their time."""
    await delete_in_steps(system, idempotency_keys, older_than(idempotency_keys.c.created_at, ANSWERS))
    await delete_in_steps(system, inbox, older_than(inbox.c.received_at, timedelta(days=settings.inbox_days)))
    if settings.outbox_days:
        old = older_than(outbox.c.created_at, timedelta(days=settings.outbox_days))
        await delete_in_steps(system, outbox, sa.and_(outbox.c.published_at.is_not(None), old))


def older_than(column: sa.ColumnElement[object], age: timedelta) -> sa.ColumnElement[bool]:
    """Whether a moment set by the database lies further back than `age`."""
    return column <= sa.func.clock_timestamp() - age


async def delete_in_steps(system: AsyncEngine, table: sa.Table, is_old: sa.ColumnElement[bool]) -> None:
    """Delete the rows that are old, some at a time, so that no statement runs long."""
    keys = list(table.primary_key)
    some = sa.select(*keys).where(is_old).limit(_AT_ONCE)
    while True:
        async with system.begin() as connection:
            gone = await connection.execute(sa.delete(table).where(sa.tuple_(*keys).in_(some)))
        if gone.rowcount < _AT_ONCE:
            return
