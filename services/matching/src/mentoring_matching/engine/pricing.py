"""Solve on candidate pairs, price every pair with the duals, add the violated ones, until none remain."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from .bidding import bid
from .features import UNITS
from .rules import Mask
from .scoring import Market, Pairs, Prices
from .solver import Network

Index = NDArray[np.int64]
PER_MENTEE = 20
PER_MENTOR = 10
BIDS = 60
Progress = Callable[[int, int], None]


@dataclass(slots=True)
class Problem:
    """A market with what the objective needs: tiers and capacities (at least 1), and the cohort's places
    (None: no limit). `standing` holds pairs that exist already and what keeping each is worth beyond its
    score, in units; they may break rules made since.

    `step` is the worth of one match: more than any change of score along a path of reassignments.
    """

    market: Market
    tiers: Index
    capacity: Index
    places: int | None
    standing: Mapping[tuple[int, int], int] = field(default_factory=dict)

    @property
    def step(self) -> int:
        most = UNITS + max(self.standing.values(), default=0)
        return (min(self.tiers.size, int(self.capacity.sum())) + 1) * most

    @property
    def worth(self) -> Index:
        """One match is worth `step`; each tier adds another, which never costs a match (matroid exchange)."""
        return self.step * (1 + self.tiers)


def candidates(market: Market) -> Pairs:
    """The best permitted pairs of everybody: PER_MENTEE of each mentee and PER_MENTOR of each mentor."""
    rows, cols = market.shape
    # a price of -1 lets pairs through that score nothing and are permitted
    prices = Prices(np.full(rows, -1), np.zeros(cols, dtype=np.int64), UNITS * 2)
    return market.best_pairs(PER_MENTEE, PER_MENTOR, prices)


def optimise(problem: Problem, progress: Progress | None = None) -> Network:
    """The optimal matching over all permitted pairs with its prices.

    `progress(round, violated)` is called after each pricing pass; an exception from it ends the work.
    """
    worth, pairs = problem.worth, _with_standing(problem, candidates(problem.market))
    network = Network(worth, problem.capacity)
    network.add_edges(pairs.rows, pairs.cols, pairs.units)
    network.start(*bid(worth, problem.capacity, pairs.rows, pairs.cols, pairs.units, BIDS))
    return refine(problem, network, progress)


def refine(problem: Problem, network: Network, progress: Progress | None = None) -> Network:
    """Settle, price all pairs, add the violated ones, again until there are none; the network may be warm."""
    limited, rounds = network.place_price > 0, 0
    before: Prices | None = None
    crowded = np.zeros(problem.tiers.size, dtype=np.bool_)
    while True:
        network.settle(problem.places if limited else None)
        prices = _prices(problem, network)
        pairs, rounds = _violated(problem, prices, before, crowded), rounds + 1
        if progress:
            progress(rounds, pairs.rows.size)
        if pairs.rows.size:
            network.add_edges(pairs.rows, pairs.cols, pairs.units)
        elif not limited and problem.places is not None and network.matched > problem.places:
            limited = True
        else:
            return network
        # more than were taken may be violated in these rows
        crowded = np.bincount(pairs.rows, minlength=crowded.size) >= PER_MENTEE // 2
        before = prices


def _prices(problem: Problem, network: Network) -> Prices:
    rows = np.array(network.u, dtype=np.int64) - problem.worth + network.place_price
    return Prices(rows, np.array(network.v, dtype=np.int64), problem.step)


def _violated(problem: Problem, prices: Prices, before: Prices | None, crowded: Mask) -> Pairs:
    """Permitted pairs that are worth more than their prices: the worst few of every mentee and mentor.

    Everything violated at the prices `before` is known and added except in `crowded` rows, so only these and
    the rows and columns whose price has fallen since can hold another.
    """
    market = problem.market
    if before is None:
        return _without_standing(problem, _search(market, prices))
    rows = np.flatnonzero((prices.rows < before.rows) | crowded)
    cols = np.flatnonzero(prices.cols < before.cols)
    if 2 * (rows.size * market.shape[1] + cols.size * market.shape[0]) > market.shape[0] * market.shape[1]:
        return _without_standing(problem, _search(market, prices))
    others = np.setdiff1d(np.arange(market.shape[0]), rows)
    found = [_search_part(market, prices, rows, np.arange(market.shape[1])), _search_part(market, prices, others, cols)]
    joined = Pairs(*(np.concatenate([getattr(part, name) for part in found]) for name in ("rows", "cols", "units")))
    return _without_standing(problem, joined)


def _search(market: Market, prices: Prices) -> Pairs:
    return market.best_pairs(PER_MENTEE // 2, PER_MENTOR // 2, prices)


def _search_part(market: Market, prices: Prices, rows: Index, cols: Index) -> Pairs:
    found = _search(market.part(rows, cols), Prices(prices.rows[rows], prices.cols[cols], prices.step))
    return Pairs(rows[found.rows], cols[found.cols], found.units)


def _without_standing(problem: Problem, found: Pairs) -> Pairs:
    if not problem.standing:
        return found
    pairs = zip(found.rows.tolist(), found.cols.tolist(), strict=True)
    new = np.array([pair not in problem.standing for pair in pairs], dtype=np.bool_)
    return Pairs(found.rows[new], found.cols[new], found.units[new])


def _with_standing(problem: Problem, found: Pairs) -> Pairs:
    """Candidates with the standing pairs and their extra worth, sorted by row."""
    if not problem.standing:
        return found
    found = _without_standing(problem, found)
    rows, cols = np.array(list(problem.standing), dtype=np.int64).T
    units = problem.market.units(rows, cols) + np.array(list(problem.standing.values()), dtype=np.int64)
    rows, cols = np.concatenate([found.rows, rows]), np.concatenate([found.cols, cols])
    order = np.lexsort((cols, rows))
    return Pairs(rows[order], cols[order], np.concatenate([found.units, units])[order])
