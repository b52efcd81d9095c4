"""Every route: no token, a token without scope, a stranger, another organisation, an HR machine."""

from uuid import uuid4

import pytest

from mentoring_common.ids import new_id
from mentoring_common.testing import eventually, refused
from mentoring_contracts.applications import ProgrammeAmended

MEETING = {"minutes": 10, "mode": "online", "held_at": "2022-02-02T10:00:00Z"}
ACTIVITY = {"kind": "cpd", "title": "T", "mode": "online", "starts_at": "2022-02-02T10:00:00Z", "minutes": 60}
SOON = "2100-01-01T10:00:00Z"
SERIES = ACTIVITY | {"zone": "Europe/London", "every": "week", "count": 2}
OWN = (
    "/relationships",
    "/habits",
    "/attendance",
    "/attendance.csv",
    "/certificates",
    "/supervised-notes",
)  # lists of what is one's own
WORDING = {"language": "en", "title": "T", "text": "T"}
HABIT = {"text": "T", "weeks": 6}
BODIES = {
    ("POST", "/relationships/{match_id}/break-glass"): {"reason": "They asked for help"},
    ("POST", "/relationships/{match_id}/handover/consent"): {"goals": True},
    ("POST", "/relationships/{match_id}/appointments"): {"times": [SOON]},
    ("POST", "/appointments/{appointment_id}/times"): {"times": [SOON]},
    ("POST", "/appointments/{appointment_id}/accept"): {"starts_at": SOON},
    ("POST", "/appointments/{appointment_id}/held"): {},
    ("PUT", "/people/{person_id}/calendar"): {"zone": "Europe/London"},
    ("POST", "/relationships/{match_id}/pause"): {},
    ("POST", "/relationships/{match_id}/end"): {"ends_on": "2100-01-01", "reason": "R"},
    ("POST", "/relationships/{match_id}/reminders"): {},
    ("POST", "/relationships/{match_id}/phases"): {"phase": "back"},
    ("POST", "/relationships/{match_id}/phases/{phase}/steps/{step}"): {"done": True},
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
    ("POST", "/concerns/{concern_id}/notes"): {"text": "T"},
    ("POST", "/reviews/{review_id}/answer"): {"going_well": 3, "wish": "continue"},
    ("POST", "/reviews/{review_id}/outcome"): {"outcome": "continue"},
    ("POST", "/relationships/{match_id}/farewell"): {},
    ("POST", "/programmes/{programme_id}/habits"): HABIT,
    ("PATCH", "/habits/{habit_id}"): {"text": "T"},
    ("POST", "/habits/{habit_id}/feedback"): {"asked": "peer", "weeks": [1]},
    ("POST", "/programmes/{programme_id}/activities"): ACTIVITY,
    ("PATCH", "/activities/{activity_id}"): {"title": "T"},
    ("POST", "/programmes/{programme_id}/activity-series"): SERIES,
    ("POST", "/programmes/{programme_id}/certificates"): {},
    ("PATCH", "/certificates/{certificate_id}"): {"shows_name": True},
    ("POST", "/programmes/{programme_id}/resources"): {"wordings": [WORDING]},
    ("POST", "/resources/{resource_id}/versions"): {"wordings": [WORDING]},
    ("PATCH", "/resources/{resource_id}"): {"roles": ["mentor"]},
    ("POST", "/activities/{activity_id}/registration"): {"wait": True},
    ("POST", "/activities/{activity_id}/attendance/me"): {"code": "7KX2M9QP"},
    ("POST", "/activities/{activity_id}/attendance"): {"person_ids": [str(uuid4())]},
    ("POST", "/activities/{activity_id}/attendance/{person_id}/withdraw"): {"reason": "R"},
}


@pytest.fixture
async def ids(begun):
    """A thing of every kind."""
    await _hold_reviews(begun)
    meeting = (await begun.meet(begun.mentee, note="N", note_visibility="programme_team")).json()
    goal = (await begun.mentor.post(f"{begun.path}/goals", json={"text": "G"})).json()
    action = (await begun.mentor.post(f"/goals/{goal['id']}/actions", json={"text": "A"})).json()
    concern = (await begun.mentee.post(f"{begun.path}/concerns", json={"text": "C"})).json()
    await begun.mentor.post(f"{begun.path}/agreement", json={"terms": "T"})
    appointment = (await begun.mentor.post(f"{begun.path}/appointments", json={"times": [SOON]})).json()
    habit = (await begun.mentor.post(f"/programmes/{begun.programme_id}/habits", json=HABIT)).json()
    series = (await begun.team.post(f"/programmes/{begun.programme_id}/activity-series", json=SERIES)).json()
    resource = (
        await begun.team.post(f"/programmes/{begun.programme_id}/resources", json={"wordings": [WORDING]})
    ).json()
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
        "series_id": series["id"],
        "resource_id": resource["id"],
        "file_id": new_id(),
        "link_id": new_id(),
        "glass_break_id": new_id(),
        "certificate_id": new_id(),  # nobody has completed anything
        "appointment_id": appointment["id"],
        "habit_id": habit["id"],
        "day": "2022-02-02",
        "review_id": await _review(begun),
        "phase": "back",
        "step": "hours",
        "phase_id": new_id(),
    }


