"""Another mentor carries on: one act of the team ends what was and begins what follows."""

import asyncio
from uuid import UUID

import pytest

from mentoring_common.testing import refused
from mentoring_contracts.applications import PersonLeft
from mentoring_contracts.matching import (
    GroupMemberJoined,
    GroupMemberLeft,
    MatchConfirmed,
    MatchEnded,
)


async def pair(world, places=3):
    """A pair that stands, its mentor and mentee, and another mentor in the pool."""
    cohort_id = await world.cohort(places=places)
    mentor, mentee = world.person("mentor"), world.person("mentee")
    await world.admit(cohort_id, mentor, mentee)
    (match,) = await world.confirmed(cohort_id)
    other = world.person("mentor")
    await world.admit(cohort_id, other)
    return cohort_id, match, mentor, mentee, other


async def hand_over(client, match, to, **more):
    return await client.post(f"/matches/{match['id']}/handover", json={"mentor_id": str(to.id)} | more)


async def test_the_pair_ends_and_another_stands_at_once(world):
    cohort_id, match, mentor, mentee, other = await pair(world)
    done = await hand_over(world.office, match, other, reason="She moves to Leeds")
    assert done.status_code == 201, done.text
    new = done.json()
    assert (new["state"], new["mentor_id"], new["mentee_id"]) == ("confirmed", str(other.id), str(mentee.id))
    assert (new["rematch_of"], new["handover"]) == (match["id"], True)
    old = (await world.office.get(f"/matches/{match['id']}")).json()
    assert (old["state"], old["end_reason"], old["end_note"]) == ("ended", "handed_over", "She moves to Leeds")
    shown = (await world.as_person(mentor.id).get(f"/matches/{match['id']}")).json()
    assert (shown["end_reason"], shown["end_note"]) == ("handed_over", None)
    (ended,) = await world.events(MatchEnded)
    assert (str(ended.match_id), ended.reason) == (match["id"], "handed_over")
    confirmed = (await world.events(MatchConfirmed))[-1]
    assert (str(confirmed.match_id), str(confirmed.rematch_of), confirmed.handover) == (new["id"], match["id"], True)
    pool = await world.pool(cohort_id)
    assert [pool[str(p.id)]["taken"] for p in (mentor, mentee, other)] == [0, 1, 1]
    again = await hand_over(world.office, match, mentor)
    assert (again.status_code, again.json()["code"], again.json()["match_id"]) == (409, "handed_over", new["id"])
    back = await hand_over(world.office, new, mentor)
    assert back.status_code == 201, back.text


async def test_a_match_whose_mentor_left_is_carried_on_too(world):
    _, match, mentor, _, other = await pair(world)
    await world.harness.publish(
        world.tenant, PersonLeft(person_id=mentor.id, last_day=world.harness.clock.now().date())
    )
    assert (await world.office.get(f"/matches/{match['id']}")).json()["state"] == "ended"
    done = await hand_over(world.office, match, other)
    assert (done.status_code, done.json()["rematch_of"]) == (201, match["id"])


async def test_two_at_once_are_one(world):
    _, match, _, _, other = await pair(world)
    answers = await asyncio.gather(*(hand_over(world.office, match, other) for _ in range(4)))
    assert sorted(a.status_code for a in answers) == [201, 409, 409, 409]


async def test_who_is_not_free_carries_nothing_on_and_nothing_ends(world):
    cohort_id, match, mentor, mentee, _ = await pair(world)
    for who in (mentor, mentee, world.person("mentor")):
        answer = await hand_over(world.office, match, who)
        assert refused(answer, 422, "people_not_free")
        assert answer.json()["errors"][0]["pointer"] == "/body/mentor_id"
    assert (await world.office.get(f"/matches/{match['id']}")).json()["state"] == "confirmed"
    assert (await world.pool(cohort_id))[str(mentor.id)]["taken"] == 1


async def test_two_whom_a_rule_keeps_apart_are_together_only_if_that_is_said(world):
    cohort_id, match, _, mentee, _ = await pair(world)
    manager = world.person("mentor", line_manager_id=str(mentee.id), employer_id=None)
    await world.admit(cohort_id, manager)
    told = await hand_over(world.office, match, manager)
    assert refused(told, 409, "pair_breaks_rules"), told.text
    assert told.json()["rules"] == ["a private reason"]
    assert (await world.office.get(f"/matches/{match['id']}")).json()["state"] == "confirmed"
    done = await hand_over(world.office, match, manager, despite_rules=True)
    assert done.status_code == 201, done.text
    admin = world.harness.caller("organisation:admin", tenant=world.tenant)
    log = (await admin.get("/audit-log")).json()["items"]
    assert [entry["reason"] for entry in log if entry["act"] == "hand_over_match"] == ["despite a private reason"]


