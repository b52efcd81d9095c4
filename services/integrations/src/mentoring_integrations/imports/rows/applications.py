"""Applications of a file: the columns that every programme has, and the fields of its form."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Final

from pydantic import Field

from mentoring_integrations.imports.csv_table import Problem, Row, Table
from mentoring_integrations.imports.rows.cells import LARGEST, Line, OfSomebody, names_somebody, read, split
from mentoring_integrations.imports.rows.parsed import Parsed

# Columns of applications.csv of every programme; the others are fields of its form, or what these mean.
REQUIRED: Final = ("role", "proxy_reason")
OPTIONAL: Final = ("email", "external_id", "cohort", "capacity")
MEANINGS = {
    "criteria": "ranking", "free_text": "text", "previous_mentoring": "boolean", "preferred": "list",
    "conflicts": "list",
}  # fmt: skip


_YES_NO: Final = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}


def _yes_no(cell: str) -> bool:
    if cell.lower() not in _YES_NO:
        raise ValueError(cell)
    return _YES_NO[cell.lower()]


def _integer(cell: str) -> int:
    number = int(cell)
    if abs(number) > LARGEST:
        raise ValueError(cell)
    return number


class ApplicationRow(OfSomebody):
    """The columns of applications.csv that every programme has.

    Whoever sends the file applies in their names: `proxy_reason` says by what right, and the person sees it.
    """

    capacity: Annotated[int, Field(ge=1, le=50)] | None = None
    proxy_reason: Annotated[Line, Field(min_length=1, max_length=1000)]


@dataclass(frozen=True)
class NewApplication:
    """An application to submit, from line `line`: answers to the programme's form, and versions agreed to."""

    line: int
    cells: ApplicationRow
    answers: dict[str, Any]
    consents: dict[str, str]


def parsed(table: Table, fields: Mapping[str, str], most: int) -> Parsed[NewApplication]:
    """Applications of a table; `fields` are the columns of the programme's form and their kinds. TooManyRows."""
    found = Parsed[NewApplication](most)
    for row in found.rows(table):
        cells = read(ApplicationRow, row, found.problems)
        answers = _answers(row, fields, found.problems)
        if cells is None or answers is None or not names_somebody(cells, row.line, found.problems):
            continue
        if found.is_first(f"{cells.person} {cells.role}", row.line):
            consents = {
                name: answers.pop(name) for name, kind in fields.items() if kind == "consent" and name in answers
            }
            found.good.append(NewApplication(row.line, cells, answers, consents))
    return found


def _answers(row: Row, fields: Mapping[str, str], problems: list[Problem]) -> dict[str, Any] | None:
    answers: dict[str, Any] = {}
    good = True
    for name, kind in fields.items():
        cell = row.cells.get(name, "")
        if cell == "":
            continue
        try:
            answers[name] = _CONVERT.get(kind, str)(cell)
        except ValueError:
            good = False
            problems.append(Problem(row.line, name, f"not_{kind}", f"the form asks for: {kind}"))
    return answers if good else None


_CONVERT: dict[str, Any] = {"boolean": _yes_no, "integer": _integer, "list": split, "ranking": split}
