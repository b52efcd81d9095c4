"""Keyset pages: a cursor is the key of the last row, so that pages stay right while rows are added."""

import base64
import binascii
from collections.abc import Callable, Sequence
from typing import Annotated, Any, Generic, TypeVar
from uuid import UUID

import sqlalchemy as sa
from fastapi import Query
from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common.errors import InvalidCursor
from mentoring_common.reading import Reading

Item = TypeVar("Item")
# What a cursor looks like is said and not checked here: a wrong one has its own code.
_FORM = {"pattern": "^[A-Za-z0-9_-]{22}$"}
Cursor = Annotated[
    str | None, Query(max_length=64, description="`next_cursor` of the page before", json_schema_extra=_FORM)
]
Limit = Annotated[int, Query(ge=1, le=200, description="rows of a page")]

_BEFORE_ALL = UUID(int=0)


class Page(BaseModel, Generic[Item]):
    """One page; `next_cursor` is null on the last one."""

    items: list[Item]
    next_cursor: str | None = None


async def page(
    db: AsyncSession, rows: sa.Select[Any] | Reading, id_column: Any, cursor: str | None, limit: int
) -> tuple[Sequence[Any], str | None]:
    """The rows after `cursor` by ascending id (UUIDv7: in order of creation), and the cursor of the page behind.

    All rows of a table come as a reading (`reading.page_of`), as tuples with the names of the columns.
    """
    if isinstance(rows, Reading):
        return await _whole_page(db, rows, cursor, limit)
    if cursor is not None:
        rows = rows.where(id_column > decode(cursor))
    found = (await db.scalars(rows.order_by(id_column).limit(limit + 1))).all()
    shown = found[:limit]
    return shown, encode(shown[-1].id) if len(found) > limit else None


async def _whole_page(
    db: AsyncSession, rows: Reading, cursor: str | None, limit: int
) -> tuple[Sequence[Any], str | None]:
    found = await rows.all(db, after=decode(cursor) if cursor else _BEFORE_ALL, limit=limit + 1)
    shown = found[:limit]
    return shown, encode(shown[-1].id) if len(found) > limit else None


def page_of(shown: Sequence[Any], next_cursor: str | None, shape: Callable[[Any], Item]) -> Page[Item]:
    """A page of shaped rows."""
    return Page[Any](items=[shape(row) for row in shown], next_cursor=next_cursor)


def encode(id_: UUID) -> str:
    return base64.urlsafe_b64encode(id_.bytes).decode().rstrip("=")


def decode(cursor: str) -> UUID:
    try:
        return UUID(bytes=base64.urlsafe_b64decode(cursor + "=="))
    except (ValueError, binascii.Error):
        raise InvalidCursor() from None