async def test_who_said_never_again_is_not_handed_over_to(world):
    _, match, mentor, _, other = await pair(world)
    new = (await hand_over(world.office, match, other)).json()
    ending = {"reason": "private", "never_again": True}
    assert (await world.office.post(f"/matches/{new['id']}/end", json=ending)).status_code == 200
    told = await hand_over(world.office, new, mentor)
    assert told.status_code == 201, "it is said of the other mentor"
    back = await hand_over(world.office, told.json(), other)
    assert refused(back, 409, "pair_breaks_rules")


async def test_the_two_do_not_hand_over_themselves(world):
    _, match, mentor, mentee, other = await pair(world)
    for person in (mentor, mentee):
        assert (await hand_over(world.as_person(person.id), match, other)).status_code == 403
    assert (await hand_over(world.as_person(other.id), match, other)).status_code == 404


TOGETHER = [
    {"id": "mentoring", "size": {"least": 2, "most": 4}, "together": True},
    {"id": "supervision", "like": "coaching", "title": "Supervision", "size": {"least": 1, "most": 12}},
]


@pytest.fixture
async def groups(make_world):
    return await make_world(formats=TOGETHER)


async def standing(world, kind, lead, *members):
    cohort_id = await world.cohort(places=9)
    await world.admit(cohort_id, lead, *members)
    row = {"kind": kind, "lead_id": str(lead.id), "member_ids": [str(m.id) for m in members], "starts_on": "2021-09-01"}
    done = await world.office.post(f"/cohorts/{cohort_id}/standing", json={"relationships": [row]})
    assert done.status_code == 201, done.text
    return cohort_id, done.json()["groups"][0]


async def hand_over_lead(client, group, to):
    return await client.post(f"/groups/{group['id']}/handover", json={"lead_id": str(to.id), "reason": "no_time"})


async def test_a_group_goes_on_with_another_mentor(groups):
    world = groups
    mentor, mentees = world.person("mentor", capacity=3), [world.person("mentee") for _ in range(2)]
    cohort_id, group = await standing(world, "mentoring", mentor, *mentees)
    other, small = world.person("mentor", capacity=2), world.person("mentor", capacity=1)
    await world.admit(cohort_id, other, small)
    answer = await hand_over_lead(world.office, group, small)
    assert refused(answer, 422, "people_not_free")
    done = await hand_over_lead(world.office, group, other)
    assert done.status_code == 200, done.text
    now = {m["person_id"]: (m["state"], m["leads"]) for m in done.json()["members"]}
    assert now == {str(mentor.id): ("left", True), str(other.id): ("joined", True)} | {
        str(m.id): ("joined", False) for m in mentees
    }
    left = await world.events(GroupMemberLeft)
    assert [(e.person_id, e.reason) for e in left] == [(mentor.id, "handed_over")]
    lead = [e for e in await world.events(GroupMemberJoined) if e.leads]
    assert [e.person_id for e in lead] == [mentor.id, other.id]
    assert {e.mentee_id for e in await world.events(MatchConfirmed) if e.handover} == {m.id for m in mentees}
    pool = await world.pool(cohort_id)
    assert (pool[str(mentor.id)]["taken"], pool[str(other.id)]["taken"]) == (0, 2)
    ended = await world.office.post(f"/groups/{group['id']}/end", json={"reason": "finished_early"})
    assert ended.json()["state"] == "ended"
    one = (await world.events(MatchConfirmed))[-1]
    answer = await hand_over(world.office, {"id": one.match_id}, mentor)
    assert refused(answer, 409, "lead_of_group")


async def test_supervision_goes_on_with_another_supervisor(groups):
    world = groups
    lead, members = world.person("mentor"), [world.person("mentor") for _ in range(2)]
    cohort_id, group = await standing(world, "supervision", lead, *members)
    stranger, other = world.person("mentor"), world.person("mentor")
    await world.admit(cohort_id, other)
    for who, code in ((stranger, "people_not_of_programme"), (members[0], "group_invalid"), (lead, "group_invalid")):
        answer = await hand_over_lead(world.office, group, who)
        assert answer.json()["code"] == code, answer.text
    done = await hand_over_lead(world.office, group, other)
    assert done.status_code == 200, done.text
    assert [m["person_id"] for m in done.json()["members"] if m["leads"] and m["state"] == "joined"] == [str(other.id)]
    assert await world.events(MatchConfirmed) == []
    assert UUID(done.json()["id"])
    assert (await hand_over_lead(world.as_person(other.id), group, lead)).status_code == 403
