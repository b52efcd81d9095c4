"""Applications by the batch, as a team's file has them, and whom a file names."""

from uuid import uuid4

from mentoring_common.testing import refused
from mentoring_contracts.applications import ApplicationSubmitted

from .conftest import CONSENTS, MENTEE

ON_PAPER = {"reason": "signed on paper"}


def row(nihr, person_id, **changes):
    said = {"role": "mentee", "cohort_id": nihr.cohorts[0], "answers": MENTEE, "consents": CONSENTS}
    return said | {"person_id": person_id, "proxy": ON_PAPER} | changes


async def send(nihr, rows, client=None, **params):
    path = f"/programmes/{nihr.programme_id}/applications/batch"
    answer = await (client or nihr.office).post(path, params=params, json={"applications": rows})
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


async def standing(nihr):
    shown = await nihr.office.get("/applications", params={"programme_id": nihr.programme_id, "limit": 200})
    return [one["person_id"] for one in shown.json()["items"]]


async def test_each_row_stands_alone_and_a_dry_run_says_what_the_run_does(nihr):
    ada, bob, cy = [await nihr.person() for _ in range(3)]
    rows = [
        row(nihr, ada),
        row(nihr, bob, answers=MENTEE | {"languages": "en"}),
        row(nihr, ada),
        row(nihr, str(uuid4())),
        row(nihr, bob, role="spectator"),
        row(nihr, bob, proxy=None),
        row(nihr, cy),
    ]
    tried = await send(nihr, rows, dry_run=True)
    assert await standing(nihr) == []
    assert await nihr.harness.emitted(nihr.tenant, ApplicationSubmitted) == []
    done = await send(nihr, rows)
    assert [one | {"id": None} for one in done] == tried
    assert [one["problem"] and one["problem"]["code"] for one in done] == [
        None, "answers_invalid", "already_applied", "person_not_found", "invalid_request", "proxy_needed", None,
    ]  # fmt: skip
    pointers = [fault["pointer"] for one in done if one["problem"] for fault in one["problem"].get("errors", [])]
    assert pointers == ["/body/applications/1/answers/languages", "/body/applications/4/role"]
    assert sorted(await standing(nihr)) == sorted([ada, cy])
    told = await nihr.harness.emitted(nihr.tenant, ApplicationSubmitted)
    assert [(str(one.application_id), one.by_proxy) for one in told] == [(done[n]["id"], True) for n in (0, 6)]
    shown = (await nihr.as_person(ada).get(f"/applications/{done[0]['id']}")).json()
    assert shown["proxy"]["reason"] == ON_PAPER["reason"]


async def test_who_may_not_apply_for_others_applies_for_nobody(nihr):
    ada, bob = await nihr.person(), await nihr.person()
    [item] = await send(nihr, [row(nihr, ada)], nihr.as_person(bob))
    assert (item["outcome"], item["problem"]["code"]) == ("refused", "role_needed")
    path = f"/programmes/{nihr.programme_id}/applications/batch"
    assert refused(await nihr.office.post(path, json={"applications": []}), 422, "invalid_request")
    assert refused(await nihr.office.post(path, json={"applications": [{}] * 501}), 422, "invalid_request")
    assert await standing(nihr) == []


async def test_people_are_looked_up_by_address_and_number_as_far_as_the_caller_sees_them(nihr, office):
    ada = await nihr.person(email="ada@leeds.example.org", external_id="E-1")
    bob = await nihr.person(email="bob@leeds.example.org")
    asked = {"emails": ["bob@leeds.example.org", "nobody@leeds.example.org", "ADA@leeds.example.org"]}
    found = (await office.post("/people/lookup", json=asked | {"external_ids": ["E-1", "E-2"]})).json()["items"]
    assert [one["ids"] for one in found] == [[bob], [], [ada], [ada], []]
    assert [one["email"] or one["external_id"] for one in found] == [*asked["emails"], "E-1", "E-2"]
    stranger = nihr.as_person(bob)
    seen = await stranger.post("/people/lookup", json={"emails": ["ada@leeds.example.org", "bob@leeds.example.org"]})
    assert [one["ids"] for one in seen.json()["items"]] == [[], [bob]]
    assert refused(await stranger.post("/people/lookup", json={"external_ids": ["E-1"]}), 403, "not_your_people")
    assert refused(await office.post("/people/lookup", json={"emails": ["no address"]}), 422, "invalid_request")
    none = await office.post("/people/lookup", json={})
    assert none.json()["items"] == []
