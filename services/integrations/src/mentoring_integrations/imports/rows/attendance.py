"""Who was at activities, by a file."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from mentoring_integrations.imports.csv_table import Table
from mentoring_integrations.imports.rows.cells import Named, names_somebody, read
from mentoring_integrations.imports.rows.parsed import Parsed


class AttendedRow(Named):
    """The columns of attendance.csv: somebody who was at an activity."""

    activity_id: UUID


REQUIRED: Final = ("activity_id",)
OPTIONAL: Final = ("email", "external_id")


@dataclass(frozen=True)
class Attended:
    """Somebody who was there, from line `line`."""

    line: int
    cells: AttendedRow


def parsed(table: Table, most: int) -> Parsed[Attended]:
    """Who attended, of a table. TooManyRows."""
    found = Parsed[Attended](most)
    for row in found.rows(table):
        cells = read(AttendedRow, row, found.problems)
        if cells is None or not names_somebody(cells, row.line, found.problems):
            continue
        column, name = cells.named
        if found.is_first(f"{cells.activity_id} {name}", row.line, column):
            found.good.append(Attended(row.line, cells))
    return found
