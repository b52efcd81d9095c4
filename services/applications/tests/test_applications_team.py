"""A team is handed over by one act: roles end and begin together, somebody can always manage, and a record stays."""

import asyncio
import copy

from mentoring_applications.programmes import blueprint
from mentoring_common.testing import refused
from mentoring_contracts.applications import RoleGranted, RoleRevoked

MEMBER = {"id": "community_member", "title": "Steering group member", "rights": ["read_reports"], "note": "community"}


def plan(*roles):
    content = copy.deepcopy(blueprint.load("nihr").document)
    content["roles"] = [*content.get("roles", []), *roles]
    return content


async def give(office, programme_id, person, role, **more):
    answer = await office.post(f"/programmes/{programme_id}/roles", json={"person_id": person, "role": role, **more})
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


async def held(office, programme_id):
    items = (await office.get(f"/programmes/{programme_id}/roles")).json()["items"]
    return {(one["person_id"], one["role"]) for one in items}


def handover(by, programme_id, *to, **more):
    """`to` are (person, role, …)."""
    body = {"to": [{"person_id": one[0], "role": one[1]} | (one[2] if len(one) > 2 else {}) for one in to]}
    return by.post(f"/programmes/{programme_id}/team-handovers", json=body | more)


async def test_the_last_manager_hands_the_team_over(applications, nihr, tenant):
    old, helper, steers, new, other = [await nihr.person() for _ in range(5)]
    for person, role in ((old, "programme_manager"), (helper, "coordinator"), (steers, "steering_group")):
        await give(nihr.office, nihr.programme_id, person, role)
    manager = nihr.as_person(old)
    for person in (new, other):
        await nihr.apply("mentor", nihr.cohorts[0], person)  # so that the manager sees them
    made = await handover(
        manager, nihr.programme_id, (new, "programme_manager"), (other, "coordinator"), note="The north takes over."
    )
    assert made.status_code == 201, made.text
    assert "note" not in made.json(), "an answer that is kept with its key holds nothing of a person"
    now = await held(nihr.office, nihr.programme_id)
    assert {(new, "programme_manager"), (other, "coordinator"), (steers, "steering_group")} <= now
    assert not {old, helper} & {person for person, _ in now}
    revoked = await applications.emitted(tenant, RoleRevoked)
    assert {(str(e.person_id), e.role) for e in revoked} == {(old, "programme_manager"), (helper, "coordinator")}
    granted = await applications.emitted(tenant, RoleGranted)
    assert {str(e.person_id) for e in granted[-2:]} == {new, other}
    assert refused(await handover(manager, nihr.programme_id, (old, "programme_manager")), 403, "role_needed")
    path = f"/programmes/{nihr.programme_id}/team-handovers"
    [record] = (await nihr.as_person(new).get(path)).json()["items"]
    assert (record["made_by"], record["note"]) == (old, "The north takes over.")
    assert {one["person_id"] for one in record["taken"]} == {old, helper}
    assert refused(await manager.get(path), 403, "role_needed")
    held_of = (await manager.get(f"/people/{old}/held")).json()["held"]
    assert held_of["team_handovers"][0]["sealed_note"] == "The north takes over."
    assert held_of["handed_roles"][0]["role"] == "programme_manager"
    for person in (old, other):
        assert (await nihr.office.delete(f"/people/{person}")).status_code == 204
    [record] = (await nihr.office.get(path)).json()["items"]
    assert (record["made_by"], record["note"]) == (None, None)
    assert [one["person_id"] for one in record["taken"]] == [helper]
    assert [one["person_id"] for one in record["given"]] == [new]


async def test_those_who_are_named_leave_with_every_role(nihr):
    leaves, stays, new = [await nihr.person() for _ in range(3)]
    for person, role in ((leaves, "coordinator"), (leaves, "interviewer"), (stays, "programme_manager")):
        await give(nihr.office, nihr.programme_id, person, role)
    made = await handover(nihr.office, nihr.programme_id, (new, "programme_manager"), from_ids=[leaves])
    assert made.status_code == 201, made.text
    assert {(one["person_id"], one["role"]) for one in made.json()["taken"]} == {
        (leaves, "coordinator"), (leaves, "interviewer"),
    }  # fmt: skip
    now = await held(nihr.office, nihr.programme_id)
    assert {(stays, "programme_manager"), (new, "programme_manager")} <= now
    assert leaves not in {person for person, _ in now}
    # Who stays is named again, in whatever role.
    again = await handover(nihr.office, nihr.programme_id, (stays, "programme_manager"), (new, "coordinator"))
    assert again.status_code == 201, again.text
    now = await held(nihr.office, nihr.programme_id)
    assert {one for one in now if one[0] in (stays, new)} == {(stays, "programme_manager"), (new, "coordinator")}


