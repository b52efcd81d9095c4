"""Activities: places, registration, attendance, and what a person's home shows."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

from icalendar import Calendar

from mentoring_common.ids import new_id
from mentoring_common.testing import refused
from mentoring_common.testing.statements import statements
from mentoring_contracts.applications import ApplicationWithdrawn
from mentoring_contracts.sessions import ActivityAttended, ActivityHeld, AttendanceWithdrawn


async def test_the_last_place_goes_to_one_of_many(play):
    people = [new_id() for _ in range(12)]
    await play.set_up()
    await play.harness.publish(play.tenant, *(play.accepted(p) for p in people))
    activity = await play.plan(places=3)
    path = f"/activities/{activity['id']}/registration"
    answers = await asyncio.gather(*(play.client(p).post(path) for p in people))
    assert sorted(a.status_code for a in answers) == [201] * 3 + [409] * 9
    assert {a.json()["code"] for a in answers if a.status_code == 409} == {"activity_full"}
    assert (await play.team.get(f"/activities/{activity['id']}")).json()["registered"] == 3


async def test_the_attendance_of_many_costs_as_many_statements_as_of_one(play):
    people = [new_id() for _ in range(60)]
    await play.set_up()
    await play.harness.publish(play.tenant, *(play.accepted(p) for p in people))
    activity = await play.plan(kind="orientation", title="Orientation")
    asked = []
    for some in (people[:1], people[1:]):
        with statements(play.harness.service.database.engine, own=True) as each:
            sent = {"person_ids": [str(p) for p in some]}
            answer = await play.team.post(f"/activities/{activity['id']}/attendance", json=sent)
        assert answer.json()["recorded"] == len(some), answer.text
        asked.append(each)
    assert len(asked[0]) == len(asked[1]), asked
    assert len(await play.harness.emitted(play.tenant, ActivityAttended)) == 60


async def test_a_place_is_taken_once_and_given_back(begun):
    activity = await begun.plan(places=1)
    path = f"/activities/{activity['id']}/registration"
    assert (await begun.mentor.post(path)).json()["registered"] == 1
    assert (await begun.mentor.post(path)).json()["code"] == "already_registered"
    assert (await begun.mentee.post(path)).json()["code"] == "activity_full"
    assert (await begun.mentee.delete(path)).json()["code"] == "not_registered"
    assert (await begun.mentor.delete(path)).status_code == 204
    assert (await begun.mentee.post(path)).status_code == 201


async def test_one_person_at_once_takes_one_place(begun):
    activity = await begun.plan()
    path = f"/activities/{activity['id']}/registration"
    answers = await asyncio.gather(*(begun.mentor.post(path) for _ in range(5)))
    assert sorted(a.status_code for a in answers) == [201, 409, 409, 409, 409]
    gone = await asyncio.gather(*(begun.mentor.delete(path) for _ in range(4)))
    assert sorted(a.status_code for a in gone) == [204, 409, 409, 409]
    assert (await begun.team.get(f"/activities/{activity['id']}")).json()["registered"] == 0


async def test_attendance_is_announced_once_a_person_and_the_activity_once(begun):
    activity = await begun.plan(cohort_id=str(begun.cohort_id), mode="in_person", location="Leeds")
    path = f"/activities/{activity['id']}"
    people = [str(begun.mentor_id), str(begun.mentee_id)]
    first = await begun.team.post(f"{path}/attendance", json={"person_ids": [people[0], people[0]]})
    assert first.json() == {"recorded": 1, "attended": 1}
    both = await begun.team.post(f"{path}/attendance", json={"person_ids": people})
    assert both.json() == {"recorded": 1, "attended": 2}
    attended = [e for e in await begun.harness.emitted(begun.tenant, ActivityAttended) if e.kind == "cpd"]
    assert all(e.minutes for e in attended)
    assert [(str(e.person_id), e.mode, e.cohort_id) for e in attended] == [
        (p, "in_person", begun.cohort_id) for p in people
    ]
    held = await begun.team.post(f"{path}/held")
    assert (held.status_code, held.json()["attended"]) == (200, 2)
    assert (await begun.team.post(f"{path}/held")).json()["code"] == "activity_over"
    (event,) = await begun.harness.emitted(begun.tenant, ActivityHeld)
    assert (event.attended, event.kind, event.mode) == (2, "cpd", "in_person")
    assert (await begun.mentor.post(f"{path}/registration")).json()["code"] == "activity_over"
    listed = (await begun.team.get(f"{path}/attendance")).json()["items"]
    assert {row["person_id"] for row in listed} == set(people)


async def test_nobody_attends_what_is_on_a_later_day(begun):
    activity = await begun.plan(starts_at=(begun.now() + timedelta(days=1)).isoformat())
    people = {"person_ids": [str(begun.mentor_id)]}
    for path, body in (("attendance", people), ("held", None)):
        answer = await begun.team.post(f"/activities/{activity['id']}/{path}", json=body)
        assert (answer.status_code, answer.json()["code"]) == (409, "activity_not_begun")


async def test_the_team_and_trainers_plan_and_a_cohort_must_be_the_programmes(begun):
    path = f"/programmes/{begun.programme_id}/activities"
    new = {"kind": "cpd", "title": "T", "mode": "online", "starts_at": begun.now().isoformat(), "minutes": 60}
    assert (await begun.mentor.post(path, json=new)).json()["code"] == "role_needed"
    trainer = new_id()
    await begun.harness.publish(begun.tenant, begun.granted(trainer, "trainer"))
    assert (await begun.client(trainer).post(path, json=new)).status_code == 201
    assert (await begun.admin.post(path, json=new)).status_code == 201
    wrong = await begun.team.post(path, json=new | {"cohort_id": str(new_id())})
    assert (wrong.status_code, wrong.json()["code"]) == (404, "cohort_not_found")
    stranger = await begun.team.post(path, json=new | {"invited": [str(begun.mentor_id), str(new_id())]})
    assert refused(stranger, 422, "people_not_of_programme")
    assert [error["pointer"] for error in stranger.json()["errors"]] == ["/body/invited/1"]
    for bad in ({"kind": "Not A Kind"}, {"places": 0}, {"minutes": 0}, {"starts_at": "0001-01-01T00:00:00Z"}):
        assert (await begun.team.post(path, json=new | bad)).status_code == 422


async def test_lists_are_pages_and_filters(begun):
    titles = [(await begun.plan(title=f"CPD {n}"))["title"] for n in range(3)]
    path = f"/programmes/{begun.programme_id}/activities"
    first = (await begun.mentor.get(path, params={"kind": "cpd", "limit": 2})).json()
    second = (await begun.mentor.get(path, params={"kind": "cpd", "limit": 2, "cursor": first["next_cursor"]})).json()
    assert [a["title"] for a in first["items"] + second["items"]] == titles
    assert second["next_cursor"] is None
    assert len((await begun.mentor.get(path, params={"kind": "orientation"})).json()["items"]) == 1


async def test_home_shows_ones_relationships_and_what_comes_next(begun):
    await begun.plan(title="Past", starts_at=(begun.now() - timedelta(days=1)).isoformat())
    late = await begun.plan(title="Late", starts_at=(begun.now() + timedelta(days=9)).isoformat())
    await begun.plan(title="Soon", starts_at=(begun.now() + timedelta(days=2)).isoformat())
    await begun.mentor.post(f"/activities/{late['id']}/registration")
    home = (await begun.mentor.get(f"/people/{begun.mentor_id}/home")).json()
    assert [r["match_id"] for r in home["relationships"]] == [str(begun.match_id)]
    assert [(a["title"], a["registered_myself"]) for a in home["next_activities"]] == [("Soon", False), ("Late", True)]
    assert (await begun.mentee.get(f"/people/{begun.mentor_id}/home")).status_code == 404
    assert (await begun.admin.get(f"/people/{begun.mentor_id}/home")).status_code == 404


async def test_every_answer_about_an_activity_says_whether_one_has_a_place(begun):
    made = await begun.plan(title="Soon", starts_at=(begun.now() + timedelta(days=2)).isoformat(), places=1)
    path = f"/activities/{made['id']}"
    listed = f"/programmes/{begun.programme_id}/activities"
    taken = (await begun.mentor.post(f"{path}/registration")).json()
    await begun.mentee.post(f"{path}/registration", json={"wait": True})
    assert (made["registered_myself"], taken["registered_myself"]) == (False, True)
    for who, mine in ((begun.mentor, True), (begun.mentee, False), (begun.admin, False)):
        assert (await who.get(path)).json()["registered_myself"] is mine, "who waits has no place"
        shown = (await who.get(listed)).json()["items"]
        assert [one["registered_myself"] for one in shown if one["id"] == made["id"]] == [mine]
    change = {"title": "Sooner"}
    changed = await begun.team.patch(path, json=change, headers={"If-Match": f'"{taken["version"]}"'})
    assert changed.json().get("registered_myself") is False, changed.text
    await begun.mentor.delete(f"{path}/registration")
    assert (await begun.mentor.get(path)).json()["registered_myself"] is False
    assert (await begun.team.post(f"{path}/cancel")).json()["registered_myself"] is False


async def test_who_withdrew_sees_the_programme_no_more(play):
    await play.set_up()
    accepted = play.accepted(new_id())
    await play.harness.publish(play.tenant, accepted)
    path = f"/programmes/{play.programme_id}/activities"
    assert (await play.client(accepted.person_id).get(path)).status_code == 200
    await play.harness.publish(
        play.tenant, ApplicationWithdrawn(**accepted.model_dump(exclude={"capacity", "priority"}))
    )
    assert (await play.client(accepted.person_id).get(path)).status_code == 404


async def test_the_calendar_holds_the_places_one_has(begun):
    day = (begun.now() + timedelta(days=9)).replace(microsecond=0)
    mine = await begun.plan(title="Resilience, part 2", starts_at=day.isoformat(), mode="in_person", location="Leeds")
    await begun.plan(title="Not mine")
    await begun.mentor.post(f"/activities/{mine['id']}/registration")
    answer = await begun.mentor.get(f"/people/{begun.mentor_id}/calendar.ics")
    assert answer.headers["content-type"].startswith("text/calendar")
    (event,) = Calendar.from_ical(answer.text).walk("VEVENT")
    assert (str(event["uid"]), str(event["summary"]), str(event["location"])) == (
        f"{mine['id']}@mentoring",
        "Resilience, part 2",
        "Leeds",
    )
    assert (event.decoded("dtstart"), event.decoded("dtend")) == (day, day + timedelta(hours=1))
    assert (await begun.mentee.get(f"/people/{begun.mentor_id}/calendar.ics")).status_code == 404


async def test_nobody_attends_who_has_no_part_in_the_programme_and_then_nobody_is_recorded(begun):
    activity = await begun.plan()
    path = f"/activities/{activity['id']}"
    other = replace(begun, tenant=uuid4(), programme_id=new_id(), accepted_id=new_id())
    await other.set_up()
    trainer = new_id()
    await begun.harness.publish(begun.tenant, begun.granted(trainer, "trainer"))
    known = [begun.mentor_id, begun.mentee_id, begun.accepted_id, trainer]
    asked = [str(p) for p in (known[0], new_id(), known[1], other.accepted_id)]
    refused = await begun.team.post(f"{path}/attendance", json={"person_ids": asked})
    assert (refused.status_code, refused.json()["code"]) == (422, "people_not_of_programme")
    assert [(e["pointer"], e["code"]) for e in refused.json()["errors"]] == [
        (f"/body/person_ids/{place}", "person_not_of_programme") for place in (1, 3)
    ]
    assert (await begun.team.get(f"{path}/attendance")).json()["items"] == []
    taken = await begun.team.post(f"{path}/attendance", json={"person_ids": [str(p) for p in known]})
    assert taken.json() == {"recorded": 4, "attended": 4}


async def test_an_administrator_without_a_part_takes_no_place(begun):
    activity = await begun.plan(places=1)
    answer = await begun.admin.post(f"/activities/{activity['id']}/registration")
    assert (answer.status_code, answer.json()["code"]) == (403, "no_part_in_programme")
    assert (await begun.team.get(f"/activities/{activity['id']}")).json()["registered"] == 0


async def test_attendance_is_taken_back_with_a_trace_and_may_be_recorded_again(begun):
    activity = await begun.plan()
    path = f"/activities/{activity['id']}"
    people = {"person_ids": [str(begun.mentor_id), str(begun.mentee_id)]}
    await begun.team.post(f"{path}/attendance", json=people)
    await begun.team.post(f"{path}/held")
    withdrawing = f"{path}/attendance/{begun.mentor_id}/withdraw"
    assert (await begun.team.post(withdrawing, json={})).status_code == 422
    answers = await asyncio.gather(*(begun.team.post(withdrawing, json={"reason": "Was ill"}) for _ in range(4)))
    assert sorted(a.status_code for a in answers) == [200, 404, 404, 404]
    assert {a.json()["attended"] for a in answers if a.status_code == 200} == {1}
    assert {a.json()["code"] for a in answers if a.status_code == 404} == {"not_attended"}
    (event,) = await begun.harness.emitted(begun.tenant, AttendanceWithdrawn)
    assert (event.person_id, event.attended, event.kind) == (begun.mentor_id, 1, "cpd")
    listed = (await begun.team.get(f"{path}/attendance")).json()["items"]
    assert [row["person_id"] for row in listed] == [str(begun.mentee_id)]
    (trace,) = (await begun.team.get(f"{path}/attendance/withdrawn")).json()["items"]
    assert (trace["person_id"], trace["withdrawn_by"]) == (str(begun.mentor_id), str(begun.manager_id))
    assert (trace["reason"], bool(trace["recorded_at"]), bool(trace["withdrawn_at"])) == ("Was ill", True, True)
    assert (await begun.admin.get(f"{path}/attendance/withdrawn")).json()["items"][0]["reason"] is None
    again = await begun.team.post(f"{path}/attendance", json=people)
    assert again.json() == {"recorded": 1, "attended": 2}
    assert (await begun.harness.emitted(begun.tenant, ActivityAttended))[-1].attended == 2


async def test_an_orientation_taken_back_counts_for_who_waits_and_stops_nobody(begun):
    """A pair that was started by it goes on; one that waits for the other person goes on waiting."""
    orientation = await begun.plan(kind="orientation", title="Orientation")
    path = f"/activities/{orientation['id']}/attendance"
    waiting = replace(begun, match_id=new_id(), mentor_id=new_id(), mentee_id=new_id())
    await begun.harness.publish(begun.tenant, waiting.confirmed())
    for person in (waiting.mentor_id, begun.mentor_id):
        await begun.team.post(path, json={"person_ids": [str(person)]})
        taken_back = await begun.team.post(f"{path}/{person}/withdraw", json={"reason": "R"})
        assert taken_back.status_code == 200
    await begun.team.post(path, json={"person_ids": [str(waiting.mentee_id)]})
    assert (await waiting.read())["state"] == "waiting_for_orientation"
    assert (await begun.read())["state"] == "active"
    await begun.team.post(path, json={"person_ids": [str(waiting.mentor_id)]})
    assert (await waiting.read())["state"] == "active"
