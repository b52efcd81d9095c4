"""Exact sparse assignment with capacities: successive shortest paths with dual prices, in integers.

Maximises the sum of `worth[i] + units[e]` over chosen edges e = (i, j), every mentee i at most once, every
mentor j at most `capacity[j]` times, at most `places` pairs in all. `worth` above any possible change of the
score along a path makes the order of objectives (people matched before score) exact. Invariant and searches are in
`loops.py`. The state can be warm: edges may be added at any time.
"""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from . import loops
from .acceleration import accelerated, compiled_loops
from .loops import Edges, Scratch, State, Ways

Index = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Decision:
    """Pairs (`rows`, `cols`) within what the network itself cannot hold, and the prices that bound them; `limited` says
    whether limits, or pairs that exclude each other, changed the outcome.
    """

    rows: Index
    cols: Index
    mentee_price: Index
    mentor_price: Index
    place_price: int
    limit_price: Index
    cuts: Index
    """Two pairs (row * mentors + column) each, of which one may be taken (k, 2), with the prices of the choice (k,)."""
    cut_price: Index
    limited: bool = True


@dataclass(frozen=True, slots=True)
class Lines:
    """Edges by their own end, then the other; those of k are `start[k]:start[k + 1]`."""

    start: Index
    other: Index
    values: Index

    @classmethod
    def none(cls, size: int) -> Lines:
        """So many ends without an edge."""
        nothing = np.zeros(0, dtype=np.int64)
        return cls(np.zeros(size + 1, dtype=np.int64), nothing, nothing)

    @property
    def own(self) -> Index:
        """The own end of each edge."""
        return np.repeat(np.arange(self.start.size - 1), np.diff(self.start))

    def joined_by(self, own: Index, other: Index, values: Index, width: int) -> Lines:
        """With more edges, of which there is none yet; `width` is the number of other ends. Each array is made at a
        time: with millions of edges what is held meanwhile decides how much memory a run takes.
        """
        start = self.start + np.searchsorted(np.sort(own), np.arange(self.start.size))
        keys = own * width + other
        if (keys[1:] < keys[:-1]).any():
            order = np.argsort(keys, kind="stable")
            keys, other, values = keys[order], other[order], values[order]
            del order
        if not self.other.size:
            return Lines(start, other, values)
        place = np.searchsorted(self.own * width + self.other, keys)
        return Lines(start, np.insert(self.other, place, other), np.insert(self.values, place, values))


@dataclass(frozen=True, slots=True)
class Links:
    """Edges with their value (worth and units) by mentee and by mentor, both also in the form of the loops."""

    by_mentee: Lines
    by_mentor: Lines
    out: Edges
    into: Edges

    @property
    def rows(self) -> Index:
        """The mentee of each edge, by mentee, then mentor."""
        return self.by_mentee.own

    @property
    def cols(self) -> Index:
        """The mentor of each edge."""
        return self.by_mentee.other

    @property
    def values(self) -> Index:
        """What each edge is worth."""
        return self.by_mentee.values


