"""Limits: every small instance against all matchings, the bound, pins, standing pairs and what a policy may say."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from mentoring_matching.engine import (
    CharacterEmbedder,
    Criterion,
    Limit,
    Mentee,
    Mentor,
    Policy,
    PolicyError,
    Rule,
    Run,
    Situation,
    prices_without,
    recruitment,
    rematch,
    solve,
    solve_again,
    why_nobody,
    why_not,
)

EMBEDDER = CharacterEmbedder()
TOPICS = ("board", "data", "grants", "policy", "writing")
OPEN = Policy(rules=(Rule("another team", "must_differ", "team"),), criteria=(Criterion("topics", "topics"),))


def people(draw: random.Random) -> tuple[list[Mentor], list[Mentee]]:
    def person() -> dict[str, object]:
        attributes = {"employer": draw.choice("abc"), "team": draw.randrange(5)}
        attributes["regions"] = frozenset(draw.sample("xyz", draw.choice((0, 1, 2, 2))))
        return {"attributes": attributes, "topics": {name: draw.random() for name in draw.sample(TOPICS, 3)}}

    mentors = [Mentor(f"m{i}", **person(), capacity=draw.randint(1, 2)) for i in range(draw.randint(1, 5))]  # type: ignore[arg-type]
    mentees = [Mentee(f"e{i}", **person(), tier=draw.randint(0, 2)) for i in range(draw.randint(1, 5))]  # type: ignore[arg-type]
    return mentors, mentees


def some_limits(draw: random.Random) -> tuple[Limit, ...]:
    return (
        Limit("per employer of mentors", "employer", "mentor", draw.randint(0, 2)),
        Limit("mentees of a", "employer", "mentee", draw.randint(0, 2), "a"),
        Limit("per region", "regions", draw.choice(("mentor", "mentee")), draw.choice((1, 1, 2))),
        Limit("some of b", "employer", draw.choice(("mentor", "mentee")), value="b", least=draw.randint(0, 3)),
        Limit("some of each team", "team", "mentee", most=draw.choice((None, 1)), least=1),
    )[draw.randint(0, 4) :]


def pairs_of(run: Run) -> list[tuple[int, int]]:
    return [(run.situation.row[pair.mentee_id], run.situation.column[pair.mentor_id]) for pair in run.pairs]


def counts(situation: Situation, pairs: list[tuple[int, int]], limit: Limit) -> Counter[str]:
    """Pairs by value, counted without the engine's own groups."""
    found: Counter[str] = Counter()
    for i, j in pairs:
        person = situation.mentors[j] if limit.side == "mentor" else situation.mentees[i]
        value = person.attributes.get(limit.attribute, frozenset())
        for one in value if isinstance(value, frozenset) else [str(value)]:
            if limit.value in (None, one):
                found[one] += 1
    return found


def all_matchings(situation: Situation, row: int = 0) -> Iterator[list[tuple[int, int]]]:
    """Every permitted matching within the capacities."""
    if row == len(situation.mentees):
        yield []
        return
    market, capacity = situation.problem.market, [mentor.capacity for mentor in situation.mentors]
    for rest in all_matchings(situation, row + 1):
        yield rest
        used = Counter(j for _, j in rest)
        for j in range(len(situation.mentors)):
            if used[j] < capacity[j] and market.allowed(np.array([row]), np.array([j]))[0]:
                yield [*rest, (row, j)]


def worth(situation: Situation, pairs: list[tuple[int, int]]) -> int:
    rows, cols = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
    return int((situation.problem.worth[rows] + situation.problem.market.units(rows, cols)).sum())


def missing(situation: Situation, pairs: list[tuple[int, int]], limits: tuple[Limit, ...]) -> int:
    """Pairs missing to least numbers; a value that nobody has misses all of them."""
    short = 0
    for limit in limits:
        people = situation.mentors if limit.side == "mentor" else situation.mentees
        there = {str(person.attributes[limit.attribute]) for person in people} if limit.least else set()
        found = {str(value): count for value, count in counts(situation, pairs, limit).items()}
        wanted = there if limit.value is None else {str(limit.value)}
        short += sum(max(0, (limit.least or 0) - found.get(value, 0)) for value in wanted)
    return short


