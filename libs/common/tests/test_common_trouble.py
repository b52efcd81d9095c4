"""What goes wrong for a while, and what goes wrong for good: the first is tried again, the second is put aside."""

import asyncio
import signal
import uuid

import httpx
import pytest
import sqlalchemy as sa
import uvicorn
from sqlalchemy.ext.asyncio import create_async_engine

from mentoring_common.auth import TokenVerifier
from mentoring_common.commands import _Server
from mentoring_common.errors import OutcomeUnknown, Unavailable
from mentoring_common.reading import Reading
from mentoring_common.tables import idempotency_keys, inbox, parked_events
from mentoring_common.testing import eventually, toy
from mentoring_contracts.applications import PersonChanged, PersonErased


async def parked(harness, tenant):
    c = parked_events.c
    rows = sa.select(c.error).where(c.tenant_id == tenant, c.replayed_at.is_(None)).order_by(c.id)
    async with harness.service.system.connect() as connection:
        return list((await connection.scalars(rows)).all())


async def effects(harness, tenant):
    return [e.person_id for e in await harness.emitted(tenant, PersonChanged)]


async def test_a_deadlock_is_no_fault_of_the_request(toy_service, tenant):
    database, first_held = toy_service.service.database, asyncio.Barrier(2)

    async def lock(first, second):
        async with database.transaction(tenant) as db:
            await db.execute(sa.select(sa.func.pg_advisory_xact_lock(first)))
            await first_held.wait()
            await db.execute(sa.select(sa.func.pg_advisory_xact_lock(second)))

    outcomes = await asyncio.gather(lock(71, 72), lock(72, 71), return_exceptions=True)
    assert [type(o) for o in outcomes if o is not None] == [Unavailable]


async def end_connection(servers, pid):
    engine = create_async_engine(servers.superuser_url)
    async with engine.connect() as connection:
        assert await connection.scalar(sa.select(sa.func.pg_terminate_backend(pid)))
    await engine.dispose()


async def test_a_connection_lost_in_the_commit_leaves_the_outcome_unknown(toy_service, servers, tenant):
    transaction = toy_service.service.database.transaction(tenant)
    db = await transaction.__aenter__()
    await end_connection(servers, await db.scalar(sa.select(sa.func.pg_backend_pid())))
    with pytest.raises(OutcomeUnknown):
        await transaction.__aexit__(None, None, None)


@pytest.mark.parametrize("by", ["orm", "driver"])
async def test_a_connection_lost_before_the_commit_is_trouble_that_passes(toy_service, servers, tenant, by):
    async def work():
        async with toy_service.service.database.transaction(tenant) as db:
            await end_connection(servers, await db.scalar(sa.select(sa.func.pg_backend_pid())))
            with pytest.raises((sa.exc.DBAPIError, Unavailable)):
                await (db.execute(sa.text("SELECT 1")) if by == "orm" else ONE.all(db))
            await (db.execute(sa.text("SELECT 1")) if by == "orm" else ONE.all(db))  # who goes on all the same

    with pytest.raises(Unavailable):
        await work()


ONE = Reading(sa.select(inbox.c.event_id))


async def test_requests_that_are_called_off_leave_no_connection_in_a_transaction(toy_service, servers, tenant):
    database = toy_service.service.database

    async def work():
        async with database.transaction(tenant) as db:
            await ONE.all(db)
            await db.execute(sa.text("SELECT pg_sleep(0.001)"))

    for round_ in range(100):
        tasks = [asyncio.create_task(work()) for _ in range(5)]
        await asyncio.sleep(0.0005 * (round_ % 12))
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    open_ones = "SELECT count(*) FROM pg_stat_activity WHERE state LIKE 'idle in transaction%' AND datname = :name"
    engine = create_async_engine(servers.superuser_url)
    async with engine.connect() as connection:

        async def none_left():
            name = database.engine.url.database
            return await connection.scalar(sa.text(open_ones), {"name": name}) == 0

        await eventually(none_left, what="the end of every transaction")
    await engine.dispose()
    await asyncio.gather(*(work() for _ in range(20)))


