"""What a file says: the rows of it that can be sent, and why the others stay out."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, Generic, TypeVar

from mentoring_integrations.errors import TooManyRows
from mentoring_integrations.imports.csv_table import Problem, Row, Table

MOST_AT_ONCE: Final = 5_000
"""Rows of an import that is answered when it is done."""
MOST_ROWS: Final = 200_000
"""Rows of one that goes on after its answer."""
New = TypeVar("New")


@dataclass
class Parsed(Generic[New]):
    """What a file says: how many rows it has, what can be sent of them, and why the others stay out."""

    most: int
    count: int = 0
    good: list[New] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    seen: dict[int, int] = field(default_factory=dict)

    def rows(self, table: Table) -> Iterator[Row]:
        """The rows that can be read; problems of the others are kept. TooManyRows."""
        for found in table.rows():
            self.count += 1
            if self.count > self.most:
                raise TooManyRows(most=MOST_AT_ONCE, most_async=MOST_ROWS)
            if isinstance(found, Row):
                yield found
            else:
                self.problems += found
        self.seen.clear()  # the rows are held for as long as they are sent, this is not

    def is_first(self, key: str, line: int, column: str | None = None) -> bool:
        """Whether nothing further up says the same; a problem if it does."""
        first = self.seen.setdefault(hash(key), line)
        if first != line:
            column = column or ("external_id" if key.startswith("external_id ") else "email")
            self.problems.append(Problem(line, column, "duplicate_row", f"the same stands on line {first}"))
        return first == line
