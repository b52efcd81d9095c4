"""One place, any number of acceptances at once, two instances on one database: exactly one wins."""

import asyncio
import contextlib
import os
import signal
import socket
import sys
from collections import Counter
from datetime import UTC, datetime
from uuid import uuid4

import httpx
import pytest
import sqlalchemy as sa
import uvicorn

from mentoring_common.embedded.child_process import ChildProcess, free_port
from mentoring_common.embedded.issuer_http import issuer_app
from mentoring_common.http_server import server_config
from mentoring_common.testing import eventually
from mentoring_contracts.applications import CohortPlacesChanged
from mentoring_contracts.matching import MatchAccepted, MatchConfirmed
from mentoring_matching.app import create_app
from mentoring_matching.models import Cohort, Match, PoolMember, Profile

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


@pytest.fixture
async def issuer_url(matching):
    """Where processes find the keys of the harness's tokens."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        server = uvicorn.Server(server_config(issuer_app(matching.issuer)))
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        server.should_exit = True
        await serving


@pytest.fixture
async def two_processes(matching, issuer_url, tmp_path):
    """Starts the service twice, as operators do, on the database and the broker of the harness; both addresses."""
    settings = matching.service.settings.model_copy(update={"token_jwks_url": f"{issuer_url}/jwks.json"})
    values = settings.model_dump(exclude_none=True) | {"master_key": settings.master_key.get_secret_value()}
    shown = {f"MENTORING_{name.upper()}": str(value) for name, value in values.items() if "secret" not in name}
    environment = {"PATH": os.environ["PATH"]} | {name: value for name, value in shown.items() if "****" not in value}
    started = []

    async def start():
        ports = [free_port(), free_port()]
        for port in ports:
            command = [sys.executable, "-m", "mentoring_matching", "serve", "--port", str(port)]
            log = tmp_path / f"{port}.log"
            started.append(ChildProcess.spawn(command, stop_signal=signal.SIGTERM, log=log, environment=environment))
        async with httpx.AsyncClient() as http:
            for port in ports:
                await eventually(lambda at=port: answers(http, at), within_s=120, what="a process that serves")
        return [f"http://127.0.0.1:{port}" for port in ports]

    yield start
    await asyncio.gather(*(asyncio.to_thread(process.stop) for process in started))


async def answers(http, port):
    with contextlib.suppress(httpx.TransportError):
        return (await http.get(f"http://127.0.0.1:{port}/livez")).status_code == 200


async def test_a_thousand_confirmations_at_two_processes_are_all_answered(world, two_processes):
    world.harness.clock.move_to(max(world.harness.clock.now(), datetime.now(UTC)))  # processes have the real time
    cohort, matches, tokens = await a_thousand_offers(world)
    addresses = await two_processes()
    limits = httpx.Limits(max_connections=None)
    async with httpx.AsyncClient(timeout=300, limits=limits) as http:
        told = await asyncio.gather(
            *[
                http.post(
                    f"{addresses[n % 2]}/matches/{match['id']}/accept", headers={"Authorization": f"Bearer {token}"}
                )
                for n, (token, match) in enumerate(zip(tokens, matches, strict=True))
            ]
        )
    await one_got_the_place(world, cohort, told)


async def test_a_thousand_confirmations_of_one_place_give_exactly_one(world, two_instances):
    cohort, matches, tokens = await a_thousand_offers(world)
    told = await asyncio.gather(
        *[
            accept(two_instances[n % 2], token, match["id"])
            for n, (token, match) in enumerate(zip(tokens, matches, strict=True))
        ]
    )
    await one_got_the_place(world, cohort, told)
    assert len(await world.events(MatchConfirmed)) == 1


async def a_thousand_offers(world):
    """A cohort with one place left, its offers that the mentors have accepted, and the tokens of the mentees."""
    cohort = await world.cohort(OFFERS)
    topics = [f"topic-{n}" for n in range(OFFERS)]
    people = [world.person(role, criteria=[topic]) for role in ("mentor", "mentee") for topic in topics]
    await fill_pool(world, cohort, people)
    matches = await world.approve((await world.run(cohort))["id"])
    assert len(matches) == OFFERS
    async with world.harness.service.database.transaction(world.tenant) as db:
        mine = sa.update(Match).where(Match.cohort_id == cohort)
        await db.execute(mine.values(mentor_accepted_at=world.harness.clock.now()))
    one_place = CohortPlacesChanged(cohort_id=cohort, programme_id=world.programme_id, places=1)
    await world.harness.publish(world.tenant, one_place)
    tokens = [world.harness.token("matching:write", tenant=world.tenant, subject=m["mentee_id"]) for m in matches]
    return cohort, matches, tokens


async def fill_pool(world, cohort, people):
    """Let all be available at once: how they come into a pool one by one is tried elsewhere."""
    own = {"programme_id": world.programme_id, "cohort_id": cohort}
    async with world.harness.service.database.transaction(world.tenant) as db:
        for p in people:
            db.add(PoolMember(id=p.application_id, person_id=p.id, role=p.role, capacity=1, priority=False,
                              state="available", **own))  # fmt: skip
            profile = world.applications.profiles[str(p.application_id)]
            db.add(Profile(id=p.application_id, person_id=p.id, content=profile))


async def one_got_the_place(world, cohort, answers):
    """One answer is 200 and all others 409, and the rows say the same."""
    assert Counter((a.status_code, a.json().get("code")) for a in answers) == {
        (200, None): 1,
        (409, "place_full"): OFFERS - 1,
    }
    async with world.harness.service.database.transaction(world.tenant) as db:
        confirmed = await db.scalar(sa.select(Cohort.confirmed).where(Cohort.id == cohort))
        states = Counter((await db.scalars(sa.select(Match.state).where(Match.cohort_id == cohort))).all())
    assert (confirmed, states) == (1, {"confirmed": 1, "proposed": OFFERS - 1})


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
    assert Counter(a.status_code for a in answers) == {200: 100}
    assert len(await world.events(MatchAccepted)) == 2
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


async def offers_to(world, cohorts, mentee, count):
    """Open offers to one mentee that as many mentors have accepted, spread over cohorts."""
    at = world.harness.clock.now()
    async with world.harness.service.database.transaction(world.tenant) as db:
        own = sa.select(PoolMember.cohort_id, PoolMember.id).where(PoolMember.person_id == mentee.id)
        members = dict((await db.execute(own)).all())
        made = []
        for n in range(count):
            cohort, mentor = cohorts[n % len(cohorts)], uuid4()
            place = PoolMember(id=uuid4(), programme_id=world.programme_id, cohort_id=cohort, person_id=mentor,
                               role="mentor", capacity=1, priority=False, state="available")  # fmt: skip
            match = Match(
                id=uuid4(), programme_id=world.programme_id, cohort_id=cohort, mentor_id=mentor, mentee_id=mentee.id,
                mentor_member_id=place.id, mentee_member_id=members[cohort], state="proposed", proposed_at=at,
                expires_at=at.replace(year=at.year + 1), mentor_accepted_at=at, never_again=False,
            )  # fmt: skip
            db.add_all([place, match])
            made.append(str(match.id))
    return made


@pytest.mark.parametrize("cohorts", [1, 2])
async def test_of_a_thousand_acceptances_of_one_mentee_two_are_confirmed(make_world, two_instances, cohorts):
    """Also in two cohorts of one programme, where no counter of the one sees the other."""
    world = await make_world(mentors_each=2)
    here = [await world.cohort(OFFERS) for _ in range(cohorts)]
    mentee = world.person("mentee")
    for cohort in here:
        await world.admit(cohort, world.person("mentee", id=mentee.id))
    made = await offers_to(world, here, mentee, OFFERS)
    token = world.harness.token("matching:write", tenant=world.tenant, subject=str(mentee.id))
    told = await asyncio.gather(*[accept(two_instances[n % 2], token, id_) for n, id_ in enumerate(made)])
    assert Counter((a.status_code, a.json().get("code")) for a in told) == {
        (200, None): 2,
        (409, "mentee_matched"): OFFERS - 2,
    }
    async with world.harness.service.database.transaction(world.tenant) as db:
        states = Counter((await db.scalars(sa.select(Match.state).where(Match.mentee_id == mentee.id))).all())
        taken = await db.scalar(sa.select(sa.func.sum(PoolMember.taken)).where(PoolMember.person_id == mentee.id))
    assert (states, taken) == ({"confirmed": 2, "proposed": OFFERS - 2}, 2)
