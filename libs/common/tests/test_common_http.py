"""Tokens, problems, idempotency, deadlines, roles, isolation: at the edge of a real service."""

import asyncio
import base64
import time
import uuid
from importlib.metadata import version

import pytest
import sqlalchemy as sa
from joserfc import jws

from mentoring_common import roles, vault
from mentoring_common.edge import exact, storable, too_deep
from mentoring_common.embedded.issuer import DevIssuer
from mentoring_common.errors import error_classes
from mentoring_common.testing import eventually, toy
from mentoring_common.testing.harness import ISSUER


def body(times=1):
    return {"person_id": str(uuid.uuid4()), "times": times}


def forged(harness, tenant):
    other = DevIssuer(ISSUER, "mentoring")
    mint = harness.issuer.mint
    good = {"subject": "x", "tenant": str(tenant), "scopes": ["toy:write"]}
    valid = mint(**good)
    head, payload, signature = valid.split(".")
    return {
        "none": "",
        "rubbish": "rubbish",
        "three parts": "a.b.c",
        "another key": other.mint(**good),
        "wrong audience": mint(**good, audience="elsewhere"),
        "id token": mint(**good, typ="JWT"),
        "expired": mint(**good, ttl_s=-3600),
        "no subject": mint(**good, extra={"sub": None}),
        "no expiry": mint(**good, extra={"exp": None}),
        "no client": mint(**good, extra={"client_id": None}),
        "wrong issuer": mint(**good, extra={"iss": "http://evil.test"}),
        "tenant no uuid": mint(**good, extra={"tenant": "1 OR 1=1"}),
        "signature cut": f"{head}.{payload}.{signature[:-4]}",
        "no signature": f"{head}.{payload}.",
        "payload changed": f"{head}.{payload[:-2]}AA.{signature}",
        "algorithm none": "eyJhbGciOiJub25lIiwidHlwIjoiYXQrand0In0." + payload + ".",
    }


@pytest.mark.parametrize("said", [b"", b"{}", b" {}\n", b"null"])
async def test_an_act_that_takes_no_body_takes_an_empty_one(toy_service, tenant, said):
    async with toy_service.caller("toy:write", tenant=tenant) as caller:
        answer = await caller.post("/changes/last", content=said, headers={"Content-Type": "application/json"})
    assert answer.status_code == 201, answer.text
    assert len(await toy_service.emitted(tenant)) == 1


@pytest.mark.parametrize("said", [b'{"reason": "no"}', b"[]", b"{", b"x"])
async def test_an_act_that_takes_no_body_is_not_done_for_who_says_more_of_it(toy_service, tenant, said):
    async with toy_service.caller("toy:write", tenant=tenant) as caller:
        answer = await caller.post("/changes/last", content=said, headers={"Content-Type": "application/json"})
    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"] == [
        {"pointer": "/body", "code": "extra_forbidden", "detail": "Nothing is taken here."}
    ]
    assert await toy_service.emitted(tenant) == []


async def test_every_forged_token_is_refused(toy_service, tenant):
    for name, token in forged(toy_service, tenant).items():
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        answer = await toy_service.anonymous(**headers).post("/changes", json=body())
        assert answer.status_code == 401, name
        assert answer.headers["www-authenticate"] == "Bearer"
        assert answer.json()["status"] == 401
    assert await toy_service.emitted(tenant) == []


def _segment(text):
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _signed(issuer, payload):
    """A token of the issuer's own key whose payload is no claims."""
    header = {"alg": "ES256", "typ": "at+jwt", "kid": issuer._key.kid}
    return jws.serialize_compact(header, payload.encode(), issuer._key, algorithms=["ES256"])


