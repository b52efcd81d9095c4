import uuid
from datetime import timedelta

from mentoring_common import counts
from mentoring_common.testing import refused
from mentoring_common.testing.statements import statements
from mentoring_contracts.applications import PersonChanged, PersonErased
from mentoring_contracts.matching import (
    GroupMemberInvited,
    GroupMemberJoined,
    GroupMemberLeft,
    MatchConfirmed,
    MatchEnded,
)

ADA = {"name": "Ada Byron", "email": "Ada@example.org"}
SCOPES = ("applications:read", "applications:write")


async def test_a_person_is_registered_once_and_announced(applications, office, tenant):
    answer = await office.post("/people", json=ADA)
    assert answer.status_code == 201, answer.text
    again = await office.post("/people", json=ADA)
    assert again.status_code == 409
    assert again.json()["code"] == "email_taken"
    assert again.headers["content-type"] == "application/problem+json"
    events = await applications.emitted(tenant)
    assert [e.person_id for e in events if isinstance(e, PersonChanged)] == [uuid.UUID(answer.json()["id"])]


async def test_a_wrong_address_is_told_in_words(office):
    told = await office.post("/people", json=ADA | {"email": "ada at example.org"})
    assert refused(told, 422, "invalid_request"), told.text
    assert told.json()["errors"] == [
        {"pointer": "/body/email", "code": "string_pattern_mismatch", "detail": "This is no e-mail address"}
    ]


async def test_the_same_key_gives_the_same_answer_and_one_effect(applications, office, tenant):
    key = {"Idempotency-Key": "k1"}
    first = await office.post("/people", json=ADA, headers=key)
    second = await office.post("/people", json=ADA, headers=key)
    assert (first.status_code, first.json()) == (second.status_code, second.json())
    assert second.headers["idempotency-replayed"] == "true"
    other = await office.post("/people", json=ADA | {"name": "Other"}, headers=key)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    assert len(await applications.emitted(tenant)) == 1


async def test_another_organisation_sees_nothing(applications, office, tenant):
    made = (await office.post("/people", json=ADA)).json()
    stranger = applications.caller(*SCOPES, "organisation:admin", tenant=uuid.uuid4())
    assert (await stranger.get(f"/people/{made['id']}")).status_code == 404
    assert (await stranger.get("/people")).json()["items"] == []
    assert [p["id"] for p in (await office.get("/people")).json()["items"]] == [made["id"]]
    assert (await office.get("/people", params={"email": "ADA@example.org"})).json()["items"][0]["name"] == "Ada Byron"


async def test_a_list_says_how_many_it_has_to_who_asks(applications, office, tenant, monkeypatch):
    for n in range(3):
        await office.post("/people", json={"name": f"P{n}", "email": f"p{n}@example.org"})
    other = applications.caller(*SCOPES, "organisation:admin", tenant=uuid.uuid4())
    counted = {"Prefer": "respond-async, count=exact"}
    for client, path, total in [
        (office, "/people?limit=1", "3"),
        (office, "/people?email=p1@example.org", "1"),
        (other, "/people", "0"),
        (office, "/programmes", "0"),
    ]:
        assert "total-count" not in (await client.get(path)).headers
        answer = await client.get(path, headers=counted)
        assert (answer.headers["total-count"], answer.headers["preference-applied"]) == (total, "count=exact"), path
    monkeypatch.setattr(counts, "MOST", 2)
    assert "total-count" not in (await office.get("/people", headers=counted)).headers


async def test_people_see_and_change_themselves_and_nobody_else(applications, office, tenant):
    ada = (await office.post("/people", json=ADA)).json()["id"]
    bob = (await office.post("/people", json={"name": "Bob", "email": "bob@example.org"})).json()["id"]
    as_ada = applications.caller(*SCOPES, tenant=tenant, subject=ada)
    assert (await as_ada.get("/me")).json()["email"] == "ada@example.org"
    assert (await as_ada.patch(f"/people/{ada}", json={"attributes": {"discipline": "Maths"}})).status_code == 200
    assert (await as_ada.get(f"/people/{ada}")).json()["attributes"] == {"discipline": "Maths"}
    assert (await as_ada.get(f"/people/{bob}")).status_code == 404
    assert (await as_ada.patch(f"/people/{bob}", json={"name": "X"})).status_code == 404
    assert [p["id"] for p in (await as_ada.get("/people")).json()["items"]] == [ada]
    assert [p["id"] for p in (await as_ada.get("/people", params={"ids": f"{ada},{bob}"})).json()["items"]] == [ada]
    both = await office.get("/people", params={"ids": f"{ada},{bob},{uuid.uuid4()}"})
    assert {p["id"] for p in both.json()["items"]} == {ada, bob}
    assert (await office.get("/people", params={"ids": "ada"})).status_code == 422
    assert (await as_ada.post("/people", json={"name": "C", "email": "c@example.org"})).status_code == 403
    taken = await office.patch(f"/people/{ada}", json={"email": "bob@example.org"})
    assert taken.json()["code"] == "email_taken"


