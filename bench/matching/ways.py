"""The ways of matching that are measured. Each takes people and returns (matched, total score, certificate or '')."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from scipy.optimize import linear_sum_assignment

from mentoring_matching.engine import (
    Mentee,
    Mentor,
    Situation,
    acceleration,
    first_come_pairs,
    prepare,
    score_of,
    solve,
    stable_pairs,
)
from mentoring_matching.engine.features import UNITS

from .people import terms

Outcome = tuple[int, float, str]
OURS, PLAIN, TWO_EACH = "this engine", "this engine, no numba", "this engine, two mentors each"
Way = Callable[[Sequence[Mentor], Sequence[Mentee]], Outcome]


def this_engine(mentors: Sequence[Mentor], mentees: Sequence[Mentee]) -> Outcome:
    policy, embedder = terms(mentors)
    run = solve(mentors, mentees, policy, embedder=embedder)
    proof = run.certificate
    return run.totals.matched, run.totals.score, "optimal" if proof.valid else f"gap {proof.gap}"


def two_each(mentors: Sequence[Mentor], mentees: Sequence[Mentee]) -> Outcome:
    """Everybody gets two mentors, who have twice the places; the count is of pairs."""
    able = [replace(mentor, capacity=2 * mentor.capacity) for mentor in mentors]
    policy, embedder = terms(able)
    run = solve(able, [replace(mentee, capacity=2) for mentee in mentees], policy, embedder=embedder)
    proof = run.certificate
    return run.totals.pairs, run.totals.score, "optimal" if proof.valid else f"gap {proof.gap}"


def plain(mentors: Sequence[Mentor], mentees: Sequence[Mentee]) -> Outcome:
    acceleration._installed = lambda: False
    return this_engine(mentors, mentees)


def _prepared(mentors: Sequence[Mentor], mentees: Sequence[Mentee]) -> Situation:
    policy, embedder = terms(mentors)
    return prepare(mentors, mentees, policy, embedder=embedder)


def score_table(situation: Situation) -> tuple[np.ndarray, np.ndarray]:
    """Every pair's score in units and whether it is permitted (mentees, mentors)."""
    market = situation.problem.market
    rows, cols = (np.arange(size) for size in market.shape)
    units = market.block_units(0, market.shape[0])
    return units, market.allowed(rows[:, None], cols[None, :]) & (units >= market.floor)


def scipy_assignment(mentors: Sequence[Mentor], mentees: Sequence[Mentee]) -> Outcome:
    """The whole matrix, mentors repeated by capacity, the same order of objectives in the weights."""
    situation = _prepared(mentors, mentees)
    units, allowed = score_table(situation)
    worth = np.where(allowed, units + situation.problem.worth[:, None], 0)
    places = np.repeat(np.arange(len(mentors)), situation.problem.capacity)
    rows, cols = linear_sum_assignment(worth[:, places], maximize=True)
    chosen = allowed[rows, places[cols]]
    return int(chosen.sum()), int(units[rows, places[cols]][chosen].sum()) / UNITS, ""


def stable(mentors: Sequence[Mentor], mentees: Sequence[Mentee]) -> Outcome:
    situation = _prepared(mentors, mentees)
    pairs = stable_pairs(situation)
    return len(pairs), score_of(situation, pairs), ""


def first_come(mentors: Sequence[Mentor], mentees: Sequence[Mentee]) -> Outcome:
    situation = _prepared(mentors, mentees)
    pairs = first_come_pairs(situation)
    return len(pairs), score_of(situation, pairs), ""


WAYS: dict[str, Way] = {
    OURS: this_engine,
    PLAIN: plain,
    TWO_EACH: two_each,
    "scipy linear_sum_assignment": scipy_assignment,
    "stable (greedy by score)": stable,
    "first come": first_come,
}
