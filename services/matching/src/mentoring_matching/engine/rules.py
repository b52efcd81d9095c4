"""Hard rules compiled to tests on index arrays: `permits(i, j)` broadcasts, so it serves survivors and whole blocks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from . import mutual
from .likeness import plain
from .people import Mentee, Mentor, Person, Value
from .policy import Direction, Policy, PolicyError, Rule

Index = NDArray[np.int64]
Mask = NDArray[np.bool_]
_TABLE = 1 << 22
"""The most cells of a table; a rule over more kinds of people is tested pair by pair."""


class Test(Protocol):
    """Says for rows `i` of mentees and `j` of mentors (broadcast) which pairs are permitted."""

    def __call__(self, i: Index, j: Index, /) -> Mask: ...

    def part(self, rows: Index, cols: Index) -> Test:
        """The same among some rows and columns, in their order."""


@dataclass(frozen=True, slots=True)
class Table:
    """A code for each row and column, and which codes may meet (row codes, column codes)."""

    rows: Index
    cols: Index
    allowed: Mask

    def __call__(self, i: Index, j: Index, /) -> Mask:
        return np.asarray(self.allowed.ravel()[self.rows[i] * self.allowed.shape[1] + self.cols[j]])

    def part(self, rows: Index, cols: Index) -> Table:
        return Table(self.rows[rows], self.cols[cols], self.allowed)


@dataclass(frozen=True, slots=True)
class Equal:
    """A code for each row and column that must be equal, or must `differ`; below 0 is unknown and means `lenient`."""

    rows: Index
    cols: Index
    differ: bool
    lenient: bool

    def __call__(self, i: Index, j: Index, /) -> Mask:
        a, b = self.rows[i], self.cols[j]
        unknown = (a < 0) | (b < 0)
        held = (a != b) if self.differ else (a == b)
        return np.asarray((held | unknown) if self.lenient else (held & ~unknown))

    def part(self, rows: Index, cols: Index) -> Equal:
        return Equal(self.rows[rows], self.cols[cols], self.differ, self.lenient)


@dataclass(frozen=True, slots=True)
class Barred:
    """Single pairs that may not meet, as ascending `row * width + column`."""

    keys: Index
    width: int

    def __call__(self, i: Index, j: Index, /) -> Mask:
        if not self.keys.size:
            return np.ones(np.broadcast_shapes(i.shape, j.shape), dtype=np.bool_)
        keys: Any = i * self.width + j
        place = np.minimum(np.searchsorted(self.keys, keys), self.keys.size - 1)
        return np.asarray(self.keys[place] != keys)

    def part(self, rows: Index, cols: Index) -> Barred:
        keys, _ = moved(self.keys, self.width, rows, cols)
        return Barred(keys, cols.size)


def moved(keys: Index, width: int, rows: Index, cols: Index) -> tuple[Index, Index]:
    """Ascending keys (row * `width` + column) of pairs among some rows and columns, in the places these have now, and
    where each of them was among `keys`.
    """
    i, j = keys // max(width, 1), keys % max(width, 1)
    row, col = _places(rows, i), _places(cols, j)
    kept = np.flatnonzero((row >= 0) & (col >= 0))
    now = row[kept] * cols.size + col[kept]
    order = np.argsort(now)
    return now[order], kept[order]


def _places(chosen: Index, positions: Index) -> Index:
    """Where each position stands among the chosen ones; -1 for those that are not."""
    place = np.full(max(chosen.max(initial=-1), positions.max(initial=-1)) + 1, -1)
    place[chosen] = np.arange(chosen.size)
    return np.asarray(place[positions])


@dataclass(frozen=True, slots=True)
class Computed:
    """A test that is worked out pair by pair, for rules over too many kinds of people for a table."""

    test: Callable[[Index, Index], Mask]

    def __call__(self, i: Index, j: Index, /) -> Mask:
        return self.test(i, j)

    def part(self, rows: Index, cols: Index) -> Computed:
        return Computed(lambda i, j: self.test(rows[i], cols[j]))


@dataclass(frozen=True, slots=True)
class Permission:
    """One compiled rule with its name and kind."""

    name: str
    kind: str
    test: Test


def compact(rules: Iterable[Permission], shape: tuple[int, int]) -> tuple[Test, ...]:
    """The same rules as few tests: tables are joined while that keeps them small, barred pairs are one list."""
    tests = [rule.test for rule in rules]
    tables: list[Table] = []
    for test in sorted((test for test in tests if isinstance(test, Table)), key=lambda test: test.allowed.size):
        joined = _joined(tables[-1], test, shape) if tables else None
        tables[-1:] = [joined] if joined else [*tables[-1:], test]
    barred = [test.keys for test in tests if isinstance(test, Barred) and test.keys.size]
    alone = [Barred(np.unique(np.concatenate(barred)), shape[1])] if barred else []
    others = [test for test in tests if isinstance(test, Equal | Computed)]
    return (*tables, *others, *alone)


def _joined(one: Table, other: Table, shape: tuple[int, int]) -> Table | None:
    """Both tables as one; None where it would be larger than what it saves."""
    i, rows = _together(one.rows, other.rows)
    j, cols = _together(one.cols, other.cols)
    if i.size * j.size > _TABLE or i.size > shape[0] // 64:
        return None
    return Table(rows, cols, one(i[:, None], j[None, :]) & other(i[:, None], j[None, :]))


def _together(one: Index, other: Index) -> tuple[Index, Index]:
    """Two codes of everybody as one: somebody of each kind there is, and everybody's kind."""
    both = one * (int(other.max(initial=0)) + 1) + other
    _, somebody, kinds = np.unique(both, return_index=True, return_inverse=True)
    return somebody, kinds


