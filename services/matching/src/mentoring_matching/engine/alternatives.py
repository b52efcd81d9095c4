"""What every pair of a run is worth: the exact loss if it were barred, for all pairs at once.

Barring a pair sends one unit of flow another way from its mentee to its mentor's place. The loss is the length of the
shortest such way in reduced costs (Ahuja, Magnanti, Orlin 1993, ch. 9), over every permitted pair of the market.
"""

from __future__ import annotations

from collections import defaultdict

import numpy as np

from .explain import Price
from .loops import FAR
from .pool import PairIds
from .problem import Problem
from .residual import Residual, score_of
from .rules import Index
from .run import Run
from .solver import Network

FIRST, WIDER = 1000, 8
"""Ways shorter than FIRST units are looked for first, then those up to WIDER times as long, among ever more pairs."""


def prices_without(run: Run) -> dict[PairIds, Price]:
    """The loss without each pair (mentor id, mentee id) that was not pinned. It looks at all n x m pairs at once, so it
    is meant for up to some thousand people. Empty where limits decide, as a flow then has no price for a pair, and
    without those pairs whose loss would depend on one.
    """
    if run.limited or not run.certificate.valid:
        return {}
    problem, network, situation = run.situation.problem, run.network, run.situation
    if problem.beyond_network:
        return _by_residual(run)
    reduced, left, limit = _reduced(problem, network), np.flatnonzero(network.match >= 0), FIRST
    found: dict[PairIds, Price] = {}
    while left.size:
        lengths, fewer = network.detours(reduced, left, limit, problem.places)
        known = lengths < limit
        for i, length, change in zip(left[known].tolist(), lengths[known].tolist(), fewer[known].tolist(), strict=True):
            steps = round(length / problem.step)
            price = Price(change, score_of(problem, length), steps - change, ranks=steps)
            found[situation.mentors[network.match[i]].id, situation.mentees[i].id] = price
        left, limit = left[~known], limit * WIDER
    return found


def _by_residual(run: Run) -> dict[PairIds, Price]:
    """The same where mentees may have several mentors, or there are limits or people on both sides."""
    situation, residual, limit = run.situation, Residual.of(run), float(FIRST)
    n, found = len(situation.mentees), dict[PairIds, Price]()
    mentors: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for i, j, beyond in zip(*(part.tolist() for part in (*run.network.pairs, residual.beyond)), strict=True):
        mentors[i].append((j, beyond))
    while mentors:
        for i, lengths, before in residual.ways(np.array(list(mentors)), limit):
            for j, beyond in [pair for pair in mentors[i] if lengths[n + pair[0]] < limit]:
                price = residual.price(beyond + round(lengths[n + j]), before, i, n + j, gone=[(i, j)])
                if price is not None:
                    found[situation.mentors[j].id, situation.mentees[i].id] = price
                mentors[i].remove((j, beyond))
        mentors, limit = defaultdict(list, {i: left for i, left in mentors.items() if left}), limit * WIDER
    return found


def _reduced(problem: Problem, network: Network) -> Index:
    """u + v + place price - value of every permitted pair, FAR where a pair is not permitted; in row n the best of all
    mentees who have nobody (n + 1, m).
    """
    market, (n, m) = problem.market, problem.market.shape
    units = market.block_units(0, n)
    allowed = market.allowed(np.arange(n)[:, None], np.arange(m)[None, :]) & (units >= market.floor)
    prices = network.u[:, None] + network.v + network.place_price
    reduced = np.where(allowed, prices - units - problem.worth[:, None], FAR)
    for (i, j), extra in problem.standing.items():
        reduced[i, j] = prices[i, j] - units[i, j] - problem.worth[i] - extra
    waiting = (network.match < 0) & (network.u == 0)
    return np.vstack([reduced, reduced[waiting].min(axis=0, initial=FAR)])
