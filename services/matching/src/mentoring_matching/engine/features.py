"""Soft criteria as integer feature columns, so that one float32 matrix product scores every pair exactly.

A pair's score is the dot product of the mentee's row and the mentor's row, in 1/SCALE. All entries are
integers and every partial sum stays below 2**24, so float32 arithmetic is exact whatever the block size, order
of summation or machine.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .likeness import plain
from .people import Mentee, Mentor, Person
from .policy import Criterion, Policy
from .rules import ids_of, moved, said
from .text import Embedder

UNITS = 10_000
"""Scores are integers of 1e-4: 0..UNITS."""
PER_UNIT = 512
SCALE = UNITS * PER_UNIT
_GRADES = 1000
_TEXT_GRADES = 127

Matrix = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Span:
    """The columns `start:stop` that belong to one criterion."""

    criterion: Criterion
    share: float
    start: int
    stop: int


@dataclass(frozen=True, slots=True)
class Bonus:
    """Sparse parts of the score (named preferences, pairs that are not new): sorted keys row * m + column, and their
    value in 1/SCALE, which may be below 0.
    """

    criterion: Criterion
    keys: NDArray[np.int64]
    values: NDArray[np.float32]

    def at(self, keys: NDArray[np.int64]) -> NDArray[np.float32]:
        """The value at each key, 0 where there is none."""
        if not self.keys.size:
            return np.zeros(keys.size, dtype=np.float32)
        place = np.minimum(np.searchsorted(self.keys, keys), self.keys.size - 1)
        return np.where(self.keys[place] == keys, self.values[place], np.float32(0))

    def part(self, rows: NDArray[np.int64], cols: NDArray[np.int64], width: int) -> Bonus:
        """The bonuses between some rows and columns, in their order, `width` being the number of all columns."""
        keys, was = moved(self.keys, width, rows, cols)
        return Bonus(self.criterion, keys, self.values[was])


@dataclass(frozen=True, slots=True)
class Features:
    """`mentees` (n, d) and `mentors` (m, d) hold integers as float32; `bonuses` add to single pairs."""

    mentees: Matrix
    mentors: Matrix
    spans: tuple[Span, ...]
    bonuses: tuple[Bonus, ...]


Columns = tuple[NDArray[np.float64], NDArray[np.float64]]


def build_features(
    mentors: Sequence[Mentor], mentees: Sequence[Mentee], policy: Policy, embedder: Embedder
) -> Features:
    """Columns for every criterion of the policy."""
    left, right, spans, bonuses, start = [], [], [], [], 0
    for criterion, share in policy.shares():
        if criterion.kind in ("mentee_preference", "mentor_preference"):
            bonuses.append(_preferences(criterion, share, mentors, mentees))
            continue
        if criterion.kind == "conversation":
            bonuses.append(_conversations(criterion, share, mentors, mentees))
            continue
        if criterion.kind == "new":
            bonuses.append(_again(criterion, share, mentors, mentees))
        wants, has = _columns(criterion, mentors, mentees, embedder)
        grades = _TEXT_GRADES if criterion.kind == "text" else _GRADES
        # What was divided by a whole is kept fine, on whichever side it stands.
        fine = (share * SCALE / grades, float(grades))
        of_mentees, of_mentors = fine[::-1] if criterion.kind == "topics_back" else fine
        left.append(np.rint(wants * of_mentees))
        right.append(np.rint(has * of_mentors))
        spans.append(Span(criterion, share, start, start + wants.shape[1]))
        start += wants.shape[1]
    return Features(_join(left, len(mentees)), _join(right, len(mentors)), tuple(spans), tuple(bonuses))


def _join(parts: list[NDArray[np.float64]], rows: int) -> Matrix:
    if not parts:
        return np.zeros((rows, 1), dtype=np.float32)
    return np.ascontiguousarray(np.concatenate(parts, axis=1), dtype=np.float32)


def _columns(criterion: Criterion, mentors: Sequence[Mentor], mentees: Sequence[Mentee], embedder: Embedder) -> Columns:
    match criterion.kind:
        case "topics":
            return _topics([p.topics for p in mentees], [p.topics for p in mentors])
        case "topics_back":
            return _topics([p.back for p in mentors], [p.back for p in mentees])[::-1]
        case "text":
            return embedder_columns(mentors, mentees, embedder)
        case "near":
            parts = [_equal(mentors, mentees, level) for level in criterion.levels]
            wants, has = (np.concatenate(side, axis=1) for side in zip(*parts, strict=True))
            return wants / len(parts), has
        case "same":
            return _equal(mentors, mentees, criterion.attribute)
        case "new":
            return np.ones((len(mentees), 1)), np.ones((len(mentors), 1))
        case "other":
            return _unequal(mentors, mentees, criterion.attribute)
        case _:
            return _wish(mentors, mentees, criterion)


def _topics(wanted: Sequence[Mapping[str, float]], offered: Sequence[Mapping[str, float]]) -> Columns:
    """The share of what one side wants that the other offers: sum(importance * offer) / sum(importance)."""
    said = {topic: plain(topic) for side in (wanted, offered) for ranking in side for topic in ranking}
    names = {name: column for column, name in enumerate(sorted({said[t] for ranking in wanted for t in ranking}))}
    place = {topic: names[name] for topic, name in said.items() if name in names}
    wants, has = np.zeros((len(wanted), len(names))), np.zeros((len(offered), len(names)))
    for row, ranking in enumerate(wanted):
        whole = sum(ranking.values()) or 1.0
        for topic, importance in ranking.items():
            wants[row, place[topic]] += importance / whole
    for row, ranking in enumerate(offered):
        for topic, offer in ranking.items():
            if (column := place.get(topic)) is not None:
                has[row, column] = max(has[row, column], offer)
    return wants, has


def embedder_columns(mentors: Sequence[Mentor], mentees: Sequence[Mentee], embedder: Embedder) -> Columns:
    """Unit vectors of both sides' texts; one call, so that document frequencies cover everybody."""
    texts = sorted({person.text for side in (mentors, mentees) for person in side})
    place = {text: row for row, text in enumerate(texts)}
    vectors = embedder.embed(texts).astype(np.float64) if texts else np.zeros((0, 1))
    wants, has = ([place[person.text] for person in side] for side in (mentees, mentors))
    return vectors[wants], vectors[has]


