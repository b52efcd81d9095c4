"""A programme in which a mentee may have two mentors: offers, acceptances, an end of one of two, rematches."""

from collections import Counter
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa

from mentoring_common.testing import refused
from mentoring_contracts.applications import ProgrammeAmended
from mentoring_contracts.matching import MatchConfirmed, MatchEnded
from mentoring_matching.models import Match, PoolMember


@pytest.fixture
async def world(make_world):
    return await make_world(mentors_each=2)


async def two_for_one(world, mentors: int = 2, *, places: int = 4):
    """A cohort with one mentee and some mentors, all free."""
    cohort = await world.cohort(places)
    mentee, people = world.person("mentee"), [world.person("mentor") for _ in range(mentors)]
    await world.admit(cohort, mentee, *people)
    return cohort, mentee, people


async def test_a_mentee_gets_two_different_mentors_whose_words_say_so(world):
    cohort, mentee, mentors = await two_for_one(world)
    run = await world.run(cohort)
    assert (run["pairs"], run["unmatched_mentees"], run["short_of_mentors"]) == (2, 0, 0)
    assert run["certificate"]["valid"]
    pairs = await world.items(f"/runs/{run['id']}/pairs")
    assert {pair["mentor_id"] for pair in pairs} == {str(mentor.id) for mentor in mentors}
    assert all("With this the mentee has both mentors." in pair["explanation"] for pair in pairs)
    for match in await world.approve(run["id"]):
        assert (await world.accept(match)).json()["state"] == "confirmed"
    member = (await world.pool(cohort))[str(mentee.id)]
    assert (member["capacity"], member["taken"], member["state"]) == (2, 2, "matched")
    assert len(await world.events(MatchConfirmed)) == 2


async def test_everybody_has_one_before_anybody_has_two_and_places_end_it(world):
    cohort = await world.cohort(3)
    mentees = [world.person("mentee") for _ in range(2)]
    await world.admit(cohort, *mentees, *[world.person("mentor") for _ in range(4)])
    run = await world.run(cohort)
    pairs = await world.items(f"/runs/{run['id']}/pairs")
    assert sorted(Counter(pair["mentee_id"] for pair in pairs).values()) == [1, 2]
    assert (run["short_of_mentors"], run["places"]) == (1, 3)
    said = [pair["explanation"] for pair in pairs if "one of two mentors" in pair["explanation"]]
    assert len(said) == 1
    assert "All places of the cohort went to others" in said[0]
    assert len(await world.approve(run["id"])) == 3
    left = await world.run(cohort)
    assert left["pairs"] == 0


async def test_the_second_mentor_comes_in_a_later_run_and_is_another_one(world):
    cohort, mentee, (first,) = await two_for_one(world, 1)
    (match,) = await world.confirmed(cohort)
    nobody = await world.run(cohort)
    assert nobody["pairs"] == 0
    (left,) = [u for u in await world.items(f"/runs/{nobody['id']}/unmatched") if u["role"] == "mentee"]
    assert left["explanation"].startswith("Has, or was offered, a mentor; no other one: ")
    second = world.person("mentor")
    await world.admit(cohort, second)
    (other,) = await world.confirmed(cohort)
    assert (other["mentor_id"], other["mentee_id"]) == (str(second.id), str(mentee.id))
    assert match["mentor_id"] == str(first.id)


async def test_one_of_two_ends_the_other_stays_and_a_third_takes_the_place(world):
    cohort, mentee, _ = await two_for_one(world)
    ended, stays = await world.confirmed(cohort)
    answer = await world.as_person(mentee.id).post(f"/matches/{ended['id']}/end", json={"reason": "illness"})
    assert answer.json()["state"] == "ended"
    assert (await world.office.get(f"/matches/{stays['id']}")).json()["state"] == "confirmed"
    member = (await world.pool(cohort))[str(mentee.id)]
    assert (member["taken"], member["state"]) == (1, "available")
    assert [event.match_id for event in await world.events(MatchEnded)] == [UUID(ended["id"])]
    third = world.person("mentor")
    await world.admit(cohort, third)
    run = await world.run(cohort, kind="rematch")
    (match,) = await world.approve(run["id"])
    assert (match["mentor_id"], match["rematch_of"]) == (str(third.id), ended["id"])
    assert (await world.accept(match)).json()["state"] == "confirmed"
    assert (await world.pool(cohort))[str(mentee.id)]["taken"] == 2


