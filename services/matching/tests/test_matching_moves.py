"""Rematching that may move others, and the load of a mentor over programmes, over the real API."""

import asyncio
from collections import Counter
from uuid import uuid4

import pytest
import sqlalchemy as sa

from mentoring_common.testing import eventually
from mentoring_contracts.matching import MatchConfirmed, MatchEnded
from mentoring_matching import queries
from mentoring_matching.models import Match, MentorLoad


@pytest.fixture
async def stuck(world):
    """Y lost her mentor and may only have A, who has X; X could go to B, and not to C."""
    cohort = await world.cohort(2)
    employer, other = str(uuid4()), str(uuid4())
    a, b = world.person("mentor"), world.person("mentor", employer_id=employer)
    c = world.person("mentor", employer_id=other)
    x, y = world.person("mentee", employer_id=other), world.person("mentee", employer_id=employer)
    await world.admit(cohort, a, c, x, y)
    pin = {"mentor_id": str(a.id), "mentee_id": str(x.id), "reason": "they know each other's work"}
    for match in await world.approve((await world.run(cohort, pins=[pin]))["id"]):
        assert (await world.accept(match)).json()["state"] == "confirmed"
    (old,) = [m for m in await world.items("/matches") if m["mentee_id"] == str(y.id)]
    await world.office.post(f"/matches/{old['id']}/end", json={"reason": "no_contact", "never_again": True})
    await world.admit(cohort, b)
    return world, cohort, {"a": a, "b": b, "c": c, "x": x, "y": y}


async def propose(world, cohort):
    run = await world.run(cohort, kind="rematch", may_move=True)
    assert (run["pairs"], run["moved"], run["unmatched_mentees"]) == (2, 1, 0)
    assert run["certificate"]["valid"] is True
    return run


async def offer(world, cohort, people):
    """The offers of a run with a move: the one that moves X, and the one that Y waits for."""
    run = await propose(world, cohort)
    offers = await world.approve(run["id"], moves=True)
    by_mentee = {m["mentee_id"]: m for m in offers}
    return by_mentee[str(people["x"].id)], by_mentee[str(people["y"].id)]


async def test_nobody_moves_unless_asked_and_approved(stuck):
    world, cohort, people = stuck
    plain = await world.run(cohort, kind="rematch")
    assert (plain["pairs"], plain["unmatched_mentees"], plain["may_move"]) == (0, 1, False)
    run = await propose(world, cohort)
    refused = await world.office.post(f"/runs/{run['id']}/approve", json={})
    assert (refused.status_code, refused.json()["code"], refused.json()["moved"]) == (409, "moves_not_approved", 1)
    assert await world.items("/matches?state=proposed") == []
    pairs = {p["mentee_id"]: p for p in await world.items(f"/runs/{run['id']}/pairs")}
    x, y = pairs[str(people["x"].id)], pairs[str(people["y"].id)]
    assert (x["mentor_id"], y["mentor_id"]) == (str(people["b"].id), str(people["a"].id))
    assert x["replaces"] == y["waits_for"] is not None
    assert x["waits_for"] is y["replaces"] is None


async def test_a_move_is_confirmed_before_the_place_it_frees(stuck):
    world, cohort, people = stuck
    move, wait = await offer(world, cohort, people)
    early = await world.accept(wait)
    assert (early.status_code, early.json()["code"]) == (409, "move_awaited")
    assert (await world.accept(move)).json()["state"] == "confirmed"
    assert (await world.accept(wait, "mentee")).json()["state"] == "confirmed"
    ended = [e for e in await world.events(MatchEnded) if e.reason == "moved"]
    assert [str(e.match_id) for e in ended] == [move["replaces"]]
    confirmed = {str(e.match_id): e for e in await world.events(MatchConfirmed)}
    assert str(confirmed[move["id"]].rematch_of) == move["replaces"]
    standing = await world.items(f"/matches?cohort_id={cohort}&state=confirmed")
    assert {m["id"] for m in standing} == {move["id"], wait["id"]}
    taken = {id_: m["taken"] for id_, m in (await world.pool(cohort)).items()}
    assert taken == {str(p.id): int(name != "c") for name, p in people.items()}


async def test_who_will_not_move_keeps_the_mentor_and_the_waiting_offer_is_taken_back(stuck):
    world, cohort, people = stuck
    move, wait = await offer(world, cohort, people)
    await world.as_person(people["x"].id).post(f"/matches/{move['id']}/decline", json={"reason": "no_time"})
    view = (await world.office.get(f"/matches/{wait['id']}")).json()
    assert (view["state"], view["end_reason"]) == ("declined", "not_moved")
    assert (await world.office.get(f"/matches/{move['replaces']}")).json()["state"] == "confirmed"


