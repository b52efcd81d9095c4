"""What every pair of a run is worth: the exact loss if it were barred, for all pairs at once.

Barring a pair sends one unit of flow another way from its mentee to its mentor's place. The loss is the length of the
shortest such way in reduced costs (Ahuja, Magnanti, Orlin 1993, ch. 9), over every permitted pair of the market.
"""

from __future__ import annotations

import numpy as np

from .explain import Price
from .features import UNITS
from .loops import FAR
from .problem import Problem
from .rules import Index
from .run import Run
from .solver import Network

FIRST, WIDER = 1000, 8
"""Ways shorter than FIRST units are looked for first, then those up to WIDER times as long, among ever more pairs."""


def prices_without(run: Run) -> dict[str, Price]:
    """By mentee id the loss without the pair, for every pair that was not pinned. It looks at all n x m pairs at once,
    so it is meant for up to some thousand people. Empty where limits decide, or mentees may have several mentors: the
    network alone then has no price for a pair.
    """
    if run.limited or run.situation.problem.seats is not None:
        return {}
    problem, network, mentees = run.situation.problem, run.network, run.situation.mentees
    reduced, left, limit = _reduced(problem, network), np.flatnonzero(network.match >= 0), FIRST
    found: dict[str, Price] = {}
    while left.size:
        lengths, fewer = network.detours(reduced, left, limit, problem.places)
        known = lengths < limit
        for i, length, change in zip(left[known].tolist(), lengths[known].tolist(), fewer[known].tolist(), strict=True):
            steps = round(length / problem.step)
            score = round(_score(problem, length) / UNITS, 4)
            found[mentees[i].id] = Price(change, score, steps - change, ranks=steps)
        left, limit = left[~known], limit * WIDER
    return found


def _score(problem: Problem, loss: int) -> int:
    """What is left of a loss besides whole matches (or tiers) and standing pairs that move."""
    rest = loss - round(loss / problem.step) * problem.step
    extra = max(problem.standing.values(), default=0)
    return rest - round(rest / extra) * extra if extra else rest


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
