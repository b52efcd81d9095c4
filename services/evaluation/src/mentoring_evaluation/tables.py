"""What every table of this service descends from."""

import sqlalchemy as sa

from mentoring_common.db import Base as CommonBase
from mentoring_common.tables import NAMING


class Base(CommonBase):
    """Ancestor of this service's tables."""

    __abstract__ = True
    metadata = sa.MetaData(naming_convention=NAMING)


def part_of(column: str, table: str) -> sa.ForeignKeyConstraint:
    """The key of a row that goes with the row it is part of, whose id stands in the column."""
    return sa.ForeignKeyConstraint(["tenant_id", column], [f"{table}.tenant_id", f"{table}.id"], ondelete="CASCADE")
