"""What coordinators ask of the service: an even load, whom else somebody could have, weights as sliders, who waited."""

from collections import Counter
from uuid import uuid4

import pytest

from mentoring_common.testing import refused
from mentoring_matching.engine import PolicyError
from mentoring_matching.policies import read

GAP = {"id": "senior", "kind": "gap", "attribute": "grade", "least": 1, "text": "the mentor is more senior"}


async def favourites(world, **kept):
    """A mentor whom all four mentees want, and one whom nobody does; each takes four."""
    cohort = await world.cohort(9)
    wanted, other = (world.person("mentor", capacity=4, criteria=[topic]) for topic in ("career", "funding"))
    mentees = [world.person("mentee", criteria=["career", "funding"]) for _ in range(4)]
    await world.admit(cohort, wanted, other, *mentees)
    return cohort, wanted, other, mentees


async def loads(world, run):
    return Counter(pair["mentor_id"] for pair in await world.items(f"/runs/{run['id']}/pairs"))


async def test_the_load_of_a_cohort_is_limited_or_made_even_and_says_its_cost(world):
    cohort, wanted, other, _ = await favourites(world)
    run = await world.run(cohort)
    assert (await loads(world, run), run["busiest"], run["even_cost"]) == ({str(wanted.id): 4}, 4, None)
    even = await world.run(cohort, policy_changes={"load": {"even": True}})
    assert await loads(world, even) == {str(wanted.id): 2, str(other.id): 2}
    assert even["busiest"] == 2
    assert even["even_cost"] == pytest.approx(run["total_score"] - even["total_score"], abs=1e-4)
    assert even["certificate"]["valid"] is True
    each = even["even_cost"] / 2
    for worth, busiest in ((each * 0.9, 4), (each * 1.1, 2)):
        soft = await world.run(cohort, policy_changes={"load": {"even": worth}})
        assert soft["busiest"] == busiest
    limited = await world.run(cohort, policy_changes={"load": {"most": 3}})
    assert await loads(world, limited) == {str(wanted.id): 3, str(other.id): 1}
    assert (await world.run(cohort, policy_changes={"load": {"most": 1}}))["pairs"] == 2
    seen = (
        await world.office.post(f"/cohorts/{cohort}/what-if", json={"policy_changes": {"load": {"even": True}}})
    ).json()
    assert (seen["before"]["busiest"], seen["after"]["busiest"], len(seen["changes"])) == (4, 2, 2)


async def test_mentees_that_a_mentor_has_already_count_for_the_load(world):
    cohort, wanted, _, mentees = await favourites(world)
    await world.confirmed(cohort)
    late = [world.person("mentee", criteria=["career"]) for _ in range(2)]
    spare = world.person("mentor", capacity=4, criteria=["career"])
    await world.admit(cohort, spare, *late)
    even = await world.run(cohort, policy_changes={"load": {"even": True}})
    assert max((await loads(world, even)).values()) == 1
    assert (await world.run(cohort, policy_changes={"load": {"most": 1}}))["pairs"] == 2
    assert str(wanted.id) not in await loads(world, even)
    assert len(mentees) == 4


@pytest.mark.parametrize(
    ("load", "field"),
    [
        ({"most": 0}, "most"),
        ({"even": -1}, "even"),
        ({"even": "yes"}, "even"),
        ({"evenly": True}, "evenly"),
        ([], "load"),
    ],
)
def test_a_load_that_cannot_be_is_refused_by_name(load, field):
    with pytest.raises(PolicyError) as error:
        read({"load": load}, "traditional")
    assert error.value.field == field
    with pytest.raises(PolicyError) as error:
        read({"unmatched_first": "sometimes"}, "traditional")
    assert error.value.field == "unmatched_first"


async def test_whom_else_people_could_have_and_what_each_would_cost(world):
    cohort, wanted, other, (mentee, *_) = await favourites(world)
    run = await world.run(cohort)
    path = f"/runs/{run['id']}/alternatives"
    (found,) = (await world.office.get(path, params={"mentee_ids": str(mentee.id)})).json()["people"]
    assert (found["person_id"], found["role"]) == (str(mentee.id), "mentee")
    (choice,) = found["alternatives"]
    assert (choice["mentor_id"], choice["price"]["matches"]) == (str(other.id), 0)
    pin = {"mentor_id": str(other.id), "mentee_id": str(mentee.id), "reason": "asked"}
    priced = (await world.office.post(f"/cohorts/{cohort}/what-if", json={"pins": [pin]})).json()["pins"][0]["price"]
    assert choice["price"] == priced
    assert "their scores, 0 to 1 each, would add up to" in choice["text"]
    both = {"mentor_ids": f"{wanted.id},{other.id}", "number": 2}
    of_wanted, of_other = (await world.office.get(path, params=both)).json()["people"]
    assert (of_wanted["alternatives"], len(of_other["alternatives"])) == ([], 2)
    stranger = await world.office.get(path, params={"mentee_ids": str(uuid4())})
    assert refused(stranger, 422, "pairs_invalid")
    assert stranger.json()["errors"][0]["pointer"].endswith("mentee_ids")
    assert refused(await world.office.get(path, params={"mentee_ids": "nobody"}), 422, "invalid_request")
    await world.approve(run["id"])
    assert refused(await world.office.get(path, params={"mentee_ids": str(mentee.id)}), 409, "run_not_completed")