async def _hold_reviews(begun):
    """From now on a review is held at once after a pair's first meeting."""
    blueprint = begun.programme_created(reviews={"fit_check_days": 0}).blueprint
    amended = {"programme_id": begun.programme_id, "blueprint_version": 2, "changed": ["reviews"]}
    await begun.harness.publish(begun.tenant, ProgrammeAmended(**amended, blueprint=blueprint))


async def _review(begun):
    async def probe():
        listed = (await begun.mentor.get(f"{begun.path}/reviews")).json()["items"]
        return listed[0]["id"] if listed else None

    return await eventually(probe, what="the review")


def _routes(harness):
    paths = harness.service.app.openapi()["paths"]
    others = ("/audit-log", "/internal", "/public")
    own = [(path, operations) for path, operations in paths.items() if not path.startswith(others)]
    found = [(method.upper(), path) for path, operations in own for method in operations]
    assert len(found) >= 30
    return found


async def _call(client, method, path, ids):
    query = {"name": "guide.pdf"} if path.endswith("/resource-files") else {}
    return await client.request(method, path.format(**ids), params=query, json=BODIES.get((method, path)))


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
            if path in OWN:
                listed = await client.get(path)
                if who == "machine":  # it has none of its own: an empty list would be no truth
                    assert listed.status_code == 403, (who, path)
                elif path.endswith(".csv"):
                    assert listed.text.count("\r\n") == 1, (who, path)  # its heading
                else:
                    assert listed.json() in ([], {"items": [], "next_cursor": None}), (who, path)
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
    wrong = {name: new_id() for name in ids} | {"phase": "p", "step": "s", "day": ids["day"]}
    for method, path in _routes(begun.harness):
        # Nothing may be held here of somebody who is known elsewhere: an admin is told so.
        if path not in (*OWN, "/people/{person_id}/held"):
            answer = await _call(begun.admin, method, path, wrong)
            assert (answer.status_code, answer.json()["code"][-10:]) == (404, "_not_found"), (method, path)


async def test_the_team_does_not_act_for_the_pair(begun, ids):
    for method, path in [
        ("POST", "/relationships/{match_id}/mentoring-sessions"),
        ("POST", "/relationships/{match_id}/check-ins"),
        ("POST", "/relationships/{match_id}/concerns"),
        ("POST", "/relationships/{match_id}/agreement"),
        ("POST", "/relationships/{match_id}/agreement/sign"),
        ("POST", "/relationships/{match_id}/agreement/renew"),
        ("POST", "/relationships/{match_id}/agreement/withdraw-signature"),
        ("POST", "/relationships/{match_id}/goals"),
        ("POST", "/mentoring-sessions/{mentoring_session_id}/notes"),
        ("PATCH", "/mentoring-sessions/{mentoring_session_id}"),
        ("POST", "/mentoring-sessions/{mentoring_session_id}/withdraw"),
        ("PATCH", "/goals/{goal_id}"),
        ("POST", "/goals/{goal_id}/actions"),
        ("PATCH", "/actions/{action_id}"),
        ("POST", "/reviews/{review_id}/answer"),
        ("POST", "/relationships/{match_id}/farewell"),
        ("GET", "/relationships/{match_id}/farewells"),
    ]:
        for client in (begun.team, begun.admin):
            answer = await _call(client, method, path, ids)
            assert refused(answer, 403, "not_of_the_pair"), (method, path)


async def test_the_pair_does_not_act_for_the_team(begun, ids):
    for method, path in [
        ("PATCH", "/concerns/{concern_id}"),
        ("POST", "/programmes/{programme_id}/activities"),
        ("POST", "/programmes/{programme_id}/activity-series"),
        ("POST", "/activities/{activity_id}/attendance"),
        ("GET", "/activities/{activity_id}/attendance"),
        ("POST", "/activities/{activity_id}/attendance/{person_id}/withdraw"),
        ("GET", "/activities/{activity_id}/attendance/withdrawn"),
        ("POST", "/activities/{activity_id}/held"),
        ("GET", "/programmes/{programme_id}/nudges"),
        ("POST", "/programmes/{programme_id}/resource-files"),
        ("POST", "/programmes/{programme_id}/resources"),
        ("POST", "/resources/{resource_id}/versions"),
        ("GET", "/resources/{resource_id}/versions"),
        ("PATCH", "/resources/{resource_id}"),
        ("POST", "/resources/{resource_id}/withdraw"),
        ("GET", "/programmes/{programme_id}/concerns"),
        ("GET", "/programmes/{programme_id}/relationships/counts"),
        ("GET", "/programmes/{programme_id}/future-mentors"),
        ("POST", "/reviews/{review_id}/outcome"),
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
