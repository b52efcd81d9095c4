"""One place, any number of acceptances at once, two instances on one database: exactly one wins."""

import asyncio
from collections import Counter

import httpx
import pytest
import sqlalchemy as sa

from mentoring_contracts.applications import CohortPlacesChanged
from mentoring_contracts.matching import MatchConfirmed
from mentoring_matching.app import create_app
from mentoring_matching.models import Cohort, Match

OFFERS = 1000


@pytest.fixture
async def two_instances(matching):
    """The service of the harness and a second one with the same settings, which only answers HTTP."""
    second = create_app(matching.service.settings, clock=matching.clock, http=matching.service.http)
    try:
        yield [matching.service, second]
    finally:
        await second.database.close()
        await second.system.dispose()


def client(service, token: str) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app=service.asgi, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://x", headers={"Authorization": f"Bearer {token}"})


async def accept(service, token: str, match_id: str) -> httpx.Response:
    """One acceptance, sent once: who waits for a connection is served and not sent away."""
    async with client(service, token) as http:
        return await http.post(f"/matches/{match_id}/accept")


async def test_a_thousand_confirmations_of_one_place_give_exactly_one(world, two_instances):
    cohort = await world.cohort(OFFERS)
    topics = [f"topic-{n}" for n in range(OFFERS)]
    await world.admit(cohort, *[world.person(role, criteria=[t]) for role in ("mentor", "mentee") for t in topics])
    matches = await world.approve((await world.run(cohort))["id"])
    assert len(matches) == OFFERS
    async with world.harness.service.database.transaction(world.tenant) as db:
        mine = sa.update(Match).where(Match.cohort_id == cohort)
        await db.execute(mine.values(mentor_accepted_at=world.harness.clock.now()))
    one_place = CohortPlacesChanged(cohort_id=cohort, programme_id=world.programme_id, places=1)
    await world.harness.publish(world.tenant, one_place)
    tokens = [world.harness.token("matching:write", tenant=world.tenant, subject=m["mentee_id"]) for m in matches]
    answers = await asyncio.gather(
        *[
            accept(two_instances[n % 2], token, match["id"])
            for n, (token, match) in enumerate(zip(tokens, matches, strict=True))
        ]
    )
    assert Counter((a.status_code, a.json().get("code")) for a in answers) == {
        (200, None): 1,
        (409, "place_full"): OFFERS - 1,
    }
    async with world.harness.service.database.transaction(world.tenant) as db:
        confirmed = await db.scalar(sa.select(Cohort.confirmed).where(Cohort.id == cohort))
        states = Counter((await db.scalars(sa.select(Match.state).where(Match.cohort_id == cohort))).all())
    assert (confirmed, states) == (1, {"confirmed": 1, "proposed": OFFERS - 1})
    assert len(await world.events(MatchConfirmed)) == 1


async def test_the_same_acceptance_many_times_counts_once(world, two_instances):
    cohort = await world.cohort(1)
    await world.admit(cohort, world.person("mentor"), world.person("mentee"))
    (match,) = await world.approve((await world.run(cohort))["id"])
    tokens = [
        world.harness.token("matching:write", tenant=world.tenant, subject=match[f"{side}_id"])
        for side in ("mentor", "mentee")
    ]
    answers = await asyncio.gather(
        *[accept(service, token, match["id"]) for _ in range(25) for service in two_instances for token in tokens]
    )
    assert Counter(a.status_code for a in answers) == {200: 2, 409: 98}
    assert {a.json()["code"] for a in answers if a.status_code == 409} == {"already_answered"}
    assert len(await world.events(MatchConfirmed)) == 1


async def test_accepting_while_people_end_and_withdraw_keeps_the_counters_true(world, two_instances):
    """Acceptances, declines and early ends at once: afterwards every counter equals what it counts."""
    cohort = await world.cohort(40)
    mentors = [world.person("mentor", capacity=2) for _ in range(20)]
    await world.admit(cohort, *mentors, *[world.person("mentee") for _ in range(40)])
    matches = await world.approve((await world.run(cohort))["id"])

    async def live(n: int, match: dict) -> None:
        service = two_instances[n % 2]
        for side in ("mentor", "mentee"):
            token = world.harness.token("matching:write", tenant=world.tenant, subject=match[f"{side}_id"])
            await accept(service, token, match["id"])
        if n % 3 == 0:
            async with client(service, token) as http:
                answer = await http.post(f"/matches/{match['id']}/end", json={"reason": "no_time"})
                assert answer.status_code == 200, answer.text

    await asyncio.gather(*[live(n, match) for n, match in enumerate(matches)])
    standing = await world.items(f"/matches?cohort_id={cohort}&state=confirmed")
    pool = await world.pool(cohort)
    async with world.harness.service.database.transaction(world.tenant) as db:
        assert await db.scalar(sa.select(Cohort.confirmed).where(Cohort.id == cohort)) == len(standing)
    taken = Counter(m[side] for m in standing for side in ("mentor_id", "mentee_id"))
    assert {id_: m["taken"] for id_, m in pool.items() if m["taken"]} == dict(taken)
