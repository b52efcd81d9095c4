"""CSV files as strict tables (RFC 4180): what cannot be read is reported by line and kept out, never guessed."""

import codecs
import csv
import io
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from mentoring_integrations.errors import FileEmpty, FileNotUtf8, TooManyRows, WrongColumns, WrongDelimiter

MAX_ROWS = 5000  # applications go in one request each, all of them before the file is answered
MAX_CELL = 10_000  # characters
_WIDE_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)
_DELIMITERS = {";": "semicolon", "\t": "tab", "|": "vertical bar"}


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


@dataclass
class Table:
    """What a file holds: rows that can be read, problems of those that cannot; `count` is the number of both."""

    columns: tuple[str | None, ...]
    every_row: Mapping[str, str] = field(default_factory=dict)
    rows: list[Row] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    count: int = 0


def header(content: bytes) -> tuple[str, ...]:
    """The names in the first line, in lower case. FileNotUtf8, FileEmpty, WrongDelimiter."""
    _, cells = next(_records(_text(content)), (0, []))
    if isinstance(cells, csv.Error) or not any(cells):
        raise FileEmpty()
    names = tuple(cell.strip().lower() for cell in cells)
    if len(names) == 1:
        found = [word for mark, word in _DELIMITERS.items() if mark in names[0]]
        if found:
            raise WrongDelimiter(found=found[0])
    return names


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


def parse(
    content: bytes, *, required: Collection[str], optional: Collection[str], reading: Reading = AS_NAMED
) -> Table:
    """The table of a CSV file in UTF-8, with or without a byte order mark; its headings are read as `reading` says.

    Where a mapping names several headings for one column, their cells are taken together. Raises FileNotUtf8,
    FileEmpty, WrongDelimiter, WrongColumns and TooManyRows for what concerns the whole file; all else is a problem of
    its row.
    """
    columns = reading.names(header(content))
    _check_columns(columns, set(required) - reading.every_row.keys(), optional, frozenset(reading.columns.values()))
    table = Table(columns, reading.every_row)
    records = _records(_text(content))
    next(records)
    for line, cells in records:
        if cells == []:
            continue
        table.count += 1
        if table.count > MAX_ROWS:
            raise TooManyRows(most=MAX_ROWS)
        _take(table, line, cells)
    return table


def _text(content: bytes) -> str:
    if content.startswith(_WIDE_MARKS):
        raise FileNotUtf8()
    # Bytes that are not UTF-8 become surrogates: their rows are refused, the others go in.
    return content.removeprefix(codecs.BOM_UTF8).decode("utf-8", "surrogateescape")


def _records(text: str) -> Iterator[tuple[int, list[str] | csv.Error]]:
    """Records with the line each starts on; an error in place of one that cannot be read."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    while True:
        line = reader.line_num + 1
        try:
            yield line, next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield line, error


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


def _take(table: Table, line: int, cells: list[str] | csv.Error) -> None:
    if isinstance(cells, csv.Error):
        detail = "a quotation mark is not closed, or text stands outside of the quotation marks, or a cell is too long"
        table.problems.append(Problem(line, None, "malformed_row", detail))
        return
    if len(cells) != len(table.columns):
        detail = f"the row has {len(cells)} cells, the header {len(table.columns)}"
        table.problems.append(Problem(line, None, "ragged_row", detail))
        return
    named = _named(table, [cell.strip() for cell in cells])
    found = [Problem(line, column, *fault) for column, cell in named.items() if (fault := _fault(cell))]
    table.problems += found
    if not found:
        table.rows.append(Row(line, named))


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