@pytest.mark.parametrize("sqlstate", ["40P01", "40001", "55P03", "57014"])
async def test_trouble_that_passes_parks_nothing(toy_service, tenant, sqlstate):
    person = uuid.uuid4()
    toy.TROUBLE[person] = [sqlstate] * 3
    await toy_service.publish(tenant, PersonErased(person_id=person))
    assert await effects(toy_service, tenant) == [person]
    assert await parked(toy_service, tenant) == []


async def test_one_aggregate_that_still_fails_keeps_no_other_from_its_replay(toy_service, tenant):
    bad, good = uuid.uuid4(), uuid.uuid4()
    toy.POISON.update((bad, good))
    try:
        await toy_service.publish(tenant, *(PersonErased(person_id=p) for p in (bad, bad, good)))
        toy.POISON.discard(good)
        assert await toy_service.service.replay(tenant, by="operator") == 1
    finally:
        toy.POISON.clear()
    assert await effects(toy_service, tenant) == [good]
    assert len(await parked(toy_service, tenant)) == 2
    assert await toy_service.service.replay(tenant, by="operator") == 2
    assert await effects(toy_service, tenant) == [good, bad, bad]


async def test_an_issuer_that_is_away_is_asked_seldom(toy_service):
    asked = 0

    async def away():
        nonlocal asked
        asked += 1
        raise httpx.ConnectError("away")

    verifier = TokenVerifier(toy_service.service.settings, away)
    for _ in range(20):
        with pytest.raises(Unavailable):
            await verifier.verify(toy_service.token("toy:write", tenant=uuid.uuid4()))
    assert asked == 1


async def stored_answers(harness, tenant):
    rows = sa.select(idempotency_keys.c.body).where(idempotency_keys.c.tenant_id == tenant)
    async with harness.service.system.connect() as connection:
        return (await connection.scalars(rows)).all()


async def test_a_stored_answer_opens_only_to_who_knows_the_key(toy_service, tenant):
    caller, request = toy_service.caller("toy:write", tenant=tenant), {"person_id": str(uuid.uuid4()), "times": 3}
    first = await caller.post("/changes", json=request, headers={"Idempotency-Key": "k-1"})
    again = await caller.post("/changes", json=request, headers={"Idempotency-Key": "k-1"})
    assert (again.status_code, again.content) == (first.status_code, first.content)
    assert again.headers["idempotency-replayed"] == "true"
    (body,) = await stored_answers(toy_service, tenant)
    assert b"times" not in body


async def test_answers_and_entries_are_kept_for_their_time_only(toy_service, tenant):
    caller = toy_service.caller("toy:write", tenant=tenant)
    for key in ("old", "young"):
        request = {"person_id": str(uuid.uuid4())}
        await caller.post("/changes", json=request, headers={"Idempotency-Key": key})
    await toy_service.publish(tenant, PersonErased(person_id=uuid.uuid4()))
    async with toy_service.service.database.transaction(tenant) as db:
        (oldest,) = (await db.scalars(sa.select(idempotency_keys.c.key_digest).limit(1))).all()
        age = sa.text("clock_timestamp() - interval '25 hours'")
        mine = idempotency_keys.c.key_digest == oldest
        await db.execute(sa.update(idempotency_keys).where(mine).values(created_at=age))
    await toy_service.service.clean_up()
    assert len(await stored_answers(toy_service, tenant)) == 1
    async with toy_service.service.system.connect() as connection:
        count = sa.select(sa.func.count()).where(inbox.c.tenant_id == tenant)
        assert await connection.scalar(count) == 1


async def test_a_service_told_to_end_is_not_ready_and_still_answers(toy_service, tenant):
    server = _Server(uvicorn.Config(toy_service.service.asgi), toy_service.service)
    try:
        server.handle_exit(signal.SIGTERM, None)
        assert server.should_exit
        assert (await toy_service.anonymous().get("/readyz")).status_code == 503
        request = {"person_id": str(uuid.uuid4())}
        assert (await toy_service.caller("toy:write", tenant=tenant).post("/changes", json=request)).status_code == 201
    finally:
        toy_service.service.ready = True
