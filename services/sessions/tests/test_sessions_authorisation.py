"""Every route: no token, a token without scope, a stranger, another organisation, an HR machine."""

from uuid import uuid4

import pytest

from mentoring_common.ids import new_id

MEETING = {"minutes": 10, "mode": "online", "held_at": "2022-02-02T10:00:00Z"}
ACTIVITY = {"kind": "cpd", "title": "T", "mode": "online", "starts_at": "2022-02-02T10:00:00Z", "minutes": 60}
BODIES = {
    ("POST", "/relationships/{match_id}/agreement"): {"terms": "T"},
    ("POST", "/relationships/{match_id}/goals"): {"text": "T"},
    ("PATCH", "/goals/{goal_id}"): {"text": "T"},
    ("POST", "/goals/{goal_id}/actions"): {"text": "T"},
    ("PATCH", "/actions/{action_id}"): {"done": True},
    ("POST", "/relationships/{match_id}/mentoring-sessions"): MEETING,
    ("POST", "/mentoring-sessions/{mentoring_session_id}/notes"): {"text": "T"},
    ("PATCH", "/mentoring-sessions/{mentoring_session_id}"): {"minutes": 20, "reason": "R"},
    ("POST", "/mentoring-sessions/{mentoring_session_id}/withdraw"): {"reason": "R"},
    ("PATCH", "/notes/{note_id}"): {"visibility": "pair"},
    ("POST", "/relationships/{match_id}/check-ins"): {"going_well": 3},
    ("POST", "/relationships/{match_id}/concerns"): {"text": "T"},
    ("PATCH", "/concerns/{concern_id}"): {"state": "resolved"},
    ("POST", "/programmes/{programme_id}/activities"): ACTIVITY,
    ("POST", "/activities/{activity_id}/attendance"): {"person_ids": [str(uuid4())]},
    ("POST", "/activities/{activity_id}/attendance/{person_id}/withdraw"): {"reason": "R"},
}


@pytest.fixture
async def ids(begun):
    """A thing of every kind."""
    meeting = (await begun.meet(begun.mentee, note="N", note_visibility="programme_team")).json()
    goal = (await begun.mentor.post(f"{begun.path}/goals", json={"text": "G"})).json()
    action = (await begun.mentor.post(f"/goals/{goal['id']}/actions", json={"text": "A"})).json()
    concern = (await begun.mentee.post(f"{begun.path}/concerns", json={"text": "C"})).json()
    await begun.mentor.post(f"{begun.path}/agreement", json={"terms": "T"})
    return {
        "match_id": begun.match_id,
        "programme_id": begun.programme_id,
        "person_id": begun.mentor_id,
        "mentoring_session_id": meeting["id"],
        "note_id": meeting["note_id"],
        "goal_id": goal["id"],
        "action_id": action["id"],
        "concern_id": concern["id"],
        "activity_id": (await begun.plan())["id"],
    }


def _routes(harness):
    paths = harness.service.app.openapi()["paths"]
    own = [(path, operations) for path, operations in paths.items() if not path.startswith("/audit-log")]
    found = [(method.upper(), path) for path, operations in own for method in operations]
    assert len(found) >= 30
    return found


async def _call(client, method, path, ids):
    return await client.request(method, path.format(**ids), json=BODIES.get((method, path)))


async def test_strangers_other_organisations_and_machines_find_nothing(begun, ids):
    callers = {
        "stranger": begun.stranger,
        "other organisation": begun.harness.caller(
            "sessions:write", "organisation:admin", tenant=uuid4(), subject=begun.mentor_id
        ),
        "machine": begun.client("hr-system", "sessions:write", "hr:provision"),
    }
    for who, client in callers.items():
        for method, path in _routes(begun.harness):
            if path == "/relationships":
                listed = await client.get(path)
                if who == "machine":  # it has none of its own: an empty list would be no truth
                    assert listed.json()["code"] == "role_needed", who
                else:
                    assert listed.json()["items"] == [], who
            elif not (path.startswith("/people/") and who == "other organisation"):
                answer = await _call(client, method, path, ids)
                assert answer.status_code == 404, (who, method, path, answer.text)


