"""Files as strict tables: what cannot be read is reported by line and kept out, never guessed."""

import csv
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from mentoring_integrations.errors import FileEmpty, WrongColumns
from mentoring_integrations.imports.table_files import Cells, TableFile

MAX_CELL = 10_000  # characters


@dataclass(frozen=True, order=True)
class Problem:
    """Why the row that starts on line `row` stays out; `detail` holds no content of the file."""

    row: int
    column: str | None
    code: str
    detail: str


@dataclass(frozen=True)
class Row:
    """One record: the line it starts on, its cells by column without blanks around."""

    line: int
    cells: dict[str, str]


@dataclass(frozen=True)
class Reading:
    """What a mapping says of a file: columns by heading (None: not read), and cells that every row has beside them."""

    columns: Mapping[str, str | None] = field(default_factory=dict)
    every_row: Mapping[str, str] = field(default_factory=dict)

    def names(self, headings: Sequence[str]) -> tuple[str | None, ...]:
        """The column of each heading: as the mapping says, else the heading itself."""
        said = {_plainly(heading): column for heading, column in self.columns.items()}
        return tuple(said.get(_plainly(heading), heading) for heading in headings)


def _plainly(heading: str) -> str:
    return " ".join(heading.split()).lower()


AS_NAMED = Reading()


@dataclass(frozen=True)
class Table:
    """A file whose header names the columns of an import. `columns` are what its headings mean, None for what is not
    read; each reading of it goes through the file anew, and holds a row at a time."""

    file: TableFile
    columns: tuple[str | None, ...]
    every_row: Mapping[str, str]

    def rows(self) -> Iterator[Row | list[Problem]]:
        """Each record in order: a row, or why it cannot be one."""
        records = self.file.records()
        next(records)
        return (self._taken(line, cells) for line, cells in records if cells != [])

    def _taken(self, line: int, cells: Cells) -> Row | list[Problem]:
        if isinstance(cells, csv.Error):
            detail = "a quotation mark is not closed, or text stands outside of quotation marks, or a cell is too long"
            return [Problem(line, None, "malformed_row", detail)]
        if len(cells) != len(self.columns):
            detail = f"the row has {len(cells)} cells, the header {len(self.columns)}"
            return [Problem(line, None, "ragged_row", detail)]
        named = _named(self, [cell.strip() for cell in cells])
        found = [Problem(line, column, *fault) for column, cell in named.items() if (fault := _fault(cell))]
        return found or Row(line, named)


def headings(file: TableFile) -> tuple[str, ...]:
    """The names in the first line, in lower case, with marks for what is no text. FileEmpty, WorkbookUnreadable."""
    _, cells = next(file.records(), (0, []))
    if isinstance(cells, csv.Error) or not any(cells):
        raise FileEmpty()
    return tuple(_text(cell).strip().lower() for cell in cells)


def _text(cell: str) -> str:
    return cell.encode("utf-8", "replace").decode() if _fault(cell) else cell


def table(
    file: TableFile, *, required: Collection[str], optional: Collection[str], reading: Reading = AS_NAMED
) -> Table:
    """The table of a file; its headings are read as `reading` says.

    Where a mapping names several headings for one column, their cells are taken together. FileEmpty, WrongColumns and
    WorkbookUnreadable concern the whole file; all else is a problem of its row.
    """
    columns = reading.names(headings(file))
    _check_columns(columns, set(required) - reading.every_row.keys(), optional, frozenset(reading.columns.values()))
    return Table(file, columns, reading.every_row)


def _check_columns(
    columns: tuple[str | None, ...],
    required: Collection[str],
    optional: Collection[str],
    mapped: Collection[str | None],
) -> None:
    missing = sorted(set(required) - set(columns))
    known = {*required, *optional}
    unknown = [n for n, name in enumerate(columns, 1) if name is not None and name not in known]
    doubled = [
        n for n, name in enumerate(columns, 1) if name in known and name not in mapped and name in columns[: n - 1]
    ]
    if missing or unknown or doubled:
        raise WrongColumns(missing=missing, unknown=unknown, doubled=doubled, known=sorted(known))


_BETWEEN = {"name": " ", "free_text": "\n"}
_ONE = frozenset({"email", "employer", "line_manager_email", "role", "capacity", "cohort", "discipline"})
"""Columns that hold one thing: of several headings the first that is filled in counts."""


def _named(table: Table, cells: Sequence[str]) -> dict[str, str]:
    """The cells by column; of a column with several headings they are taken together, first to last."""
    found: dict[str, list[str]] = {}
    for column, cell in zip(table.columns, cells, strict=True):
        if column is not None:
            found.setdefault(column, []).append(cell)
    named = {column: _together(column, parts) for column, parts in found.items()}
    return {**named, **{column: cell for column, cell in table.every_row.items() if not named.get(column)}}


def _together(column: str, cells: Sequence[str]) -> str:
    filled = [cell for cell in cells if cell]
    return (filled or [""])[0] if column in _ONE else _BETWEEN.get(column, ";").join(filled)


def _fault(cell: str) -> tuple[str, str] | None:
    if any("\ud800" <= character <= "\udfff" for character in cell):
        return "not_utf8", "the cell is not in UTF-8"
    if any((character < " " and character not in "\t\r\n") or character == "\x7f" for character in cell):
        return "control_character", "the cell holds a control character"
    if len(cell) > MAX_CELL:
        return "cell_too_long", f"the cell has more than {MAX_CELL} characters"
    return None
