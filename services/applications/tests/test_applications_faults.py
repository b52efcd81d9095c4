"""What goes wrong: bad callers, bad bodies, everybody at once, erasure."""

import asyncio
import random
import uuid
from collections import Counter

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import create_async_engine

from mentoring_applications.lifecycle import PLACED
from mentoring_common import migrations
from mentoring_common.audit_proof import verdict
from mentoring_common.testing import refused
from mentoring_contracts.applications import (
    ApplicationAccepted,
    ApplicationSubmitted,
    ApplicationWithdrawn,
    PersonErased,
    RoleRevoked,
)
from mentoring_contracts.matching import MatchConfirmed


async def test_bad_tokens_are_refused(applications, tenant):
    for headers in ({}, {"Authorization": "Bearer x.y.z"}, {"Authorization": "Basic YTpi"}):
        answer = await applications.anonymous(**headers).get("/people")
        assert answer.status_code == 401
        assert answer.headers["content-type"] == "application/problem+json"
    wrong = applications.caller("applications:read", tenant=tenant, aud="somebody-else")
    assert (await wrong.get("/people")).json()["code"] == "invalid_token"
    scopeless = applications.caller("matching:write", tenant=tenant)
    assert (await scopeless.get("/programmes")).json()["code"] == "insufficient_scope"
    own = applications.caller("applications:write", "organisation:admin", tenant=tenant)
    assert (await own.post("/internal/profiles", json={"person_ids": []})).status_code == 403
    for scope in ("internal", "internal:evaluation"):  # of another system, and of a service that calls elsewhere
        other = applications.caller(scope, tenant=None)
        asked = await other.post(
            "/internal/profiles", json={"person_ids": []}, headers={"Mentoring-Tenant": str(tenant)}
        )
        assert refused(asked, 403, "insufficient_scope")


async def test_another_organisation_s_ids_are_not_there(nihr):
    application = await nihr.apply("mentee", nihr.cohorts[0])
    scopes = ("applications:read", "applications:write", "organisation:admin")
    stranger = nihr.harness.caller(*scopes, tenant=uuid.uuid4())
    reads = [
        f"/programmes/{nihr.programme_id}",
        f"/programmes/{nihr.programme_id}/form",
        f"/programmes/{nihr.programme_id}/ledger",
        f"/programmes/{nihr.programme_id}/roles",
        f"/programmes/{nihr.programme_id}/cohorts",
        f"/cohorts/{nihr.cohorts[0]}",
        f"/cohorts/{nihr.cohorts[0]}/ledger",
        f"/cohorts/{nihr.cohorts[0]}/equality-totals",
        f"/applications/{application['id']}",
        f"/people/{application['person_id']}",
    ]
    for path in reads:
        assert (await stranger.get(path)).status_code == 404, path
    writes = [
        (f"/programmes/{nihr.programme_id}/cohorts", {"number": 9, "places": 1}),
        (f"/programmes/{nihr.programme_id}/cohorts/from-blueprint", None),
        (f"/programmes/{nihr.programme_id}/roles", {"person_id": application["person_id"], "role": "coordinator"}),
        (f"/cohorts/{nihr.cohorts[0]}/close", None),
        (f"/applications/{application['id']}/decision", {"decision": "accept"}),
        (f"/applications/{application['id']}/withdraw", None),
        (f"/applications/{application['id']}/move", {"cohort_id": nihr.cohorts[1], "reason": "x"}),
        (f"/applications/{application['id']}/carry-over", {"reason": "x"}),
    ]
    for path, body in writes:
        assert (await stranger.post(path, json=body)).status_code == 404, path
    assert (await stranger.get("/applications")).json()["items"] == []
    headers = {"Mentoring-Tenant": str(uuid.uuid4())}
    other = nihr.harness.caller("internal:applications", tenant=None)
    found = await other.post("/internal/applications", json={"application_ids": [application["id"]]}, headers=headers)
    assert found.json() == {"items": []}


async def test_bodies_that_cannot_be_read(applications, nihr):
    path = f"/programmes/{nihr.programme_id}/applications"
    headers = {"Content-Type": "application/json"}
    malformed = await nihr.office.post(path, content=b'{"role": ', headers=headers)
    assert refused(malformed, 400, "malformed_json")
    deep = await nihr.office.post(path, content=b"[" * 500 + b"]" * 500, headers=headers)
    assert refused(deep, 400, "json_too_deep")
    misspelt = await nihr.office.post(path, json={"role": "mentee", "cohort_id": None, "answer": {}})
    assert misspelt.status_code == 422
    assert (await nihr.office.post(path, content=b"a=b", headers={"Content-Type": "text/plain"})).status_code == 415


