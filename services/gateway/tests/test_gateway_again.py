"""Who changes something is answered what it says from now on, though the services answer a change without texts."""

from typing import Any
from uuid import uuid4

import pytest

from mentoring_common.problems import problem

MOMENT = "2022-04-27T09:00:00Z"
ID, PERSON = str(uuid4()), str(uuid4())
WRITTEN = {"id": ID, "version": 2}
NOTE = {"id": str(uuid4()), "written_by": PERSON, "visibility": "pair", "version": 1, "text": "Ours"}
GOAL = {"state": "open", "due_on": None, "person_id": PERSON, "written_by": PERSON}
HELD = {"held_at": MOMENT, "minutes": 30, "mode": "online", "recorded_by": PERSON}
APPOINTMENT = {"match_id": ID, "state": "proposed", "proposed_by": PERSON, "times": [], "minutes": 30, "mode": "online"}
CONCERN = {"match_id": ID, "raised_by": PERSON, "severity": "normal", "safeguarding": False, "state": "raised"}
HERE = f'appointmentId: "{ID}"'
TIMES = f'times: ["{MOMENT}"], where: "Room 2"'

# The mutation, the request that it makes, what that answers, where the thing is read, what its texts say there.
CHANGES: list[tuple[str, tuple[str, str], dict[str, Any], str, dict[str, Any]]] = [
    (f'setGoal(matchId: "{ID}", text: "A")', ("POST", f"relationships/{ID}/goals"), GOAL, "goals", {"text": "A"}),
    (
        f'changeGoal(goalId: "{ID}", expectedVersion: 1, text: "A")',
        ("PATCH", f"goals/{ID}"), GOAL, "goals", {"text": "A"},
    ),
    (
        f'addAction(goalId: "{ID}", text: "A")',
        ("POST", f"goals/{ID}/actions"), {"goal_id": ID}, "actions", {"text": "A"},
    ),
    (
        f'changeAction(actionId: "{ID}", expectedVersion: 1, text: "A")',
        ("PATCH", f"actions/{ID}"), {"goal_id": ID}, "actions", {"text": "A"},
    ),
    (
        f'addNote(mentoringSessionId: "{ID}", text: "A")',
        ("POST", f"mentoring-sessions/{ID}/notes"), {"visibility": "mine"}, "notes", {"text": "A"},
    ),
    (
        f'correctMentoringSession(mentoringSessionId: "{ID}", expectedVersion: 1, reason: "r", minutes: 30)',
        ("PATCH", f"mentoring-sessions/{ID}"), HELD, "mentoring-sessions", {"notes": [NOTE]},
    ),
    (
        f'withdrawMentoringSession(mentoringSessionId: "{ID}", reason: "r")',
        ("POST", f"mentoring-sessions/{ID}/withdraw"), HELD, "mentoring-sessions", {"attended": [PERSON]},
    ),
    (
        f'raiseConcern(matchId: "{ID}", text: "A")',
        ("POST", f"relationships/{ID}/concerns"), CONCERN, "concerns", {"text": "A"},
    ),
    (
        f'changeConcern(concernId: "{ID}", expectedVersion: 1, severity: URGENT)',
        ("PATCH", f"concerns/{ID}"), CONCERN, "concerns", {"text": "A"},
    ),
    (
        f'proposeAppointment(matchId: "{ID}", {TIMES})',
        ("POST", f"relationships/{ID}/appointments"), APPOINTMENT, "appointments", {"where": "Room 2"},
    ),
    (
        f"proposeOtherTimes({HERE}, {TIMES})",
        ("POST", f"appointments/{ID}/times"), APPOINTMENT, "appointments", {"where": "Room 2"},
    ),
    (
        f'acceptAppointment({HERE}, startsAt: "{MOMENT}")',
        ("POST", f"appointments/{ID}/accept"), APPOINTMENT, "appointments", {"where": "Room 2"},
    ),
    (
        f"cancelAppointment({HERE})",
        ("POST", f"appointments/{ID}/cancel"), APPOINTMENT, "appointments", {"where": "Room 2"},
    ),
    (
        f"holdAppointment({HERE})",
        ("POST", f"appointments/{ID}/held"), APPOINTMENT, "appointments", {"where": "Room 2"},
    ),
    (
        f"missAppointment({HERE})",
        ("POST", f"appointments/{ID}/missed"), APPOINTMENT, "appointments", {"where": "Room 2"},
    ),
]  # fmt: skip


