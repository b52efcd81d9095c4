"""Nominations of a file, by the employer's number or by address."""

from dataclasses import dataclass
from typing import Annotated, Final

from pydantic import Field

from mentoring_integrations.imports.csv_table import Problem, Table
from mentoring_integrations.imports.rows.cells import Line, OfSomebody, names_somebody, read
from mentoring_integrations.imports.rows.parsed import Parsed


class NominationRow(OfSomebody):
    """The columns of nominations.csv: who is not known by number is named by address and name."""

    name: Annotated[Line, Field(min_length=1, max_length=200)] | None = None
    statement: Annotated[str, Field(min_length=1, max_length=4000)] | None = None


REQUIRED: Final = ("role",)
OPTIONAL: Final = tuple(set(NominationRow.model_fields) - set(REQUIRED))


@dataclass(frozen=True)
class NewNomination:
    """Somebody to nominate, from line `line`."""

    line: int
    cells: NominationRow


def parsed(table: Table, most: int) -> Parsed[NewNomination]:
    """Nominations of a table. TooManyRows."""
    found = Parsed[NewNomination](most)
    for row in found.rows(table):
        cells = read(NominationRow, row, found.problems)
        if cells is None or not names_somebody(cells, row.line, found.problems):
            continue
        if cells.email and not cells.external_id and not cells.name:
            found.problems.append(Problem(row.line, "name", "cell_empty", "who is named by address needs a name"))
        elif found.is_first(f"{cells.person} {cells.role}", row.line):
            found.good.append(NewNomination(row.line, cells))
    return found
