"""Places at activities: who they are for, the line for them, changes, cancellation, the code at the door."""

import asyncio
from datetime import timedelta

import pytest

from mentoring_common.ids import new_id
from mentoring_common.testing import refused
from mentoring_contracts.applications import ApplicationMoved, CohortCreated, PersonErased
from mentoring_contracts.sessions import ActivityAttended, ActivityCancelled, ActivityNoticeDue

WAIT = {"wait": True}


async def told(play, why=None):
    notices = await play.harness.emitted(play.tenant, ActivityNoticeDue)
    return [(one.person_id, one.why) for one in notices if why in (None, one.why)]


def soon(play, **delta):
    return (play.now() + timedelta(**(delta or {"days": 2}))).isoformat()


async def people_of(play, number):
    people = [new_id() for _ in range(number)]
    await play.set_up()
    await play.harness.publish(play.tenant, *(play.accepted(person) for person in people))
    return people


async def stands(play, activity, person):
    return (await play.client(person).get(f"/activities/{activity['id']}/registration")).json()


async def change(play, activity, **what):
    path = f"/activities/{activity['id']}"
    return await play.team.patch(path, json=what, headers={"If-Match": (await play.team.get(path)).headers["etag"]})


async def test_who_waits_longest_is_given_the_next_place_and_told_once(play):
    first, second, third = await people_of(play, 3)
    activity = await play.plan(places=1, starts_at=soon(play), link="https://meet.example.org/a")
    path = f"/activities/{activity['id']}/registration"
    for person in (first, second, third):
        answer = await play.client(person).post(path, json=WAIT)
        assert (answer.status_code, answer.json()["registered"]) == (201, 1)
    assert await stands(play, activity, first) == {
        "activity_id": activity["id"], "state": "place", "position": None, "link": "https://meet.example.org/a",
    }  # fmt: skip
    waits = await stands(play, activity, third)
    assert (waits["state"], waits["position"], waits["link"]) == ("waiting", 2, None)
    assert refused(await play.client(second).post(path, json=WAIT), 409, "already_registered")
    assert refused(await play.client(play.accepted_id).post(path), 409, "activity_full")
    assert (await play.client(first).delete(path)).status_code == 204
    assert await told(play) == [(second, "place")]
    assert (await stands(play, activity, second))["state"] == "place"
    assert (await stands(play, activity, third))["position"] == 1
    assert (await play.client(third).delete(path)).status_code == 204
    assert refused(await play.client(third).delete(path), 409, "not_registered")
    listed = (await play.team.get(f"/activities/{activity['id']}/registrations")).json()["items"]
    assert [(one["person_id"], one["waits"]) for one in listed] == [(str(second), False)]


async def test_of_many_at_once_every_place_is_given_once(play):
    people = await people_of(play, 12)
    activity = await play.plan(places=4, starts_at=soon(play))
    path = f"/activities/{activity['id']}/registration"
    await asyncio.gather(*(play.client(p).post(path, json=WAIT) for p in people))
    places = [p for p in people if (await stands(play, activity, p))["state"] == "place"]
    assert len(places) == 4
    answers = await asyncio.gather(*(play.client(p).delete(path) for p in places))
    assert {one.status_code for one in answers} == {204}
    given = [person for person, _ in await told(play, "place")]
    assert len(given) == len(set(given)) == 4
    assert (await play.team.get(f"/activities/{activity['id']}")).json()["registered"] == 4


async def test_places_that_are_added_go_to_the_line_and_none_is_taken_away(play):
    people = await people_of(play, 4)
    activity = await play.plan(places=2, starts_at=soon(play))
    for person in people:
        await play.client(person).post(f"/activities/{activity['id']}/registration", json=WAIT)
    fewer = await change(play, activity, places=1)
    assert refused(fewer, 409, "places_taken")
    assert fewer.json()["registered"] == 2
    assert (await change(play, activity, places=3)).json()["registered"] == 3
    assert await told(play) == [(people[2], "place")]