def _asked(texts: dict[str, Any]) -> str:
    return " ".join(f"{name} {{ text }}" if name == "notes" else name for name in texts)


def _seen(texts: dict[str, Any]) -> dict[str, Any]:
    return texts | ({"notes": [{"text": note["text"]} for note in texts["notes"]]} if "notes" in texts else {})


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change[0].partition("(")[0])
async def test_texts_are_read_again_where_they_are_asked_for(front, world, change):
    mutation, (method, path), answer, where, texts = change
    world.answers[method, f"/sessions/{path}"] = WRITTEN | answer
    world.get(f"/sessions/{where}/{ID}", WRITTEN | answer | texts)
    assert (await front.data(f"mutation {{ it: {mutation} {{ version {_asked(texts)} }} }}"))["it"] == {
        "version": 2, **_seen(texts),
    }  # fmt: skip
    spread = f"mutation {{ it: {mutation} {{ ... {{ {_asked(texts)} }} }} }}"
    assert (await front.data(spread))["it"] == _seen(texts), "in a fragment too"
    calls = len(world.calls)
    assert (await front.data(f"mutation {{ it: {mutation} {{ version }} }}"))["it"] == {"version": 2}
    assert len(world.calls) == calls + 1, "nothing is read, and audited as read, that nobody asks for"


async def test_who_may_change_but_not_read_is_answered_without_texts(front, world):
    world.answers["PATCH", f"/sessions/goals/{ID}"] = WRITTEN | GOAL
    query = f'mutation {{ changeGoal(goalId: "{ID}", expectedVersion: 1, text: "A") {{ version text }} }}'
    world.get(f"/sessions/goals/{ID}", problem(403, "not_for_you", "No"))
    assert (await front.data(query))["changeGoal"] == {"version": 2, "text": None}
    world.get(f"/sessions/goals/{ID}", problem(503, "unavailable", "Try again"))
    assert (await front.refusal(query))["extensions"]["code"] == "unavailable"


async def test_what_is_said_once_is_answered_as_it_was_sent(front, world):
    said = {"id": ID, "person_id": PERSON, "side": "mentee", "recorded_at": MOMENT, "going_well": 4}
    world.post(f"/sessions/relationships/{ID}/check-ins", said)
    world.post(f"/sessions/concerns/{ID}/notes", {"id": ID, "concern_id": ID, "written_by": PERSON})
    world.post(f"/applications/programmes/{ID}/roles", {"id": ID, "role": "leader", "person_id": PERSON})
    query = f"""mutation {{ checkIn(matchId: "{ID}", goingWell: 4, comment: " Well ") {{ comment }}
        silent: checkIn(matchId: "{ID}", goingWell: 4) {{ comment }}
        noteCase(concernId: "{ID}", text: "Called") {{ text }}
        grantOwnRole(programmeId: "{ID}", personId: "{PERSON}", role: "leader", note: "Ward 2") {{ note }} }}"""
    assert await front.data(query) == {
        "checkIn": {"comment": "Well"}, "silent": {"comment": None}, "noteCase": {"text": "Called"},
        "grantOwnRole": {"note": "Ward 2"},
    }  # fmt: skip


async def test_a_time_zone_is_changed_and_the_address_stays_in_sight(front, world):
    path = f"/sessions/people/{front.person_id}/calendar"
    mine = {"person_id": str(front.person_id), "version": 2, "zone": "Africa/Accra"}
    world.put(path, mine)
    world.get(path, mine | {"feed_path": "/public/x"})
    query = 'mutation { changeCalendarSettings(zone: "Africa/Accra", expectedVersion: 1) { zone feedPath } }'
    assert (await front.data(query))["changeCalendarSettings"] == {"zone": "Africa/Accra", "feedPath": "/public/x"}
