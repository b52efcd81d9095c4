"""What would help most: the exact gain by one more place with each mentor, for all mentors at once.

One more place with mentor j is worth v[j] minus the shortest distance, in reduced costs, from j back to where the
network can give a unit (a mentee without a mentor, a place whose price falls to zero): the smallest dual price of j.
"""

from __future__ import annotations

from collections import Counter

import numpy as np
import scipy  # its parts are imported when they are used: more than a CPU second

from .explain import Gain
from .features import UNITS
from .problem import Problem
from .rules import Index
from .run import Run
from .scoring import Market, Prices, to_units
from .search import best_pairs
from .solver import Network

_AT_ONCE = 1024
"""Mentors without a place who are looked at together."""


def recruitment(run: Run, most: int = 20) -> list[Gain]:
    """Mentors whose one more place would bring most: matches first, then score; those that bring nothing are
    left out. Empty where limits decide, or mentees may have several mentors: a place alone then has no price in the
    network; and where the cohort has none beyond its pins.
    """
    problem = run.situation.problem
    if run.limited or problem.seats is not None or problem.places == 0:
        return []
    full = problem.places is not None and run.network.matched >= problem.places
    network = run.network.fork()
    gains = place_gains(problem, network)
    gains = _with_full(run, network, gains)
    step, found = problem.step, []
    for j, gain in enumerate(gains.tolist()):
        # a gain is whole steps (a match, or one of a higher tier) plus a score that can be negative
        matches = int(gain > step // 2 and not full)
        score = gain - round(gain / step) * step
        if gain > 0:
            found.append((gain, Gain(run.situation.mentors[j].id, matches, round(score / UNITS, 4))))
    found.sort(key=lambda item: (-item[0], item[1].mentor_id))
    return [gain for _, gain in found[:most]]


def place_gains(problem: Problem, network: Network) -> Index:
    """The gain (m,) in units of worth by one more place with each mentor, exact over all permitted pairs."""
    while True:
        distance = _distances(network, problem.places)
        price = network.v - distance[1]
        rows = network.u + distance[0] - problem.worth + network.place_price
        missing = best_pairs(problem.market, 10, 0, Prices(rows, price, problem.step))
        width = network.capacity.size
        known = network.links.rows * width + network.links.cols
        new = ~np.isin(missing.rows * width + missing.cols, known)
        if not new.any():
            return np.asarray(price)
        network.add_edges(missing.rows[new], missing.cols[new], missing.units[new])


def _with_full(run: Run, network: Network, gains: Index) -> Index:
    """The gains, those of mentors without a place beyond the pins too: what the best mentee would bring who came.

    Whoever comes gives up what is lost at least without them, their greatest price.
    """
    problem, pinned = run.situation.problem, Counter(mentor for mentor, _ in run.situation.pins)
    left = [person.capacity - pinned[person.id] for person in run.situation.mentors]
    none = np.flatnonzero(np.array(left, dtype=np.int64) <= 0)
    if not none.size:
        return gains
    rows = network.u + _distances(network, problem.places)[0] - problem.worth + network.place_price
    placed = {mentee for _, mentee in run.situation.pins}
    free = np.array([person.id not in placed for person in run.situation.mentees], dtype=np.bool_)
    rules = [rule for rule in problem.market.rules if rule.kind != "available"]
    open_to_all = Market.under(problem.market.features, rules, problem.market.floor)
    for start in range(0, none.size, _AT_ONCE):
        cols = none[start : start + _AT_ONCE]
        part = open_to_all.part(np.flatnonzero(free), cols)
        gains[cols] = _best_gain(part, rows[free])
    return gains


def _best_gain(market: Market, rows: Index) -> Index:
    """For each column the most by which a permitted pair is worth more than its row's price; 0 at least."""
    best, cols = np.zeros(market.shape[1], dtype=np.int64), np.arange(market.shape[1])
    for start, block in market.blocks():
        units, own = to_units(block), np.arange(start, start + len(block))
        allowed = market.allowed(own[:, None], cols[None, :]) & (units >= market.floor)
        gain = np.where(allowed, units - rows[own][:, None], 0)
        best = np.maximum(best, gain.max(axis=0, initial=0))
    return best


def _distances(network: Network, places: int | None) -> tuple[Index, Index]:
    """Shortest distances (mentees, mentors) from where pairs come together, against the direction of reassignment."""
    n, m = network.u.size, network.v.size
    outside, cohort = n + m, n + m + 1
    match, u, links = network.match, network.u, network.links
    slack = u[links.rows] + network.v[links.cols] + network.place_price - links.values
    placed, waiting = np.flatnonzero(match >= 0), np.flatnonzero(match < 0)
    everyone = np.arange(n)
    arcs = [
        (links.rows, n + links.cols, slack),
        (n + match[placed], placed, np.zeros(placed.size)),
        (everyone, np.full(n, outside), u),
        (np.full(waiting.size, outside), waiting, np.zeros(waiting.size)),
        (np.full(m, cohort), n + np.arange(m), network.v),
        (np.array([outside]), np.array([cohort]), np.array([network.place_price])),
    ]
    if places is None or network.matched < places:
        arcs.append((np.array([cohort]), np.array([outside]), np.zeros(1)))
    tails, heads, lengths = (np.concatenate(part) for part in zip(*arcs, strict=True))
    graph = scipy.sparse.csr_array((lengths.astype(np.float64), (tails, heads)), shape=(n + m + 2, n + m + 2))
    found = scipy.sparse.csgraph.dijkstra(graph, indices=[cohort])[0]
    # nobody can be reached from a cohort without pairs
    whole = np.where(np.isfinite(found), found, network.worth.max(initial=0)).astype(np.int64)
    return whole[:n], whole[n : n + m]
