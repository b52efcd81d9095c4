"""Groups of one relationship: mentor and mentees, coaching beside mentoring, circles and buddies."""

from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest

from mentoring_common.testing import eventually, refused
from mentoring_contracts.applications import ApplicationWithdrawn, PersonErased, PersonLeft, RoleGranted
from mentoring_contracts.matching import (
    GroupEnded,
    GroupFormed,
    GroupMemberInvited,
    GroupMemberJoined,
    GroupMemberLeft,
    MatchConfirmed,
    MatchEnded,
)
from mentoring_contracts.sessions import RelationshipClosed

FORMATS = [
    {"id": "mentoring", "size": {"least": 2, "most": 4}, "together": True},
    {"id": "reflection_group", "like": "peer_circle", "title": "Reflection group", "size": {"least": 2, "most": 12}},
    {"id": "board_circle", "like": "peer_circle", "size": {"least": 2, "most": 6}, "main": True},
]


@pytest.fixture
async def world(make_world):
    return await make_world(formats=FORMATS)


async def people(world, mentees=3, capacity=4):
    """A cohort with one mentor and mentees, in the pool."""
    cohort_id = await world.cohort(places=10)
    mentor = world.person("mentor", capacity=capacity)
    others = [world.person("mentee") for _ in range(mentees)]
    await world.admit(cohort_id, mentor, *others)
    return cohort_id, mentor, others


async def offer(world, cohort_id, kind, members, lead=None, **more):
    body = {"kind": kind, "member_ids": [str(p.id) for p in members], **more}
    body |= {"lead_id": str(lead.id)} if lead else {}
    return await world.office.post(f"/cohorts/{cohort_id}/groups/offer", json=body)


async def answer(world, group, person, act="accept", **body):
    return await world.as_person(person.id).post(f"/groups/{group['id']}/{act}", json=body or None)


async def offered(world, *args, **more):
    made = await offer(world, *args, **more)
    assert made.status_code == 201, made.text
    return made.json()


async def accepted(world, group, *who):
    for person in who:
        done = await answer(world, group, person)
        assert done.status_code == 200, done.text
    return done.json()


def states(group):
    return {m["person_id"]: m["state"] for m in group["members"]}


async def test_a_mentor_and_three_mentees_are_one_relationship_and_three_matches(world):
    cohort_id, mentor, mentees = await people(world)
    group = await offered(world, cohort_id, "mentoring", mentees, mentor, title="Group A")
    assert (group["state"], len(group["members"]), group["title"]) == ("offered", 4, "Group A")
    assert len(await world.events(GroupMemberInvited)) == 4
    await accepted(world, group, mentees[0])
    assert (await world.pool(cohort_id))[str(mentees[0].id)]["taken"] == 0
    done = await accepted(world, group, mentor)  # once, for all of them
    assert (done["state"], done["short_of"]) == ("standing", 1)
    done = await accepted(world, group, mentees[1])
    assert states(done) == {str(p.id): "joined" for p in (mentor, *mentees[:2])} | {str(mentees[2].id): "invited"}
    confirmed = await world.events(MatchConfirmed)
    assert {(e.mentor_id, e.mentee_id) for e in confirmed} == {(mentor.id, p.id) for p in mentees[:2]}
    assert {(str(e.group_id), e.kind) for e in confirmed} == {(group["id"], "mentoring")}
    assert [str(e.group_id) for e in await world.events(GroupFormed)] == [group["id"]]
    joined = {e.person_id: (e.role, e.leads, e.application_id) for e in await world.events(GroupMemberJoined)}
    assert joined == {
        mentor.id: ("mentor", True, mentor.application_id),
        mentees[0].id: ("mentee", False, mentees[0].application_id),
        mentees[1].id: ("mentee", False, mentees[1].application_id),
    }
    pool = await world.pool(cohort_id)
    assert (pool[str(mentor.id)]["taken"], pool[str(mentees[0].id)]["state"]) == (2, "matched")


