"""The engine as a whole: scipy's assignment as oracle, the objective's order, metamorphic checks, pins, bars,
replay.
"""

from __future__ import annotations

import random
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment

from mentoring_matching.engine import (
    CharacterEmbedder,
    Criterion,
    InputError,
    Mentee,
    Mentor,
    Policy,
    Rule,
    Run,
    prepare,
    solve,
)
from mentoring_matching.engine.features import UNITS

TOPICS = ("board", "data", "grants", "policy", "writing")
EMBEDDER = CharacterEmbedder()
POLICY = Policy(
    rules=(Rule("another employer", "must_differ", attribute="employer"),),
    criteria=(Criterion("topics", "topics", 4), Criterion("named", "mentee_preference", 1)),
)


@st.composite
def pools(draw: st.DrawFn) -> tuple[list[Mentor], list[Mentee]]:
    grades = draw(st.sampled_from([(0.0,), (1.0,), (0.0, 1.0), tuple(step / 20 for step in range(21))]))
    employers = draw(st.sampled_from(["a", "ab", "abcdef"]))
    importance = st.dictionaries(st.sampled_from(TOPICS), st.sampled_from(grades), max_size=5)
    person = st.tuples(st.sampled_from(employers), importance)
    mentors = [
        Mentor(f"m{place}", attributes={"employer": employer}, topics=topics, capacity=draw(st.integers(0, 3)))
        for place, (employer, topics) in enumerate(draw(st.lists(person, max_size=9)))
    ]
    names = st.lists(st.sampled_from([f"m{place}" for place in range(9)]), unique=True, max_size=3)
    mentees = [
        Mentee(
            f"e{place}",
            attributes={"employer": employer},
            topics=topics,
            preferred=tuple(draw(names)),
            tier=draw(st.integers(0, 2)),
        )
        for place, (employer, topics) in enumerate(draw(st.lists(person, max_size=9)))
    ]
    return mentors, mentees


def best_by_scipy(
    mentors: list[Mentor], mentees: list[Mentee], policy: Policy, places: int | None
) -> tuple[int, int, int]:
    """(weighted tiers matched, matched, total units) of the best matching, by the dense Hungarian method."""
    situation = prepare(mentors, mentees, policy, embedder=EMBEDDER)
    market = situation.problem.market
    n, m = market.shape
    i, j = (grid.ravel() for grid in np.meshgrid(np.arange(n), np.arange(m), indexing="ij"))
    units = market.units(i, j).reshape(n, m)
    allowed = (market.allowed(i, j) & (market.units(i, j) >= market.floor)).reshape(n, m)
    tiers = np.array([person.tier for person in situation.mentees])
    step = 20 * UNITS
    worth = np.where(allowed, units + step * (1 + tiers[:, None]), 0)
    worth = np.repeat(worth, [person.capacity for person in situation.mentors], axis=1)
    room = worth.shape[1]
    if places is not None and room > places:
        # whoever takes a place beyond the limit is a dummy that must be served
        worth = np.vstack([worth, np.full((room - places, room), 10**9)])
    rows, cols = linear_sum_assignment(worth, maximize=True)
    total = int(worth[rows, cols][rows < n].sum())
    return total // step, 0, total % step


def value(run: Run, mentees: list[Mentee]) -> tuple[int, int, int]:
    tier = {person.id: person.tier for person in mentees}
    return sum(1 + tier[pair.mentee_id] for pair in run.pairs), 0, sum(round(pair.score * UNITS) for pair in run.pairs)


def run_of(mentors: list[Mentor], mentees: list[Mentee], policy: Policy = POLICY, **options: object) -> Run:
    return solve(mentors, mentees, policy, embedder=EMBEDDER, **options)  # type: ignore[arg-type]


@given(pools(), st.none() | st.integers(0, 9), st.sampled_from([0.0, 0.3]))
@settings(max_examples=250, deadline=None)
def test_equals_the_dense_optimum(pool: tuple[list[Mentor], list[Mentee]], places: int | None, floor: float) -> None:
    mentors, mentees = pool
    policy = replace(POLICY, floor=floor)
    run = run_of(mentors, mentees, policy, places=places)
    assert value(run, mentees) == best_by_scipy(mentors, mentees, policy, places)
    assert run.certificate.valid
    assert run.certificate.gap == 0


@given(pools(), st.integers(0, 10**6))
@settings(max_examples=60, deadline=None)
def test_the_order_of_people_changes_nothing(pool: tuple[list[Mentor], list[Mentee]], seed: int) -> None:
    mentors, mentees = pool
    shuffle = random.Random(seed)
    again = run_of(shuffle.sample(mentors, len(mentors)), shuffle.sample(mentees, len(mentees)))
    assert again == run_of(mentors, mentees)


@given(pools())
@settings(max_examples=60, deadline=None)
def test_another_mentor_never_lowers_the_count(pool: tuple[list[Mentor], list[Mentee]]) -> None:
    mentors, mentees = pool
    more = [*mentors, Mentor("new", attributes={"employer": "z"}, topics={"data": 1.0})]
    assert len(run_of(more, mentees).pairs) >= len(run_of(mentors, mentees).pairs)


@given(pools(), st.data())
@settings(max_examples=60, deadline=None)
def test_pins_hold_and_bars_hold(pool: tuple[list[Mentor], list[Mentee]], data: st.DataObject) -> None:
    mentors, mentees = pool
    open_mentors = [person.id for person in mentors if person.capacity]
    if not open_mentors or not mentees:
        return
    pin = (data.draw(st.sampled_from(open_mentors)), data.draw(st.sampled_from(mentees)).id)
    run = run_of(mentors, mentees, pins=[pin])
    assert run.by_mentee[pin[1]].mentor_id == pin[0]
    assert run.by_mentee[pin[1]].pinned
    assert run.certificate.valid
    barred = run_of(mentors, mentees, bars=[pin])
    assert pin not in {(pair.mentor_id, pair.mentee_id) for pair in barred.pairs}


