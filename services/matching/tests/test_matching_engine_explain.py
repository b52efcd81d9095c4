"""Explanations, prices, recruitment, rematching and comparison against solving again from scratch."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

import pytest

from mentoring_matching.engine import (
    CharacterEmbedder,
    Criterion,
    InputError,
    Mentee,
    Mentor,
    Policy,
    Rule,
    Run,
    blocking_pairs,
    compare,
    dry_run,
    first_come_pairs,
    floor_curve,
    prepare,
    price_of,
    prices_without,
    recruitment,
    rematch,
    score_of,
    solve,
    stable_pairs,
    why_nobody,
    why_not,
)

EMBEDDER = CharacterEmbedder()
TOPICS = ("board", "data", "grants", "policy", "writing")
POLICY = Policy(
    rules=(Rule("another employer", "must_differ", attribute="employer"), Rule("conflicts", "no_declared_conflict")),
    criteria=(Criterion("topics", "topics", 4), Criterion("named", "mentee_preference", 1)),
)


def people(mentees: int, mentors: int, seed: int, employers: int = 6) -> tuple[list[Mentor], list[Mentee]]:
    draw = random.Random(seed)

    def person() -> dict[str, Any]:
        topics = {topic: draw.random() for topic in draw.sample(TOPICS, 3)}
        return {"attributes": {"employer": f"x{draw.randrange(employers)}"}, "topics": topics}

    return (
        [Mentor(f"m{k:03d}", **person(), capacity=1 + k % 2) for k in range(mentors)],
        [Mentee(f"e{k:03d}", **person(), tier=int(k % 4 == 0)) for k in range(mentees)],
    )


def run_of(mentors: list[Mentor], mentees: list[Mentee], policy: Policy = POLICY, **options: Any) -> Run:
    return solve(mentors, mentees, policy, embedder=EMBEDDER, **options)


@pytest.mark.parametrize("places", [None, 12, 99])
@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("shape", [(24, 13), (12, 24), (20, 4)])
def test_the_price_of_doing_without_a_pair_is_what_a_barred_run_loses(
    seed: int, places: int | None, shape: tuple[int, int]
) -> None:
    mentors, mentees = people(*shape, seed, employers=2 + seed)
    run = run_of(mentors, mentees, places=places, pins=[(mentors[0].id, mentees[0].id)] if seed == 5 else ())
    prices = prices_without(run)
    assert set(prices) == {(pair.mentor_id, pair.mentee_id) for pair in run.pairs if not pair.pinned}
    for pair in run.pairs[:8]:
        if pair.pinned:
            continue
        pins = [(other.mentor_id, other.mentee_id) for other in run.pairs if other.pinned]
        again = run_of(mentors, mentees, places=places, pins=pins, bars=[(pair.mentor_id, pair.mentee_id)])
        price = prices[pair.mentor_id, pair.mentee_id]
        assert price.matches == run.totals.matched - again.totals.matched
        assert price.score == pytest.approx(run.totals.score - again.totals.score, abs=1e-6)


def test_a_close_call_is_one_that_another_arrangement_would_hardly_lose() -> None:
    twins = [Mentor("m", topics={"data": 1.0}), Mentor("n", topics={"data": 0.992})]
    assert prices_without(run_of(twins, [Mentee("e", topics={"data": 1.0})]))["m", "e"].small
    assert not prices_without(run_of(twins[:1], [Mentee("e", topics={"data": 1.0})]))["m", "e"].small


@pytest.mark.parametrize("places", [None, 12])
@pytest.mark.parametrize("seed", range(3))
def test_the_price_of_a_pin_is_what_a_pinned_run_loses(seed: int, places: int | None) -> None:
    mentors, mentees = people(24, 13, seed)
    run = run_of(mentors, mentees, places=places)
    for k in range(8):
        pin = (mentors[k].id, mentees[3 * k].id)
        again = run_of(mentors, mentees, places=places, pins=[pin])
        price = price_of(run, *pin)
        assert price.matches == run.totals.matched - again.totals.matched
        assert price.score == pytest.approx(run.totals.score - again.totals.score, abs=1e-6)


@pytest.mark.parametrize("places", [None, 14])
@pytest.mark.parametrize("seed", range(4))
def test_one_more_place_gains_what_recruitment_says(seed: int, places: int | None) -> None:
    mentors, mentees = people(26, 12, seed)
    mentees = [replace(person, tier=0) for person in mentees]
    run = run_of(mentors, mentees, places=places)
    gains = {gain.mentor_id: (gain.matches, gain.score) for gain in recruitment(run, most=99)}
    for k, mentor in enumerate(mentors):
        more = [*mentors[:k], replace(mentor, capacity=mentor.capacity + 1), *mentors[k + 1 :]]
        again = run_of(more, mentees, places=places).totals
        matches, score = gains.get(mentor.id, (0, 0.0))
        assert again.matched - run.totals.matched == matches
        assert again.score - run.totals.score == pytest.approx(score, abs=1e-6)


def test_the_recruitment_list_starts_with_what_helps_most() -> None:
    mentors, mentees = people(40, 12, 5)
    gains = recruitment(run_of(mentors, mentees), most=5)
    assert len(gains) == 5
    assert [(gain.matches, gain.score) for gain in gains] == sorted(
        ((gain.matches, gain.score) for gain in gains), reverse=True
    )


def test_a_pair_is_explained_by_its_criteria() -> None:
    mentors = [Mentor("m", topics={"data": 1.0, "board": 0.5})]
    mentees = [Mentee("e", topics={"data": 1.0, "board": 1.0}, preferred=("m",))]
    parts = run_of(mentors, mentees).by_mentee["e"].contributions
    assert parts == {"topics": pytest.approx(0.6, abs=1e-3), "named": pytest.approx(0.2)}


def test_the_one_rule_in_the_way_is_named() -> None:
    same, other = {"employer": "a", "site": "n"}, {"employer": "a", "site": "s"}
    policy = Policy(
        rules=(Rule("another employer", "must_differ", "employer"), Rule("same site", "must_match", "site"))
    )
    run = run_of([Mentor("m1", same), Mentor("m2", other), Mentor("m3", same)], [Mentee("e", same)], policy)
    why = why_nobody(run, "e")
    assert (why.reason, why.rule, why.would_permit) == ("no permitted mentor", "another employer", 2)
    assert "'another employer' alone, 2 mentors" in why.text


def test_a_conflict_is_never_told() -> None:
    run = run_of([Mentor("m", blocked=frozenset({"e"}))], [Mentee("e")])
    why = why_nobody(run, "e")
    assert why.rule == "conflicts"
    assert "conflict" not in why.text
    assert why_not(run, "m", "e").rules == ("a private reason",)


def test_places_that_ran_out_and_a_floor_that_is_too_high() -> None:
    mentor, strong = Mentor("m", topics={"data": 1.0}), Mentee("strong", topics={"data": 1.0})
    weak = Mentee("weak", topics={"board": 1.0})
    assert why_nobody(run_of([mentor], [strong, weak]), "weak").reason == "places ran out"
    two = [mentor, replace(mentor, id="m2")]
    limited = why_nobody(run_of(two, [strong, weak], places=1), "weak")
    assert limited.text.startswith("All places of the cohort")
    assert why_nobody(run_of([mentor], [weak], replace(POLICY, floor=0.5)), "weak").reason == "below the floor"


def test_why_not_this_mentor() -> None:
    employer = {"employer": "a"}
    mentors = [Mentor("m1", topics={"data": 1.0}), Mentor("m2", topics={"data": 0.4}), Mentor("m3", employer)]
    mentees = [Mentee("e1", employer, {"data": 1.0}), Mentee("e2", topics={"data": 0.1, "board": 0.9})]
    run = run_of(mentors, mentees)
    assert why_not(run, "m3", "e1").text == "Not possible: another employer."
    swap = why_not(run, "m2", "e1")
    assert swap.price is not None
    assert (swap.price.matches, swap.price.score) == (0, pytest.approx(0.8 * 0.6 * 0.9, abs=1e-3))
    assert why_not(run_of(mentors, mentees, replace(POLICY, floor=0.3)), "m1", "e2").below_floor


def test_the_floor_curve_falls_and_agrees_with_runs() -> None:
    mentors, mentees = people(20, 12, 3)
    points = floor_curve(run_of(mentors, mentees), (0.0, 0.3, 0.6, 0.9))
    assert [point.matched for point in points] == sorted((point.matched for point in points), reverse=True)
    for point in points:
        totals = run_of(mentors, mentees, replace(POLICY, floor=point.floor)).totals
        assert (totals.matched, totals.score) == (point.matched, pytest.approx(point.score))


def test_a_stable_matching_has_no_blocking_pair_and_matches_fewer() -> None:
    mentors, mentees = people(60, 40, 2, employers=2)
    policy = replace(POLICY, floor=0.35, priority=False)
    run = run_of(mentors, mentees, policy)
    stable = stable_pairs(prepare(mentors, mentees, policy, embedder=EMBEDDER))
    assert len(stable) <= run.totals.matched
    assert blocking_pairs(run_of(mentors, mentees, policy, pins=stable)) == 0
    assert blocking_pairs(run) > 0
    assert score_of(run.situation, first_come_pairs(run.situation)) <= run.totals.score


def test_a_what_if_shows_who_changes() -> None:
    mentors, mentees = people(20, 12, 3)
    run = run_of(mentors, mentees)
    assert compare(run, run).changes == ()
    bar = (run.pairs[0].mentor_id, run.pairs[0].mentee_id)
    change = {change.mentee_id: change for change in compare(run, run_of(mentors, mentees, bars=[bar])).changes}
    assert change[bar[1]].before == bar[0]
    assert change[bar[1]].after != bar[0]


def test_a_dry_run_counts_what_each_rule_removes() -> None:
    mentors = [Mentor("m1", {"employer": "a"}, blocked=frozenset({"e1"})), Mentor("m2", {"employer": "b"})]
    mentees = [Mentee("e1", {"employer": "a"}), Mentee("e2", {"employer": "b"}, blocked=frozenset({"m1"}))]
    result = dry_run(mentors, mentees, POLICY, EMBEDDER)
    assert (result.pairs, result.permitted, result.stranded) == (4, 1, 1)
    effects = {rule.name: (rule.removes, rule.removes_alone, rule.strands) for rule in result.rules}
    assert effects == {"another employer": (2, 1, 1), "conflicts": (2, 1, 1), "floor": (0, 0, 0)}


def test_a_rematch_moves_as_few_as_brute_force() -> None:
    """Every way to place at most four mentees with four mentors, ranked by matched, moved, score."""
    for seed in range(25):
        mentors, mentees = people(4, 4, seed, employers=3)
        mentors = [replace(person, capacity=1) for person in mentors]
        mentees = [replace(person, tier=0) for person in mentees]
        run = run_of(mentors, mentees)
        standing = [(pair.mentor_id, pair.mentee_id) for pair in run.pairs]
        freed = mentees[seed % 4].id
        result = rematch(mentors, mentees, POLICY, standing, freed=[freed], embedder=EMBEDDER)
        assert result.run.certificate.valid
        bars = [pair for pair in standing if pair[1] == freed]
        kept = [pair for pair in standing if pair[1] != freed]
        assert _rank(result.run, kept) == _best_rematch(mentors, mentees, kept, bars)
        assert set(result.moved) | set(result.kept) == {mentee for _, mentee in kept}


def _rank(run: Run, kept: list[tuple[str, str]]) -> tuple[int, int, int]:
    pairs = {(pair.mentor_id, pair.mentee_id) for pair in run.pairs}
    return len(pairs), len(pairs & set(kept)), round(run.totals.score * 10_000)


def _best_rematch(
    mentors: list[Mentor], mentees: list[Mentee], kept: list[tuple[str, str]], bars: list[tuple[str, str]]
) -> tuple[int, int, int]:
    market = prepare(mentors, mentees, POLICY, bars=bars, embedder=EMBEDDER)
    best = (0, 0, 0)
    standing = {market.row[mentee]: market.column[mentor] for mentor, mentee in kept}

    def extend(i: int, used: frozenset[int], chosen: list[tuple[int, int]]) -> None:
        nonlocal best
        if i == len(mentees):
            if standing.keys() <= {i for i, _ in chosen}:
                units = sum(int(market.problem.market.units(*_index(pair))[0]) for pair in chosen)
                best = max(best, (len(chosen), sum(standing.get(a) == b for a, b in chosen), units))
            return
        extend(i + 1, used, chosen)
        for j in range(len(mentors)):
            allowed = market.problem.market.allowed(*_index((i, j)))[0] or standing.get(i) == j
            if j not in used and allowed:
                extend(i + 1, used | {j}, [*chosen, (i, j)])

    extend(0, frozenset(), [])
    return best


def _index(pair: tuple[int, int]) -> tuple[Any, Any]:
    import numpy as np

    return np.array([pair[0]]), np.array([pair[1]])


def test_a_rematch_of_a_large_cohort_leaves_the_rest_alone() -> None:
    mentors, mentees = people(90, 70, 4)
    run = run_of(mentors, mentees)
    standing = [(pair.mentor_id, pair.mentee_id) for pair in run.pairs]
    freed = [mentee for _, mentee in standing[:3]]
    result = rematch(mentors, mentees, POLICY, standing, freed=freed, embedder=EMBEDDER)
    assert result.run.certificate.valid
    assert result.run.totals.matched == run.totals.matched
    assert len(result.moved) <= 3
    assert not {(pair.mentor_id, pair.mentee_id) for pair in result.run.pairs} & set(standing[:3])


@pytest.mark.parametrize(
    ("standing", "options", "text"),
    [
        ([("m000", "e000"), ("m000", "e001")], {}, "more pairs than places"),
        ([("m000", "e000"), ("m001", "e000")], {}, "more mentors than"),
        ([("m000", "nobody")], {}, "not both among the people"),
        ([("m000", "e000"), ("m001", "e001")], {"places": 1}, "fewer than the 2 standing"),
    ],
)
def test_standing_pairs_that_cannot_be_are_refused(standing: Any, options: Any, text: str) -> None:
    mentors, mentees = people(4, 4, 0)
    with pytest.raises(InputError, match=text):
        rematch(mentors, mentees, POLICY, standing, embedder=EMBEDDER, **options)
