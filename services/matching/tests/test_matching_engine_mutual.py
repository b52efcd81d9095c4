"""Nobody mentors their own mentor: every small instance against all matchings, and what is settled already."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from mentoring_matching.engine import (
    CharacterEmbedder,
    Criterion,
    InputError,
    Limit,
    Mentee,
    Mentor,
    Policy,
    Run,
    Situation,
    certify,
    price_of,
    rematch,
    solve,
    solve_again,
    why_nobody,
    why_not,
)
from mentoring_matching.engine.mutual import NAME
from mentoring_matching.engine.run import _claim

EMBEDDER = CharacterEmbedder()
TOPICS = ("board", "data", "grants", "policy", "writing")
OPEN = Policy(criteria=(Criterion("topics", "topics"),))
Pairs = list[tuple[int, int]]


def topics(draw: random.Random) -> dict[str, float]:
    return {name: draw.random() for name in draw.sample(TOPICS, 3)}


def peers(draw: random.Random, most: int = 5) -> tuple[list[Mentor], list[Mentee]]:
    """People of whom most are on both sides."""
    names = [f"p{n}" for n in range(most + 1)]
    employer = {name: draw.choice("ab") for name in names}

    def some() -> list[str]:
        return draw.sample(names, draw.randint(2, most))

    mentors = [
        Mentor(n, topics=topics(draw), capacity=draw.randint(1, 2), attributes={"employer": employer[n]})
        for n in some()
    ]
    mentees = [
        Mentee(n, topics=topics(draw), tier=draw.choice((0, 0, 1)), attributes={"employer": employer[n]})
        for n in some()
    ]
    return mentors, mentees


def pairs_of(run: Run) -> Pairs:
    return [(run.situation.row[pair.mentee_id], run.situation.column[pair.mentor_id]) for pair in run.pairs]


def mutual(situation: Situation, pairs: Pairs) -> bool:
    named = {(situation.mentors[j].id, situation.mentees[i].id) for i, j in pairs}
    return any((mentee, mentor) in named for mentor, mentee in named)


def all_matchings(situation: Situation, row: int = 0) -> Iterator[Pairs]:
    if row == len(situation.mentees):
        yield []
        return
    market, capacity = situation.problem.market, situation.problem.capacity
    for rest in all_matchings(situation, row + 1):
        yield rest
        for j in range(len(situation.mentors)):
            one = np.array([row]), np.array([j])
            room = sum(col == j for _, col in rest) < capacity[j]
            if room and market.allowed(*one)[0] and market.units(*one)[0] >= market.floor:
                yield [(row, j), *rest]


def worth(situation: Situation, pairs: Pairs) -> int:
    problem = situation.problem
    rows, cols = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
    return int((problem.worth[rows] + problem.market.units(rows, cols)).sum())


def best(run: Run, limit: int | None = None) -> int:
    situation, places = run.situation, run.situation.problem.places
    found = (p for p in all_matchings(situation) if places is None or len(p) <= places)
    if limit is not None:
        a = {j for j, person in enumerate(situation.mentors) if person.attributes["employer"] == "a"}
        found = (p for p in found if sum(j in a for _, j in p) <= limit)
    return max(worth(situation, pairs) for pairs in found if not mutual(situation, pairs))


@pytest.mark.parametrize("block", range(6))
def test_every_small_instance_is_solved_as_well_as_by_trying_all(block):
    changed = 0
    for seed in range(60):
        draw = random.Random(1000 * block + seed)
        mentors, mentees = peers(draw)
        places = draw.choice((None, None, 1, 3))
        limit = draw.choice((None, None, 0, 1, 2))
        limits = () if limit is None else (Limit("of a", "employer", "mentor", limit, "a"),)
        run = solve(mentors, mentees, replace(OPEN, limits=limits), places=places, seed=seed, embedder=EMBEDDER)
        pairs = pairs_of(run)
        assert not mutual(run.situation, pairs)
        assert worth(run.situation, pairs) == best(run, limit), seed
        proof = run.certificate
        assert proof.feasible, seed
        assert (proof.worst, proof.gap >= 0) == (0, True), seed
        free = solve(mentors, mentees, replace(OPEN, limits=limits, mutual=True), places=places, seed=seed,
                     embedder=EMBEDDER)  # fmt: skip
        both = mutual(free.situation, pairs_of(free))
        changed += both
        again = solve_again(free, replace(OPEN, limits=limits), places=places, embedder=EMBEDDER)
        assert worth(again.situation, pairs_of(again)) == worth(run.situation, pairs)
        assert free.totals.matched >= run.totals.matched
    assert changed > 5  # the rule had something to do


def two(*more: str) -> tuple[list[Mentor], list[Mentee]]:
    """A and B who fit each other best, and people who fit worse."""
    fits = {"a": {"data": 1.0}, "b": {"data": 1.0}} | {name: {"data": 0.5, "grants": 0.5} for name in more}
    return [Mentor(n, topics=t) for n, t in fits.items()], [Mentee(n, topics=t) for n, t in fits.items()]


def test_two_who_fit_best_are_paired_one_way_and_the_certificate_is_of_that():
    run = solve(*two(), OPEN, embedder=EMBEDDER)
    (pair,) = run.pairs
    assert {pair.mentor_id, pair.mentee_id} == {"a", "b"}
    assert (run.limited, run.certificate.valid, run.certificate.gap) == (True, True, 0)
    (alone,) = run.unmatched
    why = why_nobody(run, alone)
    assert NAME in why.text
    back = why_not(run, pair.mentee_id, pair.mentor_id)
    assert (back.price.matches, back.rules) == (0, ())
    assert solve(*two(), replace(OPEN, mutual=True), embedder=EMBEDDER).totals.matched == 2
    assert solve(*two("c", "d"), OPEN, embedder=EMBEDDER).totals.matched == 4


def test_a_matching_that_breaks_the_rule_is_no_proof():
    free = solve(*two(), replace(OPEN, mutual=True), embedder=EMBEDDER)
    strict = solve(*two(), OPEN, embedder=EMBEDDER).situation.problem
    rows = np.flatnonzero(free.network.match >= 0)
    forged = _claim(strict, free.network, rows, free.network.match[rows])
    assert not certify(strict.market, forged).feasible
    # A price for a choice between two pairs that do not exclude each other proves nothing either.
    run = solve(*two("c"), OPEN, embedder=EMBEDDER)
    problem, network = run.situation.problem, run.network
    rows, cols = network.pairs
    claim = _claim(problem, network, rows, cols)
    a_row, b_col = run.situation.row["a"], run.situation.column["b"]
    other = np.array([[a_row * 3 + b_col, run.situation.row["c"] * 3 + b_col]])
    assert not certify(problem.market, replace(claim, cuts=other, cut_price=np.array([1]))).valid


def test_what_is_settled_bars_the_way_back_and_names_the_rule():
    for settled in ({"pins": [("a", "b")]}, {"held": [("a", "b")]}):
        run = solve(*two("c"), OPEN, embedder=EMBEDDER, **settled)
        assert ("b", "a") not in {(p.mentor_id, p.mentee_id) for p in run.pairs}
        assert why_not(run, "b", "a").rules == (NAME,)
        loose = solve_again(run, replace(OPEN, mutual=True), embedder=EMBEDDER)
        assert loose.totals.matched == 3
        assert solve_again(loose, OPEN, embedder=EMBEDDER, pins=settled.get("pins", ())).pairs == run.pairs
    for pins in ([("a", "b"), ("b", "a")], [("a", "a")]):
        with pytest.raises(InputError, match="pins"):
            solve(*two(), OPEN, pins=pins, embedder=EMBEDDER)
    with pytest.raises(InputError, match="pins"):
        solve(*two(), OPEN, pins=[("b", "a")], held=[("a", "b")], embedder=EMBEDDER)
    with pytest.raises(InputError, match="themselves"):
        solve(*two(), replace(OPEN, mutual=True), pins=[("a", "a")], embedder=EMBEDDER)


def test_who_moves_does_not_become_the_mentor_of_their_own_mentor():
    for seed in range(40):
        draw = random.Random(seed)
        mentors, mentees = peers(draw)
        first = solve(mentors, mentees, OPEN, places=2, seed=seed, embedder=EMBEDDER)
        standing = [(p.mentor_id, p.mentee_id) for p in first.pairs]
        again = rematch(mentors, mentees, OPEN, standing, seed=seed, embedder=EMBEDDER)
        assert not mutual(again.run.situation, pairs_of(again.run))
        assert again.run.totals.matched >= len(standing)
    # Two who are each other's mentor already stay so: nobody loses a mentor to a rule made since.
    both = rematch(*two(), OPEN, [("a", "b"), ("b", "a")], embedder=EMBEDDER)
    assert (both.run.totals.matched, both.moved) == (2, ())


def test_forcing_the_way_back_costs_the_way_there():
    run = solve(*two("c", "d"), OPEN, embedder=EMBEDDER)
    for mentor, mentee in (("a", "b"), ("b", "a")):
        forced = solve(*two("c", "d"), OPEN, pins=[(mentor, mentee)], embedder=EMBEDDER)
        price = price_of(run, mentor, mentee)
        assert price.matches == run.totals.matched - forced.totals.matched
        assert price.score == pytest.approx(run.totals.score - forced.totals.score, abs=1e-3)


def test_three_hundred_peers_who_all_want_each_other():
    """Everybody is on both sides and fits one other best."""
    draw = random.Random(7)
    people = [(f"p{n}", topics(draw)) for n in range(300)]
    run = solve([Mentor(n, topics=t) for n, t in people], [Mentee(n, topics=t) for n, t in people], OPEN,
                embedder=EMBEDDER)  # fmt: skip
    assert not mutual(run.situation, pairs_of(run))
    assert (run.totals.matched, run.certificate.worst) == (300, 0)
    assert run.certificate.gap < 1000  # a tenth of a point of score, over all of them
