"""Hard rules compiled to tests on index arrays: `permits(i, j)` broadcasts, so it serves survivors and whole blocks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .people import Mentee, Mentor, Person
from .policy import Direction, Policy, PolicyError, Rule

Index = NDArray[np.int64]
Mask = NDArray[np.bool_]
Test = Callable[[Index, Index], Mask]


@dataclass(frozen=True, slots=True)
class Permission:
    """One compiled rule; `test(i, j)` says for mentee rows `i` and mentor rows `j` (broadcast) which pairs it
    permits.
    """

    name: str
    kind: str
    test: Test


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
        case "no_conflict":
            return _pair_test(_conflicts(mentors, mentees), mentors, mentees)
        case "barred_pair":
            return _pair_test(set(rule.pairs), mentors, mentees)


def _equality_test(rule: Rule, mentors: Sequence[Mentor], mentees: Sequence[Mentee]) -> Test:
    codes: dict[object, int] = {}
    wants = _codes(mentees, rule.of_mentee, codes)
    has = _codes(mentors, rule.of_mentor, codes)
    differ, lenient = rule.kind == "must_differ", rule.allows_missing

    def test(i: Index, j: Index) -> Mask:
        a, b = wants[i], has[j]
        unknown = (a < 0) | (b < 0)
        held = (a != b) if differ else (a == b)
        return np.asarray((held | unknown) if lenient else (held & ~unknown))

    return test


def _codes(people: Sequence[Person], attribute: str, codes: dict[object, int]) -> NDArray[np.int32]:
    values = (person.attributes.get(attribute) for person in people)
    found = [-1 if _empty(value) else codes.setdefault(value, len(codes)) for value in values]
    return np.array(found, dtype=np.int32)


def _empty(value: object) -> bool:
    return value is None or value in ("", frozenset())


def _gap_test(rule: Rule, mentors: Sequence[Mentor], mentees: Sequence[Mentee], direction: Direction) -> Test:
    if direction in ("two_way", "peer"):
        return lambda i, j: np.ones(np.broadcast_shapes(i.shape, j.shape), dtype=np.bool_)
    sign = -1.0 if direction == "reverse" else 1.0
    wants = sign * _numbers(mentees, rule.of_mentee, rule)
    has = sign * _numbers(mentors, rule.of_mentor, rule)
    least = -np.inf if rule.least is None else rule.least
    most = np.inf if rule.most is None else rule.most
    lenient = rule.allows_missing

    def test(i: Index, j: Index) -> Mask:
        gap = has[j] - wants[i]
        held: Mask = (gap >= least) & (gap <= most)
        return (held | np.isnan(gap)) if lenient else held

    return test


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
    words: dict[str, int] = {}
    sets = [_sets(mentees, rule.of_mentee), _sets(mentors, rule.of_mentor)]
    for value in sorted({value for side in sets for kind in set(side) for value in kind}):
        words[value] = len(words)
    wants, has = (_bits(side, words) for side in sets)
    # hours are kept as half-hour slots
    least = int(np.ceil((1 if rule.least is None else rule.least) * (2 if rule.kind == "overlap_hours" else 1)))
    lenient = rule.allows_missing
    unsaid = [np.array([not values for values in side], dtype=np.bool_) for side in sets]

    def test(i: Index, j: Index) -> Mask:
        common = np.zeros(np.broadcast_shapes(i.shape, j.shape), dtype=np.int16)
        for a, b in zip(wants, has, strict=True):
            common += np.bitwise_count(a[i] & b[j])
        held: Mask = common >= least
        if not lenient:
            return held
        return np.asarray(held | unsaid[0][i] | unsaid[1][j])

    return test


def _sets(people: Sequence[Person], attribute: str) -> list[frozenset[str]]:
    return [members(person.attributes.get(attribute)) for person in people]


def members(value: object) -> frozenset[str]:
    """An attribute as a set of words; a single value is a set of one."""
    if isinstance(value, frozenset):
        return value
    return frozenset() if _empty(value) else frozenset({str(value)})


def _bits(sets: Sequence[frozenset[str]], words: dict[str, int]) -> NDArray[np.uint64]:
    """Sets as bits, (number of 64-bit words, len(sets)); many people have equal sets, so each is encoded once."""
    kinds = {values: place for place, values in enumerate(dict.fromkeys(sets))}
    bits = np.zeros((len(words) // 64 + 1, max(len(kinds), 1)), dtype=np.uint64)
    for values, place in kinds.items():
        for value in values:
            word, bit = divmod(words[value], 64)
            bits[word, place] |= np.uint64(1 << bit)
    return bits[:, [kinds[values] for values in sets]]


def _named(rule: Rule, mentors: Sequence[Mentor], mentees: Sequence[Mentee]) -> set[tuple[str, str]]:
    of_mentors = {(m.id, other) for m in mentors for other in members(m.attributes.get(rule.of_mentor))}
    return of_mentors | {(other, m.id) for m in mentees for other in members(m.attributes.get(rule.of_mentee))}


def _conflicts(mentors: Sequence[Mentor], mentees: Sequence[Mentee]) -> set[tuple[str, str]]:
    return {(m.id, other) for m in mentors for other in m.blocked} | {
        (other, m.id) for m in mentees for other in m.blocked
    }


def _pair_test(pairs: Iterable[tuple[str, str]], mentors: Sequence[Mentor], mentees: Sequence[Mentee]) -> Test:
    """Forbid the given (mentor id, mentee id) pairs; ids that nobody has are ignored."""
    row, column = ({person.id: place for place, person in enumerate(people)} for people in (mentees, mentors))
    width = len(mentors)
    found = [row[b] * width + column[a] for a, b in pairs if a in column and b in row]
    barred = np.unique(np.array(found, dtype=np.int64))

    def test(i: Index, j: Index) -> Mask:
        if not barred.size:
            return np.ones(np.broadcast_shapes(i.shape, j.shape), dtype=np.bool_)
        keys: Any = i * width + j
        place = np.minimum(np.searchsorted(barred, keys), barred.size - 1)
        return np.asarray(barred[place] != keys)

    return test


def bar(pairs: Iterable[tuple[str, str]], mentors: Sequence[Mentor], mentees: Sequence[Mentee]) -> Permission:
    """A coordinator's bars (mentor id, mentee id) of one run as a rule."""
    return Permission("barred by a coordinator", "barred_pair", _pair_test(set(pairs), mentors, mentees))


def available(wanting: Mask, open_places: Mask) -> Permission:
    """Mentees who are not placed already and mentors who have a place left."""
    return Permission("still free", "available", lambda i, j: wanting[i] & open_places[j])