async def test_a_token_that_no_parser_takes_is_refused(toy_service, tenant):
    good = toy_service.issuer.mint(subject="x", tenant=str(tenant), scopes=["toy:write"])
    head, payload, signature = good.split(".")
    bomb = _segment("[" * 100_000)
    header = '{"alg":"ES256","typ":"at+jwt","kid":%s}'
    kids = ("[" * 9000 + "]" * 9000, "1e999", "{}", '"\\ud800"')
    bombs = [f"{bomb}.{payload}.{signature}", f"{head}.{bomb}.{signature}"]
    bombs += [f"{_segment(header % kid)}.{payload}.{signature}" for kid in kids]
    bombs += [_signed(toy_service.issuer, text) for text in ("[" * 100_000, "[" * 4000, "[]", "1", '"a"', "null", "{")]
    for token in bombs:
        answer = await toy_service.anonymous(Authorization=f"Bearer {token}").post("/changes", json=body())
        assert (answer.status_code, answer.json()["code"]) == (401, "invalid_token"), token[:80]


async def test_an_unknown_query_parameter_is_named(toy_service, tenant):
    caller = toy_service.caller("toy:write", tenant=tenant)
    answer = await caller.get("/changes", params={"limt": 10, "updated_since": "2026-01-01"})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")
    named = [(e["pointer"], e["code"]) for e in answer.json()["errors"]]
    assert named == [("/query/limt", "unknown_parameter"), ("/query/updated_since", "unknown_parameter")]
    refused = await caller.post("/changes?dry_run=1", json=body())
    assert refused.status_code == 422
    assert await toy_service.emitted(tenant) == []
    assert (await caller.get("/changes", params={"limit": 10})).json() == {"limit": 10}


async def test_head_is_get_without_the_body(toy_service, tenant):
    caller = toy_service.caller("toy:write", tenant=tenant)
    got, headed = await caller.get("/changes"), await caller.head("/changes")
    assert (headed.status_code, headed.content) == (200, b"")
    assert headed.headers["content-length"] == got.headers["content-length"] == str(len(got.content))
    assert (await caller.head("/later")).status_code == 405
    assert (await caller.head("/nowhere")).status_code == 404
    assert (await toy_service.anonymous().head("/changes")).status_code == 401
    assert (await toy_service.anonymous().head("/readyz")).status_code == 200


async def test_options_and_405_name_every_method_of_the_path(toy_service):
    anybody = toy_service.anonymous()
    options, wrong = await anybody.options("/changes"), await anybody.put("/changes")
    assert (options.status_code, wrong.status_code) == (204, 405)
    assert options.headers["allow"] == wrong.headers["allow"] == "GET, HEAD, OPTIONS, POST"
    assert (await anybody.options("/later")).headers["allow"] == "OPTIONS, POST"
    assert (await anybody.options("/nowhere")).status_code == 404


async def test_every_answer_says_what_a_browser_may_do_with_it(toy_service, tenant):
    caller = toy_service.caller("toy:write", tenant=tenant)
    answers = [
        await caller.get("/changes"), await caller.get("/nowhere"), await caller.put("/changes"),
        await caller.options("/changes"), await toy_service.anonymous().get("/changes"),
        await caller.post("/changes", content=b"x" * 2_000_000, headers={"content-type": "application/json"}),
    ]  # fmt: skip
    for answer in answers:
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["referrer-policy"] == "no-referrer"


async def test_a_token_without_the_scope_is_forbidden(toy_service, tenant):
    answer = await toy_service.caller("toy:read", tenant=tenant).post("/changes", json=body())
    assert (answer.status_code, answer.json()["code"]) == (403, "insufficient_scope")


async def test_only_our_own_services_may_name_a_tenant(toy_service, tenant):
    caller = toy_service.caller("toy:write", tenant=uuid.uuid4())
    answer = await caller.post("/changes", json=body(), headers={"Mentoring-Tenant": str(tenant)})
    assert answer.status_code == 403
    assert await toy_service.emitted(tenant) == []


@pytest.mark.parametrize(
    ("content", "media_type", "status", "code"),
    [
        (b"{", "application/json", 400, "malformed_json"),
        (b'{"person_id": 1}', "application/json", 422, "invalid_request"),
        (b"[" * 70 + b"]" * 70, "application/json", 400, "json_too_deep"),
        (b"a=b", "application/x-www-form-urlencoded", 415, "unsupported_media_type"),
        (b"{}", "application/merge-patch+json", 415, "unsupported_media_type"),
        (b"x" * 2_000_000, "application/json", 413, "body_too_large"),
    ],
)
async def test_bad_bodies_answer_problems(toy_service, tenant, content, media_type, status, code):
    caller = toy_service.caller("toy:write", tenant=tenant)
    answer = await caller.post("/changes", content=content, headers={"content-type": media_type})
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["content-type"] == "application/problem+json"
    assert await toy_service.emitted(tenant) == []