async def test_who_stands_with_two_keeps_them_while_others_may_move(world):
    cohort, _, _ = await two_for_one(world)
    before = await world.confirmed(cohort)
    newcomer = world.person("mentee")
    await world.admit(cohort, newcomer, world.person("mentor"))
    run = await world.run(cohort, kind="rematch", mentee_ids=[str(newcomer.id)], may_move=True)
    assert (run["moved"], run["pairs"]) == (0, 1)
    (match,) = await world.approve(run["id"])
    assert match["mentee_id"] == str(newcomer.id)
    assert {(await world.office.get(f"/matches/{m['id']}")).json()["state"] for m in before} == {"confirmed"}


async def test_nobody_is_confirmed_with_the_same_mentor_twice(world):
    cohort, _, _ = await two_for_one(world)
    first, _ = await world.approve((await world.run(cohort))["id"])
    assert (await world.accept(first)).json()["state"] == "confirmed"
    async with world.harness.service.database.transaction(world.tenant) as db:
        known = await db.scalar(sa.select(Match).where(Match.id == UUID(first["id"])))
        room = sa.update(PoolMember).where(PoolMember.id == known.mentor_member_id)
        await db.execute(room.values(capacity=2, state="available"))
        again = Match(
            id=uuid4(), programme_id=known.programme_id, cohort_id=cohort, mentor_id=known.mentor_id,
            mentee_id=known.mentee_id, mentor_member_id=known.mentor_member_id, mentee_member_id=known.mentee_member_id,
            state="proposed", proposed_at=known.proposed_at, expires_at=known.expires_at, never_again=False,
        )  # fmt: skip
        db.add(again)
    answer = await world.accept({**first, "id": str(again.id)})
    assert refused(answer, 409, "mentee_matched")


async def test_pins_up_to_as_many_as_a_mentee_may_have(world):
    cohort, mentee, mentors = await two_for_one(world, 3)
    pins = [{"mentor_id": str(m.id), "mentee_id": str(mentee.id), "reason": "asked for"} for m in mentors]
    run = await world.run(cohort, pins=pins[:2])
    assert {pair["pinned"] for pair in await world.items(f"/runs/{run['id']}/pairs")} == {True}
    assert run["pairs"] == 2
    answer = await world.office.post(f"/cohorts/{cohort}/runs", json={"pins": pins})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/body/pins/2/mentee_id")
    twice = await world.office.post(f"/cohorts/{cohort}/runs", json={"pins": [pins[0], pins[0]]})
    assert "pinned twice" in twice.json()["detail"]


async def test_a_what_if_tries_more_mentors_each_and_a_run_may_not_give_them(make_world):
    world = await make_world()
    cohort, _, _ = await two_for_one(world, 3)
    changes = {"policy_changes": {"mentors_each": 3}}
    seen = (await world.office.post(f"/cohorts/{cohort}/what-if", json=changes)).json()
    assert [(seen[side]["matched"], seen[side]["pairs"]) for side in ("before", "after")] == [(1, 1), (1, 3)]
    assert len(seen["changes"]) == 2
    answer = await world.office.post(f"/cohorts/{cohort}/runs", json=changes)
    assert refused(answer, 422, "policy_invalid")
    assert "mentors_each" in answer.json()["detail"]
    for wrong in (0, 6, "two"):
        document = {"weights": {"topics": 1}, "mentors_each": wrong}
        etag = {"If-Match": (await world.office.get(f"/programmes/{world.programme_id}/policy")).headers["etag"]}
        answer = await world.office.put(f"/programmes/{world.programme_id}/policy", json=document, headers=etag)
        assert answer.status_code == 422


async def test_a_policy_that_changes_makes_room_and_takes_it_from_nobody(make_world):
    world = await make_world()
    cohort, mentee, _ = await two_for_one(world, 3)
    await world.confirmed(cohort)
    assert (await world.pool(cohort))[str(mentee.id)]["state"] == "matched"

    async def change(number: int) -> None:
        own = {"weights": {"topics": 1.0}, "mentors_each": number}
        amended = {"blueprint": {"matching": own}, "changed": ["matching"]}
        event = ProgrammeAmended(programme_id=world.programme_id, blueprint_version=2, **amended)
        await world.harness.publish(world.tenant, event)

    await change(2)
    member = (await world.pool(cohort))[str(mentee.id)]
    assert (member["capacity"], member["taken"], member["state"]) == (2, 1, "available")
    (second,) = await world.confirmed(cohort)
    assert second["mentee_id"] == str(mentee.id)
    await change(1)
    member = (await world.pool(cohort))[str(mentee.id)]
    assert (member["capacity"], member["taken"], member["state"]) == (2, 2, "matched")
    assert len(await world.items(f"/matches?cohort_id={cohort}&state=confirmed")) == 2