async def test_a_member_declines_and_another_leaves_and_the_group_goes_on(world):
    cohort_id, mentor, mentees = await people(world)
    group = await offered(world, cohort_id, "mentoring", mentees, mentor)
    await accepted(world, group, mentor, *mentees[:2])
    assert (await answer(world, group, mentees[2], "decline", reason="no_time")).json()["state"] == "standing"
    left = await world.as_person(mentees[0].id).post(
        f"/groups/{group['id']}/members/{mentees[0].id}/leave", json={"reason": "illness"}
    )
    assert left.status_code == 200, left.text
    gone = await world.events(GroupMemberLeft)
    assert [(e.person_id, e.reason) for e in gone] == [(mentees[0].id, "private")]
    assert [e.mentee_id for e in await world.events(MatchEnded)] == [mentees[0].id]
    assert (await world.pool(cohort_id))[str(mentees[0].id)]["state"] == "available"
    seen = (await world.as_person(mentees[1].id).get(f"/groups/{group['id']}")).json()
    assert states(seen) == {str(mentor.id): "joined", str(mentees[1].id): "joined"}
    assert await world.events(GroupEnded) == []


async def test_who_comes_later_is_not_asked_of_the_mentor_again_and_the_last_to_leave_ends_it(world):
    cohort_id, mentor, mentees = await people(world)
    group = await offered(world, cohort_id, "mentoring", mentees[:2], mentor)
    await accepted(world, group, mentor, mentees[0])
    more = await world.office.post(f"/groups/{group['id']}/members", json={"member_ids": [str(mentees[2].id)]})
    assert more.status_code == 200, more.text
    done = await accepted(world, group, mentees[2])
    assert states(done)[str(mentees[2].id)] == "joined"
    again = await world.office.post(f"/groups/{group['id']}/members", json={"member_ids": [str(mentees[2].id)]})
    assert (again.status_code, again.json()["code"]) == (409, "already_in_group")
    ended = await world.office.post(f"/groups/{group['id']}/end", json={"reason": "finished_early"})
    assert ended.json()["state"] == "ended", ended.text
    assert len(await world.events(MatchEnded)) == 2
    assert [e.reason for e in await world.events(GroupEnded)] == ["finished_early"]
    assert (await world.pool(cohort_id))[str(mentor.id)]["taken"] == 0


async def test_without_its_mentor_a_group_does_not_stand(world):
    cohort_id, mentor, mentees = await people(world)
    group = await offered(world, cohort_id, "mentoring", mentees, mentor)
    await accepted(world, group, mentees[0])
    match_id = next(m["match_id"] for m in group["members"] if m["person_id"] == str(mentees[0].id))
    wrong = await world.as_person(mentor.id).post(f"/matches/{match_id}/accept")
    assert (wrong.status_code, wrong.json()["code"], wrong.json()["group_id"]) == (409, "answer_the_group", group["id"])
    done = (await answer(world, group, mentor, "decline", reason="no_time")).json()
    assert done["state"] == "ended"
    assert await world.events(MatchConfirmed, GroupFormed, GroupEnded) == []
    assert (await answer(world, group, mentees[1])).json()["code"] == "offer_over"


async def test_a_run_is_offered_as_groups_where_the_programme_says_together(world):
    cohort_id = await world.cohort(places=10)
    mentors = [world.person("mentor", capacity=3) for _ in range(2)]
    mentees = [world.person("mentee") for _ in range(5)]
    await world.admit(cohort_id, *mentors, *mentees)
    run = await world.run(cohort_id)
    matches = await world.approve(run["id"])
    groups = await world.items(f"/groups?cohort_id={cohort_id}")
    assert (len(matches), len(groups)) == (5, 2)
    assert {m["group_id"] for m in matches} == {g["id"] for g in groups}
    assert all(m["score"] is not None and m["run_id"] == run["id"] for m in matches)
    late = world.person("mentee")
    await world.admit(cohort_id, late)
    run = await world.run(cohort_id)
    (match,) = await world.approve(run["id"])
    assert match["group_id"] in {g["id"] for g in groups}  # the sixth place is in a group there already
    pair = world.person("mentor"), world.person("mentee")
    await world.admit(cohort_id, *pair)
    run = await world.run(cohort_id)
    (match,) = await world.approve(run["id"], together=False)
    assert match["group_id"] is None


