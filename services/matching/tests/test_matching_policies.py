"""Policies: versions, what is wrong with one by rule and field, and rules that hold unless switched off."""

import pytest

from mentoring_matching.policies import SAFE


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
    endless = '{"hard_rules": [{"id": "x", "kind": "common_value", "attribute": "languages", "least": 1e999}]}'
    json = {"content-type": "application/json"}
    answer = await world.office.put(f"/programmes/{world.programme_id}/policy", content=endless, headers=json)
    assert (answer.status_code, answer.json()["code"]) == (422, "inexact_number")


async def test_policy_versions_and_what_is_wrong_with_one(world):
    path = f"/programmes/{world.programme_id}/policy"
    document = (await world.office.get(path)).json()["document"]
    better = document | {"weights": {"topics": 1.0}, "floor": 0.2}
    assert (await world.office.put(path, json=better)).json()["version"] == 2
    assert (await world.office.get(path)).json()["document"]["floor"] == 0.2
    rule = {"id": "gap", "kind": "gap", "attribute": "years", "least": "five"}
    wrong = [
        (better | {"hard_rules": [rule]}, "gap", "least"),
        (better | {"weights": {"topics": -1}}, "weights", "topics"),
        (better | {"weights": {"topics": 0.1, "text": 0.9}}, "text", "weight"),
        (better | {"flor": 1}, "policy", "flor"),
        (better | {"hard_rules": [{"id": "g", "kind": "must_match", "attribute": "gender"}]}, "g", "attribute"),
        (better | {"offers": {"limit_days": 0}}, "offers", "limit_days"),
    ]
    for body, where, field in wrong:
        answer = await world.office.put(path, json=body)
        problem = answer.json()
        assert (answer.status_code, problem["code"], problem["field"]) == (422, "policy_invalid", field), problem
        assert where in problem["where"]
    assert (await world.office.get(path)).json()["version"] == 2


async def test_a_blueprint_with_a_wrong_policy_is_kept_and_runs_say_so(make_world):
    world = await make_world(weights={"topics": "much"})
    cohort = await world.cohort(1)
    problem = (await world.office.get(f"/programmes/{world.programme_id}/policy")).json()["problem"]
    assert (problem["where"], problem["field"]) == ("weights", "topics")
    answer = await world.office.post(f"/cohorts/{cohort}/runs", json={})
    assert (answer.status_code, answer.json()["field"]) == (422, "topics")
