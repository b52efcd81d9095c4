"""What the network cannot hold: at most or at least so many pairs per employer, region, team and the like, and several
mentors of one mentee.

A pair that is missing to a least number is worth more than any other aim, so one is missing only where it has to be.
Where the best matching without them keeps to all limits it stands. Otherwise the linear relaxation over all pairs is
solved by column generation, and the integer programme over the columns that can matter (HiGHS). Every limit counts
people of one side, so its price adds to those people's own, and the relaxation's prices are checked like any others.
Two pairs that exclude each other (mutual.py) are a cut, added when a solution takes both; its price is that of these
two pairs alone. A further mentor of a mentee is room that costs what it is worth less than the first; as every pair is
taken once at most, one that is taken may be worth more than its prices, and the difference is a price of its own.
Without limits that is a flow still, so that the relaxation's result is whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import scipy  # its parts are imported when they are used: more than a CPU second
from numpy.typing import NDArray

from .features import UNITS
from .loops import FAR
from .people import Person
from .policy import Limit, Side
from .problem import Bound, Limits, Problem
from .rules import Barred, Index, members, said
from .scoring import Prices
from .search import best_pairs
from .solver import Decision, Network

PER_PERSON = 10
WIDE = 200
"""The most pairs per mentee that are looked at beyond those of the relaxation."""
STEPS = 2
"""Steps of the simplex method per person."""
NODES = 500
"""Branch-and-bound nodes after which the best matching found is taken; a count keeps runs equal on any machine."""


def compile_limits(limits: Sequence[Limit], mentors: Sequence[Person], mentees: Sequence[Person]) -> Limits:
    """A bound for each limit with a value, one for each value that occurs for a limit without; most and least apart."""
    found: list[Bound] = []
    for limit in limits:
        groups: dict[str, list[int]] = {}
        for place, person in enumerate(mentors if limit.side == "mentor" else mentees):
            for value in members(person.attributes.get(limit.attribute)):
                groups.setdefault(value, []).append(place)
        wanted = sorted(groups) if limit.value is None else [said(limit.value)]
        bounds = [(room, least) for room, least in ((limit.most, False), (limit.least, True)) if room is not None]
        found += [
            Bound(limit.name, value, limit.side, np.array(groups.get(value, []), dtype=np.int64), room, least)
            for value in wanted
            for room, least in bounds
        ]
    return tuple(found)


def after_pins(limits: Limits, rows: Index, cols: Index) -> Limits:
    """What pinned pairs leave; pins come first, even where they alone are more than a limit allows."""
    return tuple(replace(bound, room=max(0, bound.room - bound.used(rows, cols))) for bound in limits)


def with_standing(limits: Limits, rows: Index, cols: Index) -> Limits:
    """Room for at least the pairs that exist already: nobody loses a mentor to a limit made since."""
    return tuple(
        bound if bound.least else replace(bound, room=max(bound.room, bound.used(rows, cols))) for bound in limits
    )


def decide(problem: Problem, network: Network) -> Decision | None:
    """The best matching within the limits with the relaxation's prices; None where the network's own is within them."""
    if problem.seats is not None and network.links.rows.size:
        free = _decided(replace(problem, limits=(), doubles=None), network)
        if _within(problem, free.rows, free.cols):
            return replace(free, limit_price=np.zeros(len(problem.limits), dtype=np.int64), limited=False)
    elif _within(problem, *network.pairs):
        return None
    return _decided(problem, network)


def _within(problem: Problem, rows: Index, cols: Index) -> bool:
    apart = not problem.exclusive(rows, cols)[0].size
    return apart and not any(bound.beyond(rows, cols) for bound in problem.limits)


def _decided(problem: Problem, network: Network) -> Decision:
    programme = _Programme(problem, network)
    relaxed = programme.relax()
    chosen = programme.choose()
    gap = relaxed.bound - programme.worth_of(chosen)
    if gap > 0 and programme.widen(relaxed, gap):
        # a pair whose price exceeds its worth by more than the gap is in no better matching
        chosen = max(chosen, programme.choose(), key=programme.worth_of)
    return programme.decision(relaxed, chosen)


@dataclass(frozen=True, slots=True)
class _Relaxed:
    """Whole, feasible prices of the relaxation and what they prove: no matching is worth more than `bound` units."""

    mentees: Index
    mentors: Index
    place: int
    limits: Index
    cuts: Index
    bound: int


class _Programme:
    """Columns (pairs with their value in units, worth of a match included) and the rows that constrain them."""

    def __init__(self, problem: Problem, network: Network) -> None:
        self.problem = problem
        self.n, self.m = problem.market.shape
        links = network.links
        self.rows, self.cols, self.values = links.rows, links.cols, links.values
        self.of_mentees, self.of_mentors = (_groups(problem.limits, side, size) for side, size in self._sides())
        self.cuts = np.zeros((0, 2), dtype=np.int64)
        self.missing = [place for place, bound in enumerate(problem.limits) if bound.least]
        worth = problem.seat_worth()
        self.extra, place = np.nonzero(worth[:, 1:])
        """The mentee (row) of each further mentor that somebody may get."""
        self.less = worth[self.extra, 0] - worth[self.extra, 1 + place]
        """By how much that is worth less than their first."""
        self.relaxed_x = np.zeros(0)

    def _sides(self) -> tuple[tuple[Side, int], tuple[Side, int]]:
        return ("mentee", self.n), ("mentor", self.m)

    @property
    def most(self) -> Index:
        """The room of each constraint."""
        problem = self.problem
        places = [] if problem.places is None else [problem.places]
        room = [bound.sign * bound.room for bound in problem.limits]
        most = [*[1] * self.n, *problem.capacity.tolist(), *places, *[1] * len(self.cuts), *room]
        return np.array(most, dtype=np.int64)

    def matrix(self) -> Any:
        """Constraints (mentees, mentors, cohort, cuts, limits) by columns: pairs, the room for further mentors, then
        what is missing to least numbers.
        """
        edges, one = np.arange(self.rows.size), np.ones(self.rows.size)
        by_mentee = scipy.sparse.csr_array((one, (self.rows, edges)), shape=(self.n, edges.size))
        by_mentor = scipy.sparse.csr_array((one, (self.cols, edges)), shape=(self.m, edges.size))
        cohort = [] if self.problem.places is None else [scipy.sparse.csr_array(one[None, :])]
        limits = self.of_mentees @ by_mentee + self.of_mentors @ by_mentor
        lines, columns = self._in_cuts()
        cuts = scipy.sparse.csr_array((np.ones(lines.size), (lines, columns)), shape=(len(self.cuts), edges.size))
        pairs = scipy.sparse.vstack([by_mentee, by_mentor, *cohort, cuts, limits], format="csr")
        lines = np.array(self.missing, dtype=np.int64) + (pairs.shape[0] - len(self.problem.limits))
        lines = np.concatenate([self.extra, lines])
        room = (-np.ones(lines.size), (lines, np.arange(lines.size)))
        return scipy.sparse.hstack(
            [pairs, scipy.sparse.csr_array(room, shape=(pairs.shape[0], lines.size))], format="csr"
        )

    def most_of_each(self) -> NDArray[np.float64]:
        """How often each column of the matrix may be taken."""
        missing = [self.problem.limits[place].room for place in self.missing]
        return np.concatenate([np.ones(self.rows.size + self.extra.size), missing])

    def _in_cuts(self) -> tuple[Index, Index]:
        """Which column is in which cut: places of cuts and of columns."""
        keys, cut = self.rows * self.m + self.cols, self.cuts.ravel()
        order = np.argsort(keys)
        return np.arange(cut.size) // 2, order[np.searchsorted(keys[order], cut)]

    def cut(self, taken: NDArray[np.float64]) -> bool:
        """Add the pairs of which more than one is `taken` (a share of each column); whether there were any."""
        some = np.flatnonzero(taken > 1e-6)
        one, other = self.problem.exclusive(self.rows[some], self.cols[some])
        one, other = some[one], some[other]
        both = taken[one] + taken[other] > 1 + 1e-6
        keys = self.rows * self.m + self.cols
        new = np.stack([keys[one[both]], keys[other[both]]], axis=1)
        new = new[~np.isin(new[:, 0], self.cuts[:, 0])]
        self.cuts = np.concatenate([self.cuts, new])
        return bool(len(new))

    def costs(self) -> NDArray[np.float64]:
        """Of each column of the matrix, in scores."""
        missing = np.full(len(self.missing), self.problem.shortfall)
        return np.concatenate([-self.values, self.less, missing]) / UNITS

    def relax(self) -> _Relaxed:
        """Solve, price every permitted pair, add the violated, until none is left."""
        while True:
            found = self._solved()
            relaxed = self._whole(-found.ineqlin.marginals * UNITS)
            self.relaxed_x = np.asarray(found.x)[: self.rows.size]
            if not self.cut(self.relaxed_x) and not self._add(self._prices(relaxed), PER_PERSON, PER_PERSON):
                return relaxed

    def _solved(self) -> Any:
        """The relaxation over the columns: by dual simplex, whose prices are nearly always whole, or where that takes
        many steps by the interior point method.
        """
        terms: dict[str, Any] = {"A_ub": self.matrix(), "b_ub": self.most}
        if self.extra.size:  # otherwise no pair can be taken twice
            terms["bounds"] = np.stack([np.zeros(self.most_of_each().size), self.most_of_each()], axis=1)
        steps = STEPS * (self.n + self.m)
        found = scipy.optimize.linprog(self.costs(), **terms, method="highs-ds", options={"maxiter": steps})
        return found if found.status == 0 else scipy.optimize.linprog(self.costs(), **terms, method="highs-ipm")

    def _whole(self, marginals: Any) -> _Relaxed:
        """Round the prices; the mentees' are then what is left of their best pair, so that no column is violated."""
        prices = np.maximum(np.rint(marginals), 0).astype(np.int64)
        limits = prices[prices.size - len(self.problem.limits) :]
        limits[self.missing] = np.minimum(limits[self.missing], self.problem.shortfall)
        mentors = prices[self.n : self.n + self.m]
        place = 0 if self.problem.places is None else int(prices[self.n + self.m])
        cuts = prices[prices.size - len(self.problem.limits) - len(self.cuts) : prices.size - len(self.problem.limits)]
        extra = self._folded(limits)
        left = self.values - extra[0][self.rows] - (mentors + extra[1])[self.cols] - place
        lines, columns = self._in_cuts()
        np.subtract.at(left, columns, cuts[lines])
        mentees = self._cheapest(left)
        dual = np.concatenate([mentees, prices[self.n :]])
        bound = sum((dual * self.most).tolist())
        if self.extra.size:
            bound += sum(np.maximum(mentees[self.extra] - self.less, 0).tolist())
            bound += sum(np.maximum(left - mentees[self.rows], 0).tolist())
        return _Relaxed(mentees, mentors, place, limits, cuts, bound)

    def _cheapest(self, left: Index) -> Index:
        """The mentees' prices that bound best, from what each pair is worth beyond the other prices: the highest that
        keep u + sum of max(0, u - less) + sum of max(0, left - u) least. With one mentor that is their best pair's.
        """
        if not self.extra.size:
            mentees = np.zeros(self.n, dtype=np.int64)
            np.maximum.at(mentees, self.rows, left)
            return mentees
        order = np.lexsort((-left, self.rows))
        rows, most = self.rows[order], int(np.bincount(self.extra).max()) + 1
        place = np.arange(rows.size) - np.searchsorted(rows, rows)
        best, less = np.zeros((self.n, most), dtype=np.int64), np.full((self.n, most), FAR)
        best[rows[place < most], place[place < most]] = left[order][place < most]
        less[self.extra, np.arange(self.extra.size) - np.searchsorted(self.extra, self.extra)] = self.less
        return np.asarray(np.maximum(np.minimum(best, less).max(axis=1), 0))

    def _folded(self, limits: Index) -> tuple[Index, Index]:
        """What the limits' prices add to those of mentees and mentors; a least number's price is taken off."""
        return tuple((side.T @ limits).astype(np.int64) for side in (self.of_mentees, self.of_mentors))

    def _prices(self, relaxed: _Relaxed) -> Prices:
        extra = self._folded(relaxed.limits)
        rows = relaxed.mentees + extra[0] - self.problem.worth + relaxed.place
        return Prices(rows, relaxed.mentors + extra[1], self.problem.step)

    def _add(self, prices: Prices, per_row: int, per_col: int) -> bool:
        """Take in pairs worth more than `prices` that are not there yet; whether there were any."""
        # the pairs of cuts are there, and their prices are not the whole of what they cost
        known = Barred(np.unique(self.cuts), self.m)
        market = self.problem.market.barring(known) if len(self.cuts) else self.problem.market
        found = best_pairs(market, per_row, per_col, prices)
        new = ~np.isin(found.rows * self.m + found.cols, self.rows * self.m + self.cols)
        rows, cols = found.rows[new], found.cols[new]
        self.rows, self.cols = np.concatenate([self.rows, rows]), np.concatenate([self.cols, cols])
        self.values = np.concatenate([self.values, self.problem.worth[rows] + found.units[new]])
        return bool(new.any())

    def widen(self, relaxed: _Relaxed, gap: int) -> bool:
        """Take in the pairs that a matching better by up to `gap` could hold; whether there were any."""
        prices = self._prices(relaxed)
        return self._add(replace(prices, rows=prices.rows - gap), WIDE, 0)

    def choose(self) -> list[int]:
        """The best whole solution over the columns, as positions of columns."""
        while True:
            chosen = self._chosen()
            taken = np.zeros(self.rows.size)
            taken[chosen] = 1
            if not self.cut(taken):
                return chosen

    def _chosen(self) -> list[int]:
        whole = self.relaxed_x.size == self.rows.size
        if whole and np.abs(self.relaxed_x - np.rint(self.relaxed_x)).max(initial=0) < 1e-6:
            return np.flatnonzero(self.relaxed_x > 0.5).tolist()
        most = self.most_of_each()
        found = scipy.optimize.milp(
            self.costs(),
            integrality=np.ones(most.size, dtype=np.int64),
            bounds=scipy.optimize.Bounds(0, most),
            constraints=scipy.optimize.LinearConstraint(self.matrix(), ub=self.most),
            options={"mip_rel_gap": 0, "node_limit": NODES},
        )
        return [] if found.x is None else np.flatnonzero(found.x[: self.rows.size] > 0.5).tolist()

    def worth_of(self, chosen: Sequence[int]) -> int:
        rows, cols = self.rows[list(chosen)], self.cols[list(chosen)]
        missing = sum(self.problem.limits[place].beyond(rows, cols) for place in self.missing)
        worth = sum(self.values[list(chosen)].tolist()) - less_for_further(self.problem, rows)
        return int(worth - missing * self.problem.shortfall)

    def decision(self, relaxed: _Relaxed, chosen: Sequence[int]) -> Decision:
        rows, cols = self.rows[list(chosen)], self.cols[list(chosen)]
        order = np.lexsort((cols, rows))
        prices = relaxed.mentees, relaxed.mentors, relaxed.place, relaxed.limits
        return Decision(rows[order], cols[order], *prices, self.cuts[: relaxed.cuts.size], relaxed.cuts)


def less_for_further(problem: Problem, rows: Index) -> int:
    """By how much the mentors of mentees (`rows`) are worth less than if each were the first."""
    worth = problem.seat_worth()
    held = np.bincount(rows, minlength=worth.shape[0])
    taken = np.arange(worth.shape[1]) < held[:, None]
    return sum((worth[:, :1] - worth)[taken].tolist())


def _groups(limits: Limits, side: Side, size: int) -> Any:
    """Membership (limits, people of a side) as a sparse matrix of ones, of a least number as -1."""
    own = [(place, bound.people) for place, bound in enumerate(limits) if bound.side == side]
    lines = np.repeat([place for place, _ in own], [people.size for _, people in own]).astype(np.int64)
    people = np.concatenate([np.zeros(0, dtype=np.int64), *(people for _, people in own)])
    signs = np.array([bound.sign for bound in limits], dtype=np.float64)
    return scipy.sparse.csr_array((signs[lines], (lines, people)), shape=(len(limits), size))
