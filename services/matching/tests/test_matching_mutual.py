"""People who are mentors and mentees: nobody is the mentor of their own mentor, in any way that leads to a match."""

import asyncio
from uuid import uuid4

import pytest

from mentoring_common.testing import refused
from mentoring_contracts.matching import MatchConfirmed
from mentoring_matching.app import create_app


def both(world, **profile):
    """One person on both sides: as mentor, as mentee."""
    id_ = uuid4()
    return [world.person(role, id=id_, **profile) for role in ("mentor", "mentee")]


async def peers(world, cohort):
    """Two people who are all there is, each on both sides."""
    one, other = both(world), both(world)
    await world.admit(cohort, *one, *other)
    return one[0], other[0]


def ways(pairs):
    return {(pair["mentor_id"], pair["mentee_id"]) for pair in pairs}


async def test_a_run_pairs_two_one_way_and_says_why(world):
    cohort = await world.cohort(4)
    one, other = await peers(world, cohort)
    run = await world.run(cohort)
    (pair,) = await world.items(f"/runs/{run['id']}/pairs")
    assert {pair["mentor_id"], pair["mentee_id"]} == {str(one.id), str(other.id)}
    assert (run["certificate"]["valid"], run["certificate"]["gap"]) == (True, 0)
    (left,) = [u for u in await world.items(f"/runs/{run['id']}/unmatched") if u["role"] == "mentee"]
    assert "nobody mentors their own mentor" in left["explanation"]


async def test_a_policy_may_allow_it(make_world):
    world = await make_world(mutual="allowed")
    cohort = await world.cohort(4)
    one, other = await peers(world, cohort)
    matches = await world.confirmed(cohort)
    assert ways(matches) == {(str(one.id), str(other.id)), (str(other.id), str(one.id))}
    wrong = await world.office.put(f"/programmes/{world.programme_id}/policy", json={"mutual": "perhaps"})
    assert (wrong.status_code, wrong.json()["code"], wrong.json()["field"]) == (422, "policy_invalid", "mutual")


async def test_a_what_if_shows_what_the_rule_costs(world):
    cohort = await world.cohort(4)
    await peers(world, cohort)
    asked = {"policy_changes": {"mutual": "allowed"}}
    answer = await world.office.post(f"/cohorts/{cohort}/what-if", json=asked)
    assert answer.status_code == 200, answer.text
    sides = answer.json()
    assert [sides[side]["matched"] for side in ("before", "after")] == [1, 2]


async def test_what_stands_or_is_offered_bars_the_way_back_in_runs_and_pins(make_world):
    off = ["no_line_management", "no_declared_conflict", "not_matched_before"]
    world = await make_world(hard_rules=[], rules_off=off)
    cohort = await world.cohort(4)
    await peers(world, cohort)
    (match,) = await world.approve((await world.run(cohort))["id"])
    for _ in ("offered", "standing"):
        again = await world.run(cohort)
        assert await world.items(f"/runs/{again['id']}/pairs") == []
        back = {"mentor_id": match["mentee_id"], "mentee_id": match["mentor_id"], "reason": "R"}
        pinned = await world.office.post(f"/cohorts/{cohort}/runs", json={"pins": [back]})
        assert refused(pinned, 422, "pairs_invalid")
        assert pinned.json()["field"] == "pins[0]"
        why = await world.office.get(
            f"/runs/{again['id']}/why-not", params={k: back[k] for k in ("mentor_id", "mentee_id")}
        )
        assert why.json()["rules"] == ["nobody mentors their own mentor"], why.text
        if match["state"] == "proposed":
            match = (await world.accept(match)).json()
    await world.office.post(f"/matches/{match['id']}/end", json={"reason": "no_time"})
    free = await world.run(cohort)
    assert len(await world.items(f"/runs/{free['id']}/pairs")) == 1


async def test_pins_both_ways_and_to_oneself_are_refused(world):
    cohort = await world.cohort(4)
    one, other = await peers(world, cohort)
    for pins in ([(one, other), (other, one)], [(one, one)]):
        body = [{"mentor_id": str(a.id), "mentee_id": str(b.id), "reason": "R"} for a, b in pins]
        answer = await world.office.post(f"/cohorts/{cohort}/runs", json={"pins": body})
        assert (answer.status_code, answer.json()["code"], answer.json()["field"]) == (422, "pairs_invalid", "pins[0]")


async def test_a_run_for_mentees_who_are_not_in_the_pool_is_refused(world):
    cohort = await world.cohort(4)
    mentor, mentee = world.person("mentor"), world.person("mentee")
    await world.admit(cohort, mentor, mentee)
    asked = [str(mentee.id), str(uuid4()), str(mentor.id)]
    answer = await world.office.post(f"/cohorts/{cohort}/runs", json={"kind": "rematch", "mentee_ids": asked})
    assert refused(answer, 422, "mentees_not_in_pool")
    assert [e["pointer"] for e in answer.json()["errors"]] == ["/body/mentee_ids/1", "/body/mentee_ids/2"]
    assert await world.items(f"/cohorts/{cohort}/runs") == []


@pytest.fixture
async def replica(matching):
    """A second instance on the same database, which only answers HTTP."""
    second = create_app(matching.service.settings, clock=matching.clock, http=matching.service.http)
    yield second
    await second.database.close()
    await second.system.dispose()


async def test_of_two_offers_both_ways_one_is_confirmed_also_at_once_in_two_cohorts(make_world, replica):
    """Offers of a time when the policy allowed it: at the end the rule in force holds, whoever is quicker."""
    world = await make_world(mutual="allowed")
    for _ in range(4):
        first, second = await world.cohort(4), await world.cohort(4)
        a, b = uuid4(), uuid4()
        await world.admit(first, world.person("mentor", id=a), world.person("mentee", id=b))
        await world.admit(second, world.person("mentor", id=b), world.person("mentee", id=a))
        offers = [(await world.approve((await world.run(cohort))["id"]))[0] for cohort in (first, second)]
        assert ways(offers) == {(str(a), str(b)), (str(b), str(a))}
        strict = await world.office.get(f"/programmes/{world.programme_id}/policy")
        never = strict.json()["document"] | {"mutual": "never"}
        assert (await world.office.put(f"/programmes/{world.programme_id}/policy", json=never)).status_code == 200
        for offer in offers:
            await world.accept(offer, "mentor")
        here = world.as_person(offers[0]["mentee_id"])
        own, world.harness.service = world.harness.service, replica
        there = world.as_person(offers[1]["mentee_id"])
        world.harness.service = own
        answers = await asyncio.gather(
            *(client.post(f"/matches/{o['id']}/accept") for client, o in zip((here, there), offers, strict=True))
        )
        assert sorted(answer.status_code for answer in answers) == [200, 409]
        assert [x.json()["code"] for x in answers if x.status_code == 409] == ["mutual_match"]
        allowed = never | {"mutual": "allowed"}
        await world.office.put(f"/programmes/{world.programme_id}/policy", json=allowed)
    assert len(await world.events(MatchConfirmed)) == 4