async def test_fifty_megabytes_are_refused_before_they_are_read(applications, office):
    sent = 0

    async def body():
        nonlocal sent
        for _ in range(50):
            sent += 1
            yield b" " * 1_048_576

    headers = {"Content-Type": "application/json"}
    answer = await office.post("/people", content=body(), headers=headers)
    assert refused(answer, 413, "body_too_large")
    assert sent <= 3
    declared = await office.post("/people", content=b"{}", headers=headers | {"Content-Length": "52428800"})
    assert declared.status_code == 413


async def test_wrong_answers_and_missing_consent_change_nothing(applications, nihr, tenant):
    person = await nihr.person()
    none = await nihr.try_to_apply("mentee", nihr.cohorts[0], person, consents={})
    assert refused(none, 422, "consent_needed")
    wrong = await nihr.try_to_apply("mentee", nihr.cohorts[0], person, answers={"career_stage": "secret"})
    assert refused(wrong, 422, "answers_invalid")
    assert wrong.json()["errors"] == [
        {"pointer": "/body/answers/career_stage", "code": "choice", "detail": "not one of the options"}
    ]
    assert "secret" not in wrong.text
    unequal = await nihr.try_to_apply("mentee", nihr.cohorts[0], person, equality={"gender": "secret"})
    assert unequal.json()["errors"][0]["pointer"] == "/body/equality/gender"
    assert (await nihr.office.get("/applications")).json()["items"] == []
    assert await applications.emitted(tenant, ApplicationSubmitted) == []


async def test_one_application_per_person_role_and_round(applications, nihr, tenant):
    person = await nihr.person()
    answers = await asyncio.gather(*[nihr.try_to_apply("mentee", nihr.cohorts[0], person) for _ in range(8)])
    assert Counter(a.status_code for a in answers) == {201: 1, 409: 7}
    assert {a.json()["code"] for a in answers if a.status_code == 409} == {"already_applied"}
    assert len(await applications.emitted(tenant, ApplicationSubmitted)) == 1
    elsewhere = await nihr.try_to_apply("mentee", nihr.cohorts[1], person)
    assert elsewhere.json()["code"] == "already_applied"
    first = next(a.json() for a in answers if a.status_code == 201)
    assert (await nihr.act(first, "withdraw")).status_code == 200
    await nihr.apply("mentee", nihr.cohorts[0], person)
    await nihr.apply("mentor", nihr.cohorts[0], person)


async def test_fifty_acceptances_of_one_place(applications, nihr, tenant):
    cohort = nihr.cohorts[0]
    await nihr.office.patch(f"/cohorts/{cohort}", json={"places": 1})
    waiting = [await nihr.apply("mentee", cohort) for _ in range(50)]
    answers = await asyncio.gather(*[nihr.decide(application) for application in waiting])
    assert Counter(a.status_code for a in answers) == {200: 1, 409: 49}
    assert {a.json()["code"] for a in answers if a.status_code == 409} == {"cohort_full"}
    assert len(await applications.emitted(tenant, ApplicationAccepted)) == 1
    assert (await nihr.office.get(f"/cohorts/{cohort}")).json()["places_taken"] == 1


async def test_one_application_is_accepted_once(applications, nihr, tenant):
    application = await nihr.apply("mentee", nihr.cohorts[0])
    answers = await asyncio.gather(*[nihr.decide(application) for _ in range(10)])
    assert Counter(a.status_code for a in answers) == {200: 1, 409: 9}
    assert len(await applications.emitted(tenant, ApplicationAccepted)) == 1
    assert (await nihr.office.get(f"/cohorts/{nihr.cohorts[0]}")).json()["places_taken"] == 1


async def test_a_role_is_taken_away_once(applications, nihr, tenant):
    person = await nihr.person()
    body = {"person_id": person, "role": "coordinator"}
    role = (await nihr.office.post(f"/programmes/{nihr.programme_id}/roles", json=body)).json()
    answers = await asyncio.gather(*(nihr.office.delete(f"/roles/{role['id']}") for _ in range(8)))
    assert sorted(a.status_code for a in answers) == [204] + [404] * 7
    assert len(await applications.emitted(tenant, RoleRevoked)) == 1


