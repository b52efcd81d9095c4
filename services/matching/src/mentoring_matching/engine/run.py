"""One matching run: people and a policy in, certified pairs out. Pure, seeded, replayable."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np

from .acceleration import expect
from .certificate import Certificate, Claim, certify
from .features import SCALE, UNITS, build_features
from .limits import after_pins, compile_limits
from .mutual import Doubles, reversed_pairs
from .people import Mentee, Mentor, Person
from .policy import Policy
from .pool import PairIds, Pool
from .pricing import Progress, optimise
from .problem import Problem, Seats
from .rules import Index, available, bar, compile_rules, settled, together
from .scoring import Market
from .solver import Network
from .text import Embedder, default_embedder


class InputError(ValueError):
    """People, pins or places that no run can start from; the text names the field and no personal data but ids."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A proposed pair. `score` is 0..1; `contributions` add up to it (to rounding) by criterion name."""

    mentor_id: str
    mentee_id: str
    score: float
    contributions: Mapping[str, float]
    pinned: bool = False


@dataclass(frozen=True, slots=True)
class Totals:
    """What a run achieved. `score` is the sum over pairs; `worst` and `fifth_percentile` are None without pairs.

    `matched` are mentees with a mentor, `places` the most pairs there could be, `pairs` how many there are.
    """

    mentors: int
    mentees: int
    places: int
    matched: int
    priority: int
    priority_matched: int
    score: float
    worst: float | None
    fifth_percentile: float | None
    pairs: int = 0


@dataclass(frozen=True, slots=True)
class LimitUse:
    """At most, or (`least`) at least, `number` pairs of a limit's `value`, and how many there are."""

    name: str
    value: str
    number: int
    least: bool
    pairs: int


@dataclass(frozen=True)
class Situation:
    """A pool compiled against a policy; what explanations start from. Pinned people have given up their place; `held`
    pairs stand beside the run.
    """

    pool: Pool
    policy: Policy
    problem: Problem
    pins: tuple[PairIds, ...]
    bars: tuple[PairIds, ...]
    held: tuple[PairIds, ...] = ()

    @property
    def mentors(self) -> tuple[Mentor, ...]:
        return self.pool.mentors

    @property
    def mentees(self) -> tuple[Mentee, ...]:
        return self.pool.mentees

    @property
    def row(self) -> dict[str, int]:
        """Mentee id to row."""
        return self.pool.row

    @property
    def column(self) -> dict[str, int]:
        """Mentor id to column."""
        return self.pool.column

    def hash_with(self, places: int | None, embedder: Embedder) -> str:
        """Of everything that decides the run except the seed; pairs that stand beside it count as what they forbid."""
        never = set() if self.policy.mutual else reversed_pairs(self.held)
        return self.pool.hash_with(self.policy, places, self.pins, {*self.bars, *never, *self.again}, embedder)

    @property
    def again(self) -> set[PairIds]:
        """Pairs that stand beside the run and could be made once more: nobody has the same mentor twice."""
        several = {person.id for person in self.mentees if person.capacity + person.has > 1}
        return {pair for pair in self.held if pair[0] in self.column and pair[1] in several}


