"""Policies: versions, what is wrong with one by rule and field, and rules that hold unless switched off."""

from uuid import uuid4

import pytest

from mentoring_common.testing import refused
from mentoring_contracts.applications import ProgrammeAmended
from mentoring_matching import policies
from mentoring_matching.engine import PolicyError
from mentoring_matching.policies import SAFE, ordered_by
from mentoring_matching.profiles import ApplicationProfile, Candidate, with_values


async def test_safe_rules_hold_unless_the_policy_says_that_it_does_without_them(make_world):
    world = await make_world()
    cohort, path = await world.cohort(5), f"/programmes/{world.programme_id}/policy"
    boss, feared = world.person("mentor"), world.person("mentor")
    mentee = world.person("mentee", line_manager_id=str(boss.id), conflicts=[str(feared.id)])
    await world.admit(cohort, boss, feared, mentee)

    async def dry(**policy):
        assert (answer := await world.office.put(path, json=policy)).status_code == 200, answer.text
        shown = (await world.office.get(path)).json()["rules_off"]
        found = (await world.office.post(f"/cohorts/{cohort}/dry-run", json={})).json()
        assert found["rules_off"] == shown == answer.json()["rules_off"]
        return found["permitted"], shown, [e["rule"] for e in found["rules"]]

    assert await dry() == (0, [], [*SAFE, "floor"])
    own = {"id": "ours", "kind": "must_differ", "attribute": "employer"}
    assert (await dry(hard_rules=[own]))[0] == 0
    assert (await dry(hard_rules=[{"id": "apart", "kind": "no_conflict"}]))[2] == ["apart", SAFE[0], SAFE[2], "floor"]
    assert await dry(hard_rules=[own], rules_off=[SAFE[0]]) == (1, [SAFE[0]], ["ours", *SAFE[1:], "floor"])
    for off, more in ((["floor"], []), ("no_line_management", []), ([SAFE[1]], [{"id": "x", "kind": SAFE[1]}])):
        answer = await world.office.put(path, json={"rules_off": off, "hard_rules": more})
        assert (answer.status_code, answer.json()["field"]) == (422, "rules_off")


@pytest.mark.parametrize("name", ["floor", "Not oneself", "still free", "barred by a coordinator"])
async def test_a_rule_may_not_bear_a_name_that_explanations_use(world, name):
    rule = {"id": name, "kind": "must_match", "attribute": "town"}
    answer = await world.office.put(f"/programmes/{world.programme_id}/policy", json={"hard_rules": [rule]})
    assert (answer.status_code, answer.json()["field"]) == (422, "id")
    assert name in answer.json()["where"]


async def test_a_change_that_nobody_reads_or_of_a_wrong_kind_is_refused_by_name(world):
    cohort = await world.cohort(1)
    rule = {"id": "x", "kind": "must_match", "attribute": "town"}
    for changes, where, field in (
        ({"flor": 0.3}, "policy", "flor"),
        ({"direction": "peer"}, "policy", "direction"),
        ({"hard_rules": [rule | {"kind": [1]}]}, "hard_rules 'x'", "kind"),
        ({"hard_rules": [rule | {"attribute": ["a"]}]}, "hard_rules 'x'", "attribute"),
        ({"hard_rules": [rule | {"attribute": "Sexual orientation"}]}, "hard_rules 'x'", "attribute"),
        ({"hard_rules": [rule | {"kind": "barred_pair", "pairs": 5}]}, "hard_rules 'x'", "pairs"),
        ({"hard_rules": [rule | {"kind": "barred_pair", "pairs": [[["a"], "b"]]}]}, "hard_rules 'x'", "pairs"),
        ({"criteria": [{"name": "n", "kind": "near", "levels": 5}]}, "criteria 'n'", "levels"),
        ({"criteria": [{"name": ["n"], "kind": "topics"}]}, "criteria '['n']'", "name"),
        ({"criteria": [{"name": "n", "kind": "topics", "weight": 1e308}]}, "criteria 'n'", "weight"),
        ({"criteria": [{"name": f"n{n}", "kind": "topics"} for n in range(201)]}, "policy", "criteria"),
        ({"hard_rules": [rule | {"id": f"x{n}"} for n in range(201)]}, "policy", "hard_rules"),
    ):
        for path in ("dry-run", "what-if", "runs"):
            answer = await world.office.post(f"/cohorts/{cohort}/{path}", json={"policy_changes": changes})
            assert answer.status_code == 422, answer.text
            assert (answer.json()["where"], answer.json()["field"]) == (where, field)
            assert answer.json()["errors"][0]["pointer"].startswith("/body/policy_changes")
    endless = '{"hard_rules": [{"id": "x", "kind": "common_value", "attribute": "languages", "least": 1e999}]}'
    json = {"content-type": "application/json"}
    answer = await world.office.put(f"/programmes/{world.programme_id}/policy", content=endless, headers=json)
    assert refused(answer, 422, "inexact_number")


