"""API keys: made by an admin, shown once, rotated with an overlap, revoked; they stand for no person."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import httpx
import pytest

from mentoring_applications.keys.models import Key
from mentoring_common import auth
from mentoring_common.testing import refused

SCOPES = ("applications:read", "applications:write")
HR = {"name": "HR of Leeds", "scopes": ["hr:provision", *SCOPES]}
ADA = {"name": "Ada Byron", "email": "ada@leeds.example.org"}


@pytest.fixture
async def leeds(office):
    return (await office.post("/employers", json={"name": "Leeds Trust"})).json()["id"]


@pytest.fixture
async def made(office, leeds):
    answer = await office.post("/api-keys", json=HR | {"employer_id": leeds})
    assert answer.status_code == 201, answer.text
    return answer.json()


@pytest.fixture
def by(applications):
    """A client that sends a key."""

    def client(key: str) -> httpx.AsyncClient:
        caller = applications.caller(tenant=uuid4())
        caller.headers["authorization"] = f"Bearer {key}"
        applications.service.app.state.verifier._trusted.clear()
        return caller

    return client


async def test_a_key_does_what_its_scopes_say_for_its_employer(office, leeds, made, by):
    hr = by(made["key"])
    person = await hr.put("/people/by-external-id/E-1", json=ADA)
    assert person.status_code == 201, person.text
    assert (await hr.get(f"/people/{person.json()['id']}")).json()["employer_id"] == leeds
    await office.post("/people", json={"name": "B", "email": "b@example.org"})
    assert [one["name"] for one in (await hr.get("/people")).json()["items"]] == ["Ada Byron"]
    assert (await hr.get("/scim/v2/Users")).json()["totalResults"] == 1
    for answer in (await hr.get("/api-keys"), await hr.post("/api-keys", json=HR)):
        assert refused(answer, 403, "insufficient_scope")
        assert answer.json()["needed"] == ["organisation:admin"]
    reading = (await office.post("/api-keys", json=HR | {"scopes": ["hr:provision", "applications:read"]})).json()
    only = by(reading["key"])
    assert (await only.get("/people")).status_code == 200
    assert (await only.put("/people/by-external-id/E-1", json=ADA)).status_code == 403


async def test_a_key_is_shown_once_and_kept_as_a_digest(applications, tenant, office, made, by):
    assert (await by(made["key"]).get("/people")).status_code == 200
    shown = (await office.get(f"/api-keys/{made['id']}")).json()
    assert "key" not in shown
    assert shown["last_used_at"] is not None
    assert (made["last_used_at"], made["version"], shown["version"]) == (None, 1, 1)
    assert [one["id"] for one in (await office.get("/api-keys")).json()["items"]] == [made["id"]]
    async with applications.service.database.transaction(tenant) as db:
        row = await db.get(Key, (tenant, shown["id"])) or await db.scalar(Key.__table__.select())
    assert made["key"].rpartition("_")[2].encode() not in repr(vars(row) if hasattr(row, "__dict__") else row).encode()
    until = datetime.fromisoformat(shown["expires_at"]) - datetime.now(UTC)
    assert timedelta(days=364) < until < timedelta(days=366)


async def test_a_secret_is_changed_over_in_time(office, made, by):
    rotated = (await office.post(f"/api-keys/{made['id']}/rotate", json={"overlap_hours": 1})).json()
    assert rotated["key"] != made["key"]
    assert rotated["previous_until"] is not None
    for key in (made["key"], rotated["key"]):
        assert (await by(key).get("/people")).status_code == 200
    last = (await office.post(f"/api-keys/{made['id']}/rotate", json={"overlap_hours": 0})).json()
    assert last["previous_until"] is None
    for key in (made["key"], rotated["key"]):
        assert refused(await by(key).get("/people"), 401, "invalid_token")
    assert (await by(last["key"]).get("/people")).status_code == 200


async def test_a_revoked_key_counts_no_more(office, made, by):
    assert (await office.delete(f"/api-keys/{made['id']}")).status_code == 204
    assert refused(await by(made["key"]).get("/people"), 401, "invalid_token")
    assert (await office.get(f"/api-keys/{made['id']}")).json()["revoked_at"] is not None
    assert refused(await office.post(f"/api-keys/{made['id']}/rotate", json={}), 409, "api_key_revoked")
    assert (await office.delete(f"/api-keys/{made['id']}")).status_code == 204


async def test_what_is_trusted_is_trusted_for_half_a_minute(applications, office, made, by, monkeypatch):
    hr = by(made["key"])
    assert (await hr.get("/people")).status_code == 200
    await office.delete(f"/api-keys/{made['id']}")
    assert (await hr.get("/people")).status_code == 200
    trusted = applications.service.app.state.verifier._trusted
    monkeypatch.setattr(
        applications.service.app.state.verifier, "_trusted", {k: (0.0, v[1]) for k, v in trusted.items()}
    )
    assert (await hr.get("/people")).status_code == 401


@pytest.mark.parametrize("change", ["tenant", "id", "secret", "form"])
async def test_what_is_no_key_is_refused(made, by, change):
    key = made["key"]
    wrong = {
        "tenant": f"mk_{uuid4().hex}{key[35:]}", "id": f"{key[:35]}{uuid4().hex}{key[67:]}",
        "secret": f"{key[:-43]}{'A' * 43}", "form": key[:-1],
    }[change]  # fmt: skip
    assert refused(await by(wrong).get("/people"), 401, "invalid_token")


async def test_wrong_keys_cost_little(applications, made, by, monkeypatch):
    """One look in half a minute for the same key; of many different ones a few at a time, and a crowd is sent away."""
    verifier, looks, at_once = applications.service.app.state.verifier, [], []
    find, key = verifier._find_holder, made["key"]

    async def counted(sent):
        looks.append(sent)
        at_once.append(len(looks) - len(done))
        found = await find(sent)
        done.append(sent)
        return found

    done = []
    monkeypatch.setattr(verifier, "_find_holder", counted)
    monkeypatch.setattr(auth, "LOOKS_WAITING", 5)
    wrong = by(f"{key[:-43]}{'A' * 43}")
    for _ in range(3):
        assert refused(await wrong.get("/people"), 401, "invalid_token")
    assert len(looks) == 1
    strangers = [by(f"{key[:-43]}{number:043}") for number in range(20)]
    answers = await asyncio.gather(*(stranger.get("/people") for stranger in strangers))
    assert {answer.status_code for answer in answers} == {401, 429}
    assert max(at_once) <= auth.LOOKS_AT_ONCE
    assert (await by(key).get("/people")).status_code == 200


async def test_keys_end_and_never_administer(office, leeds, tenant, applications):
    now = datetime.now(UTC)
    for moment in (now - timedelta(seconds=1), now + timedelta(days=800)):
        answer = await office.post("/api-keys", json=HR | {"expires_at": moment.isoformat()})
        assert refused(answer, 422, "expiry_out_of_range")
    assert (await office.post("/api-keys", json=HR | {"scopes": ["organisation:admin"]})).status_code == 422
    assert refused(await office.post("/api-keys", json=HR | {"employer_id": str(uuid4())}), 422, "unknown_employer")
    hr = applications.caller(*SCOPES, "hr:provision", tenant=tenant, subject="hr", employer=leeds)
    assert refused(await hr.post("/api-keys", json=HR), 403, "insufficient_scope")


async def test_our_own_services_ask_whom_a_key_stands_for(applications, tenant, made):
    own = applications.caller("internal:applications", tenant=None, subject="mentoring-integrations")
    own.headers["Mentoring-Tenant"] = str(tenant)
    holder = (await own.post("/internal/api-keys", json={"key": made["key"]})).json()["holder"]
    assert (holder["subject"], holder["employer"], holder["scopes"]) == (
        f"key:{made['id']}", made["employer_id"], sorted(HR["scopes"]),
    )  # fmt: skip
    assert (await own.post("/internal/api-keys", json={"key": "mk_x"})).json() == {"holder": None}
    own.headers["Mentoring-Tenant"] = str(uuid4())
    assert (await own.post("/internal/api-keys", json={"key": made["key"]})).json() == {"holder": None}