@dataclass(frozen=True)
class Run:
    """The result: pairs sorted by (mentee id), mentees without a mentor, totals, proof, and the state for
    explanations.
    """

    pairs: tuple[Pair, ...]
    unmatched: tuple[str, ...]
    totals: Totals
    input_hash: str
    policy_version: int
    seed: int
    certificate: Certificate
    situation: Situation = field(repr=False, compare=False)
    network: Network = field(repr=False, compare=False)

    @cached_property
    def by_mentee(self) -> dict[str, Pair]:
        """Mentee id to pair, of several to the best one."""
        return {pair.mentee_id: pair for pair in reversed(self.pairs)}

    @cached_property
    def short(self) -> dict[str, int]:
        """By mentee id how many mentors fewer somebody got than they could, of those who got any."""
        held = Counter(pair.mentee_id for pair in self.pairs)
        most = {person.id: person.capacity for person in self.situation.mentees}
        return {mentee: most[mentee] - count for mentee, count in held.items() if count < most[mentee]}

    @property
    def limits(self) -> tuple[LimitUse, ...]:
        """How far each of the policy's limits is used, by name and value."""
        situation = self.situation
        rows = np.array([situation.row[pair.mentee_id] for pair in self.pairs], dtype=np.int64)
        cols = np.array([situation.column[pair.mentor_id] for pair in self.pairs], dtype=np.int64)
        bounds = compile_limits(situation.policy.limits, situation.mentors, situation.mentees)
        return tuple(LimitUse(b.name, b.value, b.room, b.least, b.used(rows, cols)) for b in bounds)

    @property
    def limited(self) -> bool:
        """Whether limits, or pairs that exclude each other, changed the outcome; its certificate is then the linear
        relaxation's bound.
        """
        return self.network.decision is not None and self.network.decision.limited


def solve(
    mentors: Sequence[Mentor],
    mentees: Sequence[Mentee],
    policy: Policy,
    *,
    places: int | None = None,
    pins: Iterable[PairIds] = (),
    bars: Iterable[PairIds] = (),
    held: Iterable[PairIds] = (),
    seed: int = 0,
    embedder: Embedder | None = None,
    progress: Progress | None = None,
) -> Run:
    """The best matching: priority mentees matched, then mentees matched, then total score, over all permitted pairs.

    `pins` and `bars` are (mentor id, mentee id); `places` is the most pairs of the cohort, pins included. `held` pairs
    stand beside the run: they are not made again, and their mentees do not become mentors of their own mentors unless
    the policy is `mutual`. A mentee gets up to `capacity` different mentors, everybody one before anybody two. The
    same input and seed give the same output whatever the order of the people. Raises `InputError` and `PolicyError`.
    """
    expect(len(mentors) * len(mentees))
    embedder = embedder or default_embedder()
    terms = {"pins": pins, "bars": bars, "held": held}
    situation = prepare(mentors, mentees, policy, places=places, **terms, seed=seed, embedder=embedder)
    # before the network is there: the hash takes memory of its own meanwhile
    input_hash = situation.hash_with(places, embedder)
    return conclude(situation, optimise(situation.problem, progress), input_hash, seed)


def prepare(
    mentors: Sequence[Mentor],
    mentees: Sequence[Mentee],
    policy: Policy,
    *,
    places: int | None = None,
    pins: Iterable[PairIds] = (),
    bars: Iterable[PairIds] = (),
    held: Iterable[PairIds] = (),
    seed: int = 0,
    embedder: Embedder | None = None,
) -> Situation:
    """The people in a drawn order, without the pinned ones, with rules and features compiled."""
    _check(mentors, mentees)
    pool = Pool.drawn(mentors, mentees, seed)
    return arrange(pool, policy, places=places, pins=pins, bars=bars, held=held, embedder=embedder)


