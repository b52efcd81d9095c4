"""Single cells as numbers, yes or no, grades and lists; `Refused` says why one cannot be read."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from mentoring_matching.engine.likeness import plain
from mentoring_matching.offline.groups import NO, YES

# Civil service grades, junior first; where several names are equal they share a number.
CIVIL_SERVICE = (
    ("aa",), ("ao",), ("eo",), ("heo", "ho"), ("seo", "so"), ("grade 7", "g7"), ("grade 6", "g6"),
    ("scs1", "scs 1"), ("scs2", "scs 2"), ("scs3", "scs 3"), ("scs4", "scs 4"),
)  # fmt: skip
_NOTHING = frozenset({"", "-", "–", "n/a", "#n/a", "na", "nan", "none", "null", "nil", "not applicable", "unknown"})
_NUMBER = re.compile(
    r"(?:(?:pay |job )?(?:grade|band|level|tier|step|year|l) ?)?(?P<number>-?\d{1,9}(?:[.,]\d{1,9})?)(?P<letter>[a-d])?"
)
_WHOLE = re.compile(r"(?:up to |max(?:imum)?:? )?(?P<number>\d{1,4})(?:[.,]0+)?(?: (?:mentees?|people|persons?))?")
_MONTH = r"(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
_DATE = re.compile(rf"\d{{1,2}}[-/. ]{_MONTH}([-/. ]\d{{2,4}})?|{_MONTH}[-/. ]\d{{1,4}}|\d{{4}}-\d\d-\d\d.*")
_SERIAL = 20_000  # from here on a grade is the serial number of a day (1954 or later)
MOST_PLACES = 1000


class Refused(Exception):
    """A cell that cannot be used: the meaning of its column, and why."""

    def __init__(self, meaning: str, reason: str) -> None:
        super().__init__(reason)
        self.meaning, self.reason = meaning, reason


def said(cell: str) -> str:
    """The cell, "" where it says that there is nothing."""
    return "" if plain(cell) in _NOTHING else cell


def is_whole(cell: str) -> bool:
    """Whether a cell is a whole number as people write it."""
    return _WHOLE.fullmatch(plain(cell)) is not None


def whole(meaning: str, cell: str, default: int) -> int:
    """A whole number of at most MOST_PLACES as people and programs write it (`3`, `3.0`, `up to 3`)."""
    found = _WHOLE.fullmatch(plain(cell)) if said(cell) else None
    if said(cell) and (found is None or int(found["number"]) > MOST_PLACES):
        raise Refused(meaning, f"'{cell}' is not a whole number from 0 to {MOST_PLACES}")
    return int(found["number"]) if found else default


def yes(meaning: str, cell: str) -> bool:
    """Whether a cell says yes; nothing is no."""
    if said(cell) and plain(cell) not in YES | NO:
        raise Refused(meaning, f"'{cell}' is neither yes nor no")
    return bool(said(cell)) and plain(cell) in YES


@dataclass(frozen=True)
class Order:
    """What comes before what in a column: the programme's own list (lowest first), or grades and numbers."""

    places: Mapping[str, float] = field(default_factory=dict)

    @classmethod
    def of(cls, named: Sequence[Sequence[str]]) -> "Order":
        """From names, lowest first; those that are equal stand together."""
        return cls({plain(name): float(place) for place, names in enumerate(named, start=1) for name in names})

    def number(self, cell: str) -> float | None:
        """The place of a value; None where the order does not know it."""
        text = plain(cell)
        if self.places:
            return self.places.get(text)
        if text in _CIVIL.places:
            return _CIVIL.places[text]
        found = _NUMBER.fullmatch(text)
        number = float(found["number"].replace(",", ".")) if found else _SERIAL
        if found is None or number >= _SERIAL:
            return None
        # bands such as 8a and 8b lie between 8 and 9
        return number + (0.1 * "xabcd".index(found["letter"]) if found["letter"] else 0)

    def why_not(self, cell: str) -> str:
        """Why a value has no place."""
        text = plain(cell)
        if _DATE.fullmatch(text) or text.isdecimal():
            return f"'{cell}' is a date: a spreadsheet made it of something like 6/7; write it as text there"
        if self.places:
            return f"'{cell}' is not in the policy's list: {', '.join(self.places)}"
        return f"'{cell}' is no number and no grade that is known; give the order with --grades 'lowest, …, highest'"


_CIVIL = Order.of(CIVIL_SERVICE)
