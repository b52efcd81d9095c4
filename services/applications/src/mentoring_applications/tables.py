"""What every table of this service descends from, and the row that a SELECT is to find."""

from typing import Literal, TypeVar

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common.db import Base as CommonBase
from mentoring_common.errors import NotFound
from mentoring_common.tables import NAMING


class Base(CommonBase):
    """Ancestor of this service's tables."""

    __abstract__ = True
    metadata = sa.MetaData(naming_convention=NAMING)


def refers(column: str, table: str) -> sa.ForeignKeyConstraint:
    """The key of a row that names another of the organisation, whose id stands in the column."""
    return sa.ForeignKeyConstraint(["tenant_id", column], [f"{table}.tenant_id", f"{table}.id"])


def one_of(column: str, values: list[str]) -> str:
    """The condition of a column that holds one of these words."""
    return f"{column} IN ({', '.join(repr(str(value)) for value in values)})"


Row = TypeVar("Row", bound=Base)


async def one(
    db: AsyncSession, rows: sa.Select[Row], missing: type[NotFound], *, lock: Literal["none", "shared", "own"] = "none"
) -> Row:
    """The row as it is now; `missing` is raised for one that is not there, also for another organisation's."""
    if lock != "none":
        rows = rows.with_for_update(read=lock == "shared")
    found: Row | None = await db.scalar(rows.execution_options(populate_existing=True))
    if found is None:
        raise missing()
    return found
