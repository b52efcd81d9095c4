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
        price = np.array(network.v, dtype=np.int64) - distance[1]
        rows = np.array(network.u, dtype=np.int64) + distance[0] - problem.worth + network.place_price
        missing = problem.market.best_pairs(10, 0, Prices(rows, price, problem.step))
        known = [{j for j, _ in row} for row in network.out]
        new = np.array(
            [j not in known[i] for i, j in zip(missing.rows.tolist(), missing.cols.tolist(), strict=True)], bool
        )
        if not new.any():
            return np.asarray(price)
        network.add_edges(missing.rows[new], missing.cols[new], missing.units[new])


def _distances(network: Network, places: int | None) -> tuple[Index, Index]:
    """Shortest distances (mentees, mentors) from where pairs come together, against the direction of reassignment."""
    n, m = len(network.u), len(network.v)
    outside, cohort = n + m, n + m + 1
    match, u = np.array(network.match, dtype=np.int64), np.array(network.u, dtype=np.int64)
    rows = np.repeat(np.arange(n), [len(row) for row in network.out])
    cols = np.array([j for row in network.out for j, _ in row], dtype=np.int64)
    value = np.array([value for row in network.out for _, value in row], dtype=np.int64)
    slack = u[rows] + np.array(network.v, dtype=np.int64)[cols] + network.place_price - value
    placed, waiting = np.flatnonzero(match >= 0), np.flatnonzero(match < 0)
    everyone = np.arange(n)
    arcs = [
        (rows, n + cols, slack),
        (n + match[placed], placed, np.zeros(placed.size)),
        (everyone, np.full(n, outside), u),
        (np.full(waiting.size, outside), waiting, np.zeros(waiting.size)),
        (np.full(m, cohort), n + np.arange(m), np.array(network.v, dtype=np.int64)),
        (np.array([outside]), np.array([cohort]), np.array([network.place_price])),
    ]
    if places is None or network.matched < places:
        arcs.append((np.array([cohort]), np.array([outside]), np.zeros(1)))
    tails, heads, lengths = (np.concatenate(part) for part in zip(*arcs, strict=True))
    graph = csr_array((lengths.astype(np.float64), (tails, heads)), shape=(n + m + 2, n + m + 2))
    found = dijkstra(graph, indices=[cohort])[0]
    # nobody can be reached from a cohort without pairs
    whole = np.where(np.isfinite(found), found, max(network.worth, default=0)).astype(np.int64)
    return whole[:n], whole[n : n + m]
