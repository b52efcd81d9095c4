"""Standing pairs of a file, with the days on which they began."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Final

from pydantic import BeforeValidator, Field

from mentoring_contracts.words import Side
from mentoring_integrations.imports.csv_table import Problem, Table
from mentoring_integrations.imports.rows.cells import Email, Number, RowModel, lower, read
from mentoring_integrations.imports.rows.parsed import Parsed


class PairRow(RowModel):
    """The columns of pairs.csv: two people who have met since `starts_on`, each named by address or number.

    In the columns of the mentor stands who leads, of a kind of equals the one of the two.
    """

    mentor_email: Email | None = None
    mentor_external_id: Number | None = None
    mentee_email: Email | None = None
    mentee_external_id: Number | None = None
    starts_on: Annotated[date, Field(ge=date(1950, 1, 1), le=date(2199, 12, 31))]
    cohort: Annotated[int, Field(ge=1)] | None = None
    kind: Annotated[str, BeforeValidator(lower), Field(pattern="^[a-z][a-z0-9_]{0,63}$")] = "mentoring"

    def named(self, side: Side) -> tuple[str, str]:
        """What names who is on a side, and how: a number goes before an address."""
        number = getattr(self, f"{side}_external_id")
        return ("external_id", number) if number else ("email", getattr(self, f"{side}_email"))


REQUIRED: Final = ("starts_on",)
OPTIONAL: Final = tuple(set(PairRow.model_fields) - set(REQUIRED))


@dataclass(frozen=True)
class StandingPair:
    """Two who have met since a day, from line `line`."""

    line: int
    cells: PairRow


def parsed(table: Table, most: int) -> Parsed[StandingPair]:
    """Pairs of a table. TooManyRows."""
    found = Parsed[StandingPair](most)
    for row in found.rows(table):
        cells = read(PairRow, row, found.problems)
        if cells is None or not _names_both(cells, row.line, found.problems):
            continue
        both = " ".join([cells.kind, *cells.named("mentor"), *cells.named("mentee")])
        if found.is_first(both, row.line, f"mentee_{cells.named('mentee')[0]}"):
            found.good.append(StandingPair(row.line, cells))
    return found


def _names_both(cells: PairRow, line: int, problems: list[Problem]) -> bool:
    sides: tuple[Side, Side] = ("mentor", "mentee")
    nameless = [side for side in sides if not cells.named(side)[1]]
    problems += [
        Problem(line, f"{side}_email", "cell_empty", f"{side}_email or {side}_external_id names the {side}")
        for side in nameless
    ]
    return not nameless
