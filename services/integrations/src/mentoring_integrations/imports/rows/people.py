"""People of a file: who is made known, or brought up to date."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Final

import orjson
from pydantic import BeforeValidator, Field

from mentoring_integrations.imports.csv_table import Table
from mentoring_integrations.imports.rows.cells import Email, Line, Number, RowModel, lower, read, split
from mentoring_integrations.imports.rows.parsed import Parsed


class PersonRow(RowModel):
    """A row of people.csv; empty cells are absent, and leave what they would say as it is."""

    name: Annotated[Line, Field(min_length=1, max_length=200)]
    email: Email
    external_id: Number | None = None
    employer: Annotated[Line, Field(max_length=200)] | None = None
    line_manager_email: Email | None = None
    line_manager_external_id: Number | None = None
    last_day: Annotated[date, Field(ge=date(1950, 1, 1), le=date(2199, 12, 31))] | None = None
    leaving_reason: Annotated[str, BeforeValidator(lower), Field(pattern="^[a-z_]{1,40}$")] | None = None
    languages: Annotated[
        list[Annotated[str, Field(pattern="^[a-z]{2,3}(-[A-Za-z0-9]+)*$")]], BeforeValidator(split)
    ] = Field(default=[], max_length=20)
    discipline: Annotated[Line, Field(max_length=200)] | None = None
    professional_background: Annotated[Line, Field(max_length=200)] | None = None
    professional_background_other: Annotated[Line, Field(max_length=200)] | None = None
    career_stage: Annotated[Line, Field(max_length=200)] | None = None
    years_postdoctoral: Annotated[int, Field(ge=0, le=80)] | None = None

    @property
    def body(self) -> dict[str, Any]:
        """The row as the applications API takes it."""
        said = self.model_dump(mode="json", exclude_unset=True)
        attributes = {name: said.pop(name) for name in ATTRIBUTES & said.keys()}
        return said | ({"attributes": attributes} if attributes else {})


ATTRIBUTES = {
    "discipline", "professional_background", "professional_background_other", "career_stage", "years_postdoctoral"
}  # fmt: skip
REQUIRED: Final = ("name", "email")
OPTIONAL: Final = tuple(set(PersonRow.model_fields) - set(REQUIRED))


@dataclass(frozen=True, slots=True)
class NewPerson:
    """A person to register, from line `line`, as the JSON that applications takes: a hundred thousand are held at once.

    As text, since bytes of orjson keep the four kilobytes that they were written into.

    `keys` stand for the address and the number by which other rows name them, `managers` for those of whom they name;
    `managed_by` is the column in which that stands.
    """

    line: int
    keys: tuple[int, ...]
    managers: tuple[int, ...]
    managed_by: str | None
    numbered: bool
    body: str

    @classmethod
    def of(cls, line: int, cells: PersonRow) -> "NewPerson":
        """The person of a row."""
        named = {member: getattr(cells, column) for column, member in MANAGED_BY.items()}
        managers = tuple(hash(pair) for pair in named.items() if pair[1] is not None)
        own = (("email", cells.email), ("external_id", cells.external_id))
        keys = tuple(hash(pair) for pair in own if pair[1] is not None)
        column = next((column for column in MANAGED_BY if getattr(cells, column)), None)
        return cls(line, keys, managers, column, cells.external_id is not None, orjson.dumps(cells.body).decode())


MANAGED_BY = {"line_manager_email": "email", "line_manager_external_id": "external_id"}
"""By which column a row names its line manager, and what of that one it says."""


def parsed(table: Table, most: int) -> Parsed[NewPerson]:
    """People of a table; of rows with one address or number the first goes in. TooManyRows."""
    found = Parsed[NewPerson](most)
    for row in found.rows(table):
        cells = read(PersonRow, row, found.problems)
        if cells is None or not found.is_first(cells.email, row.line):
            continue
        number = f"{cells.employer or ''}/{cells.external_id}"
        if cells.external_id is None or found.is_first(number, row.line, "external_id"):
            found.good.append(NewPerson.of(row.line, cells))
    return found