def many(count: int, seed: int, popular: bool) -> tuple[list[Mentor], list[Mentee]]:
    draw = random.Random(seed)

    def topics(best: float) -> dict[str, float]:
        return {topic: draw.random() * best for topic in TOPICS}

    mentors = [
        Mentor(
            f"m{k}",
            {"employer": f"x{draw.randrange(12)}"},
            topics(1.0 if not popular or k < 9 else 0.2),
            capacity=1 + k % 2,
        )
        for k in range(count * 2 // 3)
    ]
    mentees = [
        Mentee(f"e{k}", {"employer": f"x{draw.randrange(12)}"}, topics(1.0), tier=int(k % 5 == 0)) for k in range(count)
    ]
    return mentors, mentees


@pytest.mark.parametrize("popular", [False, True])
@pytest.mark.parametrize("places", [None, 90])
def test_pricing_reaches_the_optimum_beyond_the_candidates(popular: bool, places: int | None) -> None:
    """At 200 mentees the candidate lists leave pairs out; where all want the same nine mentors they do not suffice."""
    mentors, mentees = many(200, 3, popular)
    policy = replace(POLICY, criteria=(Criterion("topics", "topics"),))
    run = run_of(mentors, mentees, policy, places=places)
    rows = np.array([person.tier for person in mentees])
    got = value(run, mentees)
    assert run.certificate.valid
    assert run.certificate.pairs_checked == len(mentors) * len(mentees)
    situation = run.situation.problem.market
    assert situation.shape == (rows.size, len(mentors))
    best = best_of_many(mentors, mentees, policy, places)
    assert got == best


def best_of_many(
    mentors: list[Mentor], mentees: list[Mentee], policy: Policy, places: int | None
) -> tuple[int, int, int]:
    situation = prepare(mentors, mentees, policy, embedder=EMBEDDER)
    market, step = situation.problem.market, 1000 * UNITS
    n, m = market.shape
    i, j = (grid.ravel() for grid in np.meshgrid(np.arange(n), np.arange(m), indexing="ij"))
    tiers = np.array([person.tier for person in situation.mentees])
    worth = np.where(market.allowed(i, j), market.units(i, j) + step * (1 + tiers[i]), 0).reshape(n, m)
    worth = np.repeat(worth, [person.capacity for person in situation.mentors], axis=1)
    if places is not None:
        worth = np.vstack([worth, np.full((worth.shape[1] - places, worth.shape[1]), 10**11)])
    rows, cols = linear_sum_assignment(worth, maximize=True)
    total = int(worth[rows, cols][rows < n].sum())
    return total // step, 0, total % step


def test_priority_goes_first_and_costs_no_match() -> None:
    mentors = [Mentor("m", topics={"data": 1.0})]
    mentees = [
        Mentee("strong", topics={"data": 1.0}),
        Mentee("first-timer", topics={"data": 0.5, "board": 0.5}, tier=1),
    ]
    assert [pair.mentee_id for pair in run_of(mentors, mentees).pairs] == ["first-timer"]
    without = replace(POLICY, priority=False)
    assert [pair.mentee_id for pair in run_of(mentors, mentees, without).pairs] == ["strong"]


def test_contributions_add_up_to_the_score() -> None:
    mentors, mentees = many(40, 1, False)
    for pair in run_of(mentors, mentees).pairs:
        assert sum(pair.contributions.values()) == pytest.approx(pair.score, abs=2e-4)


def test_one_run_is_replayed_exactly_and_its_hash_tells_inputs_apart() -> None:
    mentors, mentees = many(60, 2, False)
    first = run_of(mentors, mentees, seed=7)
    assert run_of(mentors, mentees, seed=7) == first
    changed = [replace(mentees[0], tier=3), *mentees[1:]]
    assert run_of(mentors, changed, seed=7).input_hash != first.input_hash
    assert run_of(mentors, mentees, seed=8).input_hash == first.input_hash


def test_the_seed_draws_lots_between_equals() -> None:
    mentors = [Mentor("m", topics={"data": 1.0})]
    mentees = [Mentee(name, topics={"data": 1.0}) for name in "abc"]
    winners = {run_of(mentors, mentees, seed=seed).pairs[0].mentee_id for seed in range(40)}
    assert winners == {"a", "b", "c"}


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"pins": [("nobody", "e0")]}, "pins: there is no mentor 'nobody'"),
        ({"bars": [("m0", "nobody")]}, "bars: there is no mentee 'nobody'"),
        ({"pins": [("m0", "e0"), ("m1", "e0")]}, "pins: mentee 'e0' is pinned to 2 mentors"),
        ({"pins": [("m0", "e0"), ("m0", "e1")]}, "pins: mentor 'm0' has 1 places, 2 are pinned"),
        ({"pins": [("m0", "e0")], "bars": [("m0", "e0")]}, "pins: a pair is both pinned and barred"),
        ({"pins": [("m0", "e0")], "places": 0}, "places: 0 is fewer than the 1 pinned pairs"),
        ({"places": -1}, "places: -1 is fewer"),
    ],
)
def test_impossible_input_is_refused(options: dict[str, object], text: str) -> None:
    mentors, mentees = many(6, 1, False)
    with pytest.raises(InputError, match=text):
        run_of(mentors, mentees, **options)


def test_an_id_used_twice_is_refused() -> None:
    with pytest.raises(InputError, match="mentors: 'm' appears 2 times"):
        run_of([Mentor("m"), Mentor("m")], [])
