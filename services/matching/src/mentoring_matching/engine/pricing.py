"""Solve on candidate pairs, price every pair with the duals, add the violated ones, until none remain."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from .bidding import bid
from .features import UNITS
from .limits import decide
from .problem import Problem
from .rules import Mask
from .scoring import Market, Pairs, Prices
from .search import best_pairs
from .solver import Network

Index = NDArray[np.int64]
PER_MENTEE = 20
PER_MENTOR = 10
SPREAD = 5
BIDS = 60
AT_ONCE = 1 << 14
"""Mentees whose spread pairs are looked at together."""
CONTESTED = 0.7
"""With fewer than this share placed by plain bidding, rough prices are found before anything is solved exactly."""
ROUGH = 1024
"""The first least increment of rehearsed bids among equals, in units."""
Progress = Callable[[int, int], None]


def candidates(market: Market) -> Pairs:
    """The best permitted pairs of everybody, PER_MENTEE of each mentee and PER_MENTOR of each mentor, and a
    few that are spread evenly, so that where all want the same mentors the rest of the places are within reach
    from the start."""
    rows, cols = market.shape
    # a price of -1 lets pairs through that score nothing and are permitted
    prices = Prices(np.full(rows, -1), np.zeros(cols, dtype=np.int64), UNITS * 2)
    best, spread = best_pairs(market, PER_MENTEE, PER_MENTOR, prices), _spread(market)
    return _joined(best, spread, cols)


def _spread(market: Market) -> Pairs:
    """Up to SPREAD permitted mentors of each mentee, from evenly distributed positions that differ between mentees."""
    n = market.shape[0]
    return Pairs.concatenated([_spread_of(market, np.arange(at, min(at + AT_ONCE, n))) for at in range(0, n, AT_ONCE)])


def _spread_of(market: Market, mentees: Index) -> Pairs:
    n, m = market.shape
    tries = min(m, SPREAD * 6)
    rows = np.repeat(mentees, tries)
    steps = np.tile(np.arange(tries) * m // max(tries, 1), mentees.size)
    cols = (rows * m // max(n, 1) + steps) % max(m, 1)
    kept = market.allowed(rows, cols)
    rows, cols = rows[kept], cols[kept]
    first = np.arange(rows.size) - np.searchsorted(rows, rows) < SPREAD
    rows, cols = rows[first], cols[first]
    units = market.units(rows, cols)
    kept = units >= market.floor
    return Pairs(rows[kept], cols[kept], units[kept])


def optimise(problem: Problem, progress: Progress | None = None) -> Network:
    """The optimal matching over all permitted pairs with its prices.

    `progress(round, violated)` is called after each pricing pass; an exception from it ends the work.
    """
    return refine(problem, _started(problem), progress)


def _started(problem: Problem) -> Network:
    """The candidates, with prices and a matching that bidding found."""
    worth, pairs = problem.worth, _with_standing(problem, candidates(problem.market))
    most = problem.step // 2 if problem.capacity.sum() < worth.size else 0
    price, match = _bid(problem, pairs, most)
    if np.count_nonzero(match >= 0) < CONTESTED * min(worth.size, problem.capacity.sum()):
        pairs, price, match = _contested(problem, pairs)
    network = Network(worth, problem.capacity)
    network.add_edges(pairs.rows, pairs.cols, pairs.units)
    network.start(price, match)
    return network


def _bid(problem: Problem, pairs: Pairs, most: int) -> tuple[Index, Index]:
    """Plain bidding after rehearsals with least increments from `most` down to 16 units."""
    steps = [most >> 3 * turn for turn in range(20) if most >> 3 * turn >= 16]
    return bid(problem.worth, problem.capacity, pairs.rows, pairs.cols, pairs.units, BIDS, steps)


def _contested(problem: Problem, pairs: Pairs) -> tuple[Pairs, Index, Index]:
    """Where most want the same mentors: find rough prices first, and add what is best for everybody at these."""
    for _ in range(2):
        price, _match = _bid(problem, pairs, ROUGH)
        rows = np.full(problem.tiers.size, -int(price.max(initial=0)) - 1)
        found = best_pairs(problem.market, PER_MENTEE, PER_MENTOR, Prices(rows, price, problem.step))
        pairs = _joined(pairs, _without_standing(problem, found), problem.capacity.size)
    return pairs, *_bid(problem, pairs, ROUGH)


def _joined(one: Pairs, other: Pairs, width: int) -> Pairs:
    """Both, each pair once, by row and column; `one` has the say on units."""
    keys = np.concatenate([part.rows * max(width, 1) + part.cols for part in (one, other)])
    keys, place = np.unique(keys, return_index=True)
    return Pairs(keys // max(width, 1), keys % max(width, 1), np.concatenate([one.units, other.units])[place])


def refine(problem: Problem, network: Network, progress: Progress | None = None) -> Network:
    """Settle, price all pairs, add the violated ones, again until there are none, and keep to the limits; the network
    may be warm.
    """
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
            network.decision = decide(problem, network) if problem.beyond_network else None
            return network
        # more than were taken may be violated in these rows
        crowded = np.bincount(pairs.rows, minlength=crowded.size) >= PER_MENTEE // 2
        before = prices


def _prices(problem: Problem, network: Network) -> Prices:
    rows = network.u - problem.worth + network.place_price
    return Prices(rows, network.v, problem.step)


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
    return _without_standing(problem, Pairs.concatenated(found))


def _search(market: Market, prices: Prices) -> Pairs:
    return best_pairs(market, PER_MENTEE // 2, PER_MENTOR // 2, prices)


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
