"""A table that is written out, whatever it is written as."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from mentoring_evaluation.reports.archived import Type


@dataclass(frozen=True, slots=True)
class Column:
    """A column: `title` is what was asked, `description` what it means, `labels` the words of its values in order.

    `closed`: nothing but these values is in it.
    """

    name: str
    type: Type
    title: str = ""
    description: str = ""
    labels: Mapping[str | int, str] = field(default_factory=dict)
    closed: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under columns; None is a cell with nothing in it."""

    name: str
    description: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Any]]