async def test_a_large_body_is_refused_before_it_is_read_whole(toy_service, tenant):
    sent = 0

    async def stream():
        nonlocal sent
        for _ in range(50):
            sent += 1_000_000
            yield b"x" * 1_000_000

    # The in-process transport reads a stream whole, so the edge is called as a server calls it.
    chunks = aiter(stream())
    answered = []

    async def receive():
        return {"type": "http.request", "body": await anext(chunks), "more_body": True}

    async def send(message):
        answered.append(message)

    headers = [(b"content-type", b"application/json"), (b"transfer-encoding", b"chunked")]
    scope = {
        "type": "http", "method": "POST", "path": "/changes", "raw_path": b"/changes", "root_path": "",
        "scheme": "http", "query_string": b"", "headers": headers, "server": ("test", 80), "http_version": "1.1",
    }  # fmt: skip
    await toy_service.service.asgi(scope, receive, send)
    assert answered[0]["status"] == 413
    assert sent <= 2_000_000


@pytest.mark.parametrize(
    ("json", "fine"),
    [
        (rb'{"a": "\u0000"}', False),
        (rb'{"a\u0000": 1}', False),
        (rb'{"a": "\\u0000"}', True),
        (rb'{"a": "\\\u0000"}', False),
        (rb'{"a": "half \ud800 pair"}', False),
        (rb'{"a": "\uDE00"}', False),
        (rb'{"a": "\ud83d\ude00 \u00e9"}', True),
        (rb'{"a": "\ud83d\ud83d\ude00"}', False),
        (rb'{"a": "\ud83d\\\ude00"}', False),
        (b'{"a": "\xed\xa0\x80"}', False),
        ('{"a": "\ud7ff \U0001f600"}'.encode(), True),
        ('{"a": "\\u0000"}'.encode("utf-16"), False),
        ('{"a": 1}'.encode("utf-32-le"), False),
    ],
)
def test_what_no_column_takes_is_found_behind_every_escape(json, fine):
    assert storable(json) is fine


@pytest.mark.parametrize(
    ("json", "fine"),
    [
        (b'{"a": 9007199254740991, "b": [-9007199254740991]}', True),
        (b'{"a": 9007199254740992}', False),
        (b"[-9007199254740992]", False),
        (b"1" + b"0" * 5000, False),
        (b"[1e308, 1e18, -0.0, 1E-400]", True),
        (b"[1e309]", False),
        (b"[-1e309]", False),
        (b"[NaN]", False),
        (b"[-Infinity]", False),
        (rb'["9007199254740992", "NaN", "\" 99999999999999999", {"1e999": "Infinity"}]', True),
        (rb'["\\", 99999999999999999]', False),
        (b'"99999999999999999', True),  # no JSON, which the parser says
        (b"1-2e-+99999", True),
    ],
)
def test_numbers_that_parsers_read_differently_are_found_outside_of_strings(json, fine):
    assert exact(json) is fine


async def test_an_inexact_number_is_refused_before_anything_is_done(toy_service, tenant):
    json = '{"person_id": "%s", "times": 1, "free": [{"x": %s}]}'
    for number in ("18446744073709551616", "NaN", "1e400"):
        answer = await toy_service.caller("toy:write", tenant=tenant).post(
            "/changes", content=json % (uuid.uuid4(), number), headers={"content-type": "application/json"}
        )
        assert (answer.status_code, answer.json()["code"]) == (422, "inexact_number")
    assert await toy_service.emitted(tenant) == []


