"""Decisions in bulk, kept back, told and undone; the waiting list: who is next, for how long, and who after."""

import asyncio
from datetime import timedelta

import pytest

from mentoring_common.testing import eventually
from mentoring_contracts.applications import ApplicationAccepted, ApplicationRefused
from mentoring_contracts.applying import (
    ApplicationDecisionTold,
    ApplicationDecisionUndone,
    PlaceOffered,
    PlacePassedOn,
)


def decisions(*pairs, **more):
    return {"decisions": [{"application_id": a["id"], "decision": d, **more} for a, d in pairs]}


async def own(nihr, application):
    return (await nihr.as_person(application["person_id"]).get(f"/applications/{application['id']}")).json()


async def team(nihr, application):
    return (await nihr.office.get(f"/applications/{application['id']}")).json()


async def places(nihr, number, cohort=0):
    url = f"/cohorts/{nihr.cohorts[cohort]}"
    assert (await nihr.office.patch(url, json={"places": number})).status_code == 200


@pytest.fixture
async def later(applications, office, tenant, programme_with):
    """A programme that tells decisions together."""
    return await programme_with(applications, tenant, office, applying={"decisions": {"told": "on_release"}})


async def test_many_are_decided_in_one_call_and_each_has_its_answer(applications, nihr, tenant):
    await places(nihr, 1)
    first, second, third, fourth = [await nihr.apply("mentee", nihr.cohorts[0]) for _ in range(4)]
    body = decisions((first, "accept"), (second, "accept"), (third, "waitlist"), (fourth, "refuse"))
    body["decisions"][2]["version"] = 9
    body["decisions"].append({"application_id": nihr.cohorts[0], "decision": "accept"})
    answer = await nihr.office.post(f"/programmes/{nihr.programme_id}/decisions", json=body)
    assert answer.status_code == 200, answer.text
    items = answer.json()["items"]
    assert [item["index"] for item in items] == [0, 1, 2, 3, 4]
    assert [item["state"] for item in items] == ["accepted", None, None, None, None]
    assert [item["problem"] and item["problem"]["code"] for item in items] == [
        None, "cohort_full", "precondition_failed", "reason_needed", "application_not_found",
    ]  # fmt: skip
    assert [(await team(nihr, a))["state"] for a in (second, third, fourth)] == ["submitted"] * 3
    assert len(await applications.emitted(tenant, ApplicationAccepted)) == 1
    assert (await nihr.office.get(f"/cohorts/{nihr.cohorts[0]}")).json()["places_taken"] == 1
    stranger = nihr.as_person(await nihr.person())
    refused = await stranger.post(f"/programmes/{nihr.programme_id}/decisions", json=body)
    assert (refused.status_code, refused.json()["code"]) == (403, "role_needed")
    for wrong in ({"decisions": []}, {"decisions": [{"application_id": "?", "decision": "accept"}]}, {}):
        assert (await nihr.office.post(f"/programmes/{nihr.programme_id}/decisions", json=wrong)).status_code == 422


async def test_two_calls_at_once_take_each_place_once(applications, nihr):
    await places(nihr, 3)
    asked = [await nihr.apply("mentee", nihr.cohorts[0]) for _ in range(6)]
    pairs = [(a, "accept") for a in asked]
    url = f"/programmes/{nihr.programme_id}/decisions"
    answers = await asyncio.gather(*(
        nihr.office.post(url, json=decisions(*order)) for order in (pairs, pairs[::-1])
    ))  # fmt: skip
    states = [item["state"] for answer in answers for item in answer.json()["items"]]
    assert states.count("accepted") == 3
    assert (await nihr.office.get(f"/cohorts/{nihr.cohorts[0]}")).json()["places_taken"] == 3


