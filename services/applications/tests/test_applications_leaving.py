"""Leavers: said by the employer or the admin; at the end of the last day roles and open applications end."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from mentoring_common.testing import eventually
from mentoring_contracts.applications import (
    ApplicationWithdrawn,
    NominationWithdrawn,
    PersonLeft,
    RoleRevoked,
)
from mentoring_contracts.matching import MatchConfirmed
from mentoring_contracts.sessions import RelationshipClosed

SCOPES = ("applications:read", "applications:write")
GONE = {"last_day": "2020-01-31", "reason": "resigned"}
LATER = {"last_day": "2022-02-28", "reason": "retired"}


@pytest.fixture
async def leeds(office):
    return (await office.post("/employers", json={"name": "Leeds Trust"})).json()["id"]


@pytest.fixture
def hr(applications, tenant, leeds):
    return applications.caller(*SCOPES, "hr:provision", tenant=tenant, subject="hr-client", employer=leeds)


async def test_at_the_end_of_the_last_day_all_that_they_did_here_ends(applications, nihr, hr, leeds):
    person = await nihr.person(employer_id=leeds)
    application = await nihr.apply("mentee", nihr.cohorts[0], person)
    await nihr.decide(application)
    roles = f"/programmes/{nihr.programme_id}/roles"
    await nihr.office.post(roles, json={"person_id": person, "role": "steering_group"})
    left = await hr.put(f"/people/{person}/leaving", json=GONE)
    assert left.status_code == 200, left.text
    assert (left.json()["last_day"], left.json()["leaving_reason"]) == ("2020-01-31", "resigned")
    assert left.json()["left_at"] is not None
    assert (await nihr.office.get(f"/applications/{application['id']}")).json()["state"] == "withdrawn"
    assert person not in [role["person_id"] for role in (await nihr.office.get(roles)).json()["items"]]
    cohort = (await nihr.office.get(f"/cohorts/{nihr.cohorts[0]}")).json()
    assert cohort["places_taken"] == 0
    events = await applications.emitted(nihr.tenant)
    assert [(str(e.person_id), str(e.last_day)) for e in events if isinstance(e, PersonLeft)] == [
        (person, "2020-01-31")
    ]
    assert len([e for e in events if isinstance(e, ApplicationWithdrawn | RoleRevoked)]) == 2
    assert (await hr.get(f"/people/{person}")).json()["last_day"] == "2020-01-31"
    again = await hr.put(f"/people/{person}/leaving", json=GONE)
    assert (again.status_code, again.json()["left_at"]) == (200, left.json()["left_at"])
    assert len(await applications.emitted(nihr.tenant, PersonLeft)) == 1
    other = await hr.put(f"/people/{person}/leaving", json=GONE | {"last_day": "2020-02-01"})
    assert (other.status_code, other.json()["code"]) == (409, "already_left")


async def test_a_day_to_come_is_waited_for_changed_and_taken_back(own_clock, tenant, office_of):
    office = office_of(own_clock, tenant)
    made = await office.post("/people", json={"name": "Ada", "email": "ada@example.org"})
    person = made.json()["id"]
    path = f"/people/{person}/leaving"
    assert (await office.put(path, json=LATER)).json()["left_at"] is None
    assert (await office.put(path, json=LATER | {"last_day": "2022-03-31"})).json()["last_day"] == "2022-03-31"
    own_clock.clock.move_to(datetime(2022, 3, 31, 23, tzinfo=UTC))
    assert (await office.get(path)).json()["left_at"] is None
    assert (await office.delete(path)).status_code == 204
    assert (await office.get(path)).json()["last_day"] is None
    assert (await office.delete(path)).status_code == 204  # as often as one likes
    await office.put(path, json=LATER | {"last_day": "2022-04-01"})
    own_clock.clock.move_to(datetime(2022, 4, 2, tzinfo=UTC) + timedelta(seconds=1))

    async def left():
        return (await office.get(path)).json()["left_at"]

    assert await eventually(left, what="the end of the last day")
    assert len(await own_clock.emitted(tenant, PersonLeft)) == 1
    assert (await office.delete(path)).status_code == 204
    assert (await office.get(f"/people/{person}")).json()["last_day"] is None


async def test_nobody_waits_for_the_endorsement_of_who_left(applications, tenant, office, programme_with, leeds):
    said = {"roles": ["mentee"], "by": ["line_manager"], "nominator_learns": "outcome"}
    nihr = await programme_with(applications, tenant, office, nominations=said)
    boss = await nihr.person(employer_id=leeds)
    person = await nihr.person(line_manager_id=boss)
    application = await nihr.apply("mentee", nihr.cohorts[0], person)
    assert application["state"] == "awaiting_endorsement"
    assert (await office.put(f"/people/{boss}/leaving", json=GONE)).status_code == 200
    listed = (await nihr.as_person(person).get("/nominations")).json()["items"]
    assert [one["state"] for one in listed] == ["withdrawn"]
    assert len(await applications.emitted(tenant, NominationWithdrawn)) == 1


async def test_who_may_say_that_somebody_leaves(applications, nihr, hr, leeds):
    theirs, others = await nihr.person(employer_id=leeds), await nihr.person()
    themselves = nihr.as_person(theirs)
    refused = await themselves.put(f"/people/{theirs}/leaving", json=GONE)
    assert (refused.status_code, refused.json()["code"]) == (403, "not_your_people")
    assert refused.json()["needed"] == ["hr:provision", "organisation:admin"]
    assert (await themselves.delete(f"/people/{theirs}/leaving")).status_code == 403
    assert (await themselves.get(f"/people/{theirs}/leaving")).json()["last_day"] is None
    assert (await hr.put(f"/people/{others}/leaving", json=GONE)).status_code == 404
    for wrong in ({"reason": "bored"}, {"last_day": "2020-02-30"}, {"last_day": "9999-12-31"}, {"note": "x"}):
        answer = await hr.put(f"/people/{theirs}/leaving", json=GONE | wrong)
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request"), wrong
    old = await hr.put(f"/people/{theirs}/leaving", json=GONE, headers={"If-Match": '"9"'})
    assert (old.status_code, old.json()["code"]) == (412, "precondition_failed")


async def test_who_is_erased_leaves_no_more(own_clock, tenant, office_of):
    office = office_of(own_clock, tenant)
    person = (await office.post("/people", json={"name": "Ada", "email": "ada@example.org"})).json()["id"]
    await office.put(f"/people/{person}/leaving", json=LATER)
    assert (await office.delete(f"/people/{person}")).status_code == 204
    other = (await office.post("/people", json={"name": "Bea", "email": "bea@example.org"})).json()["id"]
    await office.put(f"/people/{other}/leaving", json=LATER)
    own_clock.clock.move_to(datetime(2022, 3, 2, tzinfo=UTC))

    async def left():
        return (await office.get(f"/people/{other}/leaving")).json()["left_at"]

    assert await eventually(left, what="the end of the last day")
    assert [str(event.person_id) for event in await own_clock.emitted(tenant, PersonLeft)] == [other]


async def test_who_has_left_starts_nothing_until_it_is_taken_back(nihr, hr, leeds):
    person = await nihr.person(employer_id=leeds)
    await nihr.apply("mentee", nihr.cohorts[0], person)
    await hr.put(f"/people/{person}/leaving", json=GONE)
    answer = await nihr.try_to_apply("mentee", nihr.cohorts[0], person)
    assert (answer.status_code, answer.json()["code"]) == (409, "has_left")
    roles = f"/programmes/{nihr.programme_id}/roles"
    answer = await nihr.office.post(roles, json={"person_id": person, "role": "steering_group"})
    assert (answer.status_code, answer.json()["code"]) == (409, "has_left")
    assert (await hr.delete(f"/people/{person}/leaving")).status_code == 204
    assert (await nihr.apply("mentee", nihr.cohorts[0], person))["state"] == "submitted"


async def test_who_comes_back_applies_again_also_after_a_match(applications, nihr, hr, leeds):
    people = {role: await nihr.person(employer_id=leeds) for role in ("mentor", "mentee")}
    made = {role: await nihr.apply(role, nihr.cohorts[0], person) for role, person in people.items()}
    for one in made.values():
        await nihr.decide(one)
    match = {"match_id": uuid4(), "programme_id": nihr.programme_id, "cohort_id": nihr.cohorts[0]}
    pair = {f"{role}_id": person for role, person in people.items()}
    await applications.publish(nihr.tenant, MatchConfirmed(**match, **pair))
    path = f"/applications/{made['mentee']['id']}"
    before = (await hr.get(path)).json()
    assert before["state"] == "matched"
    await hr.put(f"/people/{people['mentee']}/leaving", json=GONE)
    after = (await hr.get(path)).json()
    assert after["state"] == "withdrawn"
    assert after["updated_at"] > before["updated_at"]
    withdrawn = await applications.emitted(nihr.tenant, ApplicationWithdrawn)
    assert [event.after_match for event in withdrawn] == [True]
    await hr.delete(f"/people/{people['mentee']}/leaving")
    assert (await nihr.apply("mentee", nihr.cohorts[0], people["mentee"]))["state"] == "submitted"


async def test_what_ran_its_course_stays_matched_when_somebody_leaves(applications, nihr, hr, leeds):
    person, other = await nihr.person(employer_id=leeds), await nihr.person()
    application = await nihr.apply("mentee", nihr.cohorts[0], person)
    await nihr.decide(application)
    match = {"match_id": uuid4(), "programme_id": nihr.programme_id, "cohort_id": nihr.cohorts[0]}
    await applications.publish(nihr.tenant, MatchConfirmed(**match, mentor_id=other, mentee_id=person))
    await applications.publish(nihr.tenant, RelationshipClosed(**match))
    await hr.put(f"/people/{person}/leaving", json=GONE)
    assert (await hr.get(f"/applications/{application['id']}")).json()["state"] == "matched"


async def test_an_earlier_round_that_ran_its_course_keeps_no_later_one_matched(applications, nihr, hr, leeds):
    person, other = await nihr.person(employer_id=leeds), await nihr.person()
    made = []
    for cohort in nihr.cohorts[:2]:
        application = await nihr.apply("mentee", cohort, person)
        await nihr.decide(application)
        match = {"match_id": uuid4(), "programme_id": nihr.programme_id, "cohort_id": cohort}
        await applications.publish(nihr.tenant, MatchConfirmed(**match, mentor_id=other, mentee_id=person))
        if not made:
            await applications.publish(nihr.tenant, RelationshipClosed(**match))
        made.append(application["id"])
    await hr.put(f"/people/{person}/leaving", json=GONE)
    states = [(await hr.get(f"/applications/{one}")).json()["state"] for one in made]
    assert states == ["matched", "withdrawn"]
