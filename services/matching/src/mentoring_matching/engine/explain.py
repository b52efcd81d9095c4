"""Explanations in words that may be sent on: they name no private preference, conflict or protected criterion.

Exact where they give a number: every "what if" is solved again from the run's own prices and priced over all pairs.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from .features import UNITS
from .limits import after_pins
from .mutual import NAME
from .people import Mentee, Mentor
from .policy import Policy
from .pricing import optimise
from .problem import Problem
from .rules import Barred, Index, Mask, Permission, Table, compile_rules, permitted
from .run import InputError, Run
from .scoring import Market, Scores, to_units
from .solver import Network

CLOSE_CALL = 0.01
"""A pair is a close call when doing without it costs no match and at most this much of total score."""

FLOORS = tuple(step / 10 for step in range(10))


@dataclass(frozen=True, slots=True)
class Price:
    """What a change costs: matches lost and total score lost (a score can rise when a match is lost: then negative).

    `priority` is by how much the tiers of the people matched sum up to less: above 0, somebody of a tier gives way.
    `further` counts the mentors lost beyond everybody's first, `ranks` all that goes before score, in steps.
    """

    matches: int
    score: float
    priority: int = 0
    further: int = 0
    ranks: int = 0

    @property
    def small(self) -> bool:
        """Whether nobody would notice: as many matched, of the same tiers, and hardly less score."""
        counts = self.matches, self.priority, self.further, self.ranks
        return not any(counts) and self.score <= CLOSE_CALL


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
    """What one more place with a mentor would bring; `further` are mentors beyond everybody's first."""

    mentor_id: str
    matches: int
    score: float
    further: int = 0


@dataclass(frozen=True, slots=True)
class FloorPoint:
    """What a floor would leave: people matched and total score of the best matching above it."""

    floor: float
    matched: int
    score: float


def price_of(run: Run, mentor_id: str, mentee_id: str) -> Price:
    """The exact loss if this pair were pinned (negative parts are gains; a rule may be broken by a pin).

    Raises `InputError` where pins have taken the mentee, the mentor's places or those of the cohort already.
    """
    if (settled := _settled(run, mentor_id, mentee_id)) is not None:
        raise InputError(f"pins: {settled}")
    situation = run.situation
    i, j = situation.row[mentee_id], situation.column[mentor_id]
    problem = situation.problem
    places = None if problem.places is None else problem.places - 1
    capacity = problem.capacity.copy()
    capacity[j] -= 1
    full, placed = bool(capacity[j] == 0), problem.seats is None or bool(problem.seats.room[i] == 1)
    market = problem.market.barring(_placed(problem.market.shape, i, j, placed=placed, full=full))
    if not placed:
        market = market.barring(Barred(np.array([i * problem.capacity.size + j]), problem.capacity.size))
    if problem.doubles and problem.doubles.row_of[j] >= 0 and problem.doubles.column_of[i] >= 0:
        back = problem.doubles.row_of[j] * problem.capacity.size + problem.doubles.column_of[i]
        market = market.barring(Barred(np.array([back]), problem.capacity.size))
    limits = after_pins(problem.limits, np.array([i]), np.array([j]))
    standing = {pair: worth for pair, worth in problem.standing.items()
                if pair != (i, j) and not (placed and pair[0] == i) and not (full and pair[1] == j)}  # fmt: skip
    seats = problem.seats and problem.seats.with_pair(i)
    rest = Problem(market, problem.tiers, np.maximum(capacity, 1), places, standing, limits, problem.doubles, seats)
    return _loss(run, optimise(rest), {(i, j)})


def _settled(run: Run, mentor_id: str, mentee_id: str) -> str | None:
    """What leaves no room for a pair more beyond the pins; None where there is."""
    situation = run.situation
    mentor = situation.mentors[situation.column[mentor_id]]
    mentee = situation.mentees[situation.row[mentee_id]]
    if mentor.capacity == 0:
        return "the mentor has no place free now"
    pins = [sum(ids[side] == id_ for ids in situation.pins) for side, id_ in enumerate((mentor_id, mentee_id))]
    if mentor.capacity <= pins[0] or mentee.capacity <= pins[1]:
        return "the programme team settled this place already"
    if situation.problem.places != 0:
        return None
    return "the programme team settled all places of the cohort" if situation.pins else "the cohort has no place free"


def _placed(shape: tuple[int, int], i: int, j: int, *, placed: bool, full: bool) -> Table:
    """Mentee i has all their mentors or not, and mentor j is full or not."""
    rows, cols = np.zeros(shape[0], dtype=np.int64), np.zeros(shape[1], dtype=np.int64)
    rows[i], cols[j] = placed, full
    return Table(rows, cols, np.array([[True, False], [False, False]]))


def _loss(run: Run, network: Network, extra: set[tuple[int, int]]) -> Price:
    problem = run.situation.problem
    before, after = _matching(run.network), [*_matching(network), *extra]
    score = _total(problem.market, before) - _total(problem.market, after)
    return lost(problem, [i for i, _ in before], [i for i, _ in after], score)