async def test_no_token_and_no_scope(begun, ids):
    for method, path in _routes(begun.harness):
        assert (await _call(begun.harness.anonymous(), method, path, ids)).status_code == 401, (method, path)
        other = begun.client(begun.mentor_id, "applications:write")
        assert (await _call(other, method, path, ids)).status_code == 403, (method, path)
        if method != "GET":
            reader = begun.client(begun.mentor_id, "sessions:read")
            assert (await _call(reader, method, path, ids)).json()["code"] == "insufficient_scope", (method, path)


async def test_a_wrong_id_is_not_found_by_its_own_name(begun, ids):
    wrong = {name: new_id() for name in ids}
    for method, path in _routes(begun.harness):
        if path != "/relationships":
            answer = await _call(begun.admin, method, path, wrong)
            assert (answer.status_code, answer.json()["code"][-10:]) == (404, "_not_found"), (method, path)


async def test_the_team_does_not_act_for_the_pair(begun, ids):
    for method, path in [
        ("POST", "/relationships/{match_id}/mentoring-sessions"),
        ("POST", "/relationships/{match_id}/check-ins"),
        ("POST", "/relationships/{match_id}/concerns"),
        ("POST", "/relationships/{match_id}/agreement"),
        ("POST", "/relationships/{match_id}/agreement/sign"),
        ("POST", "/relationships/{match_id}/goals"),
        ("POST", "/mentoring-sessions/{mentoring_session_id}/notes"),
        ("PATCH", "/mentoring-sessions/{mentoring_session_id}"),
        ("POST", "/mentoring-sessions/{mentoring_session_id}/withdraw"),
        ("PATCH", "/goals/{goal_id}"),
        ("POST", "/goals/{goal_id}/actions"),
        ("PATCH", "/actions/{action_id}"),
    ]:
        for client in (begun.team, begun.admin):
            answer = await _call(client, method, path, ids)
            assert (answer.status_code, answer.json()["code"]) == (403, "not_of_the_pair"), (method, path)


async def test_the_pair_does_not_act_for_the_team(begun, ids):
    for method, path in [
        ("PATCH", "/concerns/{concern_id}"),
        ("POST", "/programmes/{programme_id}/activities"),
        ("POST", "/activities/{activity_id}/attendance"),
        ("GET", "/activities/{activity_id}/attendance"),
        ("POST", "/activities/{activity_id}/attendance/{person_id}/withdraw"),
        ("GET", "/activities/{activity_id}/attendance/withdrawn"),
        ("POST", "/activities/{activity_id}/held"),
        ("GET", "/programmes/{programme_id}/nudges"),
        ("GET", "/programmes/{programme_id}/concerns"),
    ]:
        answer = await _call(begun.mentee, method, path, ids)
        assert answer.status_code == 403, (method, path)


async def test_the_list_holds_ones_own_and_those_of_ones_programmes(begun):
    for client in (begun.mentor, begun.mentee, begun.team, begun.admin):
        items = (await client.get("/relationships", params={"state": "active"})).json()["items"]
        assert [r["match_id"] for r in items] == [str(begun.match_id)]
    steering = new_id()
    await begun.harness.publish(begun.tenant, begun.granted(steering, "steering_group"))
    assert (await begun.client(steering).get("/relationships")).json()["items"] == []
    assert (await begun.client(steering).get(begun.path)).status_code == 404
    for filters, count in (
        ({"person_id": begun.mentee_id}, 1),
        ({"person_id": new_id()}, 0),
        ({"cohort_id": begun.cohort_id, "programme_id": begun.programme_id}, 1),
        ({"state": "ended"}, 0),
    ):
        params = {name: str(value) for name, value in filters.items()}
        assert len((await begun.team.get("/relationships", params=params)).json()["items"]) == count
