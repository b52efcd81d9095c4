"""A what-if over HTTP: both sides, who changes, the price of a pin before it is made; and the engine behind it."""

import random
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mentoring_common.testing import refused
from mentoring_matching.engine import (
    Criterion,
    Mentee,
    Mentor,
    Policy,
    Rule,
    pin_costs,
    price_of,
    ranked,
    solve,
    solve_again,
)


async def ask(world, cohort, **body):
    answer = await world.office.post(f"/cohorts/{cohort}/what-if", json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_changes_of_the_policy_side_by_side_with_nothing_stored(world):
    cohort = await world.cohort(5)
    topical, wished = world.person("mentor", criteria=["career"]), world.person("mentor", criteria=["other"])
    mentee = world.person("mentee", criteria=["career"], preferred=[str(wished.id)])
    await world.admit(cohort, topical, wished, mentee)
    weights = {"topics": 0.05, "preferences": 0.9, "text": 0.05}
    seen = await ask(world, cohort, policy_changes={"weights": weights})
    change = {"mentee_id": str(mentee.id), "mentor_id": str(topical.id), "other_mentor_id": str(wished.id)}
    (changed,) = seen["changes"]
    assert [changed.pop("score"), changed.pop("other_score")] == [
        pytest.approx(seen[side]["total_score"]) for side in ("before", "after")
    ]
    assert seen["before"]["fits"]["topics"] > seen["after"]["fits"]["topics"]
    assert seen["before"]["fits"]["mentee_preference"] == 0 < seen["after"]["fits"]["mentee_preference"]
    assert (seen["changes"], seen["same_pairs"], seen["pins"]) == ([change], 0, [])
    assert seen["before"]["matched"] == seen["after"]["matched"] == 1
    assert seen["before"]["certified"] is seen["after"]["certified"] is True
    assert await world.items(f"/cohorts/{cohort}/runs") == []
    two = await world.run(cohort, policy_changes={"weights": weights})
    for name in ("total_score", "worst_score", "fifth_percentile", "blocking_pairs", "priority"):
        assert seen["after"][name] == two[name]


async def test_two_whole_policies_and_other_places(world):
    cohort = await world.cohort(5)
    await world.admit(cohort, *[world.person(role) for role in ("mentor", "mentee") for _ in range(3)])
    document = (await world.office.get(f"/programmes/{world.programme_id}/policy")).json()["document"]
    seen = await ask(world, cohort, policies=[document, document | {"floor": 0.99}], places=2)
    assert (seen["before"]["matched"], seen["before"]["places"], seen["after"]["matched"]) == (3, 3, 0)
    assert len(seen["changes"]) == 3
    assert (await ask(world, cohort, places=2))["after"]["matched"] == 2


async def test_the_price_of_a_pin_before_it_is_made_and_in_the_run(world):
    cohort = await world.cohort(5)
    employer = str(uuid4())
    good, worse = world.person("mentor", criteria=["career"]), world.person("mentor", criteria=["x"])
    mentee = world.person("mentee", criteria=["career"], employer_id=employer)
    colleague = world.person("mentor", criteria=["career"], employer_id=employer)
    await world.admit(cohort, good, worse, colleague, mentee)
    pin = {"mentor_id": str(worse.id), "mentee_id": str(mentee.id), "reason": "asked for by both"}
    (priced,) = (await ask(world, cohort, pins=[pin]))["pins"]
    assert priced["price"]["matches"] == 0
    assert priced["price"]["score"] > 0.5
    assert (priced["rules"], priced["reason"]) == ([], "asked for by both")
    override = pin | {"mentor_id": str(colleague.id), "reason": "other site"}
    seen = await ask(world, cohort, pins=[override])
    assert seen["pins"][0]["rules"] == ["different employers"]
    assert seen["pins"][0]["price"] == {"matches": 0, "score": 0.0, "priority": 0, "further": 0}
    run = await world.run(cohort, pins=[override])
    assert run["pins"] == seen["pins"]
    assert (await world.run(cohort))["pins"] == []


async def test_a_pin_can_cost_a_match(world):
    cohort = await world.cohort(5)
    employer = str(uuid4())
    one, two = world.person("mentor"), world.person("mentor", employer_id=employer)
    anywhere, only_one = world.person("mentee"), world.person("mentee", employer_id=employer)
    await world.admit(cohort, one, two, anywhere, only_one)
    pin = {"mentor_id": str(one.id), "mentee_id": str(anywhere.id), "reason": "promised"}
    seen = await ask(world, cohort, pins=[pin])
    assert (seen["before"]["matched"], seen["after"]["matched"]) == (2, 1)
    assert seen["pins"][0]["price"]["matches"] == 1


async def test_what_cannot_be_asked(world):
    cohort = await world.cohort(1)
    mentor, mentee = world.person("mentor"), world.person("mentee")
    await world.admit(cohort, mentor, mentee)
    pin = {"mentor_id": str(mentor.id), "mentee_id": str(mentee.id), "reason": "x"}
    wrong = [
        ({"pins": [pin | {"mentee_id": str(uuid4())}]}, "pairs_invalid"),
        ({"pins": [pin], "places": 0}, "pairs_invalid"),
        ({"pins": [pin], "bars": [pin]}, "pairs_invalid"),
        ({"policy_changes": {"weights": {"topics": "much"}}}, "policy_invalid"),
        ({"policies": [{}, {"flor": 1}]}, "policy_invalid"),
        ({"policies": [{}, {}], "policy_changes": {"floor": 0.1}}, "invalid_request"),
    ]
    for body, code in wrong:
        answer = await world.office.post(f"/cohorts/{cohort}/what-if", json=body)
        assert refused(answer, 422, code), answer.text
    assert (await world.as_person(mentor.id).post(f"/cohorts/{cohort}/what-if", json={})).status_code == 404


POLICY = Policy(
    rules=(Rule("employer", "must_differ", "employer"),),
    criteria=(Criterion("topics", "topics", 0.7), Criterion("wish", "mentee_preference", 0.3)),
)


def people(draw: random.Random, mentors: int, mentees: int):
    topics = [f"t{n}" for n in range(6)]

    def one(kind, n, **own):
        attributes = {"employer": draw.choice("abc")}
        return kind(f"{kind.__name__}{n}", attributes, ranked(draw.sample(topics, 3)), **own)

    offering = [one(Mentor, n, capacity=draw.choice([1, 1, 2])) for n in range(mentors)]
    named = [person.id for person in offering]
    return offering, [
        one(Mentee, n, tier=draw.choice([0, 0, 1]), preferred=tuple(draw.sample(named, min(2, mentors))))
        for n in range(mentees)
    ]


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 12), st.integers(1, 14), st.one_of(st.none(), st.integers(2, 9)))
def test_solving_again_is_as_good_as_solving_from_scratch(seed, mentors, mentees, places):
    draw = random.Random(seed)
    offering, wanting = people(draw, mentors, mentees)
    first = solve(offering, wanting, POLICY, places=draw.choice([None, 3, 6]))
    other = Policy(criteria=(Criterion("topics", "topics"),), floor=draw.choice([0.0, 0.4]))
    pins = [(draw.choice(offering).id, draw.choice(wanting).id)] if draw.random() < 0.5 else []
    bars = [pair for pair in [(draw.choice(offering).id, draw.choice(wanting).id)] if pair not in pins]
    for policy in (other, POLICY):
        again = solve_again(first, policy, places=places, pins=pins, bars=bars)
        fresh = solve(offering, wanting, policy, places=places, pins=pins, bars=bars)
        assert again.certificate.valid
        assert again.input_hash == fresh.input_hash
        same = ("matched", "priority_matched", "score", "places")
        assert [getattr(again.totals, name) for name in same] == [getattr(fresh.totals, name) for name in same]


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6))
def test_the_cost_of_a_pin_is_its_exact_price(seed):
    draw = random.Random(seed)
    offering, wanting = people(draw, 6, 8)
    run = solve(offering, wanting, POLICY, places=5)
    pair = draw.choice(offering).id, draw.choice(wanting).id
    (cost,) = pin_costs(run, [pair])
    assert cost.price == price_of(run, *pair)


@pytest.mark.parametrize(("employer", "rules"), [("a", ("employer",)), ("b", ())])
def test_a_pin_says_which_rule_it_overrides(employer, rules):
    mentor, mentee = Mentor("m", {"employer": "a"}), Mentee("n", {"employer": employer})
    (cost,) = pin_costs(solve([mentor], [mentee], POLICY), [("m", "n")])
    assert (cost.rules, cost.below_floor) == (rules, False)
