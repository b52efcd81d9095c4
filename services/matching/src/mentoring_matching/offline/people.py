"""Rows as mentors and mentees; a row that cannot be used is kept out and says why."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from typing import Any

from mentoring_matching import hours
from mentoring_matching.engine import Mentee, Mentor, ranked
from mentoring_matching.engine.likeness import plain
from mentoring_matching.engine.people import Value
from mentoring_matching.hours import split
from mentoring_matching.offline.cells import Order, Refused, said, whole, yes
from mentoring_matching.offline.groups import rank_of
from mentoring_matching.offline.headings import NAMES, Side
from mentoring_matching.offline.reading import LISTS
from mentoring_matching.offline.references import Names, References
from mentoring_matching.offline.tables import OTHER, Row, Table, full_name
from mentoring_matching.profiles import TIME_ZONE, wish_or_other

_OWN = frozenset({
    "email", "first_name", "last_name", "name", "role", "topics", "text", "capacity", "priority", "preferred",
    "conflicts", "characteristics", "wants_identity", "identity_to_match", "both", "waited", "pinned",
    "line_manager", "matched_before",
})  # fmt: skip
_SETS = frozenset({"languages", "availability"})
_REFERENCES = ("preferred", "conflicts", "line_manager", "matched_before", "pinned")
_ROLES: Mapping[str, Sequence[Side]] = {"mentor": ("mentor",), "mentee": ("mentee",), "both": ("mentor", "mentee")}
_RANKED = ("rank", "order", "priority", "choice", "preference", "importance")
_LONGEST = 500  # letters of a line about a bad row
IDENTITY = "identity: "  # topics that are never named in a text


@dataclass(frozen=True)
class BadRow:
    """A row that was kept out; `str` is the line that people read."""

    place: str
    number: int
    column: str
    reason: str

    def __str__(self) -> str:
        line = " ".join(f"{self.place}, row {self.number}, {self.column}: {self.reason}".split())
        return line if len(line) <= _LONGEST else f"{line[:_LONGEST]}…"


@dataclass
class People:
    """Those who can be matched, their names by id, the rows that were kept out, and what was noticed.

    `pins` are (mentor id, mentee id). `unordered` are values by attribute that have no place in its order, with how
    many people have them; `notes` and `doubts` are lines about the files as a whole.
    """

    mentors: list[Mentor] = field(default_factory=list)
    mentees: list[Mentee] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)
    bad_rows: list[BadRow] = field(default_factory=list)
    pins: list[tuple[str, str]] = field(default_factory=list)
    unordered: dict[str, dict[str, int]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Shapes:
    """The columns whose cells the policy reads as lists, as hours by the clocks of a day, or as values in an order.

    `lenient` are ordered columns in which the policy lets a value stand that has no place; `values` are lists that the
    policy gives, beyond which nothing is taken; `read` are the attributes that the policy reads.
    """

    lists: Collection[str] = ()
    hours: Collection[str] = ()
    on: date = date.min
    orders: Mapping[str, Order] = field(default_factory=dict)
    lenient: Collection[str] = ()
    values: Mapping[str, Collection[str]] = field(default_factory=dict)
    read: Collection[str] = ()


def read_people(tables: Iterable[Table], shapes: Shapes = Shapes()) -> People:
    """The people of tables, each of one role or (None) with a role column."""
    return _Reader(list(tables), shapes).read()


@dataclass(frozen=True)
class _Entry:
    """A row in one role, under its id."""

    row: Row
    role: Side
    id: str
    table: Table


class _Reader:
    """First who there is, so that names can be found in what others say; then each of them."""

    def __init__(self, tables: Sequence[Table], shapes: Shapes) -> None:
        orders = {"grade": Order(), **shapes.orders}
        self.tables, self.shapes, self.orders = tables, shapes, orders
        self.people = People()
        self.ordered = {name for name in orders if _any_ordered(tables, name, orders[name])}

    def read(self) -> People:
        entries = [entry for table in self.tables for entry in self._entries(table)]
        names = Names.of([(e.role, e.id, full_name(e.row)) for e in entries], self._apart(entries))
        self.references = References(names)
        for rows in _together(entries).values():
            for entry in self._united(rows):
                own = names.own(entry.role, entry.id)
                self._guarded(entry.table, entry.row, partial(self._add, entry, own))
        self.people.pins = list(dict.fromkeys(self.people.pins))
        self.people.notes += names.notes
        self.people.doubts += self.references.doubts()
        self.people.bad_rows.sort(key=lambda bad: ([t.place for t in self.tables].index(bad.place), bad.number))
        return self.people

    def _apart(self, entries: Sequence[_Entry]) -> bool:
        """Whether each file counts its people from one, so that equal numbers are two people."""
        ids = {
            side: {e.id: plain(full_name(e.row)) for e in entries if e.role == side} for side in ("mentor", "mentee")
        }
        both = ids["mentor"].keys() & ids["mentee"].keys()
        if any(table.role is None for table in self.tables) or not both:
            return False
        running = all(id_.isdecimal() and int(id_) <= 10 * len(found) for found in ids.values() for id_ in found)
        return running and not any(ids["mentor"][id_] and ids["mentor"][id_] == ids["mentee"][id_] for id_ in both)

    def _entries(self, table: Table) -> Iterator[_Entry]:
        missing = _missing(table)
        self.people.bad_rows += missing
        for number, filled in () if missing else table.shifted.items():
            why = f"has {filled} cells under {table.width} headings: put quotation marks around one with a comma in it"
            self.people.bad_rows.append(BadRow(table.place, number, "the row", why))
        for row in () if missing else table.rows:
            yield from self._guarded(table, row, partial(_entries_of, table, row)) or ()

    def _guarded(self, table: Table, row: Row, work: Any) -> Any:
        try:
            return work()
        except Refused as refused:
            heading = table.headings.get(refused.meaning, NAMES.get(refused.meaning, (refused.meaning,))[0])
            self.people.bad_rows.append(BadRow(row.place, row.number, heading, refused.reason))
            return None

    def _united(self, entries: Sequence[_Entry]) -> Iterator[_Entry]:
        """The rows of one person as one, where they differ in lists, and else in what nothing reads; else the first."""
        first, *more = entries
        differing = {name for e in more for name in e.row.cells if e.row.cells[name] != first.row.cells.get(name, "")}
        rank = next((name for name in sorted(differing - LISTS) if _is_rank(name, entries)), "")
        deciding = {name for name in differing - LISTS - {rank} if self._is_read(name)}
        if more and differing & LISTS and not deciding:
            if rank:
                entries = sorted(entries, key=lambda e: rank_of(e.row.cells.get(rank, "")) or len(entries) + 1)
            joined = {name: _joined(e.row.cells.get(name, "") for e in entries) for name in differing & LISTS}
            self.people.notes.append(
                f"{first.row.place}: {len(entries)} rows of {first.id} are one person: "
                f"{', '.join(sorted(differing & LISTS))} of all rows"
            )
            yield replace(first, row=replace(first.row, cells={**first.row.cells, **joined}))
            return
        yield first
        for other in more:
            reason = f"there is another {other.role} with this address in row {first.row.number}"
            reason += f", with another {' and '.join(sorted(deciding))}" if deciding else ""
            self._guarded(other.table, other.row, partial(_refuse, "email", reason))

    def _is_read(self, name: str) -> bool:
        """Whether what stands in a column decides anything."""
        shapes = self.shapes
        return name in _OWN | _SETS or name in {
            *self.orders,
            *shapes.read,
            *shapes.lists,
            *shapes.hours,
            *shapes.values,
        }

    def _add(self, entry: _Entry, id_: str) -> None:
        row, role = entry.row, entry.role
        cells = {name: row.cells.get(name, "") for name in _REFERENCES}
        both = entry.table.role is None and (OTHER[role], entry.id) in self.references.names.ids
        found = {name: self.references.found(role, name, cell, both=both) for name, cell in cells.items()}
        common: dict[str, Any] = {
            "id": id_,
            "attributes": self._attributes(row) | _named(found),
            "topics": _topics(row, role),
            "text": said(row.cells.get("text", "")),
            "preferred": tuple(found["preferred"]),
            "blocked": frozenset(found["conflicts"]),
        }
        if role == "mentor":
            self.people.mentors.append(Mentor(**common, capacity=whole("capacity", row.cells.get("capacity", ""), 1)))
            self.people.pins += [(id_, other) for other in found["pinned"]]
        else:
            self.people.mentees.append(Mentee(**common, tier=_tier(row)))
            self.people.pins += [(other, id_) for other in found["pinned"]]
        self.people.names[id_] = full_name(row) or row.cells["email"]

    def _attributes(self, row: Row) -> dict[str, Value]:
        found: dict[str, Value] = {}
        for name, cell in row.cells.items():
            if name not in _OWN and said(cell):
                found |= self._attribute(row, name, cell)
        if "profession" in found:
            found.setdefault("discipline", found["profession"])
        return found | {"discipline_wish_or_other": wish_or_other(found)}

    def _attribute(self, row: Row, name: str, cell: str) -> dict[str, Value]:
        if name in self.shapes.hours:
            return {name: _hours(row, name, self.shapes.on)}
        if name in _SETS or name in self.shapes.lists:
            return {name: frozenset(self._listed(name, plain(part)) for part in split(cell))}
        if name in self.orders:
            return self._ordered(name, cell)
        return {name: self._listed(name, plain(cell))}

    def _listed(self, name: str, value: str) -> str:
        """A value that the policy's list of them, where it has one, holds."""
        known = self.shapes.values.get(name)
        if known is not None and value not in known:
            raise Refused(name, f"'{value}' is not in the policy's list: {', '.join(known)}")
        return value

    def _ordered(self, name: str, cell: str) -> dict[str, Value]:
        """The value as a number; one without a place is refused where others have one, unless the policy allows it."""
        number = self.orders[name].number(cell)
        if number is not None:
            return {name: number}
        if name in self.ordered and name not in self.shapes.lenient:
            raise Refused(name, self.orders[name].why_not(cell))
        values = self.people.unordered.setdefault(name, {})
        values[cell] = values.get(cell, 0) + 1
        return {f"{name}_name": plain(cell)}


