"""What a database is asked, and how far it reads for it: counted, not timed, so that it says the same anywhere."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from mentoring_common.db import Database
from mentoring_common.driver import driver_of

# What counts in the context that a statement is asked in: loops of a service were begun in another.
_counting: ContextVar[list[Any] | None] = ContextVar("counting", default=None)
_OF_THE_DRIVER = ("current_setting('jit')", "typeinfo_tree")


class Asked(str):
    """A statement on one line, with its arguments."""

    arguments: tuple[Any, ...] = ()


def _asked(text: str, arguments: Sequence[Any]) -> Asked:
    found = Asked(" ".join(text.split()))
    found.arguments = tuple(arguments)
    return found


@contextmanager
def statements(*engines: AsyncEngine, own: bool = False) -> Iterator[list[Asked]]:
    """The statements that leave by connections of these engines, in their order, those past SQLAlchemy as well.

    What the driver asks once of a fresh connection, to know its types, is left out; with `own` also what a service does
    beside what is called within the block.
    """
    found: list[Asked] = []
    within = _counting.set(found)

    def keep(asked: Asked) -> None:
        if not own or _counting.get() is found:
            found.append(asked)

    def note(record: asyncpg.connection.LoggedQuery) -> None:
        if not any(word in record.query for word in _OF_THE_DRIVER):
            keep(_asked(record.query, record.args or ()))

    def note_prepared(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        keep(_asked(statement, parameters))

    def listen(connection: Any, *_: Any) -> None:
        connection.driver_connection.add_query_logger(note)

    def leave(connection: Any, *_: Any) -> None:
        if connection is not None:
            connection.driver_connection.remove_query_logger(note)

    pools = [engine.sync_engine.pool for engine in engines]
    for pool in pools:
        event.listen(pool, "checkout", listen)
        event.listen(pool, "checkin", leave)
    for engine in engines:  # the driver does not log what was prepared, as all of SQLAlchemy's is
        event.listen(engine.sync_engine, "before_cursor_execute", note_prepared)
    try:
        yield found
    finally:
        _counting.reset(within)
        for pool in pools:
            event.remove(pool, "checkout", listen)
            event.remove(pool, "checkin", leave)
        for engine in engines:
            event.remove(engine.sync_engine, "before_cursor_execute", note_prepared)


async def rows_read(database: Database, tenant: UUID, asked: Sequence[Asked]) -> dict[str, int]:
    """How many rows the greediest step of each SELECT's plan reads, those that it drops again among them."""
    found: dict[str, int] = {}
    async with database.transaction(tenant) as db:
        assert isinstance(db.bind, AsyncConnection)
        driver = driver_of(db.bind)
        for one in asked:
            if one.startswith("SELECT ") and " FROM " in one:
                plan = await driver.fetchval(f"EXPLAIN (ANALYZE, FORMAT JSON) {one}", *one.arguments)
                steps = json.loads(plan) if isinstance(plan, str) else plan
                found[one] = max(_rows(steps[0]["Plan"]))
    return found


def _rows(step: dict[str, Any]) -> Iterator[int]:
    dropped = sum(step.get(f"Rows Removed by {what}", 0) for what in ("Filter", "Index Recheck", "Join Filter"))
    yield int((step["Actual Rows"] + dropped) * step["Actual Loops"])
    for inner in step.get("Plans", ()):
        yield from _rows(inner)
