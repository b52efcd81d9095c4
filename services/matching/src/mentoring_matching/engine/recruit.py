"""What would help most: the exact gain by one more place with each mentor, for all mentors at once.

One more place with mentor j is worth v[j] minus the shortest distance, in reduced costs, from j back to where the
network can give a unit (a mentee without a mentor, a place whose price falls to zero): the smallest dual price of j.
"""

from __future__ import annotations

from collections import Counter

import numpy as np
import scipy  # its parts are imported when they are used: more than a CPU second

from .explain import Gain
from .problem import Problem
from .residual import Residual, score_of
from .rules import Index
from .run import Run
from .scoring import Market, Prices, to_units
from .search import best_pairs
from .solver import Network

_AT_ONCE = 1024
"""Mentors without a place who are looked at together."""


def recruitment_known(run: Run) -> bool:
    """Whether who is not named by `recruitment` is known to bring nothing: not beside limits, whatever they decide."""
    bounded = run.limited or bool(run.situation.policy.limits) or run.situation.problem.doubles is not None
    return run.certificate.valid and not bounded


def recruitment(run: Run, most: int = 20) -> list[Gain]:
    """Mentors whose one more place would bring most: matches first, then score; those that bring nothing are
    left out. Empty where limits decide, as a place alone then has no price in a flow, and without those mentors whose
    gain would depend on one; and where the cohort has no place beyond its pins.
    """
    problem = run.situation.problem
    if run.limited or not run.certificate.valid or problem.places == 0:
        return []
    found = _by_residual(run) if problem.beyond_network else _by_network(run)
    found.sort(key=lambda item: (-item[0], item[1].mentor_id))
    return [gain for _, gain in found[:most]]


def _by_network(run: Run) -> list[tuple[int, Gain]]:
    """Gains above 0 in units of worth, and what they are, where each mentee gets one mentor at most."""
    problem, network = run.situation.problem, run.network.fork()
    full = problem.places is not None and run.network.matched >= problem.places
    gains = place_gains(problem, network)
    rows = network.u + _distances(network, problem.places)[0] - problem.worth + network.place_price
    coming, _ = _of_full(run, rows)
    step, found = problem.step, []
    for j, gain in enumerate(np.maximum(gains, coming).tolist()):
        # a gain is whole steps (a match, or one of a higher tier) plus a score that can be negative
        matches = int(gain > step // 2 and not full)
        if gain > 0:
            found.append((gain, Gain(run.situation.mentors[j].id, matches, score_of(problem, gain))))
    return found


def _by_residual(run: Run) -> list[tuple[int, Gain]]:
    """The same where mentees may have several mentors, or there are limits or people on both sides."""
    residual, problem = Residual.of(run), run.situation.problem
    ((cohort, lengths, before),) = residual.ways(np.array([residual.cohort]))
    n, m = problem.market.shape
    # who is in no pair and can be in none is never reached, and no way leads on from them
    far = np.where(np.isfinite(lengths), lengths, 2 * problem.shortfall).astype(np.int64)
    mentees, mentors, place = run.network.prices
    coming, who = _of_full(run, mentees + far[:n] - problem.worth + place)
    found = []
    for j, (gain, more) in enumerate(zip((mentors - far[n : n + m]).tolist(), coming.tolist(), strict=True)):
        most, comes = max(gain, more), more > gain
        new = [(int(who[j]), j)] if comes else []
        price = residual.price(-most, before, cohort, new[0][0] if comes else n + j, new=new) if most > 0 else None
        if price is not None:
            mentor_id = run.situation.mentors[j].id
            found.append((most, Gain(mentor_id, -price.matches, -price.score, -price.further)))
    return found


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


def _of_full(run: Run, rows: Index) -> tuple[Index, Index]:
    """Of mentors without a place beyond the pins what the best mentee would bring who came, and who that is (m,) each;
    nothing of others. `rows` is what a mentee gives up at least, less what their match is worth.
    """
    problem, situation = run.situation.problem, run.situation
    pinned = [Counter(pair[side] for pair in situation.pins) for side in (0, 1)]
    gains, who = (np.zeros(len(situation.mentors), dtype=np.int64) for _ in range(2))
    none = np.flatnonzero([person.capacity <= pinned[0][person.id] for person in situation.mentors])
    free = np.flatnonzero([person.capacity > pinned[1][person.id] for person in situation.mentees])
    rules = [rule for rule in problem.market.rules if rule.kind != "available"]
    open_to_all = Market.under(problem.market.features, rules, problem.market.floor)
    for start in range(0, none.size if free.size else 0, _AT_ONCE):
        cols = none[start : start + _AT_ONCE]
        gains[cols], best = _best_gain(open_to_all.part(free, cols), rows[free])
        who[cols] = free[best]
    return gains, who


def _best_gain(market: Market, rows: Index) -> tuple[Index, Index]:
    """For each column the most by which a permitted pair is worth more than its row's price, or 0, and that row."""
    best, who = (np.zeros(market.shape[1], dtype=np.int64) for _ in range(2))
    cols = np.arange(market.shape[1])
    for start, block in market.blocks():
        units, own = to_units(block), np.arange(start, start + len(block))
        allowed = market.allowed(own[:, None], cols[None, :]) & (units >= market.floor)
        gain = np.where(allowed, units - rows[own][:, None], 0)
        first = gain.argmax(axis=0)
        more = gain[first, cols] > best
        best[more], who[more] = gain[first, cols][more], own[first][more]
    return best, who


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
