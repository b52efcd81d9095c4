"""Relationships that stood before come in with their start date, and nobody is asked again."""

from datetime import date, timedelta

import pytest

from mentoring_contracts.matching import (
    GroupFormed,
    GroupMemberInvited,
    GroupMemberJoined,
    MatchConfirmed,
    MatchProposed,
)


async def take_over(world, cohort_id, *relationships):
    return await world.office.post(f"/cohorts/{cohort_id}/standing", json={"relationships": list(relationships)})


def pair(mentor, mentee, starts_on="2021-09-01", **more):
    return {"lead_id": str(mentor.id), "member_ids": [str(mentee.id)], "starts_on": starts_on} | more


async def test_pairs_stand_since_the_day_they_began_and_count_as_any_other(world):
    cohort_id = await world.cohort(places=3)
    mentor = world.person("mentor", capacity=2)
    mentees = [world.person("mentee") for _ in range(3)]
    await world.admit(cohort_id, mentor, *mentees)
    done = await take_over(world, cohort_id, *(pair(mentor, mentee) for mentee in mentees[:2]))
    assert done.status_code == 201, done.text
    assert {(m["state"], m["starts_on"], m["run_id"]) for m in done.json()["matches"]} == {
        ("confirmed", "2021-09-01", None)
    }
    events = await world.events(MatchConfirmed)
    assert {(e.imported, e.starts_on, e.mentee_id) for e in events} == {
        (True, date(2021, 9, 1), mentee.id) for mentee in mentees[:2]
    }
    assert await world.events(MatchProposed) == []
    pool = await world.pool(cohort_id)
    assert (pool[str(mentor.id)]["state"], pool[str(mentees[0].id)]["state"]) == ("matched", "matched")
    run = await world.run(cohort_id)
    assert (run["pairs"], run["unmatched_mentees"]) == (0, 1)


async def test_what_was_taken_over_before_is_not_taken_over_twice(world):
    cohort_id = await world.cohort(places=5)
    mentor, other = world.person("mentor", capacity=2), world.person("mentor")
    mentees = [world.person("mentee") for _ in range(3)]
    await world.admit(cohort_id, mentor, other, *mentees)
    buddies = {"kind": "buddy", "member_ids": [str(m.id) for m in mentees[:2]], "starts_on": "2021-11-01"}
    rows = [pair(mentor, mentees[0]), pair(mentor, mentees[1]), buddies]
    first = (await take_over(world, cohort_id, *rows)).json()
    again = await take_over(world, cohort_id, *rows, pair(other, mentees[2]))
    assert (again.status_code, again.json()["unchanged"]) == (201, [0, 1, 2]), again.text
    assert {m["id"] for m in first["matches"]} < {m["id"] for m in again.json()["matches"]}
    assert [g["id"] for g in again.json()["groups"]] == [g["id"] for g in first["groups"]]
    assert len(await world.events(MatchConfirmed)) == 3
    assert len(await world.events(GroupFormed)) == 1
    ended = first["matches"][0]["id"]
    assert (await world.office.post(f"/matches/{ended}/end", json={"reason": "moved away"})).status_code == 200
    assert (await take_over(world, cohort_id, *rows)).json()["unchanged"] == [0, 1, 2]
    assert len(await world.events(MatchConfirmed)) == 3
    since = await take_over(
        world, cohort_id, pair(mentor, mentees[1], "2021-09-02"), buddies | {"starts_on": "2021-11-02"}
    )
    found = [(e["pointer"], e["code"]) for e in since.json()["errors"]]
    assert found == [(f"/body/relationships/{place}/starts_on", "stands_already") for place in (0, 1)]


