"""What a run could change to, where more has to be looked at than the network of one mentor each: its residual network,
for exact prices.

As long as no limit decides, a run is a flow of least cost: from outside to a mentee, as often as there is room, each
time for less; to a mentor, each at most once; to the cohort's places, and back. A change sends one unit another way,
and costs the length of its way in reduced costs (Ahuja, Magnanti, Orlin 1993, ch. 9), over every permitted pair.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import scipy  # its parts are imported when they are used: more than a CPU second

from .explain import Price, lost
from .features import UNITS
from .problem import Problem
from .rules import Index
from .run import Run

Pair = tuple[int, int]
"""Row of the mentee, column of the mentor."""
_AT_ONCE = 256
"""Starts whose ways are looked for together."""


@dataclass(frozen=True, slots=True)
class Residual:
    """Nodes are mentees 0..n-1, mentors n..n+m-1, `outside` and `cohort`; arcs are what may change and its cost, at
    least 0. Only for a run that its certificate calls the best, as otherwise its prices are not those of the flow.
    """

    problem: Problem
    pairs: tuple[Pair, ...]
    """The pairs there are, without those that are pinned."""
    beyond: Index
    """By how much each of these pairs is worth more than its prices."""
    tails: Index
    heads: Index
    lengths: Index

    @classmethod
    def of(cls, run: Run) -> Residual:
        """Of a run that no limit decided, and that is proved best."""
        problem, (rows, cols) = run.situation.problem, run.network.pairs
        n, m = problem.market.shape
        outside, cohort = n + m, n + m + 1
        mentees, mentors, place = run.network.prices
        i, j = _open(problem, rows, cols)
        cost = _cost(problem, mentees, mentors, place)
        beyond = -cost[rows, cols]
        worth = problem.seat_worth()
        less, room = worth[:, :1] - worth, (worth > 0).sum(axis=1)
        held, taken = np.bincount(rows, minlength=n), np.bincount(cols, minlength=m)
        more, some = np.flatnonzero(held < room), np.flatnonzero(held > 0)
        free, busy = np.flatnonzero(taken < problem.capacity), np.flatnonzero(taken > 0)
        ends: list[tuple[Any, Any, Any]] = [
            (i, n + j, cost[i, j]),
            (n + cols, rows, beyond),
            (outside, more, less[more, held[more]] - mentees[more]),
            (some, outside, mentees[some] - less[some, held[some] - 1]),
            (n + free, cohort, mentors[free]),
            (cohort, n + busy, mentors[busy]),
        ]
        if problem.places is None or rows.size < problem.places:
            ends.append((cohort, outside, np.zeros(1, dtype=np.int64)))
        if rows.size:
            ends.append((outside, cohort, np.full(1, place)))
        full = [np.broadcast_arrays(*arcs) for arcs in ends]
        made = tuple(zip(rows.tolist(), cols.tolist(), strict=True))
        return cls(problem, made, beyond, *(np.concatenate(part) for part in zip(*full, strict=True)))

    @property
    def outside(self) -> int:
        """Where mentees' mentors beyond what they have come from."""
        return sum(self.problem.market.shape)

    @property
    def cohort(self) -> int:
        """Where the places of all mentors come together."""
        return self.outside + 1

    def ways(self, starts: Index, limit: float = np.inf) -> Iterator[tuple[int, Any, Any]]:
        """For each start the shortest distances to all nodes (endless from `limit` on) and the nodes before them."""
        near, size = self.lengths < limit, self.cohort + 1
        lengths, ends = self.lengths[near].astype(np.float64), (self.tails[near], self.heads[near])
        graph = scipy.sparse.csr_array((lengths, ends), shape=(size, size))
        for first in range(0, starts.size, _AT_ONCE):
            part = starts[first : first + _AT_ONCE]
            found = scipy.sparse.csgraph.dijkstra(graph, indices=part, limit=limit, return_predecessors=True)
            yield from zip(part.tolist(), *found, strict=True)

    def price(
        self,
        length: int,
        before: Sequence[int],
        start: int,
        end: int,
        *,
        gone: Iterable[Pair] = (),
        new: Iterable[Pair] = (),
    ) -> Price | None:
        """What a change costs, `length` in all, whose way leads from `start` to `end`, by the node before each, and
        that takes pairs away and makes others beside. None where it would not keep to the limits, or make two people
        each other's mentor: then it costs this or more.
        """
        (n, _), made, node = self.problem.market.shape, {*self.pairs} - {*gone} | {*new}, end
        while node != start:
            prior = int(before[node])
            if prior < n <= node < self.outside:
                made.add((prior, node - n))
            elif node < n <= prior < self.outside:
                made.remove((node, prior - n))
            node = prior
        rows, cols = np.array(sorted(made), dtype=np.int64).reshape(-1, 2).T
        if self.problem.exclusive(rows, cols)[0].size or any(b.beyond(rows, cols) for b in self.problem.limits):
            return None
        price = lost(self.problem, [i for i, _ in self.pairs], rows.tolist(), 0)
        return replace(price, score=score_of(self.problem, length))


def score_of(problem: Problem, loss: int) -> float:
    """The score in a loss, beside whole matches (or tiers) and standing pairs that move."""
    rest = loss - round(loss / problem.step) * problem.step
    extra = max(problem.standing.values(), default=0)
    return round((rest - round(rest / extra) * extra if extra else rest) / UNITS, 4)


def _open(problem: Problem, rows: Index, cols: Index) -> tuple[Index, Index]:
    """Permitted pairs that are not made."""
    market, (n, m) = problem.market, problem.market.shape
    allowed = market.allowed(np.arange(n)[:, None], np.arange(m)[None, :])
    allowed &= market.block_units(0, n) >= market.floor
    for pair in problem.standing:
        allowed[pair] = True
    allowed[rows, cols] = False
    i, j = np.nonzero(allowed)
    return i, j


def _cost(problem: Problem, mentees: Index, mentors: Index, place: int) -> Index:
    """Prices less what each pair is worth as the mentee's first (n, m): below 0 only of pairs that are made."""
    units = problem.market.block_units(0, problem.market.shape[0])
    for pair, extra in problem.standing.items():
        units[pair] += extra
    return np.asarray(mentees[:, None] + mentors + place - units - problem.worth[:, None])
