"""Every sentence an explanation can say, against runs that make it true or false, over random small cohorts."""

from __future__ import annotations

import random
import re
from collections import Counter
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
    evenly,
    price_of,
    prices_without,
    recruitment,
    rematch,
    solve,
    why_nobody,
    why_not,
)
from mentoring_matching.explanations import Reason, how_many_mentors, why_without_mentee

EMBEDDER = CharacterEmbedder()
TOPICS = ("board", "data", "grants", "policy")
POLICY = Policy(
    rules=(
        Rule("another employer", "must_differ", "employer"),
        Rule("same site", "must_match", "site", missing="allow"),
        Rule("conflicts", "no_declared_conflict"),
    ),
    criteria=(Criterion("topics", "topics"),),
)  # fmt: skip
RULES = {rule.name for rule in POLICY.rules}
SEEDS = range(100)


class Case:
    """A drawn cohort: few people, some without a place, some on both sides, pins, tiers, a floor and places."""

    def __init__(self, seed: int) -> None:
        draw = random.Random(seed)
        self.draw, n, m = draw, draw.randrange(1, 7), draw.randrange(0, 5)
        ids = [f"m{k}" if draw.random() < 0.8 else f"e{k}" for k in range(m)]
        self.mentors = [Mentor(id_, **self._person(), capacity=draw.choice([0, 1, 1, 2])) for id_ in ids]
        self.mentees = [Mentee(f"e{k}", **self._person(), tier=draw.choice([0, 0, 0, 1])) for k in range(n)]
        self.policy = replace(POLICY, floor=draw.choice([0.0, 0.0, 0.3]), mutual=draw.random() < 0.5)
        self.places = draw.choice([None, None, 0, 1, 2, 3])
        self.pins = self._pins()

    def _person(self) -> dict[str, Any]:
        topics = {topic: self.draw.choice([0.2, 0.5, 1.0]) for topic in self.draw.sample(TOPICS, 2)}
        attributes = {"employer": self.draw.choice("abc"), "site": self.draw.choice(["n", "s", ""])}
        blocked = frozenset({f"e{self.draw.randrange(4)}"} if self.draw.random() < 0.2 else ())
        return {"attributes": attributes, "topics": topics, "blocked": blocked}

    def _pins(self) -> list[tuple[str, str]]:
        able = [m for m in self.mentors if m.capacity and m.id != self.mentees[0].id]
        return [(able[0].id, self.mentees[0].id)] if able and self.places != 0 and self.draw.random() < 0.3 else []

    def run(self, **changes: Any) -> Run:
        """The case solved, with something about it changed."""
        terms = {"mentors": self.mentors, "mentees": self.mentees, "policy": self.policy, "places": self.places,
                 "pins": self.pins, "bars": [], **changes}  # fmt: skip
        people = terms.pop("mentors"), terms.pop("mentees"), terms.pop("policy")
        return solve(*people, embedder=EMBEDDER, **terms)

    def possible(self, mentor: Mentor, mentee: Mentee, policy: Policy | None = None) -> bool:
        """Whether the two would be paired were they alone, with a place each."""
        two = {"mentors": [replace(mentor, capacity=1)], "mentees": [mentee]}
        alone = self.run(**two, policy=policy or self.policy, places=None, pins=[])
        return bool(alone.pairs) and not self._turned(mentor, mentee)

    def _turned(self, mentor: Mentor, mentee: Mentee) -> bool:
        return not self.policy.mutual and (mentee.id, mentor.id) in self.pins

    def without(self, name: str) -> Policy:
        """The policy with one rule fewer (or no floor)."""
        if name == "floor":
            return replace(self.policy, floor=0.0)
        return replace(self.policy, rules=tuple(rule for rule in self.policy.rules if rule.name != name))


@pytest.fixture(params=SEEDS, ids=str)
def case(request) -> Case:
    return Case(request.param)