async def test_moves_in_opposite_directions_do_not_wait_for_each_other(nihr):
    here, there = nihr.cohorts[0], nihr.cohorts[1]
    pairs = [(await nihr.apply("mentee", here), await nihr.apply("mentee", there)) for _ in range(6)]
    for pair in pairs:
        for application in pair:
            await nihr.decide(application)
    moves = [
        nihr.act(application, "move", cohort_id=target, reason="swap")
        for pair in pairs
        for application, target in zip(pair, (there, here), strict=True)
    ]
    answers = await asyncio.gather(*moves)
    assert {a.status_code for a in answers} == {200}
    taken = [(await nihr.office.get(f"/cohorts/{c}")).json()["places_taken"] for c in (here, there)]
    assert taken == [6, 6]


@pytest.mark.parametrize("seed", [1, 2])
async def test_the_ledger_balances_after_random_commands(applications, nihr, tenant, seed):
    rng = random.Random(seed)
    known: list[dict] = []
    for cohort in nihr.cohorts:
        await nihr.office.patch(f"/cohorts/{cohort}", json={"places": 3})
    for _ in range(120):
        await _random_command(rng, nihr, known)
        known = (await nihr.office.get("/applications", params={"limit": 200})).json()["items"]
    items = (await nihr.office.get(f"/programmes/{nihr.programme_id}/ledger")).json()["items"]
    assert all(item["balanced"] for item in items), items
    # Erased people are counted in the ledger and not listed any more.
    assert sum(item["applied"] for item in items) >= len(known)
    assert sum(item["moved_in"] for item in items) == sum(item["moved_out"] for item in items) > 0
    assert any(item["cohort_id"] is None and item["applied"] for item in items)
    cohorts = (await nihr.office.get(f"/programmes/{nihr.programme_id}/cohorts")).json()["items"]
    placed = Counter(a["cohort_id"] for a in known if a["role"] == "mentee" and a["state"] in PLACED)
    for cohort in cohorts:
        assert placed[cohort["id"]] <= cohort["places_taken"] <= cohort["places"]
    assert await _audit_is_whole(applications, tenant)


async def _random_command(rng, nihr, known):
    if not known or rng.random() < 0.35:
        weak = {"membership": "none"} if rng.random() < 0.2 else {}
        role = rng.choice(["mentor", "mentee"])
        await nihr.apply(role, rng.choice([*nihr.cohorts, None]), answers=weak)
        return
    one = rng.choice(known)
    dice = rng.random()
    if dice < 0.4:
        await nihr.decide(one, rng.choice(["accept", "waitlist", "refuse"]), reason="because")
    elif dice < 0.6:
        await nihr.act(one, "move", cohort_id=rng.choice(nihr.cohorts), reason="asked")
    elif dice < 0.7:
        await nihr.act(one, "withdraw")
    elif dice < 0.75:
        await nihr.act(one, "carry-over", reason="asked")
    elif dice < 0.8:
        await nihr.office.delete(f"/people/{one['person_id']}")
    else:
        await _match(rng, nihr, known)


async def _match(rng, nihr, known):
    accepted = {
        role: [a for a in known if (a["role"], a["state"]) == (role, "accepted")] for role in ("mentor", "mentee")
    }
    if not all(accepted.values()):
        return
    mentor, mentee = (rng.choice(accepted[role]) for role in ("mentor", "mentee"))
    match = MatchConfirmed(
        match_id=uuid.uuid4(),
        programme_id=nihr.programme_id,
        cohort_id=mentee["cohort_id"],
        mentor_id=mentor["person_id"],
        mentee_id=mentee["person_id"],
    )
    await nihr.harness.publish(nihr.tenant, match)


async def _audit_is_whole(applications, tenant):
    async with applications.service.database.transaction(tenant) as db:
        return (await verdict(db, "applications")).intact


async def test_equality_answers_are_read_as_totals_only(applications, nihr, tenant):
    for number in range(14):
        gender = "woman" if number < 12 else "man"
        await nihr.apply("mentee", nihr.cohorts[0], equality={"gender": gender})
    early = await nihr.office.get(f"/cohorts/{nihr.cohorts[0]}/equality-totals")
    assert refused(early, 409, "cohort_still_open")
    assert (await nihr.office.post(f"/cohorts/{nihr.cohorts[0]}/close")).status_code == 200
    totals = (await nihr.office.get(f"/cohorts/{nihr.cohorts[0]}/equality-totals")).json()
    assert (totals["hidden_under"], totals["rounded_to"]) == (10, 5)
    shown = totals["totals"]["gender"]
    assert shown == {"woman": 10, "man": None, "in another way": None, "prefer not to say": None}
    application = (await nihr.office.get("/applications")).json()["items"][0]
    assert "woman" not in (await nihr.office.get(f"/applications/{application['id']}")).text
    assert "woman" not in str(await nihr.internal("/internal/applications", {"application_ids": [application["id"]]}))
    plain = nihr.as_person(application["person_id"])
    assert (await plain.get(f"/cohorts/{nihr.cohorts[0]}/equality-totals")).status_code == 403