async def test_coaching_stands_beside_mentoring_and_is_no_match(world):
    cohort_id, mentor, mentees = await people(world)
    coach = uuid4()
    granted = RoleGranted(role_id=uuid4(), programme_id=world.programme_id, person_id=coach, role="trainer")
    await world.harness.publish(world.tenant, granted)
    group = await offered(world, cohort_id, "mentoring", mentees[:2], mentor)
    await accepted(world, group, mentor, *mentees[:2])
    body = {"kind": "coaching", "lead_id": str(coach), "member_ids": [str(mentees[0].id)]}
    coaching = (await world.office.post(f"/cohorts/{cohort_id}/groups/offer", json=body)).json()
    roles = {m["person_id"]: m["role"] for m in coaching["members"]}
    assert roles == {str(coach): "coach", str(mentees[0].id): "coachee"}
    await accepted(world, coaching, mentees[0])
    done = await world.as_person(coach).post(f"/groups/{coaching['id']}/accept")
    assert done.json()["state"] == "standing"
    assert len(await world.events(MatchConfirmed)) == 2
    mine = (await world.as_person(mentees[0].id).get("/me/groups")).json()["items"]
    assert {g["kind"] for g in mine} == {"mentoring", "coaching"}
    joined = [e for e in await world.events(GroupMemberJoined) if e.kind == "coaching"]
    assert [e.application_id for e in joined] == [None, None]
    stranger = {"kind": "coaching", "lead_id": str(coach), "member_ids": [str(uuid4())]}
    told = await world.office.post(f"/cohorts/{cohort_id}/groups/offer", json=stranger)
    assert told.json()["code"] == "people_not_of_programme"
    assert told.json()["errors"][0]["pointer"] == "/body/member_ids/0"


async def test_a_circle_of_equals_stands_once_enough_have_accepted_and_ends_with_the_last_but_one(world):
    cohort_id, _, mentees = await people(world, mentees=3)
    circle = await offered(world, cohort_id, "reflection_group", mentees)
    await accepted(world, circle, mentees[0])
    assert await world.events(GroupFormed) == []
    done = await accepted(world, circle, mentees[1])
    assert done["state"] == "standing"
    assert {e.person_id for e in await world.events(GroupMemberJoined)} == {p.id for p in mentees[:2]}
    await accepted(world, circle, mentees[2])
    withdrawn = [
        ApplicationWithdrawn(application_id=p.application_id, programme_id=world.programme_id, cohort_id=cohort_id,
                             person_id=p.id, role="mentee")
        for p in mentees[:2]
    ]  # fmt: skip
    await world.harness.publish(world.tenant, *withdrawn)
    ended = await eventually(lambda: world.events(GroupEnded), what="the end")
    assert [str(e.group_id) for e in ended] == [circle["id"]]
    assert len(await world.events(GroupMemberLeft)) == 2


async def test_a_circle_that_people_applied_for_takes_their_place(world):
    cohort_id, _, mentees = await people(world, mentees=3)
    circle = await offered(world, cohort_id, "board_circle", mentees[:2])
    await accepted(world, circle, *mentees[:2])
    pool = await world.pool(cohort_id)
    assert [pool[str(p.id)]["state"] for p in mentees] == ["matched", "matched", "available"]
    joined = await world.events(GroupMemberJoined)
    assert {e.application_id for e in joined} == {p.application_id for p in mentees[:2]}
    taken = await offer(world, cohort_id, "board_circle", mentees[1:])
    assert (taken.status_code, taken.json()["code"]) == (422, "people_not_free")
    assert [e["pointer"] for e in taken.json()["errors"]] == ["/body/member_ids/0"]
    left = await answer(world, circle, mentees[0], f"members/{mentees[0].id}/leave", reason="no_time")
    assert left.json()["state"] == "ended"
    assert (await world.pool(cohort_id))[str(mentees[0].id)]["state"] == "available"


async def test_buddies_of_an_arrangement_are_offered_as_pairs_of_equals(world):
    cohort_id = await world.cohort(places=10)
    mentors = [world.person("mentor") for _ in range(4)]
    await world.admit(cohort_id, *mentors)
    found = (await world.office.post(f"/cohorts/{cohort_id}/buddies", json={})).json()
    body = {"arrangement_id": found["id"], "kind": "buddy"}
    made = await world.office.post(f"/cohorts/{cohort_id}/groups/offer-arrangement", json=body)
    assert made.status_code == 201, made.text
    groups = made.json()["groups"]
    assert [len(g["members"]) for g in groups] == [2, 2]
    wrong = await world.office.post(f"/cohorts/{cohort_id}/groups/offer-arrangement", json=body | {"kind": "mentoring"})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "group_invalid")


