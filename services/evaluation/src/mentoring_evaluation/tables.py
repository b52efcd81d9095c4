"""What every table of this service descends from."""

from functools import cache
from typing import Any

import sqlalchemy as sa
from pydantic import TypeAdapter
from sqlalchemy.dialects.postgresql import JSONB

from mentoring_common.db import Base as CommonBase
from mentoring_common.tables import NAMING


class Base(CommonBase):
    """Ancestor of this service's tables."""

    __abstract__ = True
    metadata = sa.MetaData(naming_convention=NAMING)


def part_of(column: str, table: str) -> sa.ForeignKeyConstraint:
    """The key of a row that goes with the row it is part of, whose id stands in the column."""
    return sa.ForeignKeyConstraint(["tenant_id", column], [f"{table}.tenant_id", f"{table}.id"], ondelete="CASCADE")


class JsonOf(sa.TypeDecorator[Any]):
    """A column of JSON that is read as a type of `kept`, and written with the members that were given."""

    impl = JSONB
    cache_ok = True

    def __init__(self, of: Any) -> None:
        super().__init__(none_as_null=True)
        self.of = of

    def process_bind_param(self, value: Any, dialect: sa.Dialect) -> Any:
        """What is kept of a value."""
        return None if value is None else self._adapter.dump_python(value, mode="json", exclude_unset=True)

    def process_result_value(self, value: Any, dialect: sa.Dialect) -> Any:
        """The value that was kept."""
        return None if value is None else self._adapter.validate_python(value)

    @property
    def _adapter(self) -> TypeAdapter[Any]:
        return _adapter(self.of)


@cache
def _adapter(of: Any) -> TypeAdapter[Any]:
    return TypeAdapter(of)