def test_why_a_mentee_has_nobody(case: Case) -> None:
    run = case.run()
    held, pinned = Counter(p.mentor_id for p in run.pairs), Counter(m for m, _ in case.pins)
    for mentee in (m for m in case.mentees if m.id in run.unmatched):
        why = why_nobody(run, mentee.id)
        possible = [mentor for mentor in case.mentors if case.possible(mentor, mentee)]
        full = all(held[m.id] >= m.capacity for m in possible)
        match why.text:
            case text if "All places of the cohort went" in text:
                assert possible
                assert len(run.pairs) == case.places
                assert not full
            case text if "All places of the mentors who could" in text:
                assert possible
                assert full
                assert any(m.capacity > pinned[m.id] for m in possible)
            case text if text.startswith("The programme team gave all places of the mentors"):
                assert all(pinned[m.id] >= m.capacity for m in possible)
            case text if text.startswith("The programme team gave all places of the cohort"):
                assert case.places == len(case.pins) > 0
            case "The cohort has no place free.":
                assert case.places == 0
            case text if "no place free now" in text:
                assert int(text.split()[0]) == len(possible)
                assert not any(m.capacity for m in possible)
            case text if "within the limits of the programme" in text:
                assert run.limited
            case _:
                assert not possible
                _check_nobody_possible(case, mentee, why.text, why.rule)


def _check_nobody_possible(case: Case, mentee: Mentee, text: str, rule: str | None) -> None:
    def would(name: str) -> int:
        return sum(case.possible(mentor, mentee, case.without(name)) for mentor in case.mentors)

    if text == "There is no mentor.":
        assert not case.mentors
    elif text == "There is no mentor but this person.":
        assert {mentor.id for mentor in case.mentors} == {mentee.id}
    elif "no such pair fits as well" in text:
        assert int(text.split()[0]) == would("floor") > 0
    elif "for a reason that is private" in text:
        assert rule == "conflicts"
        assert would("conflicts") == max(would(r.name) for r in case.policy.rules) > 0
    elif "no single rule is the cause" in text:
        assert not any(would(r.name) for r in case.policy.rules)
    elif (found := re.search(r"Without the rule '(.+)' alone, (\d+) mentor", text)) and found[1] in RULES:
        assert would(found[1]) == int(found[2]) == max(would(r.name) for r in case.policy.rules)
    else:
        assert "nobody mentors their own mentor" in text, text


def test_why_a_mentor_has_nobody(case: Case) -> None:
    run = case.run()
    full = case.places is not None and len(run.pairs) >= case.places
    reasons = why_without_mentee(run, {}, full=full)
    busy = {pair.mentor_id for pair in run.pairs}
    assert reasons.keys() == {mentor.id for mentor in case.mentors} - busy
    for mentor in (m for m in case.mentors if m.id in reasons):
        possible = [mentee for mentee in case.mentees if case.possible(mentor, mentee)]
        _check_idle(case, run, mentor, possible, reasons[mentor.id])


def _check_idle(case: Case, run: Run, mentor: Mentor, possible: list[Mentee], why: Reason) -> None:
    left = [mentee for mentee in possible if mentee.id in run.unmatched]
    match why.text:
        case "This mentor has no place free now.":
            assert mentor.capacity == 0
        case "There is no mentee but this person.":
            assert {mentee.id for mentee in case.mentees} == {mentor.id}
        case "All mentees who could be proposed have a mentor.":
            assert possible
            assert not left
        case "All places of the cohort are taken.":
            assert left
            assert len(run.pairs) == case.places > 0
        case "The cohort has no place free.":
            assert left
            assert case.places == 0
        case "All places within the limits of the programme went to others.":
            assert left
            assert run.limited
        case _:
            assert not possible


def test_why_not_this_mentor_and_what_the_pair_would_cost(case: Case) -> None:
    run = case.run()
    for mentor in case.mentors:
        for mentee in case.mentees:
            why = why_not(run, mentor.id, mentee.id)
            if why.rules or why.below_floor:
                assert not case.possible(mentor, mentee)
            elif why.price is None:
                _check_settled(case, mentor, mentee, why.text)
            else:
                _check_price(case, run, (mentor.id, mentee.id), why.text)