def lost(problem: Problem, before: Sequence[int], after: Sequence[int], score: int) -> Price:
    """The price of a change, from the mentees (rows) of pairs before and after it, and the units of score it costs."""
    had, has = (np.bincount(np.array(rows, dtype=np.int64), minlength=problem.tiers.size) for rows in (before, after))
    nobody = np.ones(had.size, dtype=np.bool_) if problem.seats is None else problem.seats.has == 0
    first = (((had > 0) & nobody).astype(np.int64) - ((has > 0) & nobody)).tolist()
    matches = sum(first)
    priority = sum(tier * fewer for tier, fewer in zip(problem.tiers.tolist(), first, strict=True))
    further = len(before) - len(after) - matches
    ranks = matches + priority
    if problem.seats is not None:
        worth = problem.seat_worth() // problem.step
        place = np.arange(worth.shape[1])
        ranks = int(worth[place < had[:, None]].sum() - worth[place < has[:, None]].sum())
    return Price(matches, round(score / UNITS, 4), priority, further, ranks)


def _matching(network: Network) -> list[tuple[int, int]]:
    rows, cols = network.pairs
    return list(zip(rows.tolist(), cols.tolist(), strict=True))


def _total(market: Market, pairs: Sequence[tuple[int, int]]) -> int:
    rows, cols = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
    return int(market.units(rows, cols).sum())


def why_nobody(run: Run, mentee_id: str) -> WhyNobody:
    """No permitted mentor (beside those they have) and which single rule stands in the way, all below the floor, or
    places ran out.
    """
    market = run.situation.problem.market
    i = np.array([run.situation.row[mentee_id]], dtype=np.int64)
    own = {run.situation.column[pair.mentor_id] for pair in run.pairs if pair.mentee_id == mentee_id}
    j = np.array([place for place in range(market.shape[1]) if place not in own], dtype=np.int64)
    j = j[_apart(market, i, j)]
    rules = _standing_rules(market)
    if not j.size and market.shape[1]:
        return WhyNobody(mentee_id, "no permitted mentor", 0, None, 0, "No other mentor takes part in this run.")
    allowed = permitted(rules, i, j)
    above = market.units(np.repeat(i, j.size), j) >= market.floor
    if (allowed & above).any():
        text = _no_place(run, j[allowed & above])
        return WhyNobody(mentee_id, "places ran out", int((allowed & above).sum()), None, 0, text)
    if allowed.any():
        text = f"{_count(int(allowed.sum()))} could be proposed, but no such pair fits as well as the programme asks."
        return WhyNobody(mentee_id, "below the floor", 0, "floor", int(allowed.sum()), text)
    return _no_mentor(run, mentee_id, rules, i, j, above)


def _no_place(run: Run, possible: Index) -> str:
    """Why none of the mentors who could be proposed (columns) is left."""
    situation = run.situation
    if situation.problem.places == 0:
        pinned = "The programme team gave all places of the cohort to others."
        return pinned if situation.pins else "The cohort has no place free."
    capacity = np.array([person.capacity for person in situation.mentors], dtype=np.int64)[possible]
    if not capacity.any():
        has = "has" if possible.size == 1 else "have"
        return f"{_count(possible.size)} could be proposed, but {has} no place free now."
    pins = Counter(situation.column[mentor] for mentor, _ in situation.pins)
    if all(places <= pins[j] for j, places in zip(possible.tolist(), capacity.tolist(), strict=True)):
        return "The programme team gave all places of the mentors who could be proposed to others."
    went = " went to others: people with priority first, then so that as many as possible have a mentor."
    if situation.problem.seats is not None:
        went = f"{went[:-1]} before anybody has another."
    if run.limited:
        return f"All places within the limits of the programme ({_limit_names(run)}){went}"
    held = Counter(situation.column[pair.mentor_id] for pair in run.pairs)
    full = all(places <= held[j] for j, places in zip(possible.tolist(), capacity.tolist(), strict=True))
    return f"{'All places of the mentors who could be proposed' if full else 'All places of the cohort'}{went}"


def _limit_names(run: Run) -> str:
    names = [f"'{limit.name}'" for limit in run.situation.policy.limits]
    return ", ".join([*names, *([f"'{NAME}'"] if run.situation.problem.doubles else [])])


def _no_mentor(run: Run, mentee_id: str, rules: Sequence[Permission], i: Index, j: Index, above: Mask) -> WhyNobody:
    others = [person for person in run.situation.mentors if person.id != mentee_id]
    if not others:
        text = "There is no mentor but this person." if run.situation.mentors else "There is no mentor."
        return WhyNobody(mentee_id, "no permitted mentor", 0, None, 0, text)
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


def _apart(market: Market, i: Index, j: Index) -> Mask:
    """Which pairs are not together already, beside the run or by a pin."""
    return permitted([rule for rule in market.rules if rule.kind == "together"], i, j)