def compile_rules(mentors: Sequence[Mentor], mentees: Sequence[Mentee], policy: Policy) -> list[Permission]:
    """The policy's rules, after the one that always holds: nobody is matched with themselves."""
    compiled = [
        Permission(rule.name, rule.kind, _test(rule, mentors, mentees, policy.direction)) for rule in policy.rules
    ]
    own = {(person.id, person.id) for person in mentees}
    return [Permission("not oneself", "self", _pair_test(own, mentors, mentees)), *compiled]


def permitted(rules: Iterable[Permission], i: Index, j: Index) -> Mask:
    """Pairs that every rule permits, in the broadcast shape of `i` and `j`."""
    allowed = np.ones(np.broadcast_shapes(i.shape, j.shape), dtype=np.bool_)
    for rule in rules:
        allowed &= rule.test(i, j)
    return allowed


def _test(rule: Rule, mentors: Sequence[Mentor], mentees: Sequence[Mentee], direction: Direction) -> Test:
    match rule.kind:
        case "must_differ" | "must_match":
            return _equality_test(rule, mentors, mentees)
        case "gap":
            return _gap_test(rule, mentors, mentees, direction)
        case "common_value" | "overlap_hours":
            return _common_test(rule, mentors, mentees)
        case "not_matched_before" | "no_line_management":
            return _pair_test(_named(rule, mentors, mentees), mentors, mentees)
        case "no_declared_conflict":
            return _pair_test(_conflicts(mentors, mentees), mentors, mentees)
        case "barred_pair":
            return _pair_test(set(rule.pairs), mentors, mentees)


def _equality_test(rule: Rule, mentors: Sequence[Mentor], mentees: Sequence[Mentee]) -> Equal:
    codes: dict[str, int] = {}
    wants = _codes(mentees, rule.of_mentee, codes)
    has = _codes(mentors, rule.of_mentor, codes)
    return Equal(wants, has, rule.kind == "must_differ", rule.allows_missing)


def _codes(people: Sequence[Person], attribute: str, codes: dict[str, int]) -> Index:
    values = (said(person.attributes.get(attribute)) for person in people)
    found = [codes.setdefault(value, len(codes)) if value else -1 for value in values]
    return np.array(found, dtype=np.int64)


def said(value: Value | None) -> str:
    """A value as it is compared; "" where nothing is said."""
    return "" if value is None else plain(value)


def _gap_test(rule: Rule, mentors: Sequence[Mentor], mentees: Sequence[Mentee], direction: Direction) -> Test:
    if direction in ("two_way", "peer"):
        return Barred(np.zeros(0, dtype=np.int64), len(mentors))
    sign = -1.0 if direction == "reverse" else 1.0
    wants = sign * _numbers(mentees, rule.of_mentee, rule)
    has = sign * _numbers(mentors, rule.of_mentor, rule)
    least = -np.inf if rule.least is None else rule.least
    most = np.inf if rule.most is None else rule.most
    lenient = rule.allows_missing

    def test(wanted: NDArray[np.float64], offered: NDArray[np.float64]) -> Mask:
        gap = offered - wanted
        held: Mask = (gap >= least) & (gap <= most)
        return (held | np.isnan(gap)) if lenient else held

    (kinds, rows), (others, cols) = (np.unique(side, return_inverse=True) for side in (wants, has))
    if kinds.size * others.size > _TABLE:
        return Computed(lambda i, j: test(wants[i], has[j]))
    return Table(rows, cols, test(kinds[:, None], others[None, :]))


def _numbers(people: Sequence[Person], attribute: str, rule: Rule) -> NDArray[np.float64]:
    return np.array([_number(person.attributes.get(attribute), rule) for person in people], dtype=np.float64)


def _number(value: object, rule: Rule) -> float:
    if value is None or value == "":
        return float("nan")
    try:
        return float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        raise PolicyError(
            f"rule '{rule.name}'", "attribute", f"'{rule.attribute}' holds a value that is no number"
        ) from None


