"""What would help most: the exact gain by one more place with each mentor, for all mentors at once.

One more place with mentor j is worth v[j] minus the shortest distance, in reduced costs, from j back to where the
network can give a unit (a mentee without a mentor, a place whose price falls to zero): the smallest dual price of j.
"""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from .explain import Gain
from .features import UNITS
from .pricing import Problem
from .rules import Index
from .run import Run
from .scoring import Prices
from .search import best_pairs
from .solver import Network


def recruitment(run: Run, most: int = 20) -> list[Gain]:
    """Mentors whose one more place would bring most: matches first, then score; those that bring nothing are
    left out. Empty where limits decide: a place alone then has no price.
    """
    if run.limited:
        return []
    problem = run.situation.problem
    full = problem.places is not None and run.network.matched >= problem.places
    gains = place_gains(problem, run.network.fork())
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
    graph = csr_array((lengths.astype(np.float64), (tails, heads)), shape=(n + m + 2, n + m + 2))
    found = dijkstra(graph, indices=[cohort])[0]
    # nobody can be reached from a cohort without pairs
    whole = np.where(np.isfinite(found), found, network.worth.max(initial=0)).astype(np.int64)
    return whole[:n], whole[n : n + m]
