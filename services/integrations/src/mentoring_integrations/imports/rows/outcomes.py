"""Outcomes from HR data of a file, as totals."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Final

from pydantic import BeforeValidator, Field

from mentoring_contracts.words import Side
from mentoring_integrations.imports.csv_table import Table
from mentoring_integrations.imports.rows.cells import LARGEST, Line, RowModel, lower, read
from mentoring_integrations.imports.rows.parsed import Parsed


class OutcomeRow(RowModel):
    """The columns of outcomes.csv: how many people, and how many of them with the outcome; the same of a comparison."""

    outcome: Annotated[str, BeforeValidator(lower), Field(pattern="^[a-z_]{1,40}$")]
    role: Annotated[Side, BeforeValidator(lower)]
    definition: Annotated[Line, Field(min_length=1, max_length=300)]
    months: Annotated[int, Field(ge=1, le=240)]
    people: Annotated[int, Field(ge=0, le=LARGEST)]
    with_outcome: Annotated[int, Field(ge=0, le=LARGEST)]
    source: Annotated[Line, Field(min_length=1, max_length=300)]
    measured_on: date
    compared_with: Annotated[str, BeforeValidator(lower), Field(pattern="^[a-z_]{1,40}$")] | None = None
    compared_people: Annotated[int, Field(ge=0, le=LARGEST)] | None = None
    compared_with_outcome: Annotated[int, Field(ge=0, le=LARGEST)] | None = None

    @property
    def body(self) -> dict[str, Any]:
        """The row as the evaluation API takes it."""
        said = self.model_dump(mode="json", exclude_unset=True)
        compared = {name: said.pop(column) for name, column in COMPARED.items() if column in said}
        return said | ({"comparison": compared} if compared else {})


COMPARED = {"selection": "compared_with", "people": "compared_people", "with_outcome": "compared_with_outcome"}
OPTIONAL: Final = tuple(COMPARED.values())
REQUIRED: Final = tuple(set(OutcomeRow.model_fields) - set(OPTIONAL))


@dataclass(frozen=True)
class NewOutcome:
    """An outcome to be recorded, from line `line`."""

    line: int
    cells: OutcomeRow


def parsed(table: Table, most: int) -> Parsed[NewOutcome]:
    """Outcomes of a table. TooManyRows."""
    found = Parsed[NewOutcome](most)
    for row in found.rows(table):
        cells = read(OutcomeRow, row, found.problems)
        if cells is not None and found.is_first(repr(sorted(cells.body.items(), key=str)), row.line, "outcome"):
            found.good.append(NewOutcome(row.line, cells))
    return found