async def test_places_that_nobody_answers_lapse(world):
    cohort_id, mentor, mentees = await people(world)
    group = await offered(world, cohort_id, "mentoring", mentees, mentor, offer_days=3)
    circle = await offered(world, cohort_id, "reflection_group", mentees, offer_days=3)
    await accepted(world, circle, *mentees[:2])
    world.harness.clock.move_by(timedelta(days=4))

    async def over():
        found = (await world.office.get(f"/groups/{group['id']}")).json()
        return found if found["state"] == "ended" else None

    assert set(states(await eventually(over, what="the end")).values()) == {"expired"}

    async def lapsed():
        found = (await world.office.get(f"/groups/{circle['id']}")).json()
        return found if states(found)[str(mentees[2].id)] == "expired" else None

    assert (await eventually(lapsed, what="lapsing"))["state"] == "standing"
    late = await answer(world, circle, mentees[2])
    assert (late.status_code, late.json()["code"]) == (409, "offer_expired")


async def test_a_closed_relationship_closes_the_group_and_its_matches(world):
    cohort_id, mentor, mentees = await people(world)
    group = await offered(world, cohort_id, "mentoring", mentees, mentor)
    await accepted(world, group, mentor, *mentees[:2])
    closed = RelationshipClosed(match_id=UUID(group["id"]), programme_id=world.programme_id, cohort_id=cohort_id)
    await world.harness.publish(world.tenant, closed)

    async def over():
        found = (await world.office.get(f"/groups/{group['id']}")).json()
        return found if found["state"] == "closed" else None

    found = states(await eventually(over, what="closing"))
    assert sorted(found.values()) == ["declined", "finished", "finished", "finished"]
    matches = await world.items(f"/matches?cohort_id={cohort_id}")
    assert sorted(m["state"] for m in matches) == ["closed", "closed", "declined"]
    assert await world.events(GroupMemberLeft, GroupEnded, MatchEnded) == []


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"kind": "tea_party"}, None),
        ({"lead": None}, "/body/lead_id"),
        ({"kind": "buddy", "number": 2}, "/body/lead_id"),
        ({"number": 1}, "/body/member_ids"),
        ({"number": 5}, "/body/member_ids"),
        ({"twice": True}, "/body/member_ids"),
        ({"own": True}, "/body/lead_id"),
    ],
    ids=lambda value: str(value),
)
async def test_a_group_that_cannot_be_is_refused_and_says_where(world, change, pointer):
    cohort_id, mentor, mentees = await people(world, mentees=5)
    members = mentees[: change.get("number", 3)]
    members = members + members[:1] if change.get("twice") else members
    members = [*members, mentor] if change.get("own") else members
    told = await offer(world, cohort_id, change.get("kind", "mentoring"), members, change.get("lead", mentor))
    assert told.status_code == 422, told.text
    assert [e["pointer"] for e in told.json().get("errors", [])] == ([pointer] if pointer else [])
    assert await world.events(GroupMemberInvited) == []


async def test_strangers_see_nothing_and_members_see_who_is_with_them(world):
    cohort_id, mentor, mentees = await people(world)
    group = await offered(world, cohort_id, "mentoring", mentees, mentor)
    path = f"/groups/{group['id']}"
    stranger = world.as_person(uuid4())
    assert (await stranger.get(path)).status_code == 404
    assert (await stranger.get(f"/groups?cohort_id={cohort_id}")).json()["code"] == "role_needed"
    assert (await stranger.post(f"{path}/accept")).status_code == 404
    not_team = await world.as_person(mentees[0].id).post(f"{path}/end", json={"reason": "no_time"})
    assert (not_team.status_code, not_team.json()["code"]) == (403, "role_needed")
    out = await world.as_person(mentees[0].id).post(f"{path}/members/{mentees[1].id}/leave", json={"reason": "other"})
    assert out.json()["code"] == "role_needed"
    kinds = (await world.as_person(mentees[0].id).get(f"/programmes/{world.programme_id}/kinds")).json()
    assert {k["id"]: (k["lead"], k["most"]) for k in kinds}["mentoring"] == ("mentor", 4)
    assert (await stranger.get(f"/programmes/{world.programme_id}/kinds")).status_code == 404