def _common_test(rule: Rule, mentors: Sequence[Mentor], mentees: Sequence[Mentee]) -> Test:
    kinds, codes = zip(*(_kinds(*side) for side in ((mentees, rule.of_mentee), (mentors, rule.of_mentor))), strict=True)
    words = {value: place for place, value in enumerate(sorted({value for side in kinds for s in side for value in s}))}
    wants, has = (_bits(side, words) for side in kinds)
    # hours are kept as half-hour slots
    least = int(np.ceil((1 if rule.least is None else rule.least) * (2 if rule.kind == "overlap_hours" else 1)))
    unsaid = [np.array([not values and rule.allows_missing for values in side], dtype=np.bool_) for side in kinds]

    def test(i: Index, j: Index) -> Mask:
        common = np.zeros(np.broadcast_shapes(i.shape, j.shape), dtype=np.int16)
        for a, b in zip(wants, has, strict=True):
            common += np.bitwise_count(a[i] & b[j])
        return np.asarray((common >= least) | unsaid[0][i] | unsaid[1][j])

    if len(kinds[0]) * len(kinds[1]) > _TABLE:
        return Computed(lambda i, j: test(codes[0][i], codes[1][j]))
    rows, cols = (np.arange(len(side), dtype=np.int64) for side in kinds)
    return Table(codes[0], codes[1], test(rows[:, None], cols[None, :]))


def _kinds(people: Sequence[Person], attribute: str) -> tuple[list[frozenset[str]], Index]:
    """The different sets of values there are, and everybody's place among them; many people have equal sets."""
    places: dict[frozenset[str], int] = {}
    known: dict[Value | None, int] = {}  # as people wrote it, which most of them do alike
    codes = []
    for person in people:
        value = person.attributes.get(attribute)
        if (code := known.get(value)) is None:
            code = known[value] = places.setdefault(members(value), len(places))
        codes.append(code)
    return list(places), np.array(codes, dtype=np.int64)


def members(value: Value | None) -> frozenset[str]:
    """An attribute as a set of values as they are compared; a single value is a set of one."""
    values = value if isinstance(value, frozenset) else [value]
    return frozenset(filter(None, map(said, values)))


def _bits(kinds: Sequence[frozenset[str]], words: dict[str, int]) -> NDArray[np.uint64]:
    """Sets as bits, (number of 64-bit words, sets)."""
    bits = np.zeros((len(words) // 64 + 1, len(kinds)), dtype=np.uint64)
    for place, values in enumerate(kinds):
        for value in values:
            word, bit = divmod(words[value], 64)
            bits[word, place] |= np.uint64(1 << bit)
    return bits


def _named(rule: Rule, mentors: Sequence[Mentor], mentees: Sequence[Mentee]) -> set[tuple[str, str]]:
    of_mentors = {(m.id, other) for m in mentors for other in ids_of(m.attributes.get(rule.of_mentor))}
    return of_mentors | {(other, m.id) for m in mentees for other in ids_of(m.attributes.get(rule.of_mentee))}


def ids_of(value: Value | None) -> Iterable[str]:
    """Ids of people, which are compared as they are."""
    return value if isinstance(value, frozenset) else [] if value in (None, "") else [str(value)]


def _conflicts(mentors: Sequence[Mentor], mentees: Sequence[Mentee]) -> set[tuple[str, str]]:
    return {(m.id, other) for m in mentors for other in m.blocked} | {
        (other, m.id) for m in mentees for other in m.blocked
    }


def _pair_test(pairs: Iterable[tuple[str, str]], mentors: Sequence[Mentor], mentees: Sequence[Mentee]) -> Barred:
    """Forbid the given (mentor id, mentee id) pairs; ids that nobody has are ignored."""
    row, column = ({person.id: place for place, person in enumerate(people)} for people in (mentees, mentors))
    width = len(mentors)
    found = [row[b] * width + column[a] for a, b in pairs if a in column and b in row]
    return Barred(np.unique(np.array(found, dtype=np.int64)), width)


def bar(pairs: Iterable[tuple[str, str]], mentors: Sequence[Mentor], mentees: Sequence[Mentee]) -> Permission:
    """A coordinator's bars (mentor id, mentee id) of one run as a rule."""
    return Permission("barred by a coordinator", "barred_pair", _pair_test(set(pairs), mentors, mentees))


def settled(never: Iterable[tuple[str, str]], mentors: Sequence[Mentor], mentees: Sequence[Mentee]) -> list[Permission]:
    """The other way round of pairs (mentor id, mentee id) that are settled as a rule, if there are such people."""
    test = _pair_test(never, mentors, mentees)
    return [Permission(mutual.NAME, "mutual", test)] if test.keys.size else []


AGAIN = "together already"


def together(
    pairs: Iterable[tuple[str, str]], mentors: Sequence[Mentor], mentees: Sequence[Mentee]
) -> list[Permission]:
    """Pairs (mentor id, mentee id) that there are already as a rule, where somebody could get the same mentor again."""
    several = {person.id for person in mentees if person.capacity + person.has > 1}
    test = _pair_test({pair for pair in pairs if pair[1] in several}, mentors, mentees)
    return [Permission(AGAIN, "together", test)] if test.keys.size else []


def available(wanting: Mask, open_places: Mask) -> Permission:
    """Mentees who are not placed already and mentors who have a place left."""
    both = np.array([[False, False], [False, True]])
    return Permission("still free", "available", Table(wanting.astype(np.int64), open_places.astype(np.int64), both))