@pytest.mark.parametrize("seed", range(120))
def test_is_the_best_of_all_matchings(seed: int) -> None:
    draw = random.Random(seed)
    mentors, mentees = people(draw)
    limits, places = some_limits(draw), draw.choice((None, 2, 4))
    run = solve(mentors, mentees, replace(OPEN, limits=limits), places=places, embedder=EMBEDDER)
    situation = run.situation
    best = max(
        worth(situation, pairs) - missing(situation, pairs, limits) * situation.problem.shortfall
        for pairs in all_matchings(situation)
        if (places is None or len(pairs) <= places)
        and all(count <= limit.most for limit in limits if limit.most is not None
                for count in counts(situation, pairs, limit).values())
    )  # fmt: skip
    found = pairs_of(run)
    assert worth(situation, found) - missing(situation, found, limits) * situation.problem.shortfall == best
    assert sum(use.number - use.pairs for use in run.limits if use.least and use.pairs < use.number) == missing(
        situation, found, limits
    )
    assert run.certificate.feasible
    assert run.certificate.worst == 0
    assert run.certificate.gap >= 0
    assert run.certificate.valid == (run.certificate.gap == 0)


def cycle() -> tuple[list[Mentor], list[Mentee]]:
    """Three mentees, each in two of three regions: with one pair per region the relaxation matches one and a half."""
    mentors = [Mentor(f"m{i}", topics={"data": 1.0}) for i in range(3)]
    pairs = ("xy", "yz", "xz")
    wanted = ({"data": 1.0}, {"data": 1.0, "grants": 0.5}, {"data": 1.0, "grants": 1.0})
    attributes = [{"regions": frozenset(pair)} for pair in pairs]
    return mentors, [Mentee(f"e{i}", attributes=attributes[i], topics=wanted[i]) for i in range(3)]


def test_a_gap_is_stated_where_the_relaxation_promises_more() -> None:
    run = solve(*cycle(), Policy(limits=(Limit("one per region", "regions", "mentee", 1),)), embedder=EMBEDDER)
    assert [(pair.mentee_id, pair.score) for pair in run.pairs] == [("e0", 1.0)]
    assert run.certificate.feasible
    assert not run.certificate.valid
    assert run.certificate.gap >= run.situation.problem.step // 2


def test_limits_that_hold_anyway_change_nothing() -> None:
    mentors, mentees = people(random.Random(7))
    free = solve(mentors, mentees, OPEN, embedder=EMBEDDER)
    wide = replace(OPEN, limits=(Limit("wide", "employer", "mentor", 99),))
    run = solve(mentors, mentees, wide, embedder=EMBEDDER)
    assert (run.pairs, run.limited, run.certificate.valid) == (free.pairs, False, True)
    assert run.input_hash != free.input_hash


EMPLOYED = [Mentor(f"m{i}", attributes={"employer": "a" if i < 3 else "b"}, topics={"data": 1.0}) for i in range(4)]
SEEKING = [Mentee(f"e{i}", topics={"data": 1.0}) for i in range(4)]
ONE_OF_A = Policy(limits=(Limit("one of a", "employer", "mentor", 1, "a"),))


def mentors_of(run: Run) -> list[str]:
    return sorted(pair.mentor_id for pair in run.pairs)


def test_pins_come_first_and_take_the_room() -> None:
    pins = [("m1", "e0"), ("m2", "e1")]
    run = solve(EMPLOYED, SEEKING, ONE_OF_A, pins=pins, embedder=EMBEDDER)
    assert mentors_of(run) == ["m1", "m2", "m3"]
    assert run.certificate.valid


def test_a_least_number_goes_before_priority_and_is_reported() -> None:
    mentors = [Mentor("m", topics={"data": 1.0}, capacity=2)]
    first = [Mentee(f"first{i}", {"site": "a"}, topics={"data": 1.0}, tier=2) for i in range(2)]
    remote = Mentee("remote", {"site": "b"}, topics={"board": 1.0})
    quota = Policy(limits=(Limit("remote sites", "site", "mentee", value="b", least=1),))
    run = solve(mentors, [*first, remote], quota, embedder=EMBEDDER)
    assert "remote" in run.by_mentee
    assert run.certificate.valid
    assert [(use.value, use.least, use.number, use.pairs) for use in run.limits] == [("b", True, 1, 1)]
    assert "remote" not in solve(mentors, [*first, remote], Policy(), embedder=EMBEDDER).by_mentee


def test_a_least_number_that_cannot_be_reached_costs_nobody_a_mentor() -> None:
    quota = replace(ONE_OF_A, limits=(Limit("many of a", "employer", "mentor", value="a", least=9),))
    free = solve(EMPLOYED, SEEKING, Policy(), embedder=EMBEDDER)
    run = solve(EMPLOYED, SEEKING, quota, embedder=EMBEDDER)
    assert run.totals.matched == free.totals.matched
    assert run.certificate.valid
    assert run.limits[0].pairs < 9


