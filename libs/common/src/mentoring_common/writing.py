"""Rows written past the ORM, one or many in one statement: as one JSON document, which the database takes apart.

What the ORM does at a flush (units of work, defaults, one statement a class) costs more than the round trip does.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any
from uuid import UUID

import orjson
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from mentoring_common.db import Base, tenant_of
from mentoring_common.driver import driver_of, refused

_QUOTED = postgresql.dialect().identifier_preparer.quote  # type: ignore[no-untyped-call]


async def insert(
    db: AsyncSession, model: type[Base], rows: Sequence[Mapping[str, Any]], *, unless_known: bool = False
) -> list[UUID]:
    """Insert rows of the transaction's tenant, all with the same members; the ids of those that went in, in order.

    Members left out get the default of the database; those that Python would make (`id`) are to be given. With
    `unless_known` rows that a unique constraint holds already are passed over, else they raise IntegrityError.
    """
    if not rows:
        return []
    if db.new or db.dirty or db.deleted:
        await db.flush()
    tenant = {"tenant_id": tenant_of(db)}
    statement = _statement(model, (*rows[0], "tenant_id"), unless_known)
    document = orjson.dumps([{**row, **tenant} for row in rows], default=_plain).decode()
    assert isinstance(db.bind, AsyncConnection)
    with refused():
        return [record[0] for record in await driver_of(db.bind).fetch(statement, document)]


@cache
def _statement(model: type[Base], members: tuple[str, ...], unless_known: bool) -> str:
    table = model.__table__
    assert isinstance(table, sa.Table)
    columns = ", ".join(_QUOTED(sa.inspect(model).columns[member].name) for member in members)
    into = _QUOTED(table.name)
    passing = "ON CONFLICT DO NOTHING " if unless_known else ""
    return (
        f"INSERT INTO {into} ({columns}) SELECT {columns} "  # noqa: S608  the names are our own
        f"FROM jsonb_populate_recordset(NULL::{into}, $1::jsonb) {passing}RETURNING id"
    )


def _plain(value: object) -> str:
    """What JSON has no form for, as PostgreSQL reads it."""
    if isinstance(value, bytes):
        return f"\\x{value.hex()}"
    if isinstance(value, UUID):  # the driver's own
        return str(value)
    raise TypeError(type(value).__name__)