async def test_a_decision_that_is_kept_back_shows_to_the_team_alone_until_it_is_told(applications, later, tenant):
    accepted, refused = [await later.apply("mentee", later.cohorts[0]) for _ in range(2)]
    await later.decide(accepted)
    await later.decide(refused, "refuse", reason="over-subscribed")
    [event] = await applications.emitted(tenant, ApplicationAccepted)
    assert not event.told
    assert not (await applications.emitted(tenant, ApplicationRefused))[0].told
    for application, state in ((accepted, "accepted"), (refused, "refused")):
        assert (await team(later, application))["state"] == state
        shown = await own(later, application)
        assert (shown["state"], shown["decided_at"]) == ("submitted", None)
        me = later.as_person(application["person_id"])
        assert (await me.get("/applications", params={"state": state})).json()["items"] == []
        [listed] = (await me.get("/applications", params={"state": "submitted"})).json()["items"]
        assert listed["state"] == "submitted"
    answer = await later.office.post(f"/programmes/{later.programme_id}/tell-decisions", json={})
    assert answer.json() == {"told": 2}
    told = await applications.emitted(tenant, ApplicationDecisionTold)
    assert sorted(e.decision for e in told) == ["accepted", "refused"]
    assert (await own(later, accepted))["state"] == "accepted"
    again = await later.office.post(f"/programmes/{later.programme_id}/tell-decisions", json={})
    assert again.json() == {"told": 0}
    late = await later.act(accepted, "undo-decision", reason="mistaken")
    assert (late.status_code, late.json()["code"]) == (409, "decision_told")


async def test_what_nobody_was_told_is_undone_with_a_reason(applications, later, tenant):
    await places(later, 1)
    first, second = [await later.apply("mentee", later.cohorts[0]) for _ in range(2)]
    await later.decide(first)
    assert (await later.act(first, "undo-decision")).status_code == 422
    undone = await later.act(first, "undo-decision", reason="wrong person")
    assert (undone.status_code, undone.json()["state"]) == (200, "submitted")
    [event] = await applications.emitted(tenant, ApplicationDecisionUndone)
    assert (str(event.application_id), event.state) == (first["id"], "submitted")
    assert (await later.decide(second)).status_code == 200
    assert (await later.decide(first)).json()["code"] == "cohort_full"
    assert (await later.decide(first, "refuse", reason="full")).status_code == 200
    assert (await later.act(first, "undo-decision", reason="a place came up")).json()["state"] == "submitted"
    assert (await later.act(first, "undo-decision", reason="again")).json()["code"] == "transition_not_allowed"
    assert (await later.ledger(later.cohorts[0], "mentee"))["open"] == 2


async def test_a_decision_told_at_once_is_not_undone(nihr):
    application = await nihr.apply("mentee", nihr.cohorts[0])
    await nihr.decide(application)
    assert (await nihr.act(application, "undo-decision", reason="mistaken")).json()["code"] == "decision_told"


async def test_hours_to_undo_are_over_by_themselves(own_clock, office_of, programme_with, tenant):
    office = office_of(own_clock, tenant)
    applying = {"decisions": {"hours_to_undo": 24}}
    programme = await programme_with(own_clock, tenant, office, applying=applying)
    application = await programme.apply("mentee", programme.cohorts[0])
    await programme.decide(application)
    assert (await own(programme, application))["state"] == "submitted"
    own_clock.clock.move_by(timedelta(hours=24))

    async def told():
        return (await own(programme, application))["state"] == "accepted"

    await eventually(told)
    assert len(await own_clock.emitted(tenant, ApplicationDecisionTold)) == 1


@pytest.fixture
async def line(own_clock, office_of, programme_with, tenant):
    """A programme that offers free places at once, with one place that is taken, and three people who wait."""
    applying = {"waiting_list": {"promote": "at_once", "answer_days": 3}}
    programme = await programme_with(own_clock, tenant, office_of(own_clock, tenant), applying=applying)
    await places(programme, 1)
    holder, *waiting = [await programme.apply("mentee", programme.cohorts[0]) for _ in range(4)]
    await programme.decide(holder)
    for application in waiting:
        await programme.decide(application, "waitlist")
    return programme, holder, waiting


