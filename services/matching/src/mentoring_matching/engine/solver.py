"""Exact sparse assignment with capacities: successive shortest paths with dual prices, in integers.

Maximises the sum of `worth[i] + units[e]` over chosen edges e = (i, j), every mentee i at most once, every
mentor j at most `capacity[j]` times, at most `places` pairs in all. `worth` above any possible change of the
score along a path makes the order of objectives (people matched before score) exact. Invariant (Ahuja,
Magnanti, Orlin 1993, ch. 9 and 12): for every edge u[i] + v[j] >= worth[i] + units, with equality on chosen
edges. The state can be warm: edges may be added at any time.
"""

from __future__ import annotations

from dataclasses import dataclass
from heapq import heapify, heappop, heappush

import numpy as np
from numpy.typing import NDArray

Index = NDArray[np.int64]
_FAR = 1 << 62


@dataclass(frozen=True, slots=True)
class Decision:
    """A matching (n,; -1: nobody) within limits that the network itself cannot hold, and the prices that bound it."""

    match: Index
    mentee_price: Index
    mentor_price: Index
    place_price: int
    limit_price: Index


class Network:
    """Mentees 0..n-1 with a worth each, mentors 0..m-1 with a capacity of at least 1, weighted edges, a
    matching and its prices.
    """

    def __init__(self, worth: Index, capacity: Index) -> None:
        self.worth = worth.tolist()
        self.capacity: list[int] = capacity.tolist()
        self.out: list[list[tuple[int, int]]] = [[] for _ in self.worth]
        self.into: list[list[tuple[int, int]]] = [[] for _ in self.capacity]
        self.u = [0] * len(self.worth)
        self.v = [0] * len(self.capacity)
        self.place_price = 0
        self.match = [-1] * len(self.worth)
        self.held: list[list[int]] = [[] for _ in self.capacity]
        self.decision: Decision | None = None

    @property
    def matched(self) -> int:
        return sum(mentor >= 0 for mentor in self.match)

    @property
    def outcome(self) -> list[int]:
        """The matching, within the limits where there are any."""
        return self.match if self.decision is None else self.decision.match.tolist()

    def fork(self) -> Network:
        """A copy that can be changed freely."""
        copy = Network.__new__(Network)
        copy.worth, copy.capacity, copy.place_price = self.worth, list(self.capacity), self.place_price
        copy.u, copy.v, copy.match = list(self.u), list(self.v), list(self.match)
        copy.out, copy.into = [list(row) for row in self.out], [list(row) for row in self.into]
        copy.held = [list(row) for row in self.held]
        copy.decision = None
        return copy

    def cut(self, i: int, j: int) -> None:
        """Take the edge between mentee i and mentor j out; `settle` then finds the next best."""
        self.out[i] = [edge for edge in self.out[i] if edge[0] != j]
        self.into[j] = [edge for edge in self.into[j] if edge[0] != i]
        if self.match[i] == j:
            self._free(i)
            best = max((value - self.v[other] for other, value in self.out[i]), default=0)
            self.u[i] = max(0, best - self.place_price)

    def start(self, price: Index, match: Index) -> None:
        """Take over prices and those matched pairs of a heuristic that are best for their mentee at these prices."""
        self.v = price.tolist()
        for i, row in enumerate(self.out):
            self.u[i] = max(0, max((value - self.v[j] for j, value in row), default=0))
            j = int(match[i])
            if j >= 0 and (j, self.u[i] + self.v[j]) in row:
                self._assign(i, j)

    def add_edges(self, rows: Index, cols: Index, units: Index) -> None:
        """Add edges that are not there yet; a mentee for whom one is better than the present place is freed."""
        out, into, worth, v, u = self.out, self.into, self.worth, self.v, self.u
        touched = set()
        for i, j, score in zip(rows.tolist(), cols.tolist(), units.tolist(), strict=True):
            value = worth[i] + score
            out[i].append((j, value))
            into[j].append((i, value))
            gain = value - v[j] - self.place_price
            if gain > u[i]:
                u[i] = gain
                touched.add(i)
        for i in sorted(touched):
            self._free(i)

    def _free(self, i: int) -> None:
        if self.match[i] >= 0:
            self.held[self.match[i]].remove(i)
            self.match[i] = -1

    def _assign(self, i: int, j: int) -> int:
        """Give mentee i a place with mentor j; returns where i was before (-1: nowhere)."""
        before = self.match[i]
        self._free(i)
        self.match[i] = j
        self.held[j].append(i)
        return before

    def settle(self, places: int | None = None) -> None:
        """Restore optimality: place every mentee still worth placing, fill priced places, then keep to `places`."""
        self._balance()
        if places is not None:
            self._approach(places)
            while self.matched > places:
                self._reduce()

    def _balance(self) -> None:
        for i in sorted(range(len(self.u)), key=lambda i: (-self.u[i], i)):
            if self.match[i] < 0 and self.u[i] > 0:
                self._place(i)
        for j, limit in enumerate(self.capacity):
            while self.v[j] > 0 and len(self.held[j]) < limit:
                self._fill(j)

    def _approach(self, places: int) -> None:
        """Set the price of a place so that a few pairs more than `places` remain, by bisection.

        The number of pairs falls as the price rises; who leaves next is read off the mentees' prices.
        """
        low, high, step = 0, _FAR, 1
        while True:
            excess, price = self.matched - places, self.place_price
            # equally good matchings can differ in size at one price, so the lower end may turn out to be too high
            low, high = (price, high) if excess >= 0 else (min(low, max(price - 1, 0)), price)
            if high == 0 or (excess >= 0 and (excess <= places // 32 + 4 or high - low <= 1)):
                return
            if high < _FAR:
                guess = (low + high) // 2
            else:
                leaving = sorted(u for u, j in zip(self.u, self.match, strict=True) if j >= 0)
                step = max(leaving[excess - 1], 2 * step)
                guess = price + step
            self.charge_places(guess)
            self._balance()

    def charge_places(self, price: int) -> None:
        """Raise or lower the price of a place; mentees for whom nothing is worth it any more lose theirs."""
        rise, self.place_price = price - self.place_price, price
        for i, own in enumerate(self.u):
            if self.match[i] >= 0 and own >= rise:
                self.u[i] = own - rise
                continue
            self._free(i)
            self.u[i] = max(0, max((value - self.v[j] for j, value in self.out[i]), default=0) - price)

    def _place(self, source: int) -> None:
        """Shortest path from a mentee without a place to a free place, or to the mentee who loses least by leaving."""
        out, u, v, held, capacity = self.out, self.u, self.v, self.held, self.capacity
        reached: dict[int, int] = {}
        via: dict[int, int] = {}
        heap: list[tuple[int, int]] = []
        mentees, mentors = [(source, 0)], []
        best, leaver, end = u[source], source, -1
        frontier, distance, price = [source], 0, self.place_price
        while True:
            for k in frontier:
                if distance + u[k] < best:
                    best, leaver, end = distance + u[k], k, -1
                base = distance + u[k] + price
                for j, value in out[k]:
                    length = base + v[j] - value
                    if length < best and length < reached.get(j, _FAR):
                        reached[j], via[j] = length, k
                        if len(held[j]) < capacity[j]:
                            best, end = length, j
                        else:
                            heappush(heap, (length, j))
            distance, j = _next(heap, reached)
            if distance >= best:
                break
            mentors.append((j, distance))
            reached[j] = -1
            frontier = held[j]
            mentees.extend((k, distance) for k in frontier)
        for k, d in mentees:
            u[k] -= best - d
        for j, d in mentors:
            v[j] += best - d
        self._shift(source, leaver, end, via)

    def _shift(self, source: int, leaver: int, end: int, via: dict[int, int]) -> None:
        """Move mentees along a path found by `_place`: into mentor `end`, or into the place `leaver` gives up."""
        if end < 0:
            if leaver == source:
                return
            end = self.match[leaver]
            self._free(leaver)
        mover = -1
        while mover != source:
            mover = via[end]
            end = self._assign(mover, end)

    def _fill(self, target: int) -> None:
        """Shortest path from a priced place that is free to a mentee without one, or to where a price falls to zero."""
        into, u, v, match, held = self.into, self.u, self.v, self.match, self.held
        reached = dict.fromkeys(held[target], -1)
        towards: dict[int, int] = {}
        via = {target: -1}
        heap: list[tuple[int, int]] = []
        mentees, mentors = [(k, 0) for k in held[target]], [(target, 0)]
        best, newcomer, end = v[target], -1, target
        distance, j = 0, target
        while True:
            base = distance + v[j] + self.place_price
            for k, value in into[j]:
                length = base + u[k] - value
                if length < best and length < reached.get(k, _FAR):
                    reached[k], towards[k] = length, j
                    if match[k] < 0:
                        best, newcomer = length, k
                    else:
                        heappush(heap, (length, k))
            distance, k = _next(heap, reached)
            if distance >= best:
                break
            j = match[k]
            via[j] = k
            mentors.append((j, distance))
            # whoever else is held here could only lead back here
            mentees.extend((other, distance) for other in held[j])
            reached.update(dict.fromkeys(held[j], -1))
            if distance + v[j] < best:
                best, newcomer, end = distance + v[j], -1, j
        for k, d in mentees:
            u[k] += best - d
        for j, d in mentors:
            v[j] -= best - d
        mover = newcomer if newcomer >= 0 else via[end]
        while mover >= 0:
            goal = towards[mover]
            self._assign(mover, goal)
            mover = via[goal]

    def _reduce(self) -> None:
        """Take the pair away whose loss, after the others have moved at best, is least; the price of a place rises."""
        out, u, v, held = self.out, self.u, self.v, self.held
        reached = {j: price for j, price in enumerate(v) if held[j]}
        heap = [(price, j) for j, price in reached.items()]
        heapify(heap)
        via: dict[int, int] = {}
        mentees, mentors = [], []
        best, leaver = _FAR, -1
        while True:
            distance, j = _next(heap, reached)
            if distance >= best:
                break
            mentors.append((j, distance))
            reached[j] = -1
            for k in held[j]:
                mentees.append((k, distance))
                base = distance + u[k]
                if base < best:
                    best, leaver = base, k
                for other, value in out[k]:
                    length = base + v[other] + self.place_price - value
                    if length < reached.get(other, -1):
                        reached[other], via[other] = length, k
                        heappush(heap, (length, other))
        for k, d in mentees:
            u[k] -= best - d
        settled = dict(mentors)
        self.v = [price - min(best, settled.get(j, best), price) for j, price in enumerate(v)]
        self.place_price += best
        end = self.match[leaver]
        self._free(leaver)
        while end in via:
            mover = via[end]
            end = self._assign(mover, end)


def _next(heap: list[tuple[int, int]], reached: dict[int, int]) -> tuple[int, int]:
    """The nearest node not settled yet, or one at an endless distance."""
    while heap:
        distance, node = heappop(heap)
        if reached[node] == distance:
            return distance, node
    return _FAR, -1
