"""Sheets as rows of people, their cells by what the columns were taken as."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from mentoring_matching.engine.likeness import plain
from mentoring_matching.hours import split
from mentoring_matching.offline.groups import Field, World
from mentoring_matching.offline.headings import Side, plain_heading
from mentoring_matching.offline.layout import Layout, layout_of
from mentoring_matching.offline.reading import Column, Mapped, Reading, read_columns
from mentoring_matching.offline.sheets import Sheet, UnreadableFile

MOST_COLUMNS = 2_000
MappedOf = Callable[[Side | None], Mapped]
OTHER: Mapping[Side | None, Side] = {"mentor": "mentee", "mentee": "mentor"}


@dataclass(frozen=True)
class Row:
    """One row: where it stands (file or sheet, number as a spreadsheet counts) and its cells by meaning.

    Columns whose meaning is not known keep their own name, so that a policy can speak of them. What only one side says
    in this column stands under `mentor:topics` and the like. `unranked` are meanings whose answers stand in no order.
    """

    place: str
    number: int
    cells: Mapping[str, str]
    unranked: frozenset[str] = frozenset()

    def of(self, role: Side) -> "Row":
        """The row as one side's: its own cells in place of what both sides' columns say."""
        mine = {name.removeprefix(f"{role}:"): cell for name, cell in self.cells.items() if name.startswith(f"{role}:")}
        shared = {name: cell for name, cell in self.cells.items() if ":" not in name}
        return replace(self, cells=shared | mine, unranked=frozenset(n.removeprefix(f"{role}:") for n in self.unranked))


@dataclass(frozen=True)
class Table:
    """The rows of a sheet, of one role or (None) with a role column, and how its columns were taken.

    `headings` are by meaning; `head` is the row that the headings stand in, `how` says what is unusual about them;
    `shifted` are rows with more cells than there are headings, by number.
    """

    place: str
    role: Side | None
    headings: Mapping[str, str]
    rows: Sequence[Row]
    head: int = 1
    how: str = ""
    columns: Sequence[Column] = ()
    shifted: Mapping[int, int] = field(default_factory=dict)
    width: int = 0
    notes: Sequence[str] = ()

    @cached_property
    def addressed(self) -> bool:
        """Whether people are known by addresses here, so that something else is none."""
        ids = [row.cells["email"] for row in self.rows if row.cells.get("email")]
        return sum("@" in id_ for id_ in ids) * 2 > len(ids)


def read_tables(sheets: Sequence[tuple[Sheet, Side | None]], mapped: MappedOf) -> list[Table]:
    """The tables of sheets; each is read again with what the other side says, for choices and topics."""
    named = {role: {plain_heading(h) for said in mapped(role) for h in said.headings} for _, role in sheets}
    laid = [(sheet, role, layout_of(sheet, named[role])) for sheet, role in sheets]
    first = [_table(sheet, role, layout, mapped(role), World()) for sheet, role, layout in laid]
    return [_table(sheet, role, layout, mapped(role), _world(first, role)) for sheet, role, layout in laid]


def _world(tables: Sequence[Table], role: Side | None) -> World:
    """What the tables of the other side say; of a sheet with both roles, its own."""
    others = [table for table in tables if table.role in (None, OTHER.get(role)) or role is None]
    rows = [row for table in others for row in table.rows]
    topics = {f"{side}topics" for side in ("", "mentor:", "mentee:")}
    said = {plain(topic) for row in rows for name in topics for topic in split(row.cells.get(name, ""))}
    names = {plain(name) for row in rows for name in (row.cells.get("email", ""), full_name(row)) if name}
    return World(names, said, {plain_heading(c.heading) for table in others for c in table.columns})


def full_name(row: Row) -> str:
    """First and last name, else the name, "" where there is none."""
    both = " ".join(filter(None, (row.cells.get("first_name"), row.cells.get("last_name"))))
    return both or row.cells.get("name", "")


def _table(sheet: Sheet, role: Side | None, layout: Layout, mapped: Mapped, world: World) -> Table:
    if len(layout.headings) > MOST_COLUMNS:
        raise UnreadableFile(f"{sheet.place}: has more than {MOST_COLUMNS} columns")
    body = [(number, line) for number, line in enumerate(sheet.lines[layout.first :], layout.first + 1) if any(line)]
    shifted = {} if sheet.name else _shifted(body, len(layout.headings))
    _check_widths(sheet.place, shifted, len(body), len(layout.headings))
    kept = [(number, line) for number, line in body if number not in shifted]
    reading = read_columns(sheet.place, layout, [line for _, line in kept], role, mapped, world)
    unranked = frozenset(_name(f) for f in reading.fields if f.kind == "ticks")
    rows = [Row(sheet.place, number, _cells(reading, line), unranked) for number, line in kept]
    headings = {f.meaning: layout.headings[f.parts[0].place] for f in reading.fields}
    where = (layout.head + 1, layout.how, reading.columns, shifted, len(layout.headings))
    return Table(sheet.place, role, headings, rows, *where)


def _cells(reading: Reading, line: Sequence[str]) -> dict[str, str]:
    return {_name(f): f.read(line) for f in reading.fields}


def _name(of: Field) -> str:
    return f"{of.side}:{of.meaning}" if of.side else of.meaning


def _shifted(body: Sequence[tuple[int, Sequence[str]]], width: int) -> dict[int, int]:
    """Rows with more cells than headings: a comma that should stand in quotation marks has moved them."""
    found = {number: max(p for p, cell in enumerate(line, start=1) if cell) for number, line in body}
    return {number: filled for number, filled in found.items() if filled > width}


def _check_widths(place: str, shifted: Mapping[int, int], rows: int, width: int) -> None:
    if shifted and len(shifted) * 2 > rows:
        number = min(shifted)
        raise UnreadableFile(
            f"{place}: {len(shifted)} of {rows} rows have more cells than the {width} headings, row {number} has "
            f"{shifted[number]}: put quotation marks around cells that hold a comma"
        )


def heading_of(table: Table, meaning: str) -> str:
    """The heading that a meaning was read from, else the meaning."""
    return table.headings.get(meaning, meaning.replace("_", " "))
