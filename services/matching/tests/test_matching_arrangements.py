"""Buddy pairs and balanced groups: the engine against brute force, and the API."""

import random
from functools import cache
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mentoring_matching.engine import Criterion, Mentor, Policy, Rule, ranked
from mentoring_matching.engine.buddies import buddies
from mentoring_matching.engine.groups import balanced_groups

POLICY = Policy(
    rules=(Rule("employer", "must_differ", "employer"), Rule("conflict", "no_declared_conflict")),
    criteria=(Criterion("topics", "topics"),),
)


def fit(one: Mentor, other: Mentor) -> int:
    def way(a: Mentor, b: Mentor) -> int:
        return round(10_000 * sum(w * b.topics.get(t, 0) for t, w in a.topics.items()) / sum(a.topics.values()))

    return (way(one, other) + way(other, one)) // 2


def best(people: list[Mentor]) -> tuple[int, int]:
    """The most pairs and the best total in units, by trying everything."""

    @cache
    def of(left: frozenset[int]) -> tuple[int, int]:
        if len(left) < 2:
            return 0, 0
        first = min(left)
        found = of(left - {first})
        for other in left - {first}:
            a, b = people[first], people[other]
            if a.attributes["employer"] != b.attributes["employer"] and b.id not in a.blocked and a.id not in b.blocked:
                pairs, score = of(left - {first, other})
                found = max(found, (pairs + 1, score + fit(a, b)))
        return found

    return of(frozenset(range(len(people))))


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6), st.integers(0, 9))
def test_buddies_are_the_most_pairs_and_the_best(seed, number):
    draw = random.Random(seed)
    people = [
        Mentor(f"m{n}", {"employer": draw.choice("ab")}, ranked(draw.sample("uvwxyz", 3)),
               blocked=frozenset({f"m{draw.randrange(9)}"}))
        for n in range(number)
    ]  # fmt: skip
    found = buddies(people, POLICY)
    pairs, score = best(people)
    assert len(found.pairs) == pairs
    assert sum(s for *_, s in found.pairs) == pytest.approx(score / 10_000, abs=1e-3 * max(pairs, 1))
    told = [id_ for pair in found.pairs for id_ in pair[:2]] + list(found.alone)
    assert sorted(told) == sorted(person.id for person in people)
    assert found.optimal


@pytest.mark.parametrize(
    ("number", "size", "sizes"), [(12, 4, [4, 4, 4]), (10, 4, [3, 3, 4]), (3, 12, [3]), (0, 5, [])]
)
def test_groups_have_even_sizes_and_everybody(number, size, sizes):
    people = [Mentor(f"m{n}", {"site": "abc"[n % 3], "stage": "xy"[n % 2]}) for n in range(number)]
    found = balanced_groups(people, size, ["site", "stage"])
    assert sorted(len(group) for group in found.groups) == sizes
    assert sorted(id_ for group in found.groups for id_ in group) == sorted(person.id for person in people)
    assert found.imbalance == 0
    assert balanced_groups(people[::-1], size, ["site", "stage"]) == found


def test_groups_balance_what_can_be_balanced_and_count_what_cannot():
    draw = random.Random(3)
    people = [Mentor(f"m{n}", {"a": draw.choice("pqr"), "b": draw.choice("st")}) for n in range(48)]
    found = balanced_groups(people, 12, ["a", "b"])
    assert found.imbalance == 0
    traits = {person.id: person.attributes["a"] for person in people}
    for value in "pqr":
        counts = [sum(traits[id_] == value for id_ in group) for group in found.groups]
        assert max(counts) - min(counts) <= 1
    with pytest.raises(ValueError, match="size"):
        balanced_groups(people, 1, [])


async def test_buddy_pairs_over_http(world):
    cohort = await world.cohort(5)
    employer = str(uuid4())
    a, b = world.person("mentor", employer_id=employer), world.person("mentor", employer_id=employer)
    c = world.person("mentor", criteria=["career", "funding"])
    await world.admit(cohort, a, b, c)
    answer = await world.office.post(f"/cohorts/{cohort}/buddies", json={})
    assert answer.status_code == 201, answer.text
    made = answer.json()
    (pair,) = made["pairs"]
    assert str(c.id) in (pair["one_id"], pair["other_id"])
    assert made["optimal"] is True
    assert {*made["alone"], pair["one_id"], pair["other_id"]} == {str(p.id) for p in (a, b, c)}
    assert await world.items(f"/cohorts/{cohort}/buddies") == [made]
    stranger = world.as_person(uuid4())
    assert (await stranger.post(f"/cohorts/{cohort}/buddies", json={})).status_code == 404
    assert (await stranger.get(f"/cohorts/{cohort}/buddies")).status_code == 404


async def test_groups_over_http(world):
    cohort = await world.cohort(9)
    mentees = [world.person("mentee", attributes={"discipline": "ab"[n % 2]}) for n in range(6)]
    await world.admit(cohort, *mentees)
    answer = await world.office.post(f"/cohorts/{cohort}/groups", json={"size": 2, "balance_over": ["discipline"]})
    assert answer.status_code == 201, answer.text
    kinds = {str(p.id): p.profile.get("discipline") or n % 2 for n, p in enumerate(mentees)}
    assert [sorted(kinds[id_] for id_ in group) for group in answer.json()["groups"]] == [[0, 1]] * 3
    assert answer.json()["imbalance"] == 0
    assert await world.items(f"/cohorts/{cohort}/groups") == [answer.json()]
    assert (await world.office.post(f"/cohorts/{cohort}/groups", json={"size": 1})).status_code == 422
    refused = await world.office.post(f"/cohorts/{cohort}/groups", json={"size": 2, "balance_over": ["Gender"]})
    assert (refused.status_code, refused.json()["code"]) == (422, "policy_invalid")


async def test_the_floor_curve_on_request(world):
    cohort = await world.cohort(3)
    good, bad = world.person("mentor", criteria=["career"]), world.person("mentor", criteria=["x"])
    await world.admit(cohort, good, bad, *[world.person("mentee", criteria=["career"]) for _ in range(2)])
    run = await world.run(cohort)
    path = f"/runs/{run['id']}/floor-curve"
    curve = (await world.office.get(path)).json()["points"]
    assert curve == run["floor_curve"]
    matched = [point["matched"] for point in curve]
    assert matched == sorted(matched, reverse=True)
    assert (matched[0], matched[5]) == (2, 1)
    await world.admit(cohort, world.person("mentor"))
    stale = await world.office.get(path)
    assert (stale.status_code, stale.json()["code"]) == (409, "pool_changed")
    assert (await world.as_person(uuid4()).get(path)).status_code == 404