def test_a_pin_counts_towards_a_least_number() -> None:
    quota = Policy(limits=(Limit("one of a", "employer", "mentor", value="a", least=1),))
    run = solve(EMPLOYED, SEEKING, quota, pins=[("m1", "e0")], places=1, embedder=EMBEDDER)
    assert mentors_of(run) == ["m1"]
    assert run.certificate.valid


def test_nobody_loses_a_mentor_to_a_limit_made_since() -> None:
    found = rematch(EMPLOYED, SEEKING, ONE_OF_A, [("m0", "e0"), ("m1", "e1")], embedder=EMBEDDER)
    assert (found.moved, found.kept) == ((), ("e0", "e1"))
    assert mentors_of(found.run) == ["m0", "m1", "m3"]


def test_a_what_if_keeps_to_the_limits_both_ways() -> None:
    free, limited = (solve(EMPLOYED, SEEKING, policy, embedder=EMBEDDER) for policy in (Policy(), ONE_OF_A))
    assert (free.totals.matched, limited.totals.matched) == (4, 2)
    assert solve_again(free, ONE_OF_A, embedder=EMBEDDER).totals == limited.totals
    assert solve_again(limited, Policy(), embedder=EMBEDDER).totals == free.totals


@pytest.mark.parametrize("seed", range(60))
@pytest.mark.parametrize("both", [False, True])
def test_prices_and_gains_beside_limits_that_decide_nothing_are_exact_or_not_given(seed: int, both: bool) -> None:
    """Another arrangement may reach a limit, or make two people each other's mentor, where the run itself does not."""
    draw = random.Random(seed)
    mentors, mentees = people(draw)
    mentees = [replace(person, tier=0) for person in mentees]
    limit = Limit("few of each", "employer", draw.choice(("mentor", "mentee")), most=draw.choice((1, 2, 3)))
    policy = replace(OPEN, limits=() if both else (limit,))
    if both:
        mentees = [replace(person, id=f"m{k}" if k < 3 else person.id) for k, person in enumerate(mentees)]
    run = solve(mentors, mentees, policy, embedder=EMBEDDER)
    prices = prices_without(run)
    assert not (run.limited and prices)
    for pair, price in prices.items():
        again = solve(mentors, mentees, policy, bars=[pair], embedder=EMBEDDER)
        assert price.matches == run.totals.matched - again.totals.matched
        assert price.score == pytest.approx(run.totals.score - again.totals.score, abs=1e-6)
    for gain in recruitment(run, most=99):
        more = [replace(m, capacity=m.capacity + (m.id == gain.mentor_id)) for m in mentors]
        larger = solve(more, mentees, policy, embedder=EMBEDDER)
        assert gain.matches == larger.totals.matched - run.totals.matched
        assert gain.score == pytest.approx(larger.totals.score - run.totals.score, abs=1e-6)


def test_explanations_know_of_limits() -> None:
    run = solve(EMPLOYED, SEEKING, ONE_OF_A, embedder=EMBEDDER)
    left = run.unmatched[0]
    assert "'one of a'" in why_nobody(run, left).text
    price = why_not(run, "m3", left).price
    assert price is not None
    assert price.matches == 0
    assert recruitment(run) == []


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": ""}, "name"),
        ({"attribute": ""}, "attribute"),
        ({"side": "both"}, "side"),
        ({"most": -1}, "most"),
        ({"most": 1.5}, "most"),
        ({"most": True}, "most"),
        ({"value": ["a"]}, "value"),
        ({"least": -1}, "least"),
        ({"least": 3}, "least"),
        ({"most": None}, "most"),
        ({"lest": 1}, "lest"),
    ],
)
def test_a_limit_that_cannot_be_used_names_itself_and_the_field(change: dict[str, object], field: str) -> None:
    good = {"name": "per employer", "attribute": "employer", "side": "mentor", "most": 2}
    policy = Policy.from_mapping({"limits": [good]})
    assert Policy.from_mapping(policy.to_mapping()) == policy
    with pytest.raises(PolicyError) as caught:
        Policy.from_mapping({"limits": [good | change]})
    assert (caught.value.where, caught.value.field) == ("limit" if field == "name" else "limit 'per employer'", field)


def test_a_limit_needs_its_fields_and_a_name_of_its_own() -> None:
    good = {"name": "per employer", "attribute": "employer", "side": "mentor", "most": 2}
    with pytest.raises(PolicyError, match="limit 'x': most: a limit needs most, least or both"):
        Policy.from_mapping({"limits": [{"name": "x", "attribute": "employer", "side": "mentor"}]})
    with pytest.raises(PolicyError, match="limit 'per employer': name: is used twice"):
        Policy.from_mapping({"limits": [good, good]})
