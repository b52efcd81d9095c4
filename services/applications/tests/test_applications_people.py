import uuid

from mentoring_contracts.applications import PersonChanged

ADA = {"name": "Ada Byron", "email": "Ada@example.org"}


async def test_a_person_is_registered_once_and_announced(applications, office, tenant):
    answer = await office.post("/people", json=ADA)
    assert answer.status_code == 201, answer.text
    again = await office.post("/people", json=ADA)
    assert again.status_code == 409
    assert again.json()["code"] == "email_taken"
    assert again.headers["content-type"] == "application/problem+json"
    events = await applications.emitted(tenant)
    assert [e.person_id for e in events if isinstance(e, PersonChanged)] == [uuid.UUID(answer.json()["id"])]


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
    stranger = applications.caller("applications:write", tenant=uuid.uuid4())
    assert (await stranger.get(f"/people/{made['id']}")).status_code == 404
    assert (await stranger.get("/people")).json()["items"] == []
    assert (await office.get("/people")).json()["items"] == [made]