async def test_a_free_place_goes_down_the_line_until_somebody_takes_it(own_clock, line, tenant):
    programme, holder, waiting = line
    first, second, third = waiting
    assert [(await own(programme, a))["waiting"] for a in waiting] == [{"position": n, "waiting": 3} for n in (1, 2, 3)]
    assert (await team(programme, third))["waiting"]["position"] == 3
    assert (await programme.act(holder, "withdraw")).status_code == 200
    offered = await own(programme, first)
    assert offered["state"] == "place_offered"
    assert offered["place_until"] is not None
    assert offered["waiting"] is None
    assert [str(e.application_id) for e in await own_clock.emitted(tenant, PlaceOffered)] == [first["id"]]
    assert (await programme.decide(second)).json()["code"] == "cohort_full"
    by_team = await programme.act(first, "accept-place")
    assert by_team.json()["code"] == "not_the_applicant"
    own_clock.clock.move_by(timedelta(days=3))

    async def passed_on():
        return (await own(programme, second))["state"] == "place_offered"

    await eventually(passed_on)
    late = await programme.as_person(first["person_id"]).post(f"/applications/{first['id']}/accept-place")
    assert late.json()["code"] == "transition_not_allowed"
    assert (await own(programme, first))["waiting"] == {"position": 2, "waiting": 2}
    me = programme.as_person(second["person_id"])
    assert (await me.post(f"/applications/{second['id']}/decline-place")).json()["state"] == "waitlisted"
    assert (await own(programme, third))["state"] == "place_offered"
    taken = await programme.as_person(third["person_id"]).post(f"/applications/{third['id']}/accept-place")
    assert (taken.status_code, taken.json()["state"]) == (200, "accepted")
    assert [e.declined for e in await own_clock.emitted(tenant, PlacePassedOn)] == [False, True]
    assert len(await own_clock.emitted(tenant, PlaceOffered)) == 3
    assert (await programme.office.get(f"/cohorts/{programme.cohorts[0]}")).json()["places_taken"] == 1
    assert (await programme.ledger(programme.cohorts[0], "mentee"))["open"] == 3


async def test_who_did_not_take_a_place_is_offered_none_again_by_itself(own_clock, line):
    programme, holder, waiting = line
    await programme.act(holder, "withdraw")
    for application in waiting:
        me = programme.as_person(application["person_id"])
        assert (await me.post(f"/applications/{application['id']}/decline-place")).status_code == 200
    assert (await programme.office.get(f"/cohorts/{programme.cohorts[0]}")).json()["places_taken"] == 0
    assert (await programme.decide(waiting[0])).json()["state"] == "accepted"


async def test_more_places_are_offered_to_as_many(line):
    programme, _, waiting = line
    await places(programme, 3)
    assert [(await own(programme, a))["state"] for a in waiting] == ["place_offered", "place_offered", "waitlisted"]
    assert (await programme.office.post(f"/cohorts/{programme.cohorts[0]}/close")).status_code == 200
    assert {(await team(programme, a))["state"] for a in waiting} == {"unmatched"}
    answer = await programme.office.post(f"/cohorts/{programme.cohorts[0]}/offer-places")
    assert answer.json()["code"] == "cohort_is_closed"


async def test_the_list_is_served_by_hand_where_nothing_else_is_said(nihr):
    await places(nihr, 1)
    application = await nihr.apply("mentee", nihr.cohorts[0])
    await nihr.decide(application, "waitlist")
    assert (await own(nihr, application))["state"] == "waitlisted"
    answer = await nihr.office.post(f"/cohorts/{nihr.cohorts[0]}/offer-places")
    assert answer.json() == {"application_ids": [application["id"]]}
    stranger = nihr.as_person(await nihr.person())
    assert (await stranger.post(f"/cohorts/{nihr.cohorts[0]}/offer-places")).status_code == 403


async def test_the_list_is_served_at_a_milestone(own_clock, office_of, programme_with, tenant):
    applying = {"waiting_list": {"promote": "at_milestone", "milestone": "orientation"}}
    programme = await programme_with(own_clock, tenant, office_of(own_clock, tenant), applying=applying)
    cohort = programme.cohorts[0]
    kept = (await programme.office.get(f"/cohorts/{cohort}")).json()["milestones"]
    served = {"kind": "orientation", "starts_at": "2022-03-01T09:00:00Z"}
    changed = await programme.office.patch(f"/cohorts/{cohort}", json={"milestones": [*kept, served]})
    assert changed.status_code == 200, changed.text
    application = await programme.apply("mentee", cohort)
    await programme.decide(application, "waitlist")
    own_clock.clock.move_to(own_clock.clock.now() + timedelta(days=40))

    async def offered():
        return (await own(programme, application))["state"] == "place_offered"

    await eventually(offered)


async def test_a_waiting_list_at_no_milestone_is_refused(office):
    from mentoring_applications.programmes import blueprint

    content = blueprint.load("nihr").document | {"applying": {"waiting_list": {"promote": "at_milestone"}}}
    refused = await office.post("/programmes", json={"blueprint": content})
    assert (refused.status_code, refused.json()["code"]) == (422, "blueprint_invalid")
