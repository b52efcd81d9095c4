"""A programme is closed: offers are withdrawn, nobody is matched any more, and what never began has ended."""

import asyncio

import pytest

from mentoring_common.testing import refused
from mentoring_contracts.applications import ProgrammeClosed
from mentoring_contracts.matching import MatchDeclined, MatchEnded
from mentoring_contracts.sessions import RelationshipCalledOff, RelationshipClosed


async def close(world):
    await world.harness.publish(world.tenant, ProgrammeClosed(programme_id=world.programme_id, reason="ran_its_course"))


async def test_offers_are_withdrawn_and_nothing_begins(make_world):
    world = await make_world(recurring={"every": "week", "day": "monday", "at": "06:00"})
    cohort_id = await world.cohort(places=5)
    await world.admit(cohort_id, *[world.person(role) for role in ("mentor", "mentee", "mentor", "mentee")])
    offered = await world.approve((await world.run(cohort_id))["id"])
    assert len(offered) == 2
    await world.accept(offered[0])
    waiting = await world.run(cohort_id)
    await close(world)
    states = {m["id"]: m["state"] for m in await world.items(f"/matches?programme_id={world.programme_id}")}
    assert states == {offered[0]["id"]: "confirmed", offered[1]["id"]: "declined"}
    declined = await world.events(MatchDeclined)
    assert [(str(e.match_id), e.by, e.reason) for e in declined] == [(offered[1]["id"], None, "programme_closed")]
    assert (await world.office.get(f"/runs/{waiting['id']}")).json()["state"] == "cancelled"
    assert (await world.office.get(f"/programmes/{world.programme_id}/recurring-runs")).json()["next"] == []
    people = {"lead_id": offered[1]["mentor_id"], "member_ids": [offered[1]["mentee_id"]]}
    stood = {"kind": "mentoring", "starts_on": "2020-01-01", **people}
    for answer in [
        await world.office.post(f"/cohorts/{cohort_id}/runs", json={}),
        await world.office.post(f"/runs/{waiting['id']}/approve", json={}),
        await world.office.post(f"/cohorts/{cohort_id}/groups/offer", json={"kind": "mentoring", **people}),
        await world.office.post(f"/cohorts/{cohort_id}/standing", json={"relationships": [stood]}),
        await world.office.post(f"/cohorts/{cohort_id}/conversations"),
        await world.office.post(f"/cohorts/{cohort_id}/buddies", json={"role": "mentee"}),
        await world.office.post(f"/matches/{offered[0]['id']}/handover", json={"mentor_id": offered[1]["mentor_id"]}),
        await world.office.post(f"/programmes/{world.programme_id}/recurring-runs/resume"),
        await world.as_person(offered[1]["mentor_id"]).post(f"/matches/{offered[1]['id']}/accept"),
        await world.office.put(
            f"/programmes/{world.programme_id}/policy", json={"weights": {"preferences": 1}}, headers={"If-Match": "*"}
        ),
    ]:  # fmt: skip
        assert refused(answer, 409, "programme_closed")
    await close(world)  # told twice
    assert len(await world.events(MatchDeclined)) == 1


@pytest.mark.parametrize("round_", range(3))
async def test_whatever_is_answered_while_it_is_closed_nothing_is_left_open(make_world, round_):
    world = await make_world()
    cohort_id = await world.cohort(places=20)
    await world.admit(cohort_id, *[world.person(role) for _ in range(6) for role in ("mentor", "mentee")])
    offered = await world.approve((await world.run(cohort_id))["id"])
    waiting = [(match, match[side]) for match in offered for side in ("mentor_id", "mentee_id")]
    answers = [
        world.as_person(person).post(f"/matches/{match['id']}/accept", headers={"If-Match": "*"})
        for match, person in waiting
    ]
    begun = [world.office.post(f"/cohorts/{cohort_id}/runs", json={}) for _ in range(3)]
    *answered, _ = await asyncio.gather(*answers, *begun, close(world))
    assert {answer.status_code for answer in answered} <= {200, 202, 409}, [answer.text for answer in answered]
    states = [m["state"] for m in await world.items(f"/matches?programme_id={world.programme_id}")]
    assert set(states) <= {"confirmed", "declined"}
    runs = await world.items(f"/cohorts/{cohort_id}/runs")
    assert {run["state"] for run in runs} <= {"approved", "cancelled"}


async def test_pairs_end_as_their_relationships_do(make_world):
    world = await make_world()
    cohort_id = await world.cohort(places=5)
    await world.admit(cohort_id, *[world.person(role) for role in ("mentor", "mentee", "mentor", "mentee")])
    ran, never_began = await world.confirmed(cohort_id)
    ids = {"programme_id": world.programme_id, "cohort_id": cohort_id}
    await world.harness.publish(
        world.tenant,
        ProgrammeClosed(programme_id=world.programme_id, reason="ended_early"),
        RelationshipClosed(match_id=ran["id"], **ids),
        RelationshipCalledOff(match_id=never_began["id"], **ids),
    )
    states = {m["id"]: m["state"] for m in await world.items(f"/matches?programme_id={world.programme_id}")}
    assert states == {ran["id"]: "closed", never_began["id"]: "ended"}
    assert [(str(e.match_id), e.reason) for e in await world.events(MatchEnded)] == [
        (never_began["id"], "programme_closed")
    ]
