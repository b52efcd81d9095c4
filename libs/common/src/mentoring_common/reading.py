"""SELECTs that nearly every request makes: compiled once, sent to the driver past the ORM, always behind the tenant.

An ORM statement costs several times what its round trip does. Here only the values change; what comes back are plain
rows with the statement's column names, read only.
"""

from collections import namedtuple
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql.asyncpg import dialect as asyncpg_dialect
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession
from sqlalchemy.sql.util import find_tables

from mentoring_common.db import Base, json_deserializer, json_serializer, tenant_of
from mentoring_common.driver import driver_of, refused

_DIALECT = asyncpg_dialect(json_deserializer=json_deserializer, json_serializer=json_serializer)  # type: ignore[no-untyped-call]
_TENANT = "tenant_of_reading"


class Reading:
    """One SELECT with `sa.bindparam` where values go; every table in it that carries a tenant is filtered by it."""

    def __init__(self, statement: "sa.Select[*tuple[Any, ...]]") -> None:
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
        if compiled.literal_execute_params or compiled.post_compile_params:
            raise TypeError(
                "a list of any length is compiled anew each time: compare with any_() of an array, or or_()"
            )
        return str(compiled), _arguments(compiled), _shape(compiled)

    def _filtered(self) -> "sa.Select[*tuple[Any, ...]]":
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
    changes = [(n, _change(c.type)) for n, c in enumerate(columns)]
    needed = [(n, change) for n, change in changes if change is not None]

    def shape(record: Any) -> Any:
        values = list(record)
        for n, change in needed:
            values[n] = change(values[n])
        return row(*values)

    return shape


def _change(type_: Any) -> Callable[[Any], Any] | None:
    """What is done to a value of the type that comes from the driver; None if it stays as it is."""
    if isinstance(type_, sa.Numeric | sa.Float):  # its processor asks for the type that the server names
        return None if type_.asdecimal else lambda value: None if value is None else float(value)
    change: Callable[[Any], Any] | None = type_._cached_result_processor(_DIALECT, None)
    return change


class Pages(NamedTuple):
    """All rows of a table by id, a page at a time: `limit` of them behind `key`, or back from it.

    All `rows` are there to be counted.
    """

    onwards: Reading
    back: Reading
    rows: "sa.Select[Any]"


def page_of(model: type[Base]) -> Pages:
    """The pages of a table."""
    columns = model.__table__.c
    rows = sa.select(*(c for c in columns if c.name != "tenant_id")).limit(sa.bindparam("limit"))
    id_ = columns["id"]
    key: sa.BindParameter[Any] = sa.bindparam("key")
    onwards, back = rows.where(id_ > key).order_by(id_), rows.where(id_ < key).order_by(id_.desc())
    return Pages(Reading(onwards), Reading(back), sa.select(model))


def among(column: Any) -> sa.ColumnElement[bool]:
    """Of a reading: whether the column, an id, is among the `ids` that are given, however many."""
    return column == sa.any_(sa.bindparam("ids", type_=sa.ARRAY(sa.Uuid())))  # type: ignore[no-any-return]


def by_id(model: type[Base]) -> Reading:
    """The columns of one row of a table, by its `id`."""
    return of(model, model.__table__.c["id"] == sa.bindparam("id"))


def by_ids(model: type[Base]) -> Reading:
    """The columns of the rows of a table whose `id` is among the `ids`."""
    return of(model, among(model.__table__.c["id"]))


def of(model: type[Base], *conditions: sa.ColumnElement[bool], in_order_of: Sequence[Any] = ()) -> Reading:
    """The columns of the rows of a table for which the conditions hold."""
    rows = sa.select(*(c for c in model.__table__.c if c.name != "tenant_id")).where(*conditions)
    return Reading(rows.order_by(*in_order_of))