async def test_who_has_a_place_is_told_when_and_where_it_is_now(play):
    people = await people_of(play, 2)
    activity = await play.plan(places=1, starts_at=soon(play), zone="Europe/London", speakers=["Prof. Ada"])
    assert (activity["zone"], activity["speakers"]) == ("Europe/London", ["Prof. Ada"])
    assert "link" not in activity
    assert "door_code" not in activity
    for person in people:
        await play.client(person).post(f"/activities/{activity['id']}/registration", json=WAIT)
    assert (await change(play, activity, title="Resilience again")).json()["title"] == "Resilience again"
    assert await told(play) == []
    await change(play, activity, starts_at=soon(play, days=3))
    assert sorted(await told(play)) == sorted((person, "changed") for person in people)
    called_off = await play.team.post(f"/activities/{activity['id']}/cancel")
    assert called_off.json()["cancelled_at"]
    assert sorted(await told(play, "cancelled")) == sorted((person, "cancelled") for person in people)
    assert len(await play.harness.emitted(play.tenant, ActivityCancelled)) == 1
    path = f"/activities/{activity['id']}"
    for answer in (
        await play.team.post(f"{path}/cancel"),
        await play.client(people[0]).post(f"{path}/registration"),
        await play.client(people[0]).delete(f"{path}/registration"),
        await play.team.post(f"{path}/attendance", json={"person_ids": [str(people[0])]}),
        await play.team.post(f"{path}/held"),
        await change(play, activity, title="x"),
    ):
        assert refused(answer, 409, "activity_called_off" if "already" not in answer.text else "already_registered")


async def test_an_activity_is_for_one_side_for_people_named_or_after_another(begun):
    other = begun.accepted_id  # accepted as a mentee, and in no pair
    mentors = await begun.plan(sides=["mentor"], starts_at=soon(begun))
    named = await begun.plan(invited=[str(begun.mentee_id)], starts_at=soon(begun))
    after = await begun.plan(prerequisite="orientation", starts_at=soon(begun))
    for activity, person, code in (
        (mentors, begun.mentee_id, "activity_for_others"),
        (mentors, other, "activity_for_others"),
        (mentors, begun.mentor_id, None),
        (named, begun.mentor_id, "activity_for_others"),
        (named, begun.mentee_id, None),
        (after, other, "prerequisite_missing"),
        (after, begun.mentee_id, None),
    ):
        answer = await begun.client(person).post(f"/activities/{activity['id']}/registration")
        assert answer.json().get("code") == code, answer.text
    assert refused(
        await begun.team.post(f"/activities/{mentors['id']}/attendance", json={"person_ids": [str(other)]}),
        409, "activity_not_begun",
    )  # fmt: skip


async def test_an_activity_of_a_cohort_is_for_who_is_in_it(begun):
    other = CohortCreated(cohort_id=new_id(), programme_id=begun.programme_id, number=2, places=5, milestones=[])
    await begun.harness.publish(begun.tenant, other)
    mine = await begun.plan(cohort_id=str(begun.cohort_id), starts_at=soon(begun))
    theirs = await begun.plan(cohort_id=str(other.cohort_id), starts_at=soon(begun))
    for person in (begun.mentor_id, begun.accepted_id):
        path = f"/activities/{theirs['id']}/registration"
        assert refused(await begun.client(person).post(path), 403, "activity_for_others")
        assert (await begun.client(person).post(f"/activities/{mine['id']}/registration")).status_code == 201
    moved = begun.accepted(new_id())
    ids = moved.model_dump(include={"application_id", "programme_id", "person_id", "role"})
    to = ApplicationMoved(**ids, cohort_id=other.cohort_id, from_cohort_id=begun.cohort_id)
    await begun.harness.publish(begun.tenant, moved, to)
    answer = await begun.client(moved.person_id).post(f"/activities/{theirs['id']}/registration")
    assert answer.status_code == 201, answer.text
    # Who holds a role in the programme is of every cohort.
    assert (await begun.team.post(f"/activities/{theirs['id']}/registration")).status_code == 201