async def test_an_hr_client_provisions_its_own_employer_s_people_only(applications, office, tenant):
    mine, other = [(await office.post("/employers", json={"name": n})).json()["id"] for n in ("Leeds Trust", "York")]
    assert (await office.post("/employers", json={"name": "leeds  trust"})).json()["id"] == mine
    hr = applications.caller(*SCOPES, "hr:provision", tenant=tenant, subject="hr-client", employer=mine)
    made = await hr.post("/people", json=ADA)
    assert made.status_code == 201, made.text
    assert (await hr.get(f"/people/{made.json()['id']}")).json()["employer_id"] == mine
    refused = await hr.post("/people", json={"name": "B", "email": "b@example.org", "employer_id": other})
    assert (refused.status_code, refused.json()["code"]) == (403, "not_your_people")
    theirs = (await office.post("/people", json={"name": "B", "email": "b@example.org", "employer_id": other})).json()
    assert (await hr.get(f"/people/{theirs['id']}")).status_code == 404
    assert [p["id"] for p in (await hr.get("/people")).json()["items"]] == [made.json()["id"]]
    assert (await hr.patch(f"/people/{made.json()['id']}", json={"employer_id": other})).status_code == 403
    assert (await hr.get("/me")).status_code == 403


async def test_one_bad_row_of_a_batch_does_not_keep_the_others_out(office):
    rows = [
        ADA,
        {"name": "No address"},
        {"name": "Twin", "email": "ada@EXAMPLE.org"},
        {"name": "Bob", "email": "bob@example.org"},
        {"name": "Eve", "email": "eve@example.org", "employer_id": str(uuid.uuid4())},
    ]
    items = (await office.post("/people/batch", json={"people": rows})).json()["items"]
    codes = [item["problem"] and item["problem"]["code"] for item in items]
    assert codes == [None, "invalid_request", "email_taken", None, "unknown_employer"]
    assert items[1]["problem"]["errors"][0]["pointer"] == "/body/people/1/email"
    assert len((await office.get("/people")).json()["items"]) == 2


async def test_many_people_cost_as_many_statements_as_one(applications, office, tenant):
    employer = (await office.post("/employers", json={"name": "Leeds Trust"})).json()["id"]
    manager = (await office.post("/people", json=ADA)).json()["id"]

    def people(number):
        mine = {"employer_id": employer, "line_manager_id": manager, "attributes": {"pronoun": "they"}}
        return [{"name": f"P{n}", "email": f"p{number}-{n}@example.org"} | mine for n in range(number)]

    asked = {}
    for number in (1, 200):
        with statements(applications.service.database.engine, own=True) as asked[number]:
            answer = await office.post("/people/batch", json={"people": people(number)})
        assert all(item["id"] for item in answer.json()["items"])
    # begun, employers, line managers, people, what was collected, committed
    assert [len(asked[1]), len(asked[200])] == [6, 6], asked
    assert len(await applications.emitted(tenant, PersonChanged)) == 202
    found = (await office.get(f"/people/{answer.json()['items'][7]['id']}")).json()
    assert (found["name"], found["employer_id"], found["line_manager_id"]) == ("P7", employer, manager)
    assert (found["languages"], found["attributes"], found["version"]) == ([], {"pronoun": "they"}, 1)


async def test_a_person_is_registered_by_one_insert(applications, office):
    with statements(applications.service.database.engine, own=True) as asked:
        assert (await office.post("/people", json=ADA)).status_code == 201
    assert [text.split(" ")[0] for text in asked] == ["BEGIN;", "INSERT", "SELECT", "COMMIT"]


async def test_text_that_no_database_stores_is_refused(office):
    for name in ("\0", "half \ud800 pair"):
        body = b'{"name": "x%s", "email": "x@example.org"}' % name.encode("unicode_escape").replace(
            b"\\x00", b"\\u0000"
        )
        answer = await office.post("/people", content=body, headers={"Content-Type": "application/json"})
        assert (answer.status_code, answer.json()["code"]) == (422, "unstorable_text")
    assert (await office.get("/people?email=%00a@example.org")).status_code == 422
    assert (await office.get("/people")).json()["items"] == []
    huge = await office.post("/people", json=ADA | {"attributes": {"a": 10**30}})
    assert (huge.status_code, huge.json()["code"]) == (422, "inexact_number")


async def test_an_erased_person_is_gone_and_announced(applications, office, tenant):
    ada = (await office.post("/people", json=ADA)).json()["id"]
    assert (await office.delete(f"/people/{ada}")).status_code == 204
    assert (await office.get(f"/people/{ada}")).status_code == 404
    assert (await office.delete(f"/people/{ada}")).status_code == 404
    assert [str(e.person_id) for e in await applications.emitted(tenant, PersonErased)] == [ada]


