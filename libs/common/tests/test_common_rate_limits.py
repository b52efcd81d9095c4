"""A machine may make so many requests a minute, and is told in every answer; people are not counted."""

import uuid

import pytest

from mentoring_common.rate_limits import RateLimits


@pytest.fixture
def limited(toy_service, monkeypatch):
    state = toy_service.service.app.state
    before, state.limits = state.limits, RateLimits(3)
    monkeypatch.setattr("mentoring_common.rate_limits.monotonic", lambda: 6_000_010.0)
    yield toy_service
    state.limits = before


def body():
    return {"person_id": str(uuid.uuid4()), "times": 1}


async def test_one_request_too_many_is_told_when_to_come_again(limited, tenant, monkeypatch):
    machine = limited.caller("toy:write", tenant=tenant, subject="hr")
    answers = [await machine.post("/changes", json=body()) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [answers[0].status_code] * 3 + [429]
    assert [answer.headers["ratelimit"] for answer in answers] == [f'"minute";r={r};t=50' for r in (2, 1, 0, 0)]
    assert {answer.headers["ratelimit-policy"] for answer in answers} == {'"minute";q=3;w=60'}
    last = answers[-1]
    assert (last.headers["retry-after"], last.json()["code"]) == ("50", "too_many_requests")
    assert last.headers["content-type"] == "application/problem+json"
    assert len(await limited.emitted(tenant)) == 3
    other = limited.caller("toy:write", tenant=tenant, subject="another")
    assert (await other.post("/changes", json=body())).status_code < 300
    monkeypatch.setattr("mentoring_common.rate_limits.monotonic", lambda: 6_000_060.0)
    assert (await machine.post("/changes", json=body())).status_code < 300


async def test_a_refusal_counts_and_says_where_the_client_stands(limited, tenant):
    machine = limited.caller("toy:write", tenant=tenant, subject="hr")
    wrong = await machine.post("/changes", json={"times": "x"})
    assert (wrong.status_code, wrong.headers["ratelimit"]) == (422, '"minute";r=2;t=50')


async def test_people_and_our_own_services_are_not_counted(limited, tenant):
    person = limited.caller("toy:write", tenant=tenant, subject=uuid.uuid4())
    own = limited.caller("toy:write", "internal:toy", tenant=tenant, subject="mentoring-toy")
    for client in (person, own):
        answers = [await client.post("/changes", json=body()) for _ in range(5)]
        assert all(answer.status_code < 300 and "ratelimit" not in answer.headers for answer in answers)


async def test_without_a_setting_nothing_is_counted(toy_service, tenant):
    machine = toy_service.caller("toy:write", tenant=tenant, subject="hr")
    answer = await machine.post("/changes", json=body())
    assert (answer.status_code < 300, "ratelimit" in answer.headers) == (True, False)
