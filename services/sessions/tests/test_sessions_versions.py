"""What two people change at once: one change is made, the other is told."""

import asyncio

import pytest


async def _made(client, path, body):
    answer = await client.post(path, json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()


@pytest.fixture
async def resources(begun):
    """Path, the two who change it, and a change of each kind of thing that is changed in turns."""
    meeting = (await begun.meet(begun.mentee, note="N")).json()
    goal = await _made(begun.mentor, f"{begun.path}/goals", {"text": "G"})
    action = await _made(begun.mentor, f"/goals/{goal['id']}/actions", {"text": "A"})
    concern = await _made(begun.mentee, f"{begun.path}/concerns", {"text": "C"})
    return [
        (f"/goals/{goal['id']}", begun.mentee, begun.mentor, {"text": "T"}),
        (f"/actions/{action['id']}", begun.mentee, begun.mentor, {"text": "T"}),
        (f"/mentoring-sessions/{meeting['id']}", begun.mentee, begun.mentor, {"minutes": 5, "reason": "R"}),
        (f"/notes/{meeting['note_id']}", begun.mentee, begun.mentee, {"text": "T"}),
        (f"/concerns/{concern['id']}", begun.team, begun.team, {"state": "acknowledged"}),
    ]


async def test_of_two_changes_of_one_version_at_once_one_is_made(resources):
    for path, one, other, change in resources:
        read = await one.get(path)
        assert (read.headers["etag"], read.json()["version"]) == ('"1"', 1), path
        headers = {"If-Match": read.headers["etag"]}
        answers = await asyncio.gather(*(by.patch(path, json=change, headers=headers) for by in (one, other)))
        assert sorted(a.status_code for a in answers) == [200, 412], path
        refused = next(a.json() for a in answers if a.status_code == 412)
        assert (refused["code"], refused["version"]) == ("precondition_failed", 2)
        assert {(await one.get(path)).headers["etag"]} == {a.headers["etag"] for a in answers if a.status_code == 200}


async def test_a_change_in_turns_needs_a_version(resources):
    for path, one, _, change in resources:
        one.headers.pop("If-Match", None)
        assert (await one.patch(path, json=change)).json()["code"] == "precondition_required", path


async def test_a_proposal_is_replaced_by_who_read_it(begun):
    path = f"{begun.path}/agreement"
    mentor = begun.mentor
    del mentor.headers["If-Match"]
    first = await mentor.post(path, json={"terms": "A"})
    assert (first.status_code, first.headers["etag"]) == (201, '"1"')
    assert (await mentor.post(path, json={"terms": "B"})).json()["code"] == "precondition_required"
    signed = await begun.mentee.post(f"{path}/sign")
    assert (signed.json()["version"], signed.headers["etag"]) == (1, '"2"')
    late = await mentor.post(path, json={"terms": "B"}, headers={"If-Match": '"1"'})
    assert late.json()["code"] == "precondition_failed", "the other side has signed meanwhile"
    replaced = await mentor.post(path, json={"terms": "B"}, headers={"If-Match": '"2"'})
    assert (replaced.json()["version"], replaced.headers["etag"]) == (2, '"3"')
    assert (await mentor.get(begun.path)).json()["version"] > 1, "it shows the signatures"