def arrange(
    pool: Pool,
    policy: Policy,
    *,
    places: int | None = None,
    pins: Iterable[PairIds] = (),
    bars: Iterable[PairIds] = (),
    held: Iterable[PairIds] = (),
    embedder: Embedder | None = None,
) -> Situation:
    """The same of people whose order is known."""
    pinned, barred, stand = (tuple(sorted(set(pairs))) for pairs in (pins, bars, held))
    _check_terms(pool, places, pinned, barred)
    never = set() if policy.mutual else reversed_pairs({*pinned, *stand})
    _check_ways(pinned, never)
    ordered, wanting = pool.mentors, pool.mentees
    taken = Counter(mentor for mentor, _ in pinned)
    left = np.array([person.capacity - taken[person.id] for person in ordered], dtype=np.int64)
    placed = Counter(mentee for _, mentee in pinned)
    room = np.array([person.capacity - placed[person.id] for person in wanting], dtype=np.int64)
    compiled = (
        *compile_rules(ordered, wanting, policy),
        *settled(never, ordered, wanting),
        bar(barred, ordered, wanting),
        *together([*pinned, *stand], ordered, wanting),
        available(room > 0, left > 0),
    )
    features = build_features(ordered, wanting, policy, embedder or default_embedder())
    market = Market.under(features, compiled, round(policy.floor * UNITS))
    tiers = np.array([person.tier if policy.priority else 0 for person in wanting], dtype=np.int64)
    free = None if places is None else places - len(pinned)
    problem = Problem(market, tiers, np.maximum(left, 1), free, seats=_seats(wanting, placed, room))
    doubles = Doubles.among(ordered, wanting, apply=not policy.mutual)
    problem.doubles = doubles if doubles.any else None
    situation = Situation(pool, policy, problem, pinned, barred, stand)
    problem.limits = after_pins(compile_limits(policy.limits, ordered, wanting), *_pinned(situation))
    return situation


def _seats(mentees: Sequence[Mentee], placed: Mapping[str, int], room: Index) -> Seats | None:
    """How many mentors each may get beside the pins; None where all get one at most and nobody has any."""
    has = np.array([person.has for person in mentees], dtype=np.int64)
    if not has.any() and all(person.capacity == 1 for person in mentees):
        return None
    pinned = np.array([placed[person.id] * (person.capacity > 1) for person in mentees], dtype=np.int64)
    return Seats(np.maximum(room, 1), has + pinned)


def _pinned(situation: Situation) -> tuple[Index, Index]:
    """Rows and columns of the pinned pairs."""
    rows = np.array([situation.row[mentee] for _, mentee in situation.pins], dtype=np.int64)
    return rows, np.array([situation.column[mentor] for mentor, _ in situation.pins], dtype=np.int64)


def conclude(situation: Situation, network: Network, input_hash: str, seed: int) -> Run:
    """Read the pairs off the network, prove them, and sum up."""
    rows, cols = network.pairs
    certificate = certify(situation.problem.market, _claim(situation.problem, network, rows, cols))
    chosen = _pairs(situation, rows, cols, pinned=False)
    held = _pairs(situation, *_pinned(situation), pinned=True)
    pairs = tuple(sorted(chosen + held, key=lambda pair: (pair.mentee_id, -pair.score, pair.mentor_id)))
    matched = {pair.mentee_id for pair in pairs}
    unmatched = tuple(sorted(person.id for person in situation.mentees if person.id not in matched))
    totals = _totals(situation, pairs, matched)
    version = situation.policy.version
    return Run(pairs, unmatched, totals, input_hash, version, seed, certificate, situation, network)


def _claim(problem: Problem, network: Network, rows: Index, cols: Index) -> Claim:
    network_prices = network.u, network.v, network.place_price, np.zeros(len(problem.limits), dtype=np.int64)
    own = network.decision
    decided = own and (own.mentee_price, own.mentor_price, own.place_price, own.limit_price)
    mentee, mentor, place, limit = decided or network_prices
    terms = problem.worth, problem.capacity, problem.places, mentee, mentor, place, problem.standing
    cuts = (own.cuts, own.cut_price) if own else ()
    seats = problem.seat_worth()
    further = np.where(seats[:, 1:] > 0, seats[:, :1] - seats[:, 1:], -1)
    claim = Claim(rows, cols, *terms, problem.limits, limit, problem.shortfall, problem.doubles, *cuts)
    return replace(claim, further=further)


def _pairs(situation: Situation, rows: Index, cols: Index, *, pinned: bool) -> list[Pair]:
    market = situation.problem.market
    units, parts = market.units(rows, cols), contributions(market, rows, cols)
    names = list(parts)
    table = zip(*(parts[name].tolist() for name in names), strict=True)
    places = zip(rows.tolist(), cols.tolist(), units.tolist(), table, strict=True)
    return [
        Pair(situation.mentors[j].id, situation.mentees[i].id, u / UNITS, dict(zip(names, line, strict=True)), pinned)
        for i, j, u, line in places
    ]


