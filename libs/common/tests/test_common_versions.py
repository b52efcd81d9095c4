"""ETag, If-Match, If-None-Match: at the edge of a real service on a real database."""

import asyncio
import uuid

import pytest
import sqlalchemy as sa
from fastapi import APIRouter

from mentoring_common.testing.toy_things import Thing
from mentoring_common.unit_of_work import Route


@pytest.fixture
def caller(toy_service, tenant):
    return toy_service.caller("toy:write", tenant=tenant)


@pytest.fixture
async def thing(caller):
    answer = await caller.post("/things", json={"name": "one"})
    assert (answer.status_code, answer.json()["version"], answer.headers["etag"]) == (201, 1, '"1"')
    return f"/things/{answer.json()['id']}"


async def test_a_version_is_the_etag_wherever_the_resource_is_shown(caller, thing):
    changed = await caller.patch(thing, json={"name": "two"}, headers={"If-Match": '"1"'})
    assert (changed.status_code, changed.json()["version"], changed.headers["etag"]) == (200, 2, '"2"')
    read = await caller.get(thing)
    assert (read.json(), read.headers["etag"]) == (changed.json(), '"2"')
    shouted = await caller.post(f"{thing}/shout")
    assert (shouted.json()["name"], shouted.headers["etag"]) == ("TWO", '"3"')


async def test_what_was_changed_meanwhile_is_412_with_its_version(caller, thing):
    for path, method, body in (("", "PATCH", {"name": "two"}), ("/shout", "POST", None)):
        refused = await caller.request(method, f"{thing}{path}", json=body, headers={"If-Match": '"7"'})
        assert (refused.status_code, refused.json()["code"], refused.json()["version"]) == (
            412,
            "precondition_failed",
            1,
        )
    assert (await caller.delete(thing, headers={"If-Match": '"7"'})).status_code == 412
    assert (await caller.get(thing)).json()["name"] == "one"


async def test_a_route_of_turns_needs_a_version(caller, thing):
    del caller.headers["If-Match"]
    refused = await caller.patch(thing, json={"name": "two"})
    assert (refused.status_code, refused.json()["code"]) == (428, "precondition_required")
    for asked in ('"4", "1"', 'W/"2"', "*"):
        assert (await caller.patch(thing, json={"name": asked}, headers={"If-Match": asked})).status_code == 200, asked
    for asked in ("1", "", '"x"', '"1', "**"):
        refused = await caller.patch(thing, json={"name": asked}, headers={"If-Match": asked})
        assert (refused.status_code, refused.json()["code"]) == (422, "invalid_request"), asked


async def test_of_changes_of_one_version_at_once_one_is_made(caller, thing):
    for version in range(1, 6):
        headers = {"If-Match": f'"{version}"'}
        changes = [caller.patch(thing, json={"name": f"{version} {n}"}, headers=headers) for n in range(6)]
        answers = await asyncio.gather(*changes)
        assert sorted(a.status_code for a in answers) == [200, 412, 412, 412, 412, 412]
        (made,) = [a for a in answers if a.status_code == 200]
        assert {a.json()["version"] for a in answers} == {version + 1}
        assert (await caller.get(thing)).json() == made.json()


async def test_a_removal_and_a_change_at_once(caller, thing):
    headers = {"If-Match": '"1"'}
    removals = [caller.delete(thing, headers=headers) for _ in range(3)]
    answers = await asyncio.gather(caller.patch(thing, json={"name": "two"}, headers=headers), *removals)
    assert sum(a.is_success for a in answers) == 1
    assert {a.status_code for a in answers if not a.is_success} <= {404, 412}


async def test_who_has_the_version_is_not_sent_it_again(caller, thing):
    for asked in ('"1"', 'W/"1"', '"0", "1"'):
        same = await caller.get(thing, headers={"If-None-Match": asked})
        assert (same.status_code, same.content, same.headers["etag"]) == (304, b"", '"1"')
    assert (await caller.get(thing, headers={"If-None-Match": '"2"'})).status_code == 200


async def test_a_precondition_that_nobody_looked_at_changes_nothing(caller, thing):
    assert (await caller.post(f"{thing}/forgetful", headers={"If-Match": '"1"'})).status_code == 500
    del caller.headers["If-Match"]
    assert (await caller.post(f"{thing}/forgetful")).status_code == 200


async def test_every_statement_counts(toy_service, tenant, caller, thing):
    mine = Thing.id == uuid.UUID(thing.rsplit("/", 1)[1])
    async with toy_service.service.database.transaction(tenant) as db:
        await db.execute(
            sa.text("UPDATE things SET name = 'raw', version = 40 WHERE id = :id"), {"id": mine.right.value}
        )
        await db.execute(sa.update(Thing).where(mine).values(name="raw"))
    assert (await caller.get(thing)).json()["version"] == 3


def test_an_unsafe_route_without_a_unit_of_work_is_refused():
    router = APIRouter(route_class=Route)

    async def nothing() -> None: ...

    router.add_api_route("/fine", nothing, methods=["GET"])
    with pytest.raises(TypeError, match="Idempotency-Key"):
        router.add_api_route("/nothing", nothing, methods=["POST"])
