"""Rows as mentors and mentees; a row that cannot be used is kept out and says why."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from mentoring_matching import hours
from mentoring_matching.engine import Mentee, Mentor, ranked
from mentoring_matching.engine.people import Value
from mentoring_matching.hours import split
from mentoring_matching.offline.tables import NAMES, Row, Table
from mentoring_matching.profiles import TIME_ZONE, wish_or_other

# Civil service grades, junior first; where several names are equal they share a number.
_GRADES = (
    ("aa",),
    ("ao",),
    ("eo",),
    ("heo", "ho"),
    ("seo", "so"),
    ("grade 7", "g7"),
    ("grade 6", "g6"),
    ("scs1", "scs 1"),
    ("scs2", "scs 2"),
    ("scs3", "scs 3"),
)
GRADES = {name: float(place) for place, names in enumerate(_GRADES, start=1) for name in names}
_YES, _NO = frozenset({"yes", "y", "true", "1", "x"}), frozenset({"no", "n", "false", "0", ""})
_OWN = frozenset(
    {
        "email",
        "first_name",
        "last_name",
        "name",
        "role",
        "topics",
        "text",
        "capacity",
        "priority",
        "preferred",
        "conflicts",
        "characteristics",
        "wants_identity",
        "identity_to_match",
        "both",
    }
)
_SETS = frozenset({"languages", "matched_before"})
_NUMBER = re.compile(r"-?\d{1,9}([.,]\d{1,9})?")
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


class _Refused(Exception):
    def __init__(self, meaning: str, reason: str) -> None:
        super().__init__(reason)
        self.meaning, self.reason = meaning, reason


@dataclass
class People:
    """Those who can be matched, their names by id, and the rows that were kept out."""

    mentors: list[Mentor] = field(default_factory=list)
    mentees: list[Mentee] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)
    bad_rows: list[BadRow] = field(default_factory=list)


@dataclass(frozen=True)
class Shapes:
    """The columns whose cells the policy reads as lists, and those that it reads as hours, by the clocks of a day."""

    lists: Collection[str] = ()
    hours: Collection[str] = ()
    on: date = date.min


def read_people(tables: Iterable[tuple[Table, str | None]], shapes: Shapes = Shapes()) -> People:
    """The people of tables, each of one role or (None) with a role column."""
    people = People()
    seen: set[tuple[str, str]] = set()
    for table, role in tables:
        missing = _missing(table, role)
        people.bad_rows += missing
        for row in () if missing else table.rows:
            try:
                for own in _roles(row, role):
                    _add(people, row, own, seen, shapes)
            except _Refused as refused:
                heading = table.headings.get(refused.meaning, NAMES.get(refused.meaning, (refused.meaning,))[0])
                people.bad_rows.append(BadRow(row.place, row.number, heading, refused.reason))
    return people


def _missing(table: Table, role: str | None) -> list[BadRow]:
    """One line where a whole column is not there, instead of one for each row."""
    needed = ("email",) if role else ("email", "role")
    there = ", ".join(f"'{heading}'" for heading in table.headings.values())
    return [
        BadRow(table.place, table.head, NAMES[meaning][0], f"there is no such column; there are {there}")
        for meaning in needed
        if meaning not in table.headings
    ][:1]


def _roles(row: Row, role: str | None) -> Sequence[str]:
    if role:
        return [role]
    given = row.cells.get("role", "").lower()
    if given in ("mentor", "mentee"):
        return [given]
    if given == "both":
        return ["mentor", "mentee"]
    raise _Refused("role", f"'{given}' is not mentor, mentee or both" if given else "is empty")


def _add(people: People, row: Row, role: str, seen: set[tuple[str, str]], shapes: Shapes) -> None:
    id_ = row.cells.get("email", "").lower()
    if not id_:
        raise _Refused("email", "is empty")
    if (role, id_) in seen:
        raise _Refused("email", f"there is another {role} with this address")
    common: dict[str, Any] = {
        "id": id_,
        "attributes": _attributes(row, shapes),
        "topics": _topics(row, role),
        "text": row.cells.get("text", ""),
        "preferred": tuple(_ids(row, "preferred")),
        "blocked": frozenset(_ids(row, "conflicts")),
    }
    if role == "mentor":
        people.mentors.append(Mentor(**common, capacity=_capacity(row)))
    else:
        people.mentees.append(Mentee(**common, tier=int(_yes(row, "priority"))))
    seen.add((role, id_))
    full = " ".join(filter(None, (row.cells.get("first_name"), row.cells.get("last_name"))))
    people.names[id_] = full or row.cells.get("name") or id_


def _attributes(row: Row, shapes: Shapes) -> dict[str, Value]:
    found: dict[str, Value] = {}
    for name, cell in row.cells.items():
        if name in _OWN or not cell:
            continue
        if name in shapes.hours:
            found[name] = _hours(row, name, shapes.on)
        elif name in _SETS or name in shapes.lists:
            found[name] = frozenset(split(cell.lower()))
        elif name == "grade":
            found |= _grade(cell)
        else:
            found[name] = cell.lower()
    if "profession" in found:
        found.setdefault("discipline", found["profession"])
    return found | {"discipline_wish_or_other": wish_or_other(found)}


def derived(headings: Collection[str]) -> frozenset[str]:
    """Attributes that people have beside those of their columns."""
    return frozenset({"discipline_wish_or_other"} | ({"discipline"} if "profession" in headings else set()))


def _hours(row: Row, name: str, on: date) -> Value:
    """Half-hour slots in UTC."""
    try:
        return hours.slots(row.cells[name], row.cells.get(TIME_ZONE, ""), on)
    except hours.HoursUnreadable as error:
        raise _Refused(name, str(error)) from None


def _grade(cell: str) -> dict[str, Value]:
    """The grade as a number where it is one or a civil service grade; other words have no order."""
    plain = " ".join(cell.lower().split())
    if plain in GRADES:
        return {"grade": GRADES[plain]}
    number = plain.removeprefix("grade").strip()
    return {"grade": float(number.replace(",", "."))} if _NUMBER.fullmatch(number) else {"grade_name": plain}


def _topics(row: Row, role: str) -> dict[str, float]:
    topics = ranked(list(dict.fromkeys(split(row.cells.get("topics", "").lower()))))
    if role == "mentor":
        wanted = split(row.cells.get("characteristics", "").lower())
    else:
        wanted = split(row.cells.get("identity_to_match", "").lower()) if _yes(row, "wants_identity") else []
    return topics | {IDENTITY + identity: 1.0 for identity in wanted}


def _ids(row: Row, meaning: str) -> list[str]:
    return split(row.cells.get(meaning, "").lower())


def _capacity(row: Row) -> int:
    cell = row.cells.get("capacity", "") or "1"
    if not cell.isdecimal() or len(cell) > 4 or int(cell) > 1000:
        raise _Refused("capacity", f"'{cell}' is not a whole number from 0 to 1000")
    return int(cell)


def _yes(row: Row, meaning: str) -> bool:
    cell = row.cells.get(meaning, "").lower()
    if cell not in _YES | _NO:
        raise _Refused(meaning, f"'{cell}' is neither yes nor no")
    return cell in _YES


def offered(topics: Mapping[str, float]) -> dict[str, float]:
    """Topics that may be named."""
    return {topic: value for topic, value in topics.items() if not topic.startswith(IDENTITY)}