def contributions(market: Market, rows: Index, cols: Index) -> dict[str, Any]:
    """What each criterion adds to the score (0..1) of single pairs: criterion name to array, rounded to 1e-4."""
    features = market.features
    left, right = features.mentees[rows], features.mentors[cols]
    parts: dict[str, Any] = {}
    for span in features.spans:
        columns = slice(span.start, span.stop)
        parts[span.criterion.name] = np.einsum("ij,ij->i", left[:, columns], right[:, columns])
    for bonus in features.bonuses:
        name = bonus.criterion.name
        parts[name] = parts.get(name, 0) + bonus.at(rows * market.shape[1] + cols)
    return {name: np.round(values.astype(np.float64) / SCALE, 4) for name, values in parts.items()}


def _totals(situation: Situation, pairs: Sequence[Pair], matched: set[str]) -> Totals:
    scores = np.array([pair.score for pair in pairs])
    priority = {person.id for person in situation.mentees if person.tier > 0}
    room, limit = sum(person.capacity for person in situation.mentors), situation.problem.places
    return Totals(
        mentors=len(situation.mentors),
        mentees=len(situation.mentees),
        places=room if limit is None else min(room, limit + len(situation.pins)),
        matched=len(matched),
        priority=len(priority),
        priority_matched=len(priority & matched),
        score=round(float(scores.sum()), 4),
        worst=float(scores.min()) if pairs else None,
        fifth_percentile=float(np.percentile(scores, 5, method="lower")) if pairs else None,
        pairs=len(pairs),
    )


def _check(mentors: Sequence[Mentor], mentees: Sequence[Mentee]) -> None:
    _unique("mentors", mentors)
    _unique("mentees", mentees)


def _check_terms(pool: Pool, places: int | None, pins: Sequence[PairIds], bars: Sequence[PairIds]) -> None:
    capacity, known = {person.id: person.capacity for person in pool.mentors}, pool.row
    for field_name, pairs in (("pins", pins), ("bars", bars)):
        for mentor, mentee in pairs:
            _demand(mentor in capacity, field_name, f"there is no mentor '{mentor}'")
            _demand(mentee in known, field_name, f"there is no mentee '{mentee}'")
    for mentee, count in Counter(mentee for _, mentee in pins).items():
        _demand(
            count <= pool.mentees[known[mentee]].capacity, "pins", f"mentee '{mentee}' is pinned to {count} mentors"
        )
    for mentor, count in Counter(mentor for mentor, _ in pins).items():
        _demand(
            count <= capacity[mentor], "pins", f"mentor '{mentor}' has {capacity[mentor]} places, {count} are pinned"
        )
    _demand(not set(pins) & set(bars), "pins", "a pair is both pinned and barred")
    _demand(places is None or places >= len(pins), "places", f"{places} is fewer than the {len(pins)} pinned pairs")
    _demand(places is None or places >= 0, "places", f"{places} is below 0")


def _check_ways(pins: Sequence[PairIds], never: Collection[PairIds]) -> None:
    """Pins override rules, but not these two: nobody is their own mentor, nor the mentor of their own mentor."""
    for mentor, mentee in pins:
        _demand(mentor != mentee, "pins", f"'{mentor}' is pinned to themselves")
        _demand((mentor, mentee) not in never, "pins", f"'{mentee}' is the mentor of '{mentor}'")


def _unique(what: str, people: Sequence[Person]) -> None:
    for person, count in Counter(person.id for person in people).items():
        _demand(count == 1, what, f"'{person}' appears {count} times")


def _demand(condition: bool, field_name: str, reason: str) -> None:
    if not condition:
        raise InputError(f"{field_name}: {reason}")
