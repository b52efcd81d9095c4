"""Explanations in words that may be sent on: they name no private preference, conflict or protected criterion.

Exact where they give a number: every "what if" is solved again from the run's own prices and priced over all pairs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from .features import UNITS
from .limits import after_pins
from .mutual import NAME
from .policy import Policy
from .pricing import Problem, optimise
from .rules import Barred, Index, Mask, Permission, Table, permitted
from .run import Run
from .scoring import Market, Scores, to_units
from .solver import Network

CLOSE_CALL = 0.01
"""A pair is a close call when doing without it costs no match and at most this much of total score."""

FLOORS = tuple(step / 10 for step in range(10))


@dataclass(frozen=True, slots=True)
class Price:
    """What a change costs: matches lost and total score lost (a score can rise when a match is lost: then negative)."""

    matches: int
    score: float

    @property
    def small(self) -> bool:
        return self.matches == 0 and self.score <= CLOSE_CALL


@dataclass(frozen=True, slots=True)
class WhyNobody:
    """Why a mentee got no mentor. `rule` is the one whose relaxation alone would permit most mentors, if there
    is one.
    """

    mentee_id: str
    reason: Literal["no permitted mentor", "below the floor", "places ran out"]
    permitted: int
    rule: str | None
    would_permit: int
    text: str


@dataclass(frozen=True, slots=True)
class WhyNot:
    """Why a mentee did not get a certain mentor: the rules it breaks (hidden ones as 'a private reason') or
    its price.
    """

    mentor_id: str
    mentee_id: str
    rules: tuple[str, ...]
    below_floor: bool
    price: Price | None
    text: str


@dataclass(frozen=True, slots=True)
class Gain:
    """What one more place with a mentor would bring."""

    mentor_id: str
    matches: int
    score: float


@dataclass(frozen=True, slots=True)
class FloorPoint:
    """What a floor would leave: people matched and total score of the best matching above it."""

    floor: float
    matched: int
    score: float


def price_of(run: Run, mentor_id: str, mentee_id: str) -> Price:
    """The exact loss if this pair were pinned (negative parts are gains; a rule may be broken by a pin)."""
    situation = run.situation
    i, j = situation.row[mentee_id], situation.column[mentor_id]
    problem = situation.problem
    places = None if problem.places is None else problem.places - 1
    capacity = problem.capacity.copy()
    capacity[j] -= 1
    market = problem.market.barring(_placed(problem.market.shape, i, j, full=bool(capacity[j] == 0)))
    if problem.doubles and problem.doubles.row_of[j] >= 0 and problem.doubles.column_of[i] >= 0:
        back = problem.doubles.row_of[j] * problem.capacity.size + problem.doubles.column_of[i]
        market = market.barring(Barred(np.array([back]), problem.capacity.size))
    limits = after_pins(problem.limits, np.array([i]), np.array([j]))
    rest = Problem(market, problem.tiers, np.maximum(capacity, 1), places, problem.standing, limits, problem.doubles)
    return _loss(run, optimise(rest), {(i, j)})


def _placed(shape: tuple[int, int], i: int, j: int, full: bool) -> Table:
    """Mentee i is placed, and mentor j full or not."""
    rows, cols = np.zeros(shape[0], dtype=np.int64), np.zeros(shape[1], dtype=np.int64)
    rows[i], cols[j] = 1, full
    return Table(rows, cols, np.array([[True, False], [False, False]]))


def _loss(run: Run, network: Network, extra: set[tuple[int, int]]) -> Price:
    market = run.situation.problem.market
    before, after = (_matching(net) for net in (run.network, network))
    pairs = [(len(before), _total(market, before)), (len(after) + len(extra), _total(market, [*after, *extra]))]
    (matched, score), (matched_after, score_after) = pairs
    return Price(matched - matched_after, round((score - score_after) / UNITS, 4))


def _matching(network: Network) -> list[tuple[int, int]]:
    return [(i, j) for i, j in enumerate(network.outcome.tolist()) if j >= 0]


def _total(market: Market, pairs: Sequence[tuple[int, int]]) -> int:
    rows, cols = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
    return int(market.units(rows, cols).sum())


def why_nobody(run: Run, mentee_id: str) -> WhyNobody:
    """No permitted mentor and which single rule stands in the way, all below the floor, or places ran out."""
    market = run.situation.problem.market
    i = np.array([run.situation.row[mentee_id]], dtype=np.int64)
    j = np.arange(market.shape[1], dtype=np.int64)
    rules = _standing_rules(market)
    allowed = permitted(rules, i, j)
    above = market.units(np.repeat(i, j.size), j) >= market.floor
    if (allowed & above).any():
        limited = run.network.place_price > 0
        text = "All places of the cohort" if limited else "All places of the mentors who could be proposed"
        if run.limited:
            text = f"All places within the limits of the programme ({_limit_names(run)})"
        text += " went to others: people with priority first, then so that as many as possible have a mentor."
        return WhyNobody(mentee_id, "places ran out", int((allowed & above).sum()), None, 0, text)
    if allowed.any():
        text = f"{_count(int(allowed.sum()))} could be proposed, but no such pair fits as well as the programme asks."
        return WhyNobody(mentee_id, "below the floor", 0, "floor", int(allowed.sum()), text)
    return _no_mentor(run, mentee_id, rules, i, j, above)


def _limit_names(run: Run) -> str:
    names = [f"'{limit.name}'" for limit in run.situation.policy.limits]
    return ", ".join([*names, *([f"'{NAME}'"] if run.situation.problem.doubles else [])])


def _no_mentor(run: Run, mentee_id: str, rules: Sequence[Permission], i: Index, j: Index, above: Mask) -> WhyNobody:
    best, most = None, 0
    for rule in rules:
        without = permitted([other for other in rules if other is not rule], i, j) & above
        if rule.kind != "self" and int(without.sum()) > most:
            best, most = rule.name, int(without.sum())
    if best is None:
        text = "No mentor is permitted by the rules, and no single rule is the cause."
    elif best in _hidden(run.situation.policy):
        text = "No mentor is permitted, for a reason that is private."
    else:
        text = f"No mentor is permitted. Without the rule '{best}' alone, {_count(most)} could be proposed."
    return WhyNobody(mentee_id, "no permitted mentor", 0, best, most, text)


def _hidden(policy: Policy) -> set[str]:
    return {rule.name for rule in policy.rules if rule.hidden} | {"barred by a coordinator"}


def _count(mentors: int) -> str:
    return f"{mentors} mentor" if mentors == 1 else f"{mentors} mentors"


def why_not(run: Run, mentor_id: str, mentee_id: str) -> WhyNot:
    """Why this mentee did not get this mentor: rules, floor, or what forcing it would cost."""
    market = run.situation.problem.market
    i = np.array([run.situation.row[mentee_id]], dtype=np.int64)
    j = np.array([run.situation.column[mentor_id]], dtype=np.int64)
    broken = [rule.name for rule in _standing_rules(market) if not rule.test(i, j)[0]]
    if broken:
        hidden = _hidden(run.situation.policy)
        names = tuple(dict.fromkeys("a private reason" if name in hidden else name for name in broken))
        return WhyNot(mentor_id, mentee_id, names, False, None, f"Not possible: {', '.join(names)}.")
    if market.units(i, j)[0] < market.floor:
        return WhyNot(mentor_id, mentee_id, (), True, None, "The pair fits less well than the programme asks.")
    pinned = mentee_id in run.by_mentee and run.by_mentee[mentee_id].pinned
    full = run.situation.mentors[int(j[0])].capacity <= sum(mentor == mentor_id for mentor, _ in run.situation.pins)
    if pinned or full:
        return WhyNot(mentor_id, mentee_id, (), False, None, "The programme team settled this place already.")
    price = price_of(run, mentor_id, mentee_id)
    return WhyNot(mentor_id, mentee_id, (), False, price, _price_text(price))


def _price_text(price: Price) -> str:
    if price.matches > 0:
        people = "one person" if price.matches == 1 else f"{price.matches} people"
        return f"Possible, but {people} more would be left without a mentor."
    if price.small:
        return "Possible, and almost as good: it was a close call."
    return (
        f"Possible, but the pairs of the cohort would fit less well overall: {price.score:.2f} points of total score."
    )


def floor_curve(run: Run, floors: Sequence[float] = FLOORS) -> list[FloorPoint]:
    """Floor against matches, each point solved exactly over the people of the run (pins aside)."""
    problem, points = run.situation.problem, []
    for floor in floors:
        market = replace(problem.market, floor=round(floor * UNITS))
        pairs = _matching(optimise(replace(problem, market=market)))
        points.append(FloorPoint(floor, len(pairs), _total(problem.market, pairs) / UNITS))
    return points


def blocking_pairs(run: Run) -> int:
    """Permitted pairs who would both rather have each other than what the run gave them (by score).

    A pair of a mentee and a free place does not block when the cohort has no place left for it.
    """
    situation, problem = run.situation, run.situation.problem
    own = np.full(len(situation.mentees), -1, dtype=np.int64)
    worst = np.full(len(situation.mentors), UNITS + 1, dtype=np.int64)
    held = np.zeros(len(situation.mentors), dtype=np.int64)
    for pair in run.pairs:
        i, j = situation.row[pair.mentee_id], situation.column[pair.mentor_id]
        own[i] = round(pair.score * UNITS)
        worst[j], held[j] = min(int(worst[j]), int(own[i])), held[j] + 1
    free = held < np.array([person.capacity for person in situation.mentors], dtype=np.int64)
    worst[free] = -1
    limited = problem.places is not None and len(run.pairs) - len(situation.pins) >= problem.places
    blocks = problem.market.blocks()
    return sum(_blocking(problem.market, own, worst, free, limited, start, block) for start, block in blocks)


def _blocking(market: Market, own: Index, worst: Index, free: Mask, limited: bool, start: int, block: Scores) -> int:
    units, stop = to_units(block), start + len(block)
    wish: Mask = (units > own[start:stop, None]) & (units > worst[None, :]) & (units >= market.floor)
    if limited:
        wish &= ~((own[start:stop, None] < 0) & free[None, :])
    rows, cols = np.nonzero(wish)
    return int(permitted(_standing_rules(market), rows + start, cols).sum())


def _standing_rules(market: Market) -> list[Permission]:
    """The rules about people; whether somebody is still free is no rule about a pair."""
    return [rule for rule in market.rules if rule.kind != "available"]