async def test_weights_are_tried_as_sliders_and_a_run_takes_them(world):
    cohort = await world.cohort(5)
    topical, wished = world.person("mentor", criteria=["career"]), world.person("mentor", criteria=["other"])
    mentee = world.person("mentee", criteria=["career"], preferred=[str(wished.id)])
    await world.admit(cohort, topical, wished, mentee)
    weights = {"topics": 0, "mentee_preference": 3.0}
    seen = (await world.office.post(f"/cohorts/{cohort}/what-if", json={"weights": weights})).json()
    assert [change["other_mentor_id"] for change in seen["changes"]] == [str(wished.id)]
    assert "topics" not in seen["after"]["weights"]
    assert seen["before"]["weights"]["topics"] == 0.55
    assert sum(seen["after"]["weights"].values()) == pytest.approx(1, abs=1e-3)
    run = await world.run(cohort, weights=weights)
    (pair,) = await world.items(f"/runs/{run['id']}/pairs")
    assert (pair["mentor_id"], run["total_score"]) == (str(wished.id), seen["after"]["total_score"])
    for wrong, code in (
        ({"luck": 1}, "policy_invalid"),
        ({"topics": -1}, "invalid_request"),
        ({"text": 900}, "policy_invalid"),
    ):
        for body, path in (({"weights": wrong}, "what-if"), ({"weights": wrong}, "runs")):
            answer = await world.office.post(f"/cohorts/{cohort}/{path}", json=body)
            assert refused(answer, 422, code), answer.text
            assert answer.json()["errors"][0]["pointer"].startswith("/body/weights")


async def test_who_was_left_over_by_an_earlier_run_goes_first(make_world):
    world = await make_world(unmatched_first=True, offers={"limit_days": 14})
    cohort = await world.cohort(1)
    mentors = [world.person("mentor") for _ in range(3)]
    first, second = (world.person("mentee", criteria=["career"] * n) for n in (1, 0))
    await world.admit(cohort, *mentors, first, second)
    run = await world.run(cohort)
    (pair,) = await world.items(f"/runs/{run['id']}/pairs")
    left = {str(first.id), str(second.id)} - {pair["mentee_id"]}
    for match in await world.approve(run["id"]):
        await world.accept(match)
    # the next cohort: who waited has worse pairs than everybody who is new, and goes first all the same
    following = await world.cohort(2)
    waited = next(p for p in (first, second) if str(p.id) in left)
    again = world.person("mentee", id=waited.id, criteria=["nothing"])
    new = [world.person("mentee", criteria=["career"]) for _ in range(2)]
    urgent = world.person("mentee", criteria=["nothing"], priority=True)
    await world.admit(following, *[world.person("mentor", criteria=["career"]) for _ in range(3)], again, *new, urgent)
    second_run = await world.run(following)
    chosen = {p["mentee_id"] for p in await world.items(f"/runs/{second_run['id']}/pairs")}
    assert chosen == {str(again.id), str(urgent.id)}
    assert (second_run["priority"], second_run["priority_matched"]) == (2, 2)
    off = await world.run(following, policy_changes={"unmatched_first": False})
    chosen = {p["mentee_id"] for p in await world.items(f"/runs/{off['id']}/pairs")}
    assert str(urgent.id) in chosen
    assert str(again.id) not in chosen


async def test_what_the_policy_cannot_read_of_somebody_is_named_and_a_void_rule_says_so(make_world):
    values = {"grade": ["junior", ["senior", "lead"], "director"], "languages": ["English", "French"]}
    common = {"id": "language", "kind": "common_value", "attribute": "languages", "text": "a common language"}
    world = await make_world(hard_rules=[GAP, common], values=values)
    cohort = await world.cohort(5)
    lead = world.person("mentor", attributes={"grade": " Lead "}, languages=["english"])
    chief = world.person("mentor", attributes={"grade": "chief"}, languages=["English", "Klingon"])
    junior = world.person("mentee", attributes={"grade": "junior"}, languages=["ENGLISH"])
    await world.admit(cohort, lead, chief, junior)
    unread = {id_: member["unread"] for id_, member in (await world.pool(cohort)).items() if member["unread"]}
    why = "is not in the policy's list of values"
    assert unread == {str(chief.id): {"grade": why, "languages": why}}
    run = await world.run(cohort)
    assert (run["pairs"], run["unread"]) == (1, 1)
    assert [(rule["rule"], rule["void"]) for rule in run["rule_sources"][:2]] == [
        ("senior", False),
        ("language", False),
    ]
    dry = (await world.office.post(f"/cohorts/{cohort}/dry-run", json={})).json()
    assert (dry["permitted"], dry["unread"]) == (1, 1)


async def test_a_seniority_rule_without_a_list_names_words_that_have_no_order(make_world):
    world = await make_world(hard_rules=[GAP | {"missing": "allow"}])
    cohort = await world.cohort(5)
    top, low = world.person("mentor", attributes={"grade": "SCS4"}), world.person("mentor", attributes={"grade": 7})
    mentee = world.person("mentee", attributes={"grade": "AA"})
    await world.admit(cohort, top, low, mentee)
    unread = {id_: member["unread"] for id_, member in (await world.pool(cohort)).items() if member["unread"]}
    why = {"grade": "is no number, and the policy's values give no order of others"}
    assert unread == {str(top.id): why, str(mentee.id): why}
    run = await world.run(cohort)
    (rule, *_) = run["rule_sources"]
    assert (run["unread"], run["state"], rule["void"]) == (2, "completed", True)
    assert rule["explanation"] == (
        "the mentor is more senior: nothing is known of any mentee, so it keeps nobody apart"
    )