def _check_settled(case: Case, mentor: Mentor, mentee: Mentee, text: str) -> None:
    pinned = Counter(m for m, _ in case.pins)
    if text == "The mentor has no place free now.":
        assert mentor.capacity == 0
    elif text == "The programme team settled all places of the cohort.":
        assert case.places == len(case.pins) > 0
    elif text == "The cohort has no place free.":
        assert case.places == 0
    else:
        assert text == "The programme team settled this place already."
        assert mentee.id in {e for _, e in case.pins} or pinned[mentor.id] >= mentor.capacity > 0
    with pytest.raises(InputError):
        price_of(case.run(), mentor.id, mentee.id)


def _tiers(case: Case, run: Run) -> int:
    return sum(mentee.tier for mentee in case.mentees if mentee.id in run.by_mentee)


def _check_price(case: Case, run: Run, pair: tuple[str, str], text: str) -> None:
    again = case.run(pins=[*case.pins, pair])
    fewer = run.totals.matched - again.totals.matched
    tiers, score = _tiers(case, run) - _tiers(case, again), run.totals.score - again.totals.score
    if "more would be left without a mentor" in text:
        people = re.search(r"(one person|\d+ people)", text)
        assert people
        assert {"one person": "1 people"}.get(people[0], people[0]) == f"{fewer} people"
    elif "somebody who goes before others" in text:
        assert (fewer <= 0, tiers > 0) == (True, True)
    elif "almost as good" in text:
        assert (fewer, tiers, score <= 0.01 + 1e-6) == (0, 0, True)
    else:
        assert fewer <= 0
        found = re.search(r"add up to (-?[\d.]+) less", text)
        assert found
        assert float(found[1]) == pytest.approx(score, abs=0.006)


def test_what_a_close_call_says_is_what_a_barred_run_shows(case: Case) -> None:
    run = case.run()
    for pair in run.pairs if not run.limited else ():
        if pair.pinned:
            continue
        price = prices_without(run)[pair.mentor_id, pair.mentee_id]
        again = case.run(bars=[(pair.mentor_id, pair.mentee_id)])
        if again.limited:
            continue  # the price of doing without holds where pairs both ways decide nothing
        assert price.matches == run.totals.matched - again.totals.matched
        assert price.priority == _tiers(case, run) - _tiers(case, again)
        assert price.score == pytest.approx(run.totals.score - again.totals.score, abs=1e-6)
        worse = (run.totals.matched, _tiers(case, run)) != (again.totals.matched, _tiers(case, again))
        assert price.small == (not worse and run.totals.score - again.totals.score <= 0.01 + 1e-6)


def test_recruitment_says_what_one_more_place_with_anybody_gains(case: Case) -> None:
    case.mentees = [replace(mentee, tier=0) for mentee in case.mentees]
    run = case.run()
    gains = {gain.mentor_id: (gain.matches, gain.score) for gain in recruitment(run, most=99)}
    for k, mentor in enumerate(case.mentors if not run.limited else ()):
        more = [*case.mentors[:k], replace(mentor, capacity=mentor.capacity + 1), *case.mentors[k + 1 :]]
        again = case.run(mentors=more)
        if again.limited:
            continue
        assert gains.get(mentor.id, (0, 0.0)) == (
            again.totals.matched - run.totals.matched,
            pytest.approx(again.totals.score - run.totals.score, abs=1e-6),
        )


def test_somebody_of_a_tier_never_gives_way_almost_as_well() -> None:
    mentor = Mentor("m", topics={"alpha": 1.0, "beta": 0.5})
    mentees = [Mentee("first", topics={"beta": 1.0}, tier=1), Mentee("second", topics={"alpha": 1.0})]
    run = solve([mentor], mentees, Policy(), embedder=EMBEDDER)
    (pair,) = run.pairs
    assert pair.mentee_id == "first"
    price = prices_without(run)["m", "first"]
    assert (price.matches, price.priority, price.small) == (0, 1, False)
    assert "somebody who goes before others would be left without" in why_not(run, "m", "second").text


