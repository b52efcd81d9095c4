"""A start for the exact solver: simultaneous bidding, vectorised (Bertsekas 1988, without increments)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .acceleration import accelerated, compiled_scanning

Index = NDArray[np.int64]
_WIDTH = 64
_AT_ONCE = 1 << 14
"""Mentees whose edges are sorted together."""
_NEVER = -(1 << 60)


@dataclass(frozen=True, slots=True)
class _Table:
    """Each mentee's best edges, `counts` (n,) of them, padded to one width: `mentors` and `values` (n, width)."""

    mentors: NDArray[np.int32]
    values: Index
    counts: Index
    compiled: bool

    def look(self, who: Index, price: Index) -> tuple[Index, Index, Index]:
        """For each of `who` the net value of the best mentor, of the second best (or of nobody, 0), and the
        best mentor.
        """
        if self.compiled:
            found = np.empty((3, who.size), dtype=np.int64)
            compiled_scanning().look(self.mentors, self.values, self.counts, who, price, found)
            return found[0], found[1], found[2]
        net = self.values[who] - price[self.mentors[who]]
        line = np.arange(who.size)
        place = net.argmax(axis=1)
        best = net[line, place]
        net[line, place] = _NEVER
        return best, np.maximum(net.max(axis=1), 0), self.mentors[who, place]


def _table(worth: Index, capacity: Index, rows: Index, cols: Index, units: Index) -> _Table:
    counts = np.bincount(rows, minlength=worth.size)
    start = np.concatenate([[0], np.cumsum(counts)])
    counts = np.minimum(counts, _WIDTH)
    width = int(counts.max(initial=1))
    mentors = np.zeros((worth.size, width), dtype=np.int32)
    values = np.full((worth.size, width), _NEVER, dtype=np.int64)
    for first in range(0, worth.size, _AT_ONCE):
        part = slice(start[first], start[min(first + _AT_ONCE, worth.size)])
        order = np.lexsort((cols[part], -units[part], rows[part])) + part.start
        rank = np.arange(order.size) - (start[rows[part]] - part.start)
        order, rank = order[rank < width], rank[rank < width]
        mentors[rows[order], rank], values[rows[order], rank] = cols[order], units[order] + worth[rows[order]]
    return _Table(mentors, values, counts, accelerated(worth.size * capacity.size))


def bid(
    worth: Index, capacity: Index, rows: Index, cols: Index, units: Index, rounds: int, steps: Sequence[int] = ()
) -> tuple[Index, Index]:
    """Prices (m,) and a matching (n,; -1: nobody) for edges sorted by row; capacities are at least 1.

    Every mentee without a place bids for the mentor that is best at present prices, up to where the second best is as
    good; a mentor keeps the highest bids, and the lowest kept bid is its price once it is full. `steps` are least
    increments of rehearsals (large to small, in units) that find the level of prices where competition is hard.
    """
    price = np.zeros(capacity.size, dtype=np.int64)
    if not rows.size:
        return price, np.full(worth.size, -1)
    table = _table(worth, capacity, rows, cols, units)
    for step in steps:
        _contest(table, price, capacity, rounds, step)
        price = np.maximum(price - step, 0)
    return price, _contest(table, price, capacity, rounds, 0)


def _contest(table: _Table, price: Index, capacity: Index, rounds: int, step: int) -> Index:
    """Bidding from nobody placed; `price` is raised. Returns the matching (n,)."""
    size = len(table.mentors)
    match, offered = np.full(size, -1), np.zeros(size, dtype=np.int64)
    waiting = np.arange(size)
    for _ in range(rounds):
        best, second, target = table.look(waiting, price)
        keen = best > 0
        if not keen.any():
            break
        bidders, target = waiting[keen], target[keen]
        offer = price[target] + np.minimum(best[keen] - second[keen] + step, best[keen])
        waiting = _award(bidders, target, offer, match, offered, price, capacity)
    return match


def _award(
    bidders: Index, target: Index, offer: Index, match: Index, offered: Index, price: Index, capacity: Index
) -> Index:
    """Mentors keep their best bids; `match`, `offered` and `price` are updated. Returns who has no place now."""
    touched = np.zeros(capacity.size, dtype=np.bool_)
    touched[target] = True
    seated = np.flatnonzero(match >= 0)
    seated = seated[touched[match[seated]]]
    who, where = np.concatenate([seated, bidders]), np.concatenate([match[seated], target])
    amount = np.concatenate([offered[seated], offer])
    order = np.lexsort((who, -amount, where))
    who, where, amount = who[order], where[order], amount[order]
    rank = np.arange(who.size) - np.searchsorted(where, where)
    kept = rank < capacity[where]
    match[who[~kept]] = -1
    match[who[kept]], offered[who[kept]] = where[kept], amount[kept]
    last = rank == capacity[where] - 1
    price[where[last]] = amount[last]
    return np.sort(who[~kept])
