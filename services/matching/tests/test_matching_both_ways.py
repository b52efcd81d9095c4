"""Learn and teach: in two-way programmes a topic is wanted and offered by both, and both ways are scored."""

import itertools
import random
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mentoring_contracts.applications import ProgrammeCreated
from mentoring_contracts.blueprint import check
from mentoring_matching.engine import Criterion, Mentee, Mentor, Policy, ranked
from mentoring_matching.engine.run import solve
from mentoring_matching.explanations import why_this_pair
from mentoring_matching.policies import read

TOPICS = "abcdef"
BOTH = Policy(criteria=(Criterion("topics", "topics"), Criterion("topics_back", "topics_back")), direction="two_way")


def way(wanted, offered):
    whole = sum(wanted.values())
    return sum(weight * offered.get(topic, 0) for topic, weight in wanted.items()) / whole if whole else 0.0


def score(mentor, mentee):
    return (way(mentee.topics, mentor.topics) + way(mentor.back, mentee.back)) / 2


def best(mentors, mentees):
    """The most pairs, then the best total, by trying every assignment."""
    size = min(len(mentors), len(mentees))
    totals = [
        sum(score(mentor, mentee) for mentor, mentee in zip(some, others, strict=True))
        for some in itertools.permutations(mentors, size)
        for others in itertools.combinations(mentees, size)
    ]
    return size, max(totals, default=0.0)


def drawn(draw, kind, name):
    rankings = [ranked(draw.sample(TOPICS, draw.randint(0, 4))) for _ in range(2)]
    return kind(name, topics=rankings[0], back=rankings[1])


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6), st.integers(0, 4), st.integers(0, 4))
def test_both_ways_are_the_best_total_of_all(seed, mentors, mentees):
    draw = random.Random(seed)
    some = [drawn(draw, Mentor, f"m{n}") for n in range(mentors)]
    others = [drawn(draw, Mentee, f"e{n}") for n in range(mentees)]
    run = solve(some, others, BOTH, seed=seed)
    number, total = best(some, others)
    assert len(run.pairs) == number
    assert sum(pair.score for pair in run.pairs) == pytest.approx(total, abs=2e-3 * max(number, 1))
    by_id = {person.id: person for person in [*some, *others]}
    for pair in run.pairs:
        assert pair.score == pytest.approx(score(by_id[pair.mentor_id], by_id[pair.mentee_id]), abs=1e-3)


def test_only_the_second_ranking_tells_two_mentors_apart():
    mentee = Mentee("e", topics={"a": 1.0}, back={"b": 1.0})
    wants_it = Mentor("m1", topics={"a": 1.0}, back={"b": 1.0})
    wants_another = Mentor("m2", topics={"a": 1.0}, back={"c": 1.0})
    (pair,) = solve([wants_another, wants_it], [mentee], BOTH).pairs
    assert (pair.mentor_id, pair.score) == ("m1", 1.0)
    assert pair.contributions == {"topics": 0.5, "topics_back": 0.5}
    said = why_this_pair(pair, wants_it, mentee, BOTH, {"a": "Digital", "b": "Strategy"})
    assert said.startswith("One wants to learn what the other offers: Digital; and the other way round: Strategy.")
    alone = why_this_pair(pair, wants_another, mentee, BOTH, {})
    assert alone.startswith("One wants to learn what the other offers: a. ")


@pytest.mark.parametrize(
    ("direction", "weights", "shares"),
    [
        ("two_way", {"topics": 0.6, "text": 0.2}, {"topics": 0.375, "topics_back": 0.375, "text": 0.25}),
        ("traditional", {"topics": 0.6, "text": 0.2}, {"topics": 0.75, "text": 0.25}),
        ("two_way", {"topics": 0.6, "topics_back": 0.2}, {"topics": 0.75, "topics_back": 0.25}),
        ("two_way", {"topics": 0, "text": 0, "preferences": 1}, {"mentee_preference": 0.5, "mentor_preference": 0.5}),
    ],
)
def test_in_two_way_programmes_topics_are_both_ways_unless_the_policy_says_how_much(direction, weights, shares):
    found = {c.name: share for c, share in read({"weights": weights}, direction).engine.shares()}
    assert found == pytest.approx(shares)


def test_people_without_a_second_ranking_are_known_by_the_same_hash_as_before():
    mentors, mentees = [Mentor("m", topics={"a": 1.0})], [Mentee("e", topics={"a": 1.0})]
    plain = Policy()
    before = solve(mentors, mentees, plain).input_hash
    assert solve([Mentor("m", topics={"a": 1.0}, back={})], mentees, plain).input_hash == before
    assert solve([Mentor("m", topics={"a": 1.0}, back={"b": 1.0})], mentees, plain).input_hash != before


async def test_what_both_rank_in_the_form_decides_who_meets(make_world):
    world = await make_world()
    world.programme_id = uuid4()
    await world.harness.publish(
        world.tenant,
        ProgrammeCreated(programme_id=world.programme_id, direction="two_way", blueprint={"form": {}}),
        world.granted(),
    )
    cohort_id = await world.cohort(places=5)

    def person(role, wants, offers):
        return world.person(role, criteria=[], attributes={"wants": wants, "offers": offers})

    executive = person("mentor", ["digital"], ["strategy"])
    other = person("mentor", ["culture"], ["strategy"])
    young = person("mentee", ["strategy"], ["digital"])
    await world.admit(cohort_id, executive, other, young)
    run = await world.run(cohort_id)
    (pair,) = await world.items(f"/runs/{run['id']}/pairs")
    assert pair["mentor_id"] == str(executive.id)
    assert "One wants to learn what the other offers" in pair["explanation"]


def test_a_form_both_ways_without_what_is_offered_is_refused_at_the_door():
    criteria = {"current": 1, "versions": [{"version": 1, "items": [{"id": "a", "title": "A"}]}]}
    ranking = {"kind": "ranking", "of": "criteria", "roles": ["mentor", "mentee"], "label": "?"}

    def faults(*ids):
        fields = [ranking | {"id": id_} for id_ in ids]
        plan = {"id": "p", "title": "P", "direction": "two_way", "criteria": criteria}
        return [fault.code for fault in check(plan | {"form": {"version": 1, "fields": fields}})[1]]

    assert faults("wants", "offers") == []
    assert faults("wants", "teaches") == ["missing"]