async def test_policy_versions_and_what_is_wrong_with_one(world):
    path = f"/programmes/{world.programme_id}/policy"
    document = (await world.office.get(path)).json()["document"]
    better = document | {"weights": {"topics": 1.0}, "floor": 0.2}
    assert (await world.office.put(path, json=better)).json()["version"] == 2
    assert (await world.office.get(path)).json()["document"]["floor"] == 0.2
    rule = {"id": "gap", "kind": "gap", "attribute": "years", "least": "five"}
    protected = {"id": "g", "kind": "must_match", "attribute": "gender"}
    wrong = [
        (better | {"hard_rules": [rule]}, "gap", "least", "/hard_rules/0/least"),
        (better | {"weights": {"topics": -1}}, "weights", "topics", "/weights/topics"),
        (better | {"weights": {"topics": 0.1, "text": 0.9}}, "text", "weight", ""),
        (better | {"flor": 1}, "policy", "flor", "/flor"),
        (better | {"hard_rules": [protected]}, "g", "attribute", "/hard_rules/0/attribute"),
        (better | {"offers": {"limit_days": 0}}, "offers", "limit_days", "/offers/limit_days"),
    ]
    for body, where, field, pointer in wrong:
        answer = await world.office.put(path, json=body)
        problem = answer.json()
        assert (answer.status_code, problem["code"], problem["field"]) == (422, "policy_invalid", field), problem
        assert where in problem["where"]
        assert [(one["pointer"], one["code"]) for one in problem["errors"]] == [(f"/body{pointer}", "unusable")]
    assert (await world.office.get(path)).json()["version"] == 2


async def test_a_blueprint_with_a_wrong_policy_is_kept_and_runs_say_so(make_world):
    world = await make_world(weights={"topics": "much"})
    cohort = await world.cohort(1)
    problem = (await world.office.get(f"/programmes/{world.programme_id}/policy")).json()["problem"]
    assert (problem["where"], problem["field"]) == ("weights", "topics")
    answer = await world.office.post(f"/cohorts/{cohort}/runs", json={})
    assert (answer.status_code, answer.json()["field"]) == (422, "topics")


def test_values_that_a_policy_lists_are_places_in_an_order_and_no_others_are_taken() -> None:
    document = {"hard_rules": [{"id": "senior", "kind": "gap", "attribute": "grade", "least": 1}],
                "values": {"grade": ["junior", ["senior", "lead"], "head"], "site": ["north", "south"]}}  # fmt: skip
    terms = policies.read(document, "traditional", strict=True)

    def read(**attributes):
        profile = ApplicationProfile(application_id=uuid4(), attributes=attributes)
        found = with_values(
            Candidate(uuid4(), uuid4(), "mentor", 1, False, profile), terms.values, ordered_by(terms.engine)
        )
        return found.profile.attributes, found.unread

    assert read(grade="  LEAD", site="North", other="x") == ({"grade": 2, "site": ["north"], "other": "x"}, {})
    assert read(grade="boss") == ({}, {"grade": "is not in the policy's list of values"})
    for wrong in ({"grade": []}, {"grade": "junior"}, {"grade": [[1.5]]}, {"religion": ["a"]}):
        with pytest.raises(PolicyError, match="values"):
            policies.read({"values": wrong}, "traditional")


async def test_an_amended_programme_has_a_new_version_of_its_policy(make_world):
    world = await make_world(max_load=1)
    path = f"/programmes/{world.programme_id}/policy"
    first = (await world.office.get(path)).json()["version"]
    about = {"programme_id": world.programme_id, "blueprint_version": 2}
    rule = {
        "id": "apart",
        "kind": "must_differ",
        "attribute": "employer",
        "text": {"en": "work apart", "cy": "ar wahân"},
    }
    new = {"languages": ["en", "cy"], "matching": {"max_load": 2, "hard_rules": [rule]}}
    await world.harness.publish(world.tenant, ProgrammeAmended(**about, changed=["matching"], blueprint=new))
    found = (await world.office.get(path)).json()
    assert (found["version"], found["document"]["max_load"], found["problem"]) == (first + 1, 2, None)
    assert found["document"]["hard_rules"][0]["text"] == "work apart"
    await world.harness.publish(world.tenant, ProgrammeAmended(**about, changed=["title"], blueprint=new))
    assert (await world.office.get(path)).json()["version"] == first + 1