def _refuse(meaning: str, reason: str) -> None:
    raise Refused(meaning, reason)


def _any_ordered(tables: Sequence[Table], name: str, order: Order) -> bool:
    return any(order.number(row.cells.get(name, "")) is not None for table in tables for row in table.rows)


def _missing(table: Table) -> list[BadRow]:
    """One line where a whole column is not there, instead of one for each row."""
    needed = (("email", "name", "first_name", "last_name"), *(() if table.role else (("role",),)))
    there = ", ".join(f"'{column.heading}'" for column in table.columns if column.heading)
    for meanings in needed:
        if not any(meaning in table.headings for meaning in meanings):
            said_by = f"--column {meanings[0]}=HEADING"
            why = f"there is no such column; there are {there}; say which one it is: {said_by}"
            return [BadRow(table.place, table.head, NAMES[meanings[0]][0], why)]
    return []


def _entries_of(table: Table, row: Row) -> list[_Entry]:
    """The row in each of its roles."""
    roles: Sequence[Side] = [table.role] if table.role else _roles(row)
    return [_Entry(row.of(role), role, _id(table, row), table) for role in roles]


def _roles(row: Row) -> Sequence[Side]:
    given = plain(row.cells.get("role", ""))
    known = _ROLES.get(given) or _roles_in(given)
    if not known:
        raise Refused("role", f"'{given}' is not mentor, mentee or both" if given else "is empty")
    return known