async def test_only_the_operator_makes_organisations(applications, office):
    operator = applications.caller("platform:admin", tenant=None, subject="operator")
    slug = f"nihr-{uuid.uuid4().hex[:8]}"
    made = await operator.post("/organisations", json={"name": "NIHR", "slug": slug})
    assert made.status_code == 201, made.text
    assert (await operator.post("/organisations", json={"name": "Again", "slug": slug})).json()["code"] == "slug_taken"
    assert (await office.post("/organisations", json={"name": "X", "slug": "x"})).status_code == 403
    inside = applications.caller(*SCOPES, "organisation:admin", tenant=uuid.UUID(made.json()["id"]))
    assert (await inside.post("/people", json=ADA)).status_code == 201


async def test_an_organisation_is_made_once_under_one_key(applications):
    operator = applications.caller("platform:admin", tenant=None, subject="operator")
    body = {"name": "Once", "slug": f"once-{uuid.uuid4().hex[:8]}"}
    headers = {"Idempotency-Key": str(uuid.uuid4())}
    first = await operator.post("/organisations", json=body, headers=headers)
    again = await operator.post("/organisations", json=body, headers=headers)
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()
    other = await operator.post("/organisations", json=body | {"name": "Other"}, headers=headers)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")


async def test_partners_see_no_address_after_an_early_end_until_they_are_matched_again(applications, nihr, tenant):
    mentor, mentee = await nihr.apply("mentor", nihr.cohorts[0]), await nihr.apply("mentee", nihr.cohorts[0])
    people = {"mentor_id": mentor["person_id"], "mentee_id": mentee["person_id"]}
    ids = {"programme_id": nihr.programme_id, "cohort_id": nihr.cohorts[0], **people}
    first = ids | {"match_id": uuid.uuid4()}

    async def seen():
        answers = []
        for one, other in ((mentor, mentee), (mentee, mentor)):
            client = nihr.as_person(one["person_id"])
            single = (await client.get(f"/people/{other['person_id']}")).json()
            listed = (await client.get("/people", params={"ids": other["person_id"]})).json()["items"]
            assert listed == [single]
            assert single["name"]
            answers.append(single["email"] is not None)
        return answers

    await applications.publish(tenant, MatchConfirmed(**first))
    assert await seen() == [True, True]
    await applications.publish(tenant, MatchEnded(**first, reason="no_contact"))
    assert await seen() == [False, False]
    await applications.publish(tenant, MatchConfirmed(**ids, match_id=uuid.uuid4(), rematch_of=first["match_id"]))
    assert await seen() == [True, True]


async def test_people_of_a_group_see_each_other_by_name_when_asked_and_by_address_once_in_it(
    applications, nihr, tenant
):
    three = [await nihr.apply("mentee", nihr.cohorts[0]) for _ in range(3)]
    one, other, late = (uuid.UUID(application["person_id"]) for application in three)
    group = {"group_id": uuid.uuid4(), "programme_id": nihr.programme_id, "cohort_id": nihr.cohorts[0]}
    group |= {"kind": "peer_circle"}

    async def sees(who, whom):
        answer = await nihr.as_person(str(who)).get(f"/people/{whom}")
        return answer.json()["email"] is not None if answer.status_code == 200 else None

    def invited(person):
        until = applications.clock.now() + timedelta(days=7)
        return GroupMemberInvited(**group, person_id=person, role="peer", expires_at=until)

    def joined(person):
        return GroupMemberJoined(**group, person_id=person, role="peer")

    assert await sees(one, other) is None
    await applications.publish(tenant, *(invited(person) for person in (one, other, late)))
    assert (await sees(one, other), await sees(other, late)) == (False, False)
    await applications.publish(tenant, joined(one), joined(other))
    assert (await sees(one, other), await sees(one, late)) == (True, False)
    applications.clock.move_by(timedelta(days=8))
    assert (await sees(one, other), await sees(one, late), await sees(late, one)) == (True, None, None)
    await applications.publish(tenant, GroupMemberLeft(**group, person_id=other, role="peer", reason="no_time"))
    assert (await sees(one, other), await sees(other, one)) == (None, None)


async def test_a_place_in_a_group_that_people_applied_for_settles_their_application_once(applications, nihr, tenant):
    application = await nihr.apply("mentee", nihr.cohorts[0])
    assert (await nihr.decide(application)).status_code == 200
    group = {"group_id": uuid.uuid4(), "programme_id": nihr.programme_id, "cohort_id": nihr.cohorts[0]}
    who = {"person_id": application["person_id"], "role": "peer", "kind": "board_circle"}
    await applications.publish(tenant, GroupMemberJoined(**group, **who))  # beside it: settles nothing
    assert (await nihr.office.get(f"/applications/{application['id']}")).json()["state"] == "accepted"
    for _ in range(2):
        await applications.publish(tenant, GroupMemberJoined(**group, **who, application_id=application["id"]))
    assert (await nihr.office.get(f"/applications/{application['id']}")).json()["state"] == "matched"
    line = await nihr.ledger(nihr.cohorts[0], "mentee")
    assert (line["applied"], line["matched"], line["open"]) == (1, 1, 0)
