"""Keyset pages: a cursor is the key of the last row, so that pages stay right while rows are added.

The key of any row is a cursor, `encode(row.id)`; with `-` before it the page goes back from there.
"""

import base64
import binascii
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Generic, TypeVar
from uuid import UUID

import sqlalchemy as sa
from fastapi import Query
from pydantic import BaseModel, BeforeValidator, Field
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common.counts import count
from mentoring_common.errors import InvalidCursor
from mentoring_common.reading import Pages

Item = TypeVar("Item")
Row = TypeVar("Row")
Rows = TypeVar("Rows", bound="sa.Select[*tuple[Any, ...]]")
LENGTH = 22  # characters of a key
# What a cursor looks like is said and not checked here: a wrong one has its own code.
_FORM = {"pattern": "^(-|-?[A-Za-z0-9_-]{22})$"}
BACK = "-"  # before a key: the rows before it; alone: the last ones
Cursor = Annotated[
    str | None,
    Query(
        max_length=64,
        description="`next_cursor` of the page before. `-` alone begins at the end and goes back, page after page",
        json_schema_extra=_FORM,
    ),
]
Limit = Annotated[int, Query(ge=1, le=200, description="rows of a page")]
Ids = Annotated[
    list[UUID],
    BeforeValidator(lambda values: [part for value in values for part in str(value).split(",")]),
    Field(max_length=200),
]
ByIds = Annotated[
    Ids | None, Query(description="up to 200, separated by commas; those that one does not see are left out")
]

_BEFORE_ALL, _AFTER_ALL = UUID(int=0), UUID(int=2**128 - 1)


class Page(BaseModel, Generic[Item]):
    """One page; `next_cursor` is null on the last one."""

    items: list[Item]
    next_cursor: str | None = None


@dataclass(frozen=True)
class Place:
    """Where a page begins, and which way it goes."""

    key: UUID
    backwards: bool

    @classmethod
    def of(cls, cursor: str | None) -> "Place":
        """The place that a cursor stands for; InvalidCursor."""
        if cursor is None:
            return cls(_BEFORE_ALL, backwards=False)
        if cursor == BACK:
            return cls(_AFTER_ALL, backwards=True)
        backwards = len(cursor) > LENGTH and cursor.startswith(BACK)
        return cls(decode(cursor.removeprefix(BACK) if backwards else cursor), backwards)

    def rows(self, rows: Rows, id_column: Any, limit: int) -> Rows:
        """The rows of the page, and one more, nearest first."""
        if self.backwards:
            return rows.where(id_column < self.key).order_by(id_column.desc()).limit(limit + 1)
        return rows.where(id_column > self.key).order_by(id_column).limit(limit + 1)

    def cut(self, found: Sequence[Row], limit: int, key: Callable[[Row], UUID]) -> tuple[Sequence[Row], str | None]:
        """The rows of the page, oldest first, and the cursor of the page behind; None if there is none."""
        shown = found[:limit]
        following = encode(key(shown[-1])) if len(found) > limit else None
        if not self.backwards:
            return shown, following
        return shown[::-1], following and BACK + following


async def page(
    db: AsyncSession, rows: sa.Select[Any] | Pages, id_column: Any, cursor: str | None, limit: int
) -> tuple[Sequence[Any], str | None]:
    """The rows at `cursor` by ascending id (UUIDv7: in order of creation), and the cursor of the page behind.

    All rows of a table come as readings (`reading.page_of`), as tuples with the names of the columns.
    """
    place = Place.of(cursor)
    await count(db, rows.rows if isinstance(rows, Pages) else rows, id_column)
    if isinstance(rows, Pages):
        reading = rows.back if place.backwards else rows.onwards
        found = await reading.all(db, key=place.key, limit=limit + 1)
    else:
        found = (await db.scalars(place.rows(rows, id_column, limit))).all()
    return place.cut(found, limit, lambda row: row.id)


async def page_by(
    db: AsyncSession, rows: sa.Select[Any], key: Any, id_column: Any, cursor: str | None, limit: int
) -> tuple[Sequence[Any], str | None]:
    """As `page`, by ascending `key` (an expression that is never null), and by id among equals.

    The cursor is an id as well: where its row stands is asked anew, so that a row that moved meanwhile may come twice
    or not at all, and no other. InvalidCursor once the row is gone.
    """
    place = Place.of(cursor)
    await count(db, rows, id_column)
    if cursor is not None and cursor != BACK:
        value = await db.scalar(sa.select(key).where(id_column == place.key))
        if value is None:
            raise InvalidCursor()
        here, there = sa.tuple_(key, id_column), sa.tuple_(sa.literal(value, key.type), sa.literal(place.key))
        rows = rows.where(here < there if place.backwards else here > there)
    order = (key.desc(), id_column.desc()) if place.backwards else (key, id_column)
    found = (await db.scalars(rows.order_by(*order).limit(limit + 1))).all()
    return place.cut(found, limit, lambda row: row.id)


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