async def test_who_is_erased_leaves_their_groups(world):
    cohort_id, mentor, mentees = await people(world)
    group = await offered(world, cohort_id, "mentoring", mentees, mentor)
    await accepted(world, group, mentor, *mentees)
    await world.harness.publish(world.tenant, PersonErased(person_id=mentees[0].id))

    async def left():
        return [e for e in await world.events(GroupMemberLeft) if e.reason == "private"]

    assert len(await eventually(left, what="leaving")) == 1
    await world.harness.publish(world.tenant, PersonErased(person_id=mentor.id))
    assert await eventually(lambda: world.events(GroupEnded), what="the end")


async def test_who_left_their_employer_leaves_their_groups(world):
    cohort_id, mentor, mentees = await people(world)
    group = await offered(world, cohort_id, "mentoring", mentees, mentor)
    await accepted(world, group, mentor, *mentees)
    await world.harness.publish(world.tenant, PersonLeft(person_id=mentees[0].id, last_day=date(2022, 3, 31)))

    async def left():
        return [(e.person_id, e.reason) for e in await world.events(GroupMemberLeft)]

    assert await eventually(left, what="leaving") == [(mentees[0].id, "private")]


async def test_a_second_mentor_stands_beside_the_first_and_one_person_is_mentor_and_mentee(make_world):
    kind = {"id": "second_mentor", "like": "mentoring", "main": False, "size": {"least": 1, "most": 1}}
    world = await make_world(formats=[kind])
    cohort_id = await world.cohort(places=5)
    mentor, both_id = world.person("mentor"), uuid4()
    as_mentee, as_mentor = world.person("mentee", id=both_id), world.person("mentor", id=both_id)
    mentee = world.person("mentee")
    await world.admit(cohort_id, mentor, as_mentee, as_mentor, mentee)
    for lead, member in ((mentor, as_mentee), (as_mentor, mentee)):
        group = await offered(world, cohort_id, "mentoring", [member], lead)
        await accepted(world, group, member, lead)
    second = await offered(world, cohort_id, "second_mentor", [mentee], mentor)  # who has a mentor, and one who is full
    done = await accepted(world, second, mentee, mentor)
    assert (done["state"], [m["role"] for m in done["members"]]) == ("standing", ["mentor", "mentee"])
    pairs = {(e.mentor_id, e.mentee_id) for e in await world.events(MatchConfirmed)}
    assert pairs == {(mentor.id, both_id), (both_id, mentee.id)}  # the second mentor is no second match
    mine = (await world.as_person(both_id).get("/me/groups")).json()["items"]
    assert {role for g in mine for m in g["members"] if m["person_id"] == str(both_id) for role in [m["role"]]} == {
        "mentor", "mentee",
    }  # fmt: skip


async def test_a_group_made_by_hand_keeps_the_hard_rules_or_breaks_them_knowingly(world):
    cohort_id, mentor, (first, second, third) = await people(world)
    managed = world.person("mentee", line_manager_id=str(mentor.id), employer_id=None)
    await world.admit(cohort_id, managed)
    told = await offer(world, cohort_id, "mentoring", [first, managed], mentor)
    assert refused(told, 409, "pair_breaks_rules"), told.text
    assert told.json()["rules"] == ["a private reason"]
    assert (await world.office.get("/groups", params={"cohort_id": cohort_id})).json()["items"] == []

    group = await offered(world, cohort_id, "mentoring", [first, second], mentor)
    path, more = f"/groups/{group['id']}/members", {"member_ids": [str(managed.id)]}
    assert refused(await world.office.post(path, json=more), 409, "pair_breaks_rules")
    done = await world.office.post(path, json=more | {"despite_rules": True})
    assert done.status_code == 200, done.text
    assert states(done.json())[str(managed.id)] == "invited"
    kept = await world.office.post(path, json={"member_ids": [str(third.id)], "despite_rules": True})
    assert kept.status_code == 200, kept.text
    admin = world.harness.caller("organisation:admin", tenant=world.tenant)
    log = (await admin.get("/audit-log")).json()["items"]
    reasons = [entry["reason"] for entry in log if entry["act"] == "invite_to_group"]
    assert sorted(reasons, key=str) == [None, "despite a private reason"]