@pytest.mark.parametrize(
    ("due_at", "attempts", "code"),
    [
        ("2024-02-29T00:00:00Z", 2**31 - 1, None),
        ("2024-02-29T00:00:00Z", 2**31, "value_out_of_range"),
        ("0001-01-01T00:00:00+14:00", 0, "invalid_request"),  # no such moment is taken at all
        ("9999-12-31T23:59:59-14:00", 0, "invalid_request"),
    ],
)
async def test_a_value_that_its_column_does_not_take_is_the_callers_fault(toy_service, tenant, due_at, attempts, code):
    caller = toy_service.caller("toy:write", tenant=tenant)
    answer = await caller.post("/kept", json={"due_at": due_at, "attempts": attempts})
    assert answer.status_code == (422 if code else 200)
    assert code is None or answer.json()["code"] == code


async def test_what_no_column_takes_is_refused_before_anything_is_done(toy_service, tenant):
    caller = toy_service.caller("toy:write", tenant=tenant)
    answers = [
        await caller.post("/changes", json=body() | {"canary\0": 1}),
        await caller.post("/changes?canary=a%00b", json=body()),
        await caller.get("/%00canary"),
        await toy_service.anonymous().post(f"/public/{tenant}/changes", json=body() | {"x": ["canary\0"]}),
    ]
    for answer in answers:
        assert (answer.status_code, answer.json()["code"]) == (422, "unstorable_text")
        assert "canary" not in answer.text
    assert await toy_service.emitted(tenant) == []


def test_depth_counts_no_brackets_inside_strings():
    assert not too_deep(b'{"a": "' + b"[" * 500 + b'\\"' + b"{" * 500 + b'"}')
    assert too_deep(b"[" * 65 + b"]" * 65)


async def test_parallel_requests_with_one_key_have_one_effect(toy_service, tenant):
    caller, request = toy_service.caller("toy:write", tenant=tenant), body()
    headers = {"Idempotency-Key": "once"}
    answers = await asyncio.gather(*(caller.post("/changes", json=request, headers=headers) for _ in range(20)))
    assert {a.status_code for a in answers} <= {201, 409, 503}
    assert (await caller.post("/changes", json=request, headers=headers)).status_code == 201
    assert len(await toy_service.emitted(tenant)) == 1


async def test_the_public_edge_keeps_tenants_apart(toy_service, tenant):
    answer = await toy_service.anonymous().post(f"/public/{tenant}/changes", json=body())
    assert answer.status_code == 200
    assert len(await toy_service.emitted(tenant)) == 1
    assert await toy_service.emitted(uuid.uuid4()) == []


async def test_a_deadline_fires_once(toy_service, tenant):
    request = body()
    await toy_service.caller("toy:write", tenant=tenant).post("/later", json=request)
    subject = uuid.UUID(request["person_id"])

    async def fired():
        return subject in toy.FIRED

    await eventually(fired)
    await asyncio.sleep(0.3)
    assert toy.FIRED.count(subject) == 1


async def test_a_role_is_needed_and_held_per_scope(toy_service, tenant):
    person = uuid.uuid4()
    caller, request = toy_service.caller("toy:write", tenant=tenant, subject=person), body()
    refused = await caller.post("/guarded", json=request)
    assert (refused.status_code, refused.json()["code"]) == (403, "role_needed")
    await caller.post("/granted", json=request)
    assert (await caller.post("/guarded", json=request)).status_code == 200
    assert (await caller.post("/guarded", json=body())).status_code == 403


async def test_a_role_is_its_rights_where_it_came_with_some(toy_service, tenant):
    """None of its name's: a programme's own role may be called anything."""
    programme, other, person = (uuid.uuid4() for _ in range(3))
    async with toy_service.service.database.transaction(tenant) as db:
        await roles.grant(db, uuid.uuid4(), programme, person, "coordinator", [])
        await roles.grant(db, uuid.uuid4(), other, person, "steward", ["run_activities", "of_the_future"])
    caller = toy_service.caller("toy:write", tenant=tenant, subject=person)
    assert (await caller.post("/guarded", json={"person_id": str(programme)})).status_code == 403
    assert (await caller.post("/guarded", json={"person_id": str(other)})).status_code == 200
    async with toy_service.service.database.transaction(tenant) as db:
        found = await db.scalars(roles.scopes_with(tenant, person, "run_activities", "match_people"))
        assert list(found) == [other]


