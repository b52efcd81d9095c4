"""Several mentors of one mentee: all arrangements of small cohorts as the oracle, prices as runs that force them."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from itertools import combinations
from typing import Any

import numpy as np
import pytest
import scipy

from mentoring_matching.engine import (
    CharacterEmbedder,
    Criterion,
    InputError,
    Limit,
    Mentee,
    Mentor,
    Policy,
    Rule,
    Run,
    blocking_pairs,
    choices,
    choices_of_mentor,
    compare,
    evenly,
    pin_costs,
    price_of,
    prices_without,
    recruitment,
    rematch,
    solve,
    solve_again,
)

EMBEDDER = CharacterEmbedder()
POLICY = Policy(
    rules=(Rule("another employer", "must_differ", "employer"),),
    criteria=(Criterion("topics", "topics"),),
    floor=0.1,
)
TOPICS = ("board", "data", "grants", "policy")


class Case:
    """A drawn cohort in which some may have two or three mentors, some have one already, some go first."""

    def __init__(self, seed: int, mentees: int = 4, mentors: int = 3) -> None:
        draw = self.draw = random.Random(seed)
        n, m = draw.randrange(1, mentees + 1), draw.randrange(1, mentors + 1)
        self.mentors = [Mentor(f"m{k:03d}", **self._person(), capacity=draw.choice([0, 1, 1, 2])) for k in range(m)]
        self.mentees = [self._mentee(k) for k in range(n)]
        self.places = draw.choice([None, None, 1, 2, 4])
        self.policy = POLICY
        able = [mentor.id for mentor in self.mentors if mentor.capacity]
        self.pins = [(able[0], self.mentees[0].id)] if able and draw.random() < 0.3 else []

    def _mentee(self, k: int) -> Mentee:
        draw = self.draw
        seats = {"capacity": draw.choice([1, 2, 2, 3]), "has": draw.choice([0, 0, 0, 1])}
        return Mentee(f"e{k:03d}", **self._person(), tier=draw.choice([0, 0, 1]), **seats)

    def _person(self) -> dict[str, Any]:
        topics = {topic: self.draw.choice([0.2, 0.5, 1.0]) for topic in self.draw.sample(TOPICS, 2)}
        return {"attributes": {"employer": self.draw.choice("abc")}, "topics": topics}

    def run(self, **changes: Any) -> Run:
        terms = {"mentors": self.mentors, "mentees": self.mentees, "policy": self.policy, "places": self.places,
                 "pins": self.pins, **changes}  # fmt: skip
        people = terms.pop("mentors"), terms.pop("mentees"), terms.pop("policy")
        return solve(*people, embedder=EMBEDDER, **terms)

    def key(self, pairs: list[tuple[str, str]], units: dict[tuple[str, str], int]) -> tuple[Any, ...] | None:
        """What the objective counts, most important first; None where the pairs cannot be."""
        held, busy = Counter(e for _, e in pairs), Counter(m for m, _ in pairs)
        if self.places is not None and len(pairs) > self.places:
            return None
        if any(busy[mentor.id] > mentor.capacity for mentor in self.mentors):
            return None
        if any(held[mentee.id] > mentee.capacity for mentee in self.mentees):
            return None
        counts = Counter((e.has + k, -e.tier) for e in self.mentees for k in range(held[e.id]))
        classes = [counts[level, -tier] for level in range(5) for tier in (1, 0)]
        return *classes, sum(units[pair] for pair in pairs)


def _units(run: Run) -> dict[tuple[str, str], int]:
    situation = run.situation
    market, (n, m) = situation.problem.market, situation.problem.market.shape
    scores = market.block_units(0, n)
    return {(situation.mentors[j].id, situation.mentees[i].id): int(scores[i, j]) for i in range(n) for j in range(m)}


def _possible(case: Case, run: Run) -> list[tuple[str, str]]:
    """The pairs that rules and floor permit, the pinned ones too."""
    employer = {p.id: p.attributes["employer"] for p in [*case.mentors, *case.mentees]}
    units = _units(run)
    return [(m, e) for (m, e), score in units.items()
            if (m, e) in case.pins or (employer[m] != employer[e] and score >= 1000)]  # fmt: skip


@pytest.mark.parametrize("seed", range(120))
def test_no_other_arrangement_is_better(seed: int) -> None:
    case = Case(seed)
    run = case.run()
    units, possible = _units(run), _possible(case, run)
    everything = (list(some) for size in range(len(possible) + 1) for some in combinations(possible, size))
    keys = (case.key(some, units) for some in everything if set(case.pins) <= set(some))
    best = max(key for key in keys if key is not None)
    made = [(pair.mentor_id, pair.mentee_id) for pair in run.pairs]
    assert len(set(made)) == len(made)
    assert set(made) <= set(possible)
    assert case.key(made, units) == best
    assert (run.certificate.valid, run.certificate.gap) == (True, 0)
    assert (run.totals.pairs, run.totals.matched) == (len(made), len({e for _, e in made}))


@pytest.mark.parametrize("seed", range(60))
def test_the_price_of_a_pair_is_what_pinning_it_costs(seed: int) -> None:
    case = Case(seed, 6, 5)
    run = case.run()
    units = _units(run)
    for mentor in case.mentors:
        for mentee in case.mentees:
            pair = (mentor.id, mentee.id)
            if pair in case.pins:
                continue
            try:
                price = price_of(run, *pair)
            except InputError:
                with pytest.raises(InputError):
                    case.run(pins=[*case.pins, pair])
                continue
            forced = case.run(pins=[*case.pins, pair])
            assert price.score == pytest.approx(run.totals.score - forced.totals.score, abs=1e-6)
            before, after = (case.key([(p.mentor_id, p.mentee_id) for p in r.pairs], units) for r in (run, forced))
            assert before is not None
            assert after is not None
            assert (price.ranks == 0) == (before[:-1] == after[:-1])
            nobody = [{e.id for e in case.mentees if not e.has} & set(r.by_mentee) for r in (run, forced)]
            assert price.matches == len(nobody[0]) - len(nobody[1])
            assert price.matches + price.further == run.totals.pairs - forced.totals.pairs


@pytest.mark.parametrize("seed", range(40))
def test_the_cheapest_others_are_the_cheapest(seed: int) -> None:
    case = Case(seed, 5, 5)
    case.pins = []
    run = case.run()
    step = run.situation.problem.step
    made = {(pair.mentor_id, pair.mentee_id) for pair in run.pairs}
    prices = {
        pair: price.ranks * step + round(price.score * 10_000)
        for pair in _possible(case, run)
        if pair not in made and (price := _priced(run, pair)) is not None
    }
    for mentee in case.mentees:
        own = sorted(price for (_, e), price in prices.items() if e == mentee.id)
        found = choices(run, mentee.id, 2)
        assert [c.price.ranks * step + round(c.price.score * 10_000) for c in found] == own[:2]
    for mentor in case.mentors:
        own = sorted(price for (m, _), price in prices.items() if m == mentor.id)
        found = choices_of_mentor(run, mentor.id, 2)
        assert [c.price.ranks * step + round(c.price.score * 10_000) for c in found] == own[:2]


def _priced(run: Run, pair: tuple[str, str]) -> Any:
    try:
        return price_of(run, *pair)
    except InputError:
        return None


@pytest.mark.parametrize("seed", range(40))
def test_a_what_if_and_the_cost_of_a_pin_are_those_of_runs_from_scratch(seed: int) -> None:
    case = Case(seed, 6, 5)
    pins, case.pins = case.pins, []
    run = case.run()
    again = solve_again(run, replace(POLICY, floor=0.4), places=3, pins=pins, embedder=EMBEDDER)
    alone = case.run(policy=replace(POLICY, floor=0.4), places=3, pins=pins)
    assert (again.totals, again.input_hash) == (alone.totals, alone.input_hash)
    assert again.certificate.valid
    for cost in pin_costs(run, pins, EMBEDDER):
        assert cost.price == price_of(run, cost.mentor_id, cost.mentee_id)
    changes = compare(run, again).changes
    lost = {(change.before, change.mentee_id) for change in changes if change.before}
    came = {(change.after, change.mentee_id) for change in changes if change.after}
    pairs = [{(p.mentor_id, p.mentee_id) for p in r.pairs} for r in (run, again)]
    assert (lost, came) == (pairs[0] - pairs[1], pairs[1] - pairs[0])


@pytest.mark.parametrize("seed", range(40))
def test_within_limits_the_result_is_that_of_an_integer_programme(seed: int) -> None:
    case = Case(seed, 8, 6)
    case.pins = []
    case.policy = replace(POLICY, limits=(Limit("few of each", "employer", "mentor", most=2, least=1),))
    run = case.run()
    problem = run.situation.problem
    n, m = problem.market.shape
    units, worth = problem.market.block_units(0, n), problem.seat_worth()
    allowed = problem.market.allowed(np.arange(n)[:, None], np.arange(m)[None, :]) & (units >= problem.market.floor)
    seats = worth.shape[1]
    missing = [bound for bound in problem.limits if bound.least]
    cost = np.concatenate([-units.ravel(), -worth.ravel(), np.full(len(missing), problem.shortfall)]).astype(float)
    size, rows, most = cost.size, [], []

    def row(pairs: Any, room: float, extra: dict[int, float]) -> None:
        line = np.zeros(size)
        line[: n * m] = np.asarray(pairs, dtype=float).ravel()
        for place, value in extra.items():
            line[place] = value
        rows.append(line)
        most.append(room)

    for i in range(n):
        mine = np.zeros((n, m))
        mine[i] = 1
        own = {n * m + i * seats + k: -1.0 for k in range(seats) if worth[i, k]}
        row(mine, 0, own)
        row(-mine, 0, dict.fromkeys(own, 1.0))
    for j in range(m):
        mine = np.zeros((n, m))
        mine[:, j] = 1
        row(mine, problem.capacity[j], {})
    if problem.places is not None:
        row(np.ones((n, m)), problem.places, {})
    for bound in problem.limits:
        counted = np.zeros((n, m))
        counted[:, bound.people] = bound.sign
        short = {n * m + n * seats + missing.index(bound): -1.0} if bound.least else {}
        row(counted, bound.sign * bound.room, short)
    upper = np.concatenate([allowed.ravel(), worth.ravel() > 0, [bound.room for bound in missing]]).astype(float)
    found = scipy.optimize.milp(
        cost, integrality=np.ones(size), bounds=scipy.optimize.Bounds(0, upper),
        constraints=scipy.optimize.LinearConstraint(np.array(rows), ub=np.array(most, dtype=float)),
        options={"mip_rel_gap": 0},
    )  # fmt: skip
    assert run.certificate.primal == pytest.approx(-found.fun)
    assert run.certificate.feasible
    assert run.certificate.worst == 0


def _worth(case: Case, run: Run, units: dict[tuple[str, str], int]) -> tuple[Any, ...]:
    key = case.key([(pair.mentor_id, pair.mentee_id) for pair in run.pairs], units)
    assert key is not None
    return key


@pytest.mark.parametrize("seed", range(120))
def test_the_price_of_doing_without_a_pair_is_what_a_barred_run_loses(seed: int) -> None:
    case = Case(seed, 7, 6)
    run = case.run()
    units, prices, step = _units(run), prices_without(run), run.situation.problem.step
    assert set(prices) == {(pair.mentor_id, pair.mentee_id) for pair in run.pairs if not pair.pinned}
    for pair, price in prices.items():
        again = case.run(bars=[pair])
        assert price.ranks * step + round(price.score * 10_000) == _ranks(run) - _ranks(again)
        assert price.score == pytest.approx(run.totals.score - again.totals.score, abs=1e-6)
        assert (price.ranks == 0) == (_worth(case, run, units)[:-1] == _worth(case, again, units)[:-1])
        assert price.matches + price.further == run.totals.pairs - again.totals.pairs


def _ranks(run: Run) -> int:
    """What the pairs beyond the pins are worth to the objective."""
    return run.certificate.primal


@pytest.mark.parametrize("seed", range(120))
def test_one_more_place_gains_what_recruitment_says(seed: int) -> None:
    case = Case(seed, 7, 5)
    run = case.run()
    gains = {gain.mentor_id: gain for gain in recruitment(run, most=99)}
    units = _units(run)
    for place, mentor in enumerate(case.mentors):
        more = case.mentors.copy()
        more[place] = replace(mentor, capacity=mentor.capacity + 1)
        larger = case.run(mentors=more)
        case.mentors, before = more, case.mentors
        better = _worth(case, larger, units) > _worth(case, run, units)
        case.mentors = before
        gain = gains.get(mentor.id)
        assert better == (gain is not None)
        if gain is not None:
            assert gain.score == pytest.approx(larger.totals.score - run.totals.score, abs=1e-6)
            assert gain.matches + gain.further == larger.totals.pairs - run.totals.pairs


def test_a_pair_of_several_is_a_close_call_where_another_would_do_as_well() -> None:
    mentors = [Mentor(f"m{k}", topics={"x": 1 - k / 1000}) for k in range(3)]
    run = solve(mentors, [Mentee("e", topics={"x": 1.0}, capacity=2)], Policy(), embedder=EMBEDDER)
    assert {pair for pair, price in prices_without(run).items() if price.small} == {("m0", "e"), ("m1", "e")}
    alone = solve(mentors[:2], [Mentee("e", topics={"x": 1.0}, capacity=2)], Policy(), embedder=EMBEDDER)
    assert [(price.matches, price.further) for price in prices_without(alone).values()] == [(0, 1), (0, 1)]


def test_everybody_has_one_before_anybody_has_two() -> None:
    mentors = [Mentor(f"m{k}", topics={"data": 1.0}) for k in range(3)]
    mentees = [Mentee("best", topics={"data": 1.0}, capacity=2), *(Mentee(f"e{k}", topics={"data": 0.1}) for k in "12")]
    run = solve(mentors, mentees, Policy(), embedder=EMBEDDER)
    assert Counter(pair.mentee_id for pair in run.pairs) == {"best": 1, "e1": 1, "e2": 1}
    assert run.short == {"best": 1}
    more = solve([*mentors, Mentor("m3", topics={"data": 1.0})], mentees, Policy(), embedder=EMBEDDER)
    assert Counter(pair.mentee_id for pair in more.pairs) == {"best": 2, "e1": 1, "e2": 1}
    assert more.short == {}


def test_one_plan_for_all_is_better_than_rounds() -> None:
    """The first round takes the mentor whom only one mentee may have twice; one plan leaves two for both."""
    mentors = [Mentor("a", topics={"x": 1.0}), Mentor("b", topics={"x": 0.9}), Mentor("c", topics={"x": 0.5})]
    own = {"topics": {"x": 1.0}, "capacity": 2}
    mentees = [Mentee("p", **own, blocked=frozenset({"c"})), Mentee("q", **own)]
    policy = Policy(rules=(Rule("conflicts", "no_declared_conflict"),))
    run = solve(mentors, mentees, policy, embedder=EMBEDDER)
    assert (run.totals.pairs, run.totals.matched) == (3, 2)
    assert run.certificate.valid


def test_the_same_mentor_is_not_given_twice() -> None:
    mentor, mentee = Mentor("m", topics={"x": 1.0}, capacity=3), Mentee("e", topics={"x": 1.0}, capacity=2)
    run = solve([mentor], [mentee], Policy(), embedder=EMBEDDER)
    assert [pair.mentor_id for pair in run.pairs] == ["m"]
    pinned = solve([mentor], [mentee], Policy(), pins=[("m", "e")], embedder=EMBEDDER)
    assert [pair.pinned for pair in pinned.pairs] == [True]
    held = solve([mentor], [replace(mentee, capacity=1, has=1)], Policy(), held=[("m", "e")], embedder=EMBEDDER)
    assert held.pairs == ()


@pytest.mark.parametrize("seed", range(40))
def test_an_even_load_costs_nobody_a_mentor(seed: int) -> None:
    case = Case(seed, 6, 4)
    case.mentors = [replace(mentor, capacity=mentor.capacity + 1) for mentor in case.mentors]
    run = case.run()
    even, most = evenly(case.mentors, run, lambda able: case.run(mentors=able))
    busy = Counter(pair.mentor_id for pair in even.pairs)
    assert max(busy.values(), default=1) <= most
    assert (even.totals.pairs, even.totals.matched) == (run.totals.pairs, run.totals.matched)
    if most > 1:
        pinned = Counter(m for m, _ in case.pins)
        fewer = [replace(m, capacity=min(m.capacity, max(most - 1, pinned[m.id]))) for m in case.mentors]
        other = case.run(mentors=fewer)
        assert (
            case.key([(p.mentor_id, p.mentee_id) for p in other.pairs], _units(run))[:-1]
            != case.key(  # type: ignore[index]
                [(p.mentor_id, p.mentee_id) for p in run.pairs], _units(run)
            )[:-1]
        )  # type: ignore[index]


@pytest.mark.parametrize("seed", range(40))
def test_who_stands_keeps_their_mentors_where_others_come(seed: int) -> None:
    case = Case(seed, 5, 5)
    case.pins, case.places = [], None
    case.mentees = [replace(mentee, has=0) for mentee in case.mentees]
    first = case.run(mentees=case.mentees[:3])
    standing = [(pair.mentor_id, pair.mentee_id) for pair in first.pairs]
    again = rematch(case.mentors, case.mentees, case.policy, standing, embedder=EMBEDDER)
    held = Counter(mentee for _, mentee in standing)
    got = Counter(pair.mentee_id for pair in again.run.pairs)
    assert all(got[mentee] >= count for mentee, count in held.items())
    assert again.run.certificate.valid
    free = case.run()
    assert again.run.totals.pairs == free.totals.pairs
    made = {(pair.mentor_id, pair.mentee_id) for pair in again.run.pairs}
    assert len(again.moved) == len(set(standing) - made)


def test_as_many_as_several_hundred_are_certified() -> None:
    draw = random.Random(5)

    def one() -> dict[str, Any]:
        topics = {topic: draw.random() for topic in draw.sample("abcdefghij", 4)}
        return {"topics": topics, "attributes": {"employer": draw.choice("abcdefgh")}}

    mentors = [Mentor(f"m{k}", **one(), capacity=draw.choice([1, 2, 3])) for k in range(200)]
    mentees = [Mentee(f"e{k}", **one(), capacity=2, tier=k % 5 == 0) for k in range(200)]
    run = solve(mentors, mentees, POLICY, embedder=EMBEDDER)
    assert run.certificate.valid
    assert run.totals.matched == 200
    assert run.totals.pairs > 350
    assert blocking_pairs(run) >= 0
