"""What people attend to complete a programme: activities, minutes, each side its own."""

import pytest

from mentoring_common.testing import refused
from mentoring_contracts.blueprint import check

RULES = {
    "kinds": [{"id": "training", "title": "Training"}, {"id": "webinar", "title": {"en": "Webinar", "de": "Webinar"}}],
    "completion": [
        {"id": "webinars", "title": {"en": "Both webinars", "de": "Beide Webinare"}, "kinds": ["webinar"], "attend": 2},
        {"id": "learning", "title": "Learning", "kinds": ["webinar", "training"], "sides": ["mentee"], "minutes": 150},
    ],
}


async def attend(play, kind, minutes, *people):
    activity = await play.plan(kind=kind, minutes=minutes)
    body = {"person_ids": [str(person) for person in people]}
    assert (await play.team.post(f"/activities/{activity['id']}/attendance", json=body)).status_code == 200
    assert (await play.team.post(f"/activities/{activity['id']}/held")).status_code == 200
    return activity


async def mine(play, client, **headers):
    answer = await client.get(f"/programmes/{play.programme_id}/completion/me", headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_a_person_is_complete_once_all_that_is_asked_of_their_side_is_met(play):
    await play.set_up(activities=RULES, languages=["en", "de"])
    (start,) = await mine(play, play.mentee)
    assert (start["complete"], [one["met"] for one in start["requirements"]]) == (False, [False, False])
    first = await attend(play, "webinar", 60, play.mentee_id)
    await attend(play, "webinar", 60, play.mentee_id)
    (now,) = await mine(play, play.mentee, **{"Accept-Language": "de"})
    webinars, learning = now["requirements"]
    assert (webinars["title"], webinars["attended"], webinars["met"]) == ("Beide Webinare", 2, True)
    assert (learning["attended_minutes"], learning["minutes"], learning["met"]) == (120, 150, False)
    await attend(play, "training", 30, play.mentee_id)
    assert (await mine(play, play.mentee))[0]["complete"] is True
    gone = f"/activities/{first['id']}/attendance/{play.mentee_id}/withdraw"
    assert (await play.team.post(gone, json={"reason": "A mistake"})).status_code == 200
    assert (await mine(play, play.mentee))[0]["complete"] is False


async def test_the_team_sees_everybody_and_the_others_themselves_alone(play):
    await play.set_up(activities=RULES)
    await attend(play, "webinar", 90, play.mentee_id)
    path = f"/programmes/{play.programme_id}/completion"
    rows = {row["person_id"]: row for row in (await play.team.get(path)).json()["items"]}
    assert set(rows) == {str(one) for one in (play.mentor_id, play.mentee_id, play.accepted_id)}
    assert rows[str(play.mentee_id)]["requirements"][0]["attended"] == 1
    assert refused(await play.mentee.get(path), 403, "role_needed")
    assert (await play.stranger.get(path)).status_code == 404


async def test_who_is_asked_nothing_is_not_complete(play):
    await play.set_up()
    [found] = await mine(play, play.mentee)
    assert found.pop("id")
    assert found == {"person_id": str(play.mentee_id), "side": "mentee", "complete": False, "requirements": []}


@pytest.mark.parametrize(
    "line",
    [
        {"id": "a", "title": "A", "kinds": ["webinar"]},
        {"id": "a", "title": "A", "kinds": ["tea"], "attend": 1},
        {"id": "a", "title": "A", "kinds": [], "attend": 1},
        {"id": "a", "title": "A", "kinds": ["cpd"], "attend": 0},
        {"id": "a", "title": "A", "kinds": ["cpd"], "sides": ["boss"], "attend": 1},
    ],
)
def test_what_cannot_be_met_is_refused_at_the_door(line):
    document = {"title": "P", "activities": {"kinds": RULES["kinds"], "completion": [line]}}
    _, faults = check(document)
    assert any(fault.path[0] == "activities" for fault in faults), faults