async def test_a_role_granted_again_outlives_the_late_end_of_the_first_grant(toy_service, tenant):
    programme, person, first, second = (uuid.uuid4() for _ in range(4))
    async with toy_service.service.database.transaction(tenant) as db:
        for grant_id in (first, second):
            await roles.grant(db, grant_id, programme, person, "coordinator", None)
        await roles.revoke(db, first)
    caller = toy_service.caller("toy:write", tenant=tenant, subject=person)
    assert (await caller.post("/guarded", json={"person_id": str(programme)})).status_code == 200
    async with toy_service.service.database.transaction(tenant) as db:
        await roles.revoke(db, second)
    assert (await caller.post("/guarded", json={"person_id": str(programme)})).status_code == 403


async def test_row_level_security_hides_other_tenants_even_from_plain_sql(toy_service, tenant):
    await toy_service.caller("toy:write", tenant=tenant).post("/changes", json=body())
    count = sa.text("SELECT count(*) FROM outbox")
    async with toy_service.service.database.transaction(tenant) as db:
        assert await db.scalar(count) == 1
    async with toy_service.service.database.transaction(uuid.uuid4()) as db:
        assert await db.scalar(count) == 0
    async with toy_service.service.database.transaction(None) as db:
        assert await db.scalar(count) == 0


async def test_what_is_sealed_opens_only_until_erasure(toy_service, tenant):
    database, subject = toy_service.service.database, uuid.uuid4()
    async with database.transaction(tenant) as db:
        sealed = await vault.seal(db, subject, "a confidential note")
    assert b"confidential" not in sealed
    async with database.transaction(tenant) as db:
        assert await vault.unseal(db, subject, sealed) == "a confidential note"
        await vault.destroy_key(db, subject)
    async with database.transaction(tenant) as db:
        with pytest.raises(vault.Erased):
            await vault.unseal(db, subject, sealed)
        with pytest.raises(vault.Erased):
            await vault.seal(db, subject, "again")


async def test_health_speaks_of_the_database(toy_service):
    client = toy_service.anonymous()
    assert (await client.get("/livez")).json() == {"status": "ok"}
    assert (await client.get("/version")).json() == {"version": version("mentoring-common")}
    answer = await client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json().keys() <= {"status", "parked", "unreadable"}  # what other tests have left


async def test_a_full_pool_answers_503_with_retry_after(toy_service, tenant):
    database = toy_service.service.database
    held = [database.transaction(tenant) for _ in range(toy_service.service.settings.pool_size)]
    for transaction in held:
        await transaction.__aenter__()
    started = time.monotonic()
    answer = await toy_service.caller("toy:write", tenant=tenant).post("/changes", json=body())
    for transaction in held:
        await transaction.__aexit__(None, None, None)
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert answer.headers["retry-after"] == "1"
    assert time.monotonic() - started < 10


def test_error_codes_are_unique_and_have_titles():
    classes = error_classes()
    in_package = {(c.__module__.partition(".")[0], c.code) for c in classes}  # two services may share a code
    assert len(in_package) == len(classes)
    assert all(c.__doc__ for c in classes)


async def test_what_is_sent_in_another_form_is_told_how_to_send_it(toy_service, tenant):
    machine = toy_service.caller("toy:write", tenant=tenant, subject="hr")
    json = {"Content-Type": "application/json; charset=iso-8859-1"}
    latin = await machine.post("/changes", content='{"person_id": "Zoë"}'.encode("latin-1"), headers=json)
    assert (latin.status_code, latin.json()["code"]) == (400, "malformed_json")
    assert "UTF-8" in latin.json()["detail"]
    gzip = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    packed = await machine.post("/changes", content=b"x", headers=gzip)
    assert (packed.status_code, packed.json()["code"]) == (415, "unsupported_content_coding")


async def test_a_parameter_that_takes_one_value_is_not_given_twice(toy_service, tenant):
    reader = toy_service.caller("toy:write", "toy:read", tenant=tenant, subject="hr")
    twice = await reader.get("/changes?limit=1&limit=2")
    assert (twice.status_code, twice.json()["code"]) == (422, "invalid_request"), twice.text
    assert [(one["pointer"], one["code"]) for one in twice.json()["errors"]] == [("/query/limit", "repeated_parameter")]
