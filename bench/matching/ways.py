"""The ways of matching that are measured. Each takes people and returns (matched, total score, certificate or '')."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib.util import find_spec

import numpy as np
from scipy.optimize import linear_sum_assignment

from mentoring_matching.engine import (
    CharacterEmbedder,
    Mentee,
    Mentor,
    Situation,
    first_come_pairs,
    prepare,
    score_of,
    solve,
    stable_pairs,
)
from mentoring_matching.engine.features import UNITS

from .people import POLICY

Outcome = tuple[int, float, str]
Way = Callable[[Sequence[Mentor], Sequence[Mentee]], Outcome]


def this_engine(mentors: Sequence[Mentor], mentees: Sequence[Mentee]) -> Outcome:
    run = solve(mentors, mentees, POLICY, embedder=CharacterEmbedder())
    proof = run.certificate
    return run.totals.matched, run.totals.score, "optimal" if proof.valid else f"gap {proof.gap}"


def _table(situation: Situation) -> tuple[np.ndarray, np.ndarray]:
    market = situation.problem.market
    rows, cols = (np.arange(size) for size in market.shape)
    units = market.block_units(0, market.shape[0])
    return units, market.allowed(rows[:, None], cols[None, :]) & (units >= market.floor)


def scipy_assignment(mentors: Sequence[Mentor], mentees: Sequence[Mentee]) -> Outcome:
    """The whole matrix, mentors repeated by capacity, the same order of objectives in the weights."""
    situation = prepare(mentors, mentees, POLICY, embedder=CharacterEmbedder())
    units, allowed = _table(situation)
    worth = np.where(allowed, units + situation.problem.worth[:, None], 0)
    places = np.repeat(np.arange(len(mentors)), situation.problem.capacity)
    rows, cols = linear_sum_assignment(worth[:, places], maximize=True)
    chosen = allowed[rows, places[cols]]
    return int(chosen.sum()), int(units[rows, places[cols]][chosen].sum()) / UNITS, ""


def ortools_flow(mentors: Sequence[Mentor], mentees: Sequence[Mentee]) -> Outcome:
    """Min-cost flow over all permitted pairs, with an arc to stay without a mentor."""
    from ortools.graph.python import min_cost_flow

    situation = prepare(mentors, mentees, POLICY, embedder=CharacterEmbedder())
    units, allowed = _table(situation)
    rows, cols = np.nonzero(allowed)
    n, m = units.shape
    worth = situation.problem.worth
    flow = min_cost_flow.SimpleMinCostFlow()
    count = flow.add_arcs_with_capacity_and_unit_cost(
        rows, n + cols, np.ones_like(rows), -(units[rows, cols] + worth[rows])
    )
    sink = n + m
    flow.add_arcs_with_capacity_and_unit_cost(np.arange(n), np.full(n, sink), np.ones(n, int), np.zeros(n, int))
    flow.add_arcs_with_capacity_and_unit_cost(
        n + np.arange(m), np.full(m, sink), situation.problem.capacity, np.zeros(m, int)
    )
    flow.set_nodes_supplies(np.append(np.arange(n), sink), np.append(np.ones(n, int), -n))
    flow.solve()
    used = flow.flows(count) > 0
    return int(used.sum()), int(units[rows[used], cols[used]].sum()) / UNITS, ""


def stable(mentors: Sequence[Mentor], mentees: Sequence[Mentee]) -> Outcome:
    situation = prepare(mentors, mentees, POLICY, embedder=CharacterEmbedder())
    pairs = stable_pairs(situation)
    return len(pairs), score_of(situation, pairs), ""


def first_come(mentors: Sequence[Mentor], mentees: Sequence[Mentee]) -> Outcome:
    situation = prepare(mentors, mentees, POLICY, embedder=CharacterEmbedder())
    pairs = first_come_pairs(situation)
    return len(pairs), score_of(situation, pairs), ""


WAYS: dict[str, tuple[Way, int]] = {
    "this engine": (this_engine, 10**9),
    "scipy linear_sum_assignment": (scipy_assignment, 2_000),
    "OR-tools min-cost flow": (ortools_flow, 2_000),
    "stable (greedy by common score)": (stable, 2_000),
    "first come": (first_come, 2_000),
}
"""Name to function and the largest size at which the whole matrix is still reasonable."""


def at_hand(name: str) -> bool:
    return name != "OR-tools min-cost flow" or find_spec("ortools") is not None