def _equal(mentors: Sequence[Mentor], mentees: Sequence[Mentee], attribute: str) -> Columns:
    shared = _values(mentors, attribute) & _values(mentees, attribute)
    place = {value: column for column, value in enumerate(sorted(shared))}
    return _one_hot(mentees, attribute, place), _one_hot(mentors, attribute, place)


def _values(people: Sequence[Person], attribute: str) -> set[str]:
    return set(filter(None, (said(person.attributes.get(attribute)) for person in people)))


def _one_hot(people: Sequence[Person], attribute: str, place: dict[str, int]) -> NDArray[np.float64]:
    columns = np.zeros((len(people), len(place)))
    for row, person in enumerate(people):
        column = place.get(said(person.attributes.get(attribute)))
        if column is not None:
            columns[row, column] = 1
    return columns


def _known(people: Sequence[Person], attribute: str) -> NDArray[np.float64]:
    return np.array([[float(bool(said(person.attributes.get(attribute))))] for person in people]).reshape(-1, 1)


def _unequal(mentors: Sequence[Mentor], mentees: Sequence[Mentee], attribute: str) -> Columns:
    """1 - same, where both gave a value: a constant column and the negated equality columns."""
    wants, has = _equal(mentors, mentees, attribute)
    known = _known(mentees, attribute), _known(mentors, attribute)
    return np.concatenate([known[0], -wants], axis=1), np.concatenate([known[1], has], axis=1)


def _wish(mentors: Sequence[Mentor], mentees: Sequence[Mentee], criterion: Criterion) -> Columns:
    same, has = _equal(mentors, mentees, criterion.attribute)
    other, known = _unequal(mentors, mentees, criterion.attribute)
    wishes = [said(person.attributes.get(criterion.wish_attribute)) for person in mentees]
    wants_same, wants_other = (np.array([wish == word for wish in wishes], dtype=float) for word in ("same", "other"))
    wants = np.concatenate([same * wants_same[:, None], other * wants_other[:, None]], axis=1)
    return wants, np.concatenate([has, known], axis=1)


def _preferences(criterion: Criterion, share: float, mentors: Sequence[Mentor], mentees: Sequence[Mentee]) -> Bonus:
    """First choice 1, then linearly down to 1/len."""
    row, column = ({person.id: place for place, person in enumerate(people)} for people in (mentees, mentors))
    of_mentees = criterion.kind == "mentee_preference"
    people: Sequence[Person] = mentees if of_mentees else mentors
    found: dict[int, float] = {}
    for person in people:
        for place, other in enumerate(person.preferred):
            i, j = (person.id, other) if of_mentees else (other, person.id)
            if i in row and j in column:
                found.setdefault(row[i] * len(mentors) + column[j], 1 - place / len(person.preferred))
    return _bonus(criterion, share, found)


def _again(criterion: Criterion, share: float, mentors: Sequence[Mentor], mentees: Sequence[Mentee]) -> Bonus:
    """Takes off what every pair has for being new, from those who were matched before."""
    row, column = ({person.id: place for place, person in enumerate(people)} for people in (mentees, mentors))
    pairs = {(p.id, other) for p in mentees for other in ids_of(p.attributes.get("matched_before"))}
    pairs |= {(other, p.id) for p in mentors for other in ids_of(p.attributes.get("matched_before"))}
    keys = sorted(row[i] * len(mentors) + column[j] for i, j in pairs if i in row and j in column)
    new = -np.rint(share * SCALE / _GRADES) * _GRADES
    return Bonus(criterion, np.array(keys, dtype=np.int64), np.full(len(keys), new, dtype=np.float32))


def _conversations(criterion: Criterion, share: float, mentors: Sequence[Mentor], mentees: Sequence[Mentee]) -> Bonus:
    column = {person.id: place for place, person in enumerate(mentors)}
    rated = ((i, other, rating) for i, person in enumerate(mentees) for other, rating in person.ratings.items())
    found = {i * len(mentors) + column[other]: rating for i, other, rating in rated if other in column}
    return _bonus(criterion, share, found)


def _bonus(criterion: Criterion, share: float, found: Mapping[int, float]) -> Bonus:
    keys = np.array(sorted(found), dtype=np.int64)
    values = np.rint([found[key] * share * SCALE for key in keys.tolist()]).astype(np.float32)
    return Bonus(criterion, keys, values)