async def test_a_dry_run_says_what_a_run_would_and_does_nothing(world):
    cohort_id = await world.cohort(places=5)
    mentor, other, mentee = world.person("mentor"), world.person("mentor"), world.person("mentee")
    await world.admit(cohort_id, mentor, other, mentee)
    path, good = f"/cohorts/{cohort_id}/standing?dry_run=true", {"relationships": [pair(mentor, mentee)]}
    tried = await world.office.post(path, json=good)
    assert (tried.status_code, tried.json()) == (201, {"matches": [], "groups": [], "unchanged": []}), tried.text
    bad = await world.office.post(path, json={"relationships": [pair(mentor, mentee), pair(other, mentee)]})
    assert [e["pointer"] for e in bad.json()["errors"]] == ["/body/relationships/1/member_ids/0"]
    assert await world.events(MatchConfirmed) == []
    assert (await world.pool(cohort_id))[str(mentor.id)]["taken"] == 0
    assert (await take_over(world, cohort_id, pair(mentor, mentee))).json()["unchanged"] == []


async def test_all_of_them_or_none_and_what_is_wrong_of_which(world):
    cohort_id = await world.cohort(places=9)
    mentor, other = world.person("mentor"), world.person("mentor")
    mentees = [world.person("mentee") for _ in range(3)]
    await world.admit(cohort_id, mentor, other, *mentees)
    tomorrow = (world.harness.clock.now() + timedelta(days=1)).date().isoformat()
    done = await take_over(
        world,
        cohort_id,
        pair(mentor, mentees[0]),
        pair(mentor, mentees[1]),  # the mentor has one place
        pair(other, mentees[2], tomorrow),
        pair(other, mentees[2], kind="tea_party"),
        pair(other, world.person("mentee")),
    )
    assert (done.status_code, done.json()["code"]) == (422, "standing_invalid")
    found = [(e["pointer"], e["code"]) for e in done.json()["errors"]]
    assert found == [
        ("/body/relationships/1/lead_id", "person_not_free"),
        ("/body/relationships/2/starts_on", "starts_later"),
        ("/body/relationships/3", "kind_unknown"),
        ("/body/relationships/4/member_ids/0", "person_not_free"),
    ]
    assert await world.events(MatchConfirmed) == []
    assert (await world.pool(cohort_id))[str(mentees[0].id)]["taken"] == 0


async def test_groups_and_what_is_beside_them_come_in_too(make_world):
    world = await make_world(formats=[{"id": "mentoring", "together": True, "size": {"least": 4, "most": 6}}])
    cohort_id = await world.cohort(places=9)
    mentor = world.person("mentor", capacity=3)
    mentees = [world.person("mentee") for _ in range(2)]
    await world.admit(cohort_id, mentor, *mentees)
    members = [str(mentee.id) for mentee in mentees]
    done = await take_over(
        world,
        cohort_id,
        {"lead_id": str(mentor.id), "member_ids": members, "starts_on": "2021-10-01", "title": "Tuesday"},
        {"kind": "buddy", "member_ids": members, "starts_on": "2021-11-01"},
    )
    assert done.status_code == 201, done.text
    group, buddies = done.json()["groups"]
    assert (group["state"], group["starts_on"], group["short_of"], group["title"]) == (
        "standing", "2021-10-01", 2, "Tuesday",
    )  # fmt: skip
    assert (buddies["kind"], buddies["state"]) == ("buddy", "standing")
    formed = {(e.kind, e.imported, e.starts_on) for e in await world.events(GroupFormed)}
    assert formed == {("mentoring", True, date(2021, 10, 1)), ("buddy", True, date(2021, 11, 1))}
    assert len(await world.events(GroupMemberJoined)) == 5
    assert await world.events(GroupMemberInvited) == []
    assert len(await world.events(MatchConfirmed)) == 2


@pytest.mark.parametrize("body", [{}, {"relationships": []}, {"relationships": [{"member_ids": [], "starts_on": "x"}]}])
async def test_what_is_no_list_of_relationships_is_refused(world, body):
    cohort_id = await world.cohort(places=1)
    refused = await world.office.post(f"/cohorts/{cohort_id}/standing", json=body)
    assert refused.status_code == 422


async def test_only_the_team_takes_relationships_over(world):
    cohort_id = await world.cohort(places=1)
    mentor, mentee = world.person("mentor"), world.person("mentee")
    await world.admit(cohort_id, mentor, mentee)
    body = {"relationships": [pair(mentor, mentee)]}
    refused = await world.as_person(mentor.id).post(f"/cohorts/{cohort_id}/standing", json=body)
    assert refused.status_code == 404