CANARY = "canary7d1f"
PERSONAL = {"people", "application_reasons", "application_mentions"}


async def _tables_that_hold(servers, applications, text: str) -> set[str]:
    """The tables of the service's database in which a text stands, whatever the tenant: read as superuser."""
    database = sa.make_url(applications.service.settings.owner_database_url).database
    engine = create_async_engine(sa.make_url(servers.superuser_url).set(database=database))
    found = set()
    async with engine.connect() as connection:
        names = (await connection.scalars(sa.text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"))).all()
        assert set(names) > PERSONAL | {"application_answers"}
        for name in names:
            query = sa.text(f"SELECT count(*) FROM {name} AS t WHERE t::text LIKE :text")  # noqa: S608
            # bytea shows as hexadecimal
            for shape in (text, text.encode().hex()):
                if await connection.scalar(query, {"text": f"%{shape}%"}):
                    found.add(name)
    await engine.dispose()
    return found


async def test_personal_data_stands_in_its_own_tables_and_goes_with_the_person(servers, applications, nihr, tenant):
    key = {"Idempotency-Key": CANARY[:6]}
    body = {"name": CANARY, "email": f"{CANARY}@example.org", "attributes": {"discipline": CANARY}}
    person = (await nihr.office.post("/people", json=body, headers=key)).json()["id"]
    answers = {"about": CANARY, "discipline": CANARY, "declared_conflicts": [f"{CANARY}@example.com"]}
    application = await nihr.apply("mentee", nihr.cohorts[0], person, answers=answers, equality={"gender": "woman"})
    other = await nihr.apply("mentee", nihr.cohorts[0], answers={"preferred_people": [f"{CANARY}@example.org"]})
    await nihr.act(application, "withdraw", reason=CANARY)
    again = await nihr.apply("mentee", nihr.cohorts[1], person, answers=answers)
    assert (await nihr.decide(again)).status_code == 200
    matched = await nihr.apply("mentor", nihr.cohorts[1], person)
    await nihr.decide(matched)
    match = MatchConfirmed(
        match_id=uuid.uuid4(),
        programme_id=nihr.programme_id,
        cohort_id=nihr.cohorts[1],
        mentor_id=person,
        mentee_id=other["person_id"],
    )
    await applications.publish(tenant, match)
    assert await _tables_that_hold(servers, applications, CANARY) == PERSONAL
    before = (await nihr.ledger(nihr.cohorts[1], "mentor"))["matched"]

    assert (await nihr.office.delete(f"/people/{person}")).status_code == 204
    assert await _tables_that_hold(servers, applications, CANARY) == set()
    assert [str(e.person_id) for e in await applications.emitted(tenant, PersonErased)] == [person]
    ended = await applications.emitted(tenant, ApplicationWithdrawn)
    assert [str(e.application_id) for e in ended] == [application["id"], again["id"]]
    assert (await nihr.ledger(nihr.cohorts[1], "mentor"))["matched"] == before == 1
    assert (await nihr.office.get(f"/cohorts/{nihr.cohorts[1]}")).json()["places_taken"] == 0
    assert (await nihr.office.get(f"/applications/{matched['id']}")).status_code == 404
    pooled = await nihr.internal("/internal/applications", {"application_ids": [matched["id"], other["id"]]})
    assert [(p["application_id"], p["preferred"]) for p in pooled["items"]] == [(other["id"], [])]
    assert (await nihr.office.post("/people", json=body)).status_code == 201


async def test_the_migrated_database_is_what_the_models_say(applications):
    assert await migrations.differences(applications.service.database.engine, "applications") == []


async def test_the_window_is_named_in_the_refusal(nihr):
    past = {"kind": "expression_of_interest", "starts_at": "2021-01-01T00:00:00Z", "ends_at": "2021-02-01T00:00:00Z"}
    await nihr.office.patch(f"/cohorts/{nihr.cohorts[0]}", json={"milestones": [past]})
    answer = await nihr.try_to_apply("mentee", nihr.cohorts[0])
    assert refused(answer, 409, "window_closed")
    assert answer.json()["closes_at"] == "2021-02-01T00:00:00Z"