async def test_a_match_that_ended_meanwhile_is_not_waited_for(stuck):
    world, cohort, people = stuck
    move, wait = await offer(world, cohort, people)
    await world.office.post(f"/matches/{move['replaces']}/end", json={"reason": "illness"})
    assert (await world.accept(wait)).json()["state"] == "confirmed"
    assert (await world.accept(move)).json()["state"] == "confirmed"


async def test_approving_after_the_standing_match_ended_is_refused(stuck):
    world, cohort, _people = stuck
    run = await propose(world, cohort)
    (standing,) = await world.items(f"/matches?cohort_id={cohort}&state=confirmed")
    await world.office.post(f"/matches/{standing['id']}/end", json={"reason": "illness"})
    answer = await world.office.post(f"/runs/{run['id']}/approve", json={"moves": True})
    assert (answer.status_code, answer.json()["code"]) == (409, "pool_changed")


async def waits_for_a_row(world):
    """Return once a transaction of the service waits for a row that another holds."""
    waits = sa.text("SELECT count(*) FROM pg_locks WHERE NOT granted")

    async def look():
        async with world.harness.service.system.connect() as connection:
            return await connection.scalar(waits)

    await eventually(look, what="somebody waiting")


async def held(db, match_id):
    """As by whoever ends, accepts or declines the match."""
    await db.execute(sa.update(Match).where(Match.id == match_id).values(version=Match.version))


async def test_who_approves_moves_and_who_ends_a_match_take_their_locks_in_one_order(stuck):
    """Ending goes from the match to the cohort; an approval that held the cohort and wanted the match would be in its
    way."""
    world, cohort, _ = stuck
    run = await propose(world, cohort)
    (standing,) = await world.items(f"/matches?cohort_id={cohort}&state=confirmed")
    async with world.harness.service.database.transaction(world.tenant) as db:
        await held(db, standing["id"])
        approving = asyncio.create_task(world.office.post(f"/runs/{run['id']}/approve", json={"moves": True}))
        await waits_for_a_row(world)
        await queries.locked_cohort(db, cohort)
    assert (await approving).status_code == 200


@pytest.mark.parametrize(("answer", "said"), [("accept", {}), ("decline", {"reason": "no_time"})])
async def test_who_answers_an_offer_waits_for_the_match_it_would_end_before_the_offer(stuck, answer, said):
    """Whoever declines the move holds that match and then takes back the offer that waited for it."""
    world, cohort, people = stuck
    move, wait = await offer(world, cohort, people)
    answered = wait if answer == "accept" else move
    async with world.harness.service.database.transaction(world.tenant) as db:
        await held(db, move["replaces"])
        person = world.as_person(answered["mentee_id"])
        answering = asyncio.create_task(person.post(f"/matches/{answered['id']}/{answer}", json=said))
        await waits_for_a_row(world)
        await held(db, answered["id"])
    assert (await answering).status_code == 200


async def test_only_a_rematch_without_pins_may_move(world):
    cohort = await world.cohort(1)
    pin = {"mentor_id": str(uuid4()), "mentee_id": str(uuid4()), "reason": "x"}
    for body in ({"may_move": True}, {"may_move": True, "kind": "rematch", "pins": [pin]}):
        assert (await world.office.post(f"/cohorts/{cohort}/runs", json=body)).status_code == 422


async def test_the_load_over_cohorts_is_held_at_confirmation(make_world):
    """Both offers were made while there was room; of the acceptances at once exactly one confirms."""
    world = await make_world()
    one, two = await world.cohort(1), await world.cohort(1)
    mentor, twin = world.person("mentor"), world.person("mentor")
    twin.id = mentor.id
    await world.admit(one, mentor, world.person("mentee"))
    await world.admit(two, twin, world.person("mentee"))
    offers = [(await world.approve((await world.run(cohort))["id"]))[0] for cohort in (one, two)]
    path = f"/programmes/{world.programme_id}/policy"
    document = (await world.office.get(path)).json()["document"]
    await world.office.put(path, json=document | {"max_load": 1})
    for match in offers:
        await world.accept(match, "mentee")
    answers = await asyncio.gather(*[world.accept(match, "mentor") for match in offers])
    assert Counter((a.status_code, a.json().get("code")) for a in answers) == {(200, None): 1, (409, "load_full"): 1}
    full = next(m for m, a in zip(offers, answers, strict=True) if a.status_code == 409)
    kept = next(m for m in offers if m is not full)
    assert await load(world, mentor.id) == 1
    await world.office.post(f"/matches/{kept['id']}/end", json={"reason": "illness"})
    assert await load(world, mentor.id) == 0
    assert (await world.accept(full, "mentor")).json()["state"] == "confirmed"


async def load(world, person_id):
    async with world.harness.service.database.transaction(world.tenant) as db:
        return await db.scalar(sa.select(MentorLoad.taken).where(MentorLoad.id == person_id))