def test_who_may_move_moves_for_a_match_and_never_for_an_even_load(case: Case) -> None:
    case.pins, case.places = [], None
    mentors = [replace(mentor, capacity=mentor.capacity + 1) for mentor in case.mentors]
    half = case.mentees[: len(case.mentees) // 2 + 1]
    standing = [(p.mentor_id, p.mentee_id) for p in case.run(mentors=mentors, mentees=half).pairs]

    def moving(able: list[Mentor], pairs: list[tuple[str, str]] = standing) -> Run:
        return rematch(able, case.mentees, case.policy, pairs, embedder=EMBEDDER).run

    def moves(run: Run) -> int:
        made = {(p.mentor_id, p.mentee_id) for p in run.pairs}
        return sum(pair not in made for pair in standing)

    run = moving(mentors)
    even, most = evenly(mentors, run, moving)  # type: ignore[arg-type]
    assert (even.totals.matched, _tiers(case, even), moves(even)) == (run.totals.matched, _tiers(case, run), moves(run))
    busy, held = Counter(p.mentor_id for p in even.pairs), Counter(m for m, _ in standing)
    assert max(busy.values(), default=0) <= max(most, *held.values(), 0) if held else True
    if most > 1 and not run.limited:
        fewer = [replace(m, capacity=min(m.capacity, max(most - 1, held[m.id]))) for m in mentors]
        other = moving(fewer)
        worse = (other.totals.matched, _tiers(case, other), -moves(other))
        assert max(held.values(), default=0) >= most or worse < (run.totals.matched, _tiers(case, run), -moves(run))


def test_how_many_mentors_a_mentee_has_and_why_no_more(case: Case) -> None:
    case.pins = []
    case.mentees = [replace(mentee, capacity=1 + k % 3, has=k % 2) for k, mentee in enumerate(case.mentees)]
    run = case.run()
    held, busy = Counter(p.mentee_id for p in run.pairs), Counter(p.mentor_id for p in run.pairs)
    made = {(p.mentor_id, p.mentee_id) for p in run.pairs}
    said = how_many_mentors(run, {})
    numbers = ("no", "one", "two", "three", "four", "five")
    for mentee in case.mentees:
        has, most = mentee.has + held[mentee.id], mentee.has + mentee.capacity
        text = said.get(mentee.id)
        if not held[mentee.id] or most == 1:
            assert text is None
            continue
        assert text
        if has == most:
            assert text == f"With this the mentee has {'both' if most == 2 else f'all {numbers[most]}'} mentors."
            continue
        assert text.startswith(f"The mentee has {numbers[has]} of {numbers[most]} mentors. ")
        others = [m for m in case.mentors if (m.id, mentee.id) not in made and case.possible(m, mentee)]
        free = [m for m in others if busy[m.id] < m.capacity]
        if "All places of the cohort went" in text:
            assert free
            assert len(run.pairs) == case.places
        elif "All places of the mentors who could be proposed went" in text:
            assert others
            assert not free
        elif "no place free now" in text:
            assert others
            assert not any(m.capacity for m in others)
        elif "The cohort has no place" in text:
            assert case.places == 0
        elif "within the limits" in text:
            assert run.limited
        else:
            assert not others, text


def test_what_a_pair_would_cost_people_who_may_have_several(case: Case) -> None:
    case.mentees = [replace(mentee, capacity=1 + k % 2, has=k % 2) for k, mentee in enumerate(case.mentees)]
    run = case.run()
    made = {(p.mentor_id, p.mentee_id) for p in run.pairs}
    for mentor in case.mentors:
        for mentee in case.mentees:
            if (mentor.id, mentee.id) in made:
                continue
            why = why_not(run, mentor.id, mentee.id)
            if why.price is None:
                continue
            again = case.run(pins=[*case.pins, (mentor.id, mentee.id)])
            nobody = {m.id for m in case.mentees if not m.has}
            fewer = len(nobody & set(run.by_mentee)) - len(nobody & set(again.by_mentee))
            pairs = run.totals.pairs - again.totals.pairs
            if "left without a mentor" in why.text and "somebody who goes" not in why.text:
                assert fewer > 0
            elif "fewer would be found" in why.text:
                assert (fewer <= 0, pairs - fewer > 0) == (True, True)
            elif "almost as good" in why.text:
                assert (fewer, pairs) == (0, 0)
                assert run.totals.score - again.totals.score <= 0.01 + 1e-6
            elif "points" in why.text:
                assert fewer <= 0
                assert pairs - fewer <= 0
