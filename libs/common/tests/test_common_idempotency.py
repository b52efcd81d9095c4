"""Idempotency-Key: one effect, however a request works and whatever happens to it meanwhile."""

import asyncio

import pytest
import sqlalchemy as sa

from mentoring_common.errors import OutcomeUnknown, Unavailable
from mentoring_common.testing import toy_things

ONCE = {"Idempotency-Key": "once"}


@pytest.fixture
def caller(toy_service, tenant):
    return toy_service.caller("toy:write", tenant=tenant)


@pytest.fixture
def gate():
    toy_things.GATE.clear()
    toy_things.ENTERED.clear()
    yield toy_things.GATE
    toy_things.GATE.set()


async def things(toy_service, tenant):
    async with toy_service.service.database.transaction(tenant) as db:
        return (await db.scalars(sa.select(toy_things.Thing.name).order_by(toy_things.Thing.name))).all()


async def test_work_in_phases_holds_its_key_until_it_is_answered(toy_service, tenant, caller, gate):
    first = asyncio.create_task(caller.post("/things/slowly", json={"name": "x"}, headers=ONCE))
    await toy_things.ENTERED.wait()
    second = await caller.post("/things/slowly", json={"name": "x"}, headers=ONCE)
    assert (second.status_code, second.json()["code"]) == (409, "idempotency_key_in_use")
    assert second.headers["retry-after"] == "1"
    gate.set()
    made = await first
    assert made.status_code == 201
    again = await caller.post("/things/slowly", json={"name": "x"}, headers=ONCE)
    assert (again.status_code, again.json(), again.headers["idempotency-replayed"]) == (201, made.json(), "true")
    assert again.headers["etag"] == made.headers["etag"]
    assert await things(toy_service, tenant) == ["x after 0"]


async def test_work_in_phases_without_an_effect_is_answered_again(toy_service, tenant, caller):
    first = await caller.post("/things/counted", headers=ONCE)
    await caller.post("/things", json={"name": "x"})
    again = await caller.post("/things/counted", headers=ONCE)
    assert first.json() == again.json() == {"things": 0}
    assert (await caller.post("/things/counted")).json() == {"things": 1}


@pytest.mark.parametrize("error", [Unavailable, OutcomeUnknown, RuntimeError])
async def test_a_failure_that_may_pass_is_not_kept(toy_service, tenant, caller, error):
    toy_things.FAILURES.append(error)
    failed = await caller.post("/things/slowly", json={"name": "x"}, headers=ONCE)
    assert failed.status_code == (500 if error is RuntimeError else 503)
    assert await things(toy_service, tenant) == []
    made = await caller.post("/things/slowly", json={"name": "x"}, headers=ONCE)
    assert (made.status_code, "idempotency-replayed" in made.headers) == (201, False)


async def test_an_answer_that_tells_of_such_a_failure_is_not_kept(caller):
    answers = [await caller.post("/things/interrupted", headers=ONCE) for _ in range(2)]
    toy_things.FAILURES.clear()
    assert [a.json()["interrupted"] for a in answers] == [1, 2]


async def test_a_caller_who_goes_away_leaves_the_key_free(toy_service, tenant, caller, gate):
    first = asyncio.create_task(caller.post("/things/slowly", json={"name": "x"}, headers=ONCE))
    await toy_things.ENTERED.wait()
    first.cancel()
    await asyncio.gather(first, return_exceptions=True)
    gate.set()
    made = await caller.post("/things/slowly", json={"name": "x"}, headers=ONCE)
    assert made.status_code == 201
    assert await things(toy_service, tenant) == ["x after 0"]


async def test_another_request_under_the_key_is_refused(caller):
    assert (await caller.post("/things/slowly", json={"name": "x"}, headers=ONCE)).status_code == 201
    other = await caller.post("/things/slowly", json={"name": "y"}, headers=ONCE)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