async def test_nothing_is_handed_over_where_anything_is_wrong(nihr, applications, tenant):
    old, new = [await nihr.person() for _ in range(2)]
    await give(nihr.office, nihr.programme_id, old, "programme_manager")
    before = await held(nihr.office, nihr.programme_id)
    manages, programme, office = (new, "programme_manager"), nihr.programme_id, nihr.office
    for answer, status, code in [
        (await handover(office, programme, (new, "coordinator")), 422, "nobody_manages"),
        (await handover(office, programme, manages, from_ids=[new]), 422, "not_of_team"),
        (await handover(office, programme, manages, (new, "wizard")), 422, "role_unknown"),
        (await handover(office, programme, manages, (new, "trainer", {"until": "2020-01-01T00:00:00Z"})),
         422, "role_is_over"),
        (await handover(office, programme, manages, (new, "trainer", {"note": "x"})), 422, "note_not_asked"),
        (await handover(office, programme, manages, (programme, "trainer")), 404, "person_not_found"),
        (await handover(office, programme, manages, manages), 422, "invalid_request"),
        (await handover(office, programme), 422, "invalid_request"),
        (await handover(office, programme, manages, (old, "programme_manager"), from_ids=[new, old]),
         422, "not_of_team"),
        (await handover(nihr.as_person(new), programme, manages), 403, "role_needed"),
    ]:  # fmt: skip
        assert refused(answer, status, code)
    wrong = (await handover(nihr.office, nihr.programme_id, manages, (new, "wizard"))).json()["errors"]
    assert [one["pointer"] for one in wrong] == ["/body/to/1/role"]
    assert await held(nihr.office, nihr.programme_id) == before
    assert not await applications.emitted(tenant, RoleRevoked)
    assert (await nihr.office.get(f"/programmes/{nihr.programme_id}/team-handovers")).json()["items"] == []


async def test_the_last_role_that_manages_is_an_administrators_to_take(nihr):
    first, second = [await nihr.person() for _ in range(2)]
    mine, theirs = [await give(nihr.office, nihr.programme_id, p, "programme_manager") for p in (first, second)]
    for one in (await nihr.office.get(f"/programmes/{nihr.programme_id}/roles")).json()["items"]:
        if one["id"] not in (mine, theirs):  # whoever made the programme
            assert (await nihr.office.delete(f"/roles/{one['id']}")).status_code == 204
    both = await asyncio.gather(
        nihr.as_person(first).delete(f"/roles/{theirs}"), nihr.as_person(second).delete(f"/roles/{mine}")
    )
    assert sorted(answer.status_code for answer in both) in ([204, 403], [204, 409])
    [left] = (await nihr.office.get(f"/programmes/{nihr.programme_id}/roles")).json()["items"]
    answer = await nihr.as_person(left["person_id"]).delete(f"/roles/{left['id']}")
    assert refused(answer, 409, "last_manager")
    assert "team-handovers" in answer.json()["detail"]
    assert (await nihr.office.delete(f"/roles/{left['id']}")).status_code == 204


async def test_a_role_that_asks_for_a_note_is_not_given_without(office, nihr):
    programme = (await office.post("/programmes", json={"blueprint": plan(MEMBER)})).json()["id"]
    person = await nihr.person()
    path = f"/programmes/{programme}/roles"
    answer = await office.post(path, json={"person_id": person, "role": "community_member"})
    assert refused(answer, 422, "note_needed")
    assert answer.json()["errors"][0]["pointer"] == "/body/note"
    manages = (person, "programme_manager")
    answer = await handover(office, programme, manages, (person, "community_member"))
    assert refused(answer, 422, "note_needed")
    assert answer.json()["errors"][0]["pointer"] == "/body/to/1/note"
    made = await handover(office, programme, manages, (person, "community_member", {"note": "Deaf staff"}))
    assert made.status_code == 201, made.text
    notes = {one["role"]: one["note"] for one in (await office.get(path)).json()["items"]}
    assert notes["community_member"] == "Deaf staff"
    wrong = {"id": "network", "title": "Network", "rights": [], "note": "Which?", "provisioned": True}
    answer = await office.post("/programmes", json={"blueprint": plan(wrong)})
    assert answer.status_code == 422, answer.text
    assert [one["code"] for one in answer.json()["errors"]] == ["note_not_carried"]