def _roles_in(given: str) -> Sequence[Side]:
    """The roles that an answer names, such as `I would like to be a mentor`."""
    if "both" in given.split():
        return ("mentor", "mentee")
    sides: Sequence[Side] = ("mentor", "mentee")
    return [side for side in sides if any(word.strip("s.,/()") == side for word in given.replace("/", " ").split())]


def _id(table: Table, row: Row) -> str:
    """The address or id, or the name where the file has neither."""
    written = said(row.cells.get("email", ""))
    if "email" not in table.headings:
        written = said(full_name(row))
    id_ = plain(written).removesuffix(".0") if plain(written)[:-2].isdecimal() else plain(written)
    if not id_:
        raise Refused("email" if "email" in table.headings else "name", "is empty")
    if "@" not in id_ and table.addressed:
        raise Refused("email", f"'{written}' is no address")
    return id_


def _together(entries: Iterable[_Entry]) -> dict[tuple[Side, str], list[_Entry]]:
    found: dict[tuple[Side, str], list[_Entry]] = {}
    for entry in entries:
        found.setdefault((entry.role, entry.id), []).append(entry)
    return found


def _is_rank(name: str, entries: Sequence[_Entry]) -> bool:
    """Whether a column numbers the rows of a person."""
    ranks = [rank_of(e.row.cells.get(name, "")) for e in entries]
    return any(word in name for word in _RANKED) and None not in ranks and len(set(ranks)) == len(ranks)


def _joined(cells: Iterable[str]) -> str:
    parts = dict.fromkeys(part for cell in cells for part in (split(cell) if cell.endswith(";") else [cell]) if part)
    return "".join(f"{part}; " for part in parts).strip()


def derived(headings: Collection[str]) -> frozenset[str]:
    """Attributes that people have beside those of their columns."""
    return frozenset({"discipline_wish_or_other"} | ({"discipline"} if "profession" in headings else set()))


def _named(found: Mapping[str, Sequence[str]]) -> dict[str, Value]:
    return {name: frozenset(found[name]) for name in ("line_manager", "matched_before") if found[name]}


def _tier(row: Row) -> int:
    """Priority goes first, then who had nobody last time."""
    first, waited = yes("priority", row.cells.get("priority", "")), yes("waited", row.cells.get("waited", ""))
    return 2 * first + waited if "waited" in row.cells else int(first)


def _hours(row: Row, name: str, on: date) -> Value:
    """Half-hour slots in UTC."""
    try:
        return hours.slots(row.cells[name], row.cells.get(TIME_ZONE, ""), on)
    except hours.HoursUnreadable as error:
        raise Refused(name, str(error)) from None


def _topics(row: Row, role: Side) -> dict[str, float]:
    """Topics as they are written, equal ones once, and the identities that somebody has or asks for; those that were
    ticked weigh the same.
    """
    written = {plain(topic): " ".join(topic.split()) for topic in reversed(split(said(row.cells.get("topics", ""))))}
    listed = list(reversed(written.values()))
    topics = dict.fromkeys(listed, 1.0) if "topics" in row.unranked else ranked(listed)
    if role == "mentor":
        wanted = split(row.cells.get("characteristics", ""))
    else:
        asked = yes("wants_identity", row.cells.get("wants_identity", ""))
        wanted = split(row.cells.get("identity_to_match", "")) if asked else []
    return topics | {IDENTITY + plain(identity): 1.0 for identity in wanted}


def offered(topics: Mapping[str, float]) -> dict[str, float]:
    """Topics that may be named."""
    return {topic: value for topic, value in topics.items() if not topic.startswith(IDENTITY)}