async def test_the_code_at_the_door_says_who_was_there_on_the_day(begun):
    later = await begun.plan(starts_at=soon(begun), minutes=90)
    activity = await begun.plan(minutes=90)
    door = (await begun.team.get(f"/activities/{activity['id']}/door")).json()
    path = f"/activities/{activity['id']}/attendance/me"
    assert refused(await begun.mentor.get(f"/activities/{activity['id']}/door"), 403, "role_needed")
    assert refused(await begun.mentor.post(path, json={"code": "WRONG234"}), 422, "wrong_door_code")
    there = await begun.mentor.post(path, json={"code": f" {door['door_code'].lower()} "})
    assert there.json() == {"recorded": 1, "attended": 1}
    assert (await begun.mentor.post(path, json={"code": door["door_code"]})).json() == {"recorded": 0, "attended": 1}
    withdrawing = f"/activities/{activity['id']}/attendance/{begun.mentor_id}/withdraw"
    assert (await begun.team.post(withdrawing, json={"reason": "Left at once"})).status_code == 200
    again = await begun.mentor.post(path, json={"code": door["door_code"]})
    assert refused(again, 409, "attendance_taken_back")
    recorded = {"person_ids": [str(begun.mentor_id)]}
    assert (await begun.team.post(f"/activities/{activity['id']}/attendance", json=recorded)).json()["attended"] == 1
    assert (await begun.mentor.post(path, json={"code": door["door_code"]})).json()["recorded"] == 0
    early = (await begun.team.get(f"/activities/{later['id']}/door")).json()["door_code"]
    answer = await begun.mentor.post(f"/activities/{later['id']}/attendance/me", json={"code": early})
    assert refused(answer, 409, "activity_not_begun")
    mine = [one for one in (await begun.mentor.get("/attendance")).json() if one["kind"] == "cpd"]
    assert [(one["title"], one["minutes"]) for one in mine] == [("Resilience", 90)]
    hours = await begun.team.get(f"/programmes/{begun.programme_id}/attendance.csv?kind=cpd")
    assert hours.text == "person_id,activities,minutes\r\n"  # none has passed yet
    assert (await begun.team.post(f"/activities/{activity['id']}/held")).status_code == 200
    hours = await begun.team.get(f"/programmes/{begun.programme_id}/attendance.csv?kind=cpd")
    assert hours.text == f"person_id,activities,minutes\r\n{begun.mentor_id},1,90\r\n"
    assert refused(await begun.mentor.get(f"/programmes/{begun.programme_id}/attendance.csv"), 403, "role_needed")
    cpd = [one for one in await begun.harness.emitted(begun.tenant, ActivityAttended) if one.kind == "cpd"]
    assert [one.person_id for one in cpd] == [begun.mentor_id] * 2  # recorded again by the team


async def test_erasure_frees_a_place_for_who_waits(play):
    first, second = await people_of(play, 2)
    activity = await play.plan(places=1, starts_at=soon(play))
    for person in (first, second):
        await play.client(person).post(f"/activities/{activity['id']}/registration", json=WAIT)
    await play.harness.publish(play.tenant, PersonErased(person_id=first))
    assert await told(play, "place") == [(second, "place")]
    assert (await play.team.get(f"/activities/{activity['id']}")).json()["registered"] == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"zone": "Mars/Olympus"},
        {"link": "javascript:alert(1)"},
        {"sides": ["boss"]},
        {"invited": ["me"]},
        {"door": "x"},
    ],
)
async def test_what_an_activity_cannot_be_is_refused(play, wrong):
    await play.set_up()
    new = {"kind": "cpd", "title": "A", "mode": "online", "minutes": 60, "starts_at": play.now().isoformat()}
    answer = await play.team.post(f"/programmes/{play.programme_id}/activities", json=new | wrong)
    assert refused(answer, 422, "invalid_request")


async def test_what_somebody_attended_is_not_called_off_nor_moved_to_a_later_day(begun):
    activity = await begun.plan()
    path, attendance = f"/activities/{activity['id']}", f"/activities/{activity['id']}/attendance"
    there = {"person_ids": [str(begun.mentor_id), str(begun.mentee_id)]}
    assert (await begun.team.post(attendance, json=there)).status_code == 200
    for answer in (await begun.team.post(f"{path}/cancel"), await change(begun, activity, starts_at=soon(begun))):
        assert refused(answer, 409, "attendance_recorded")
        assert answer.json()["attended"] == 2
    for person in there["person_ids"]:
        back = await begun.team.post(f"{attendance}/{person}/withdraw", json={"reason": "It was called off"})
        assert back.status_code == 200, back.text
    assert (await begun.team.post(f"{path}/cancel")).status_code == 200
    assert refused(await begun.team.post(attendance, json=there), 409, "activity_called_off")
    held = await begun.team.get("/attendance", params={"person_id": str(begun.mentor_id)})
    assert activity["id"] not in held.text


async def test_an_activity_is_held_once_its_time_has_come(begun):
    activity = await begun.plan(starts_at=soon(begun, minutes=1))
    assert refused(await begun.team.post(f"/activities/{activity['id']}/held"), 409, "activity_not_begun")
    begun.later(minutes=1)
    assert (await begun.team.post(f"/activities/{activity['id']}/held")).status_code == 200
