"""What is to be solved: a market with what the objective needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from .features import UNITS
from .mutual import Doubles
from .policy import Side
from .scoring import Market

Index = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Bound:
    """At most, or (`least`) at least, `room` pairs with these `people` (rows of mentees or columns of mentors)."""

    name: str
    value: str
    side: Side
    people: Index
    room: int
    least: bool = False

    @property
    def sign(self) -> int:
        """1 or, as a least number is a negative most, -1."""
        return -1 if self.least else 1

    def used(self, rows: Index, cols: Index) -> int:
        """How many of the pairs count."""
        return int(np.isin(cols if self.side == "mentor" else rows, self.people).sum())

    def beyond(self, rows: Index, cols: Index) -> int:
        """How many pairs there are too many, or are missing."""
        return max(0, self.sign * (self.used(rows, cols) - self.room))


Limits = tuple[Bound, ...]


@dataclass(frozen=True, slots=True)
class Seats:
    """How many mentors each mentee may get (`room`, at least 1), and how many they have beside the run."""

    room: Index
    has: Index

    @property
    def depth(self) -> int:
        """The most mentors of anybody."""
        return int((self.room + self.has).max(initial=1))

    def with_pair(self, row: int) -> Seats:
        """After the mentee of a row got a mentor, who have room for more."""
        room, has = self.room.copy(), self.has.copy()
        room[row], has[row] = max(room[row] - 1, 1), has[row] + 1
        return Seats(room, has)


@dataclass(slots=True)
class Problem:
    """A market with what the objective needs: tiers and capacities (at least 1), and the cohort's places
    (None: no limit). `standing` holds pairs that exist already and what keeping each is worth beyond its
    score, in units; they may break rules made since. `doubles` are the people on both sides, None if there are none or
    two may be each other's mentor. `seats` say how many mentors each mentee may get, None where all get one at most.

    `step` is the worth of one match: more than any change of score along a path of reassignments.
    """

    market: Market
    tiers: Index
    capacity: Index
    places: int | None
    standing: Mapping[tuple[int, int], int] = field(default_factory=dict)
    limits: Limits = ()
    doubles: Doubles | None = None
    seats: Seats | None = None

    def exclusive(self, rows: Index, cols: Index) -> tuple[Index, Index]:
        """Positions, among pairs, of those that exclude each other."""
        nothing = np.zeros(0, dtype=np.int64)
        return (nothing, nothing) if self.doubles is None else self.doubles.exclusive(rows, cols, self.standing)

    @property
    def beyond_network(self) -> bool:
        """Whether there is anything that the network cannot hold."""
        return bool(self.limits or self.doubles or self.seats)

    @property
    def step(self) -> int:
        most = UNITS + max(self.standing.values(), default=0)
        wanted = self.tiers.size if self.seats is None else int(self.seats.room.sum())
        return (min(wanted, int(self.capacity.sum())) + 1) * most

    @property
    def shortfall(self) -> int:
        """What a pair that is missing to a least number costs: more than anybody's match is worth."""
        return self.step * (1 + self._top)

    @property
    def _classes(self) -> int:
        return 1 + int(self.tiers.max(initial=0))

    @property
    def _top(self) -> int:
        """The highest rank of a match."""
        return self._classes if self.seats is None else self._classes * self.seats.depth + bool(self.standing)

    @property
    def worth(self) -> Index:
        """One match is worth `step`; each tier adds another, which never costs a match (matroid exchange)."""
        return self.step * (1 + self.tiers) if self.seats is None else self.seat_worth()[:, 0]

    def seat_worth(self) -> Index:
        """What each mentor that a mentee may get is worth beside the score (n, most), least last; 0 beyond their room.

        All have one before anybody has two, and among those who have as many the higher tier goes first; nobody loses a
        pair that stands to anybody. As sets of such places form a matroid, ranks a `step` apart are enough.
        """
        if self.seats is None:
            return self.worth[:, None]
        place = np.arange(int(self.seats.room.max(initial=1)))
        level = self.seats.has[:, None] + place
        rank = 1 + self.tiers[:, None] + (self.seats.depth - 1 - level) * self._classes
        kept = np.bincount([row for row, _ in self.standing], minlength=self.tiers.size)
        rank[place < kept[:, None]] = self._top
        return np.where(place < self.seats.room[:, None], self.step * rank, 0)
