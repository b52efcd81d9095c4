"""Whom else somebody could have, and what each would cost; mentors' loads made even."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import inf

import numpy as np

from .explain import Price, price_of
from .people import Mentor
from .pool import PairIds
from .rules import Index
from .run import InputError, Run


@dataclass(frozen=True, slots=True)
class Choice:
    """Another partner for somebody (one of the two), and what the pair would cost everybody, the price being exact."""

    mentor_id: str
    mentee_id: str
    price: Price


def choices(run: Run, mentee_id: str, count: int) -> list[Choice]:
    """The `count` permitted mentors beside their own whom a mentee could have at the least cost, cheapest first."""
    mentors = run.situation.problem.market.shape[1]
    rows = np.full(mentors, run.situation.row[mentee_id], dtype=np.int64)
    return _cheapest(run, rows, np.arange(mentors, dtype=np.int64), count)


def choices_of_mentor(run: Run, mentor_id: str, count: int) -> list[Choice]:
    """The same of a mentor: the mentees beside their own."""
    mentees = run.situation.problem.market.shape[0]
    cols = np.full(mentees, run.situation.column[mentor_id], dtype=np.int64)
    return _cheapest(run, np.arange(mentees, dtype=np.int64), cols, count)


def _cheapest(run: Run, rows: Index, cols: Index, count: int) -> list[Choice]:
    """The `count` pairs of the least exact price, those of the run left out.

    The dual prices say of every pair what it costs at least, so that only few are solved: in the order of these bounds,
    until none that is left can be cheaper.
    """
    situation, problem, network = run.situation, run.situation.problem, run.network
    units = problem.market.units(rows, cols)
    possible = problem.market.allowed(rows, cols) & (units >= problem.market.floor)
    rows, cols, units = rows[possible], cols[possible], units[possible]
    mentee, mentor, place_price = network.prices
    least = mentee[rows] + mentor[cols] + place_price - problem.worth[rows] - units
    if run.limited:
        least = np.zeros(rows.size, dtype=np.int64)
    made = {(pair.mentor_id, pair.mentee_id) for pair in run.pairs}
    found: list[tuple[int, PairIds, Price]] = []
    for place in np.argsort(least, kind="stable").tolist():
        if len(found) >= count and int(least[place]) > heapq.nsmallest(count, found)[-1][0]:
            break
        pair = situation.mentors[int(cols[place])].id, situation.mentees[int(rows[place])].id
        if pair not in made and (price := _price(run, *pair)) is not None:
            found.append((_units(run, price), pair, price))
    return [Choice(*pair, price) for _, pair, price in heapq.nsmallest(count, found)]


def _price(run: Run, mentor_id: str, mentee_id: str) -> Price | None:
    try:
        return price_of(run, mentor_id, mentee_id)
    except InputError:
        return None


def _units(run: Run, price: Price) -> int:
    """A price as the objective counts it: matches and tiers in steps, and score."""
    return price.ranks * run.situation.problem.step + round(price.score * 10_000)


Loads = Mapping[str, int]
"""Mentor id to the mentees they have beside the run."""


def capped(mentors: Sequence[Mentor], most: int, pins: Sequence[PairIds] = (), loads: Loads = {}) -> list[Mentor]:  # noqa: B006
    """Mentors with room up to so many mentees each, those they have included; who is pinned to more keeps these."""
    pinned = Counter(mentor for mentor, _ in pins)
    room = [max(most - loads.get(m.id, 0), pinned[m.id], 0) for m in mentors]
    return [replace(m, capacity=min(m.capacity, left)) for m, left in zip(mentors, room, strict=True)]


def evenly(
    mentors: Sequence[Mentor],
    run: Run,
    solve: Callable[[Sequence[Mentor]], Run],
    *,
    worth: float = inf,
    loads: Loads = {},  # noqa: B006
) -> tuple[Run, int]:
    """The best run with an even load, and the most mentees that a mentor has in it (`loads` included).

    `run` is the best one without that aim; `solve` solves the same with other mentors. Nobody loses a match, goes after
    others or moves from a mentor they have for the sake of an even load: only the score can be less. One mentee more
    for the busiest mentor has to bring more than `worth` of total score; by default nothing is worth it. The best score
    is concave in that number (a parametric linear programme), so halving finds it; within limits, which are whole
    numbers, it may be near it.
    """
    busy = Counter(pair.mentor_id for pair in run.pairs)
    low, high = 1, max((busy[id_] + loads.get(id_, 0) for id_ in busy), default=1)
    known, situation = {high: run}, run.situation
    standing = [(situation.mentors[j].id, situation.mentees[i].id) for i, j in situation.problem.standing]
    fixed = [*situation.pins, *standing]

    def at(most: int) -> Run:
        if most not in known:
            known[most] = solve(capped(mentors, most, fixed, loads))
        return known[most]

    while low < high:
        most = (low + high) // 2
        enough = _before_score(at(most)) >= _before_score(run)
        if enough and at(most + 1).totals.score - at(most).totals.score <= worth:
            high = most
        else:
            low = most + 1
    return at(high), high


def _before_score(run: Run) -> tuple[int, int]:
    """What the objective counts before score: who is matched, with how many, and of which tier; who does not move."""
    worth = run.situation.problem.seat_worth() // run.situation.problem.step
    held = np.bincount([run.situation.row[p.mentee_id] for p in run.pairs if not p.pinned], minlength=len(worth))
    made = {(run.situation.row[pair.mentee_id], run.situation.column[pair.mentor_id]) for pair in run.pairs}
    kept = sum(pair in made for pair in run.situation.problem.standing)
    return int(worth[np.arange(worth.shape[1]) < held[:, None]].sum()), kept