def _hidden(policy: Policy) -> set[str]:
    return {rule.name for rule in policy.rules if rule.hidden} | {"barred by a coordinator"}


def _count(mentors: int) -> str:
    return f"{mentors} mentor" if mentors == 1 else f"{mentors} mentors"


def _told(names: Iterable[str], policy: Policy) -> tuple[str, ...]:
    hidden = _hidden(policy)
    return tuple(dict.fromkeys("a private reason" if name in hidden else name for name in names))


def rules_broken(mentor: Mentor, mentee: Mentee, policy: Policy, *, but: Collection[str] = ()) -> tuple[str, ...]:
    """The hard rules that two people would break, but those of some kinds; what is private is named as that."""
    own = np.zeros(1, dtype=np.int64)
    rules = compile_rules([mentor], [mentee], policy)
    return _told((rule.name for rule in rules if rule.kind not in but and not rule.test(own, own)[0]), policy)


def why_not(run: Run, mentor_id: str, mentee_id: str) -> WhyNot:
    """Why this mentee did not get this mentor: rules, floor, or what forcing it would cost."""
    market = run.situation.problem.market
    i = np.array([run.situation.row[mentee_id]], dtype=np.int64)
    j = np.array([run.situation.column[mentor_id]], dtype=np.int64)
    if not _apart(market, i, j)[0]:
        return WhyNot(mentor_id, mentee_id, (), False, None, "The two are together already.")
    broken = [rule.name for rule in _standing_rules(market) if not rule.test(i, j)[0]]
    if broken:
        names = _told(broken, run.situation.policy)
        return WhyNot(mentor_id, mentee_id, names, False, None, f"Not possible: {', '.join(names)}.")
    if market.units(i, j)[0] < market.floor:
        return WhyNot(mentor_id, mentee_id, (), True, None, "The pair fits less well than the programme asks.")
    if (settled := _settled(run, mentor_id, mentee_id)) is not None:
        return WhyNot(mentor_id, mentee_id, (), False, None, f"{settled[0].upper()}{settled[1:]}.")
    price = price_of(run, mentor_id, mentee_id)
    return WhyNot(mentor_id, mentee_id, (), False, price, price_text(price))


def price_text(price: Price) -> str:
    """What a pair that was not proposed would cost everybody."""
    if price.matches > 0:
        people = "one person" if price.matches == 1 else f"{price.matches} people"
        return f"Possible, but {people} more would be left without a mentor."
    if price.priority > 0:
        return "Possible, but somebody who goes before others would be left without a mentor."
    if price.further > 0:
        mentors = "one mentor" if price.further == 1 else f"{price.further} mentors"
        return f"Possible, but {mentors} fewer would be found for people who may have several."
    if price.ranks > 0:
        return "Possible, but a mentor would go to somebody who goes after others, or has more mentors already."
    if price.small:
        return "Possible, and almost as good: it was a close call."
    return (
        "Possible, but the pairs of the cohort would fit less well overall: "
        f"their scores, 0 to 1 each, would add up to {price.score:.2f} less."
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
    own = np.full(len(situation.mentees), UNITS + 1, dtype=np.int64)
    wants = np.array([person.capacity for person in situation.mentees], dtype=np.int64)
    worst = np.full(len(situation.mentors), UNITS + 1, dtype=np.int64)
    held = np.zeros(len(situation.mentors), dtype=np.int64)
    for pair in run.pairs:
        i, j = situation.row[pair.mentee_id], situation.column[pair.mentor_id]
        score, wants[i] = round(pair.score * UNITS), wants[i] - 1
        own[i], worst[j], held[j] = min(int(own[i]), score), min(int(worst[j]), score), held[j] + 1
    own[wants > 0] = -1
    free = held < np.array([person.capacity for person in situation.mentors], dtype=np.int64)
    worst[free] = -1
    limited = problem.places is not None and len(run.pairs) - len(situation.pins) >= problem.places
    made = [situation.row[pair.mentee_id] * free.size + situation.column[pair.mentor_id] for pair in run.pairs]
    known = Permission("made", "together", Barred(np.unique(np.array(made, dtype=np.int64)), free.size))
    rules = [*_standing_rules(problem.market), known]
    blocks = problem.market.blocks()
    return sum(_blocking(problem.market, rules, own, worst, free, limited, start, block) for start, block in blocks)


def _blocking(
    market: Market,
    rules: Sequence[Permission],
    own: Index,
    worst: Index,
    free: Mask,
    limited: bool,
    start: int,
    block: Scores,
) -> int:
    units, stop = to_units(block), start + len(block)
    wish: Mask = (units > own[start:stop, None]) & (units > worst[None, :]) & (units >= market.floor)
    if limited:
        wish &= ~((own[start:stop, None] < 0) & free[None, :])
    rows, cols = np.nonzero(wish)
    return int(permitted(rules, rows + start, cols).sum())


def _standing_rules(market: Market) -> list[Permission]:
    """The rules about people; whether somebody is still free is no rule about a pair."""
    return [rule for rule in market.rules if rule.kind != "available"]
