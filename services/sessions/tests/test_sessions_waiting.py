"""What waits for somebody, a meeting confirmed by its link alone, and one's own record of what one attended."""

import csv
import io
from datetime import timedelta

from mentoring_common.ids import new_id
from mentoring_common.testing import refused
from mentoring_contracts.applications import PersonErased
from mentoring_contracts.matching import MatchConfirmed, MatchEnded


async def waiting(client, person_id):
    answer = await client.get(f"/people/{person_id}/waiting")
    assert answer.status_code == 200, answer.text
    return [(one["what"], one["id"]) for one in answer.json()]


async def test_what_waits_is_whatever_the_other_began_until_it_is_answered(begun):
    assert await waiting(begun.mentee, begun.mentee_id) == []
    met = (await begun.meet(begun.mentor)).json()
    await begun.mentor.post(f"{begun.path}/agreement", json={"terms": "Monthly"})
    times = {"times": [(begun.now() + timedelta(days=3)).isoformat()], "minutes": 60, "mode": "online"}
    proposed = await begun.mentor.post(f"{begun.path}/appointments", json=times)
    assert proposed.status_code == 201, proposed.text
    asked = {("meeting", met["id"]), ("appointment", proposed.json()["id"]), ("agreement", str(begun.match_id))}
    assert set(await waiting(begun.mentee, begun.mentee_id)) == asked
    assert await waiting(begun.mentor, begun.mentor_id) == [("agreement", str(begun.match_id))]
    await begun.mentee.post(f"/mentoring-sessions/{met['id']}/confirm")
    await begun.mentee.post(f"{begun.path}/agreement/sign")
    chosen = {"starts_at": times["times"][0]}
    accepted = await begun.mentee.post(f"/appointments/{proposed.json()['id']}/accept", json=chosen)
    assert accepted.status_code == 200, accepted.text
    assert await waiting(begun.mentee, begun.mentee_id) == []
    assert (await begun.mentor.get(f"/people/{begun.mentee_id}/waiting")).status_code == 404


async def test_what_a_new_mentor_takes_over_waits_for_the_mentee_alone(begun):
    other, match = new_id(), new_id()
    names = begun.pair | {"match_id": match, "mentor_id": other}
    told = MatchConfirmed(**names, rematch_of=begun.match_id, handover=True)
    await begun.harness.publish(begun.tenant, MatchEnded(**begun.pair, reason="handed_over"))
    await begun.harness.publish(begun.tenant, told)
    assert await waiting(begun.mentee, begun.mentee_id) == [("handover", str(match))]
    assert await waiting(begun.client(other), other) == []
    await begun.mentee.post(f"/relationships/{match}/handover/consent", json={})
    assert await waiting(begun.mentee, begun.mentee_id) == []


async def test_a_meeting_is_confirmed_by_its_link_alone_and_once(begun):
    met = (await begun.meet(begun.mentor)).json()
    path = f"/mentoring-sessions/{met['id']}/confirm"
    assert refused(await begun.mentor.post(path), 409, "already_recorded")
    assert refused(await begun.team.post(path), 403, "not_of_the_pair")
    stale = await begun.mentee.post(path, headers={"If-Match": '"99"'})
    assert stale.status_code == 412
    done = await begun.mentee.post(path)
    assert (done.status_code, bool(done.json()["confirmed_at"])) == (200, True), done.text
    again = await begun.mentee.post(path)
    assert again.json()["confirmed_at"] == done.json()["confirmed_at"]
    await begun.mentor.post(f"/mentoring-sessions/{met['id']}/withdraw", json={"reason": "Another day"})
    assert refused(await begun.mentee.post(path), 409, "record_withdrawn")


async def test_ones_own_record_is_a_table_without_formulas(begun):
    for kind, title in (("cpd", "=SUM(A1)"), ("orientation", "Welcome")):
        activity = await begun.plan(kind=kind, title=title, minutes=90)
        people = {"person_ids": [str(begun.mentee_id)]}
        assert (await begun.team.post(f"/activities/{activity['id']}/attendance", json=people)).status_code == 200
    answer = await begun.mentee.get("/attendance.csv?kind=cpd")
    assert answer.headers["content-type"].startswith("text/csv")
    (row,) = csv.DictReader(io.StringIO(answer.text))
    assert (row["kind"], row["title"], row["hours"]) == ("cpd", "'=SUM(A1)", "1.5")
    assert len(list(csv.DictReader(io.StringIO((await begun.mentee.get("/attendance.csv")).text)))) == 3
    assert list(csv.DictReader(io.StringIO((await begun.mentor.get("/attendance.csv?kind=cpd")).text))) == []


async def test_an_appointment_is_shown_to_who_asks_what_is_held_and_its_place_goes_with_who_said_it(begun):
    day = (begun.now() + timedelta(days=3)).isoformat()
    wanted = {"times": [day], "minutes": 60, "mode": "in_person", "where": "Cafe Nero, Leeds"}
    made = await begun.mentor.post(f"{begun.path}/appointments", json=wanted)
    assert made.status_code == 201, made.text
    await begun.mentor.put(f"/people/{begun.mentor_id}/calendar", json={"zone": "Europe/London"})
    await begun.mentor.post(f"/people/{begun.mentor_id}/calendar/feed")
    held = (await begun.admin.get(f"/people/{begun.mentee_id}/held")).text
    assert made.json()["id"] in held
    before = (await begun.mentor.get(f"/people/{begun.mentor_id}/held")).text
    assert "Cafe Nero, Leeds" in before
    assert "feed_digest" not in before
    await begun.harness.publish(begun.tenant, PersonErased(person_id=begun.mentor_id))
    shown = (await begun.mentee.get(f"/appointments/{made.json()['id']}")).json()
    assert (shown["where"], shown["state"]) == (None, "proposed")
    held = (await begun.mentee.get(f"/people/{begun.mentee_id}/held")).text
    assert made.json()["id"] in held
    assert "Cafe Nero" not in held