class Network:
    """Mentees 0..n-1 with a worth each, mentors 0..m-1 with a capacity of at least 1, weighted edges, a
    matching and its prices `u` (n,), `v` (m,) and `place_price`; `match` (n,; -1: nobody).
    """

    def __init__(self, worth: Index, capacity: Index) -> None:
        n, m = worth.size, capacity.size
        self.worth, self.capacity = worth, capacity
        self.u, self.v = np.zeros(n, dtype=np.int64), np.zeros(m, dtype=np.int64)
        self.place_price = 0
        self.match = np.full(n, -1, dtype=np.int64)
        self.decision: Decision | None = None
        self.compiled = accelerated(n * m)
        self.links = self._linked(Lines.none(n), Lines.none(m))

    @property
    def matched(self) -> int:
        return int(np.count_nonzero(self.match >= 0))

    @property
    def pairs(self) -> tuple[Index, Index]:
        """Rows and columns of the pairs, within the limits where there are any, by row."""
        if self.decision is not None:
            return self.decision.rows, self.decision.cols
        rows = np.flatnonzero(self.match >= 0)
        return rows, self.match[rows]

    @property
    def prices(self) -> tuple[Index, Index, int]:
        """Of mentees, mentors and a place, as they bound the pairs; without those of limits."""
        own = self.decision
        return (own.mentee_price, own.mentor_price, own.place_price) if own else (self.u, self.v, self.place_price)

    def fork(self) -> Network:
        """A copy that can be changed freely."""
        other = copy(self)
        other.u, other.v, other.match, other.decision = self.u.copy(), self.v.copy(), self.match.copy(), None
        return other

    def start(self, price: Index, match: Index) -> None:
        """Take over prices and those matched pairs of a heuristic that are best for their mentee at these prices."""
        rows, cols, values = self.links.rows, self.links.cols, self.links.values
        self.v = price.copy()
        left = values - price[cols]
        self.u[:] = 0
        np.maximum.at(self.u, rows, left)
        held = (match[rows] == cols) & (left == self.u[rows])
        self.match[rows[held]] = cols[held]

    def add_edges(self, rows: Index, cols: Index, units: Index) -> None:
        """Add edges that are not there yet; a mentee for whom one is better than the present place is freed."""
        values = self.worth[rows] + units
        gains = values - self.v[cols] - self.place_price
        better = gains > self.u[rows]
        np.maximum.at(self.u, rows, gains)
        self.match[rows[better]] = -1
        del gains, better
        by_mentee = self.links.by_mentee.joined_by(rows, cols, values, self.capacity.size)
        by_mentor = self.links.by_mentor.joined_by(cols, rows, values, self.worth.size)
        self.links = self._linked(by_mentee, by_mentor)

    def charge_places(self, price: int) -> None:
        """Raise or lower the price of a place; mentees for whom nothing is worth it any more lose theirs."""
        work = _Work(self)
        work.charge(price)
        work.keep()

    def settle(self, places: int | None = None) -> None:
        """Restore optimality: place every mentee still worth placing, fill priced places, then keep to `places`.

        Raises ValueError for places below 0: no number of pairs is that small.
        """
        if places is not None and places < 0:
            raise ValueError(f"places: {places} is below 0")
        if not self.compiled and accelerated(self.worth.size * self.capacity.size):
            self.compiled = True  # the compiler has come through since
            self.links = self._linked(self.links.by_mentee, self.links.by_mentor)
        work = _Work(self)
        work.balance()
        if places is not None:
            work.approach(places)
            while work.matched > places:
                work.reduce()
        work.keep()

    def detours(self, reduced: Index, sources: Index, limit: int, places: int | None) -> tuple[Index, Index]:
        """For mentees with a mentor the loss without their pair (FAR from `limit` on), and how many pairs fewer there
        would be. `reduced` (n + 1, m) are the reduced costs of all pairs, in row n of the mentees without a mentor.
        """
        rows, cols = np.nonzero(reduced < limit)
        order = np.argsort(rows * limit + reduced[rows, cols], kind="stable")
        rows, cols = rows[order], cols[order]
        edges = self._edges(np.searchsorted(rows, np.arange(self.worth.size + 2)), cols, reduced[rows, cols])
        size, nothing = self.capacity.size + 2, np.zeros(sources.size, dtype=np.int64)
        room = np.full(size, loops.FAR), np.zeros(size, dtype=np.int64)
        ways = Ways(*(self.form(part) for part in (*room, nothing, nothing.copy())))
        work, more = _Work(self), places is None or self.matched < places
        work.loops.detours(work.state, edges, ways, self.form(sources), limit, self.place_price, more)
        return np.asarray(ways.length, dtype=np.int64), np.asarray(ways.change, dtype=np.int64)

    def _linked(self, by_mentee: Lines, by_mentor: Lines) -> Links:
        out, into = (self._edges(lines.start, lines.other, lines.values) for lines in (by_mentee, by_mentor))
        return Links(by_mentee, by_mentor, out, into)

    def _edges(self, start: Index, other: Index, values: Index) -> Edges:
        return Edges(*(self.form(part) for part in (start, other, values)))

    def form(self, values: Index) -> Any:
        """Numbers as the loops want them: an array where they are compiled, otherwise a list."""
        return np.ascontiguousarray(values, dtype=np.int64) if self.compiled else values.tolist()


class _Work:
    """A network's state in the form of the loops; `keep` brings it back."""

    def __init__(self, network: Network) -> None:
        self.network, form = network, network.form
        n, m = network.worth.size, network.capacity.size
        self.loops: Any = compiled_loops() if network.compiled else loops
        chains = _chained(network.match, m)
        prices = network.u, network.v, network.match
        # the loops write into these: copies, for others may hold the old prices
        self.state = State(*(form(part.copy()) for part in (*prices, *chains, network.capacity)))
        self.scratch = Scratch(*(form(np.full(size, loops.FAR)) for size in (m, m, n, n)))
        self.price = network.place_price

    @property
    def matched(self) -> int:
        return int(sum(self.state.taken))

    def keep(self) -> None:
        """Hand the state back."""
        u, v, match = (np.asarray(part, dtype=np.int64) for part in self.state[:3])
        self.network.u, self.network.v, self.network.match, self.network.place_price = u, v, match, self.price

    def balance(self) -> None:
        u, match = np.array(self.state.u, dtype=np.int64), np.array(self.state.match, dtype=np.int64)
        waiting = np.flatnonzero((match < 0) & (u > 0))
        order = self.network.form(waiting[np.argsort(-u[waiting], kind="stable")])
        out, into = self.network.links.out, self.network.links.into
        self.loops.place_all(self.state, out, self.scratch, self.price, order)
        self.loops.fill_all(self.state, into, self.scratch, self.price)

    def charge(self, price: int) -> None:
        rise, self.price = price - self.price, price
        self.loops.charge(self.state, self.network.links.out, rise, price)

    def reduce(self) -> None:
        if not self.matched:
            raise ValueError("there is no pair to take away")
        self.price += int(self.loops.reduce(self.state, self.network.links.out, self.scratch, self.price))

    def approach(self, places: int) -> None:
        """Set the price of a place so that a few pairs more than `places` remain, by bisection.

        The number of pairs falls as the price rises; who leaves next is read off the mentees' prices.
        """
        low, high, step = 0, loops.FAR, 1
        while True:
            excess, price = self.matched - places, self.price
            # equally good matchings can differ in size at one price, so the lower end may turn out to be too high
            low, high = (price, high) if excess >= 0 else (min(low, max(price - 1, 0)), price)
            if high == 0 or (excess >= 0 and (excess <= places // 32 + 4 or high - low <= 1)):
                return
            if high < loops.FAR:
                guess = (low + high) // 2
            else:
                leaving = sorted(u for u, j in zip(self.state.u, self.state.match, strict=True) if j >= 0)
                step = max(int(leaving[excess - 1]), 2 * step)
                guess = price + step
            self.charge(guess)
            self.balance()


def _chained(match: Index, mentors: int) -> tuple[Index, Index, Index, Index]:
    """A matching as chains: each mentor's first mentee, those after and before each mentee, and the mentors' counts."""
    held = np.flatnonzero(match >= 0)
    held = held[np.argsort(match[held], kind="stable")]
    whose = match[held]
    first, (after, before) = np.full(mentors, -1), (np.full(match.size, -1) for _ in range(2))
    together = whose[1:] == whose[:-1]
    after[held[:-1][together]], before[held[1:][together]] = held[1:][together], held[:-1][together]
    heads = np.ones(held.size, dtype=np.bool_)
    heads[1:] = ~together
    first[whose[heads]] = held[heads]
    return first, after, before, np.bincount(whose, minlength=mentors)
