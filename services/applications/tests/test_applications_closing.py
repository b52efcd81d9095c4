"""A programme is closed by one act: what it ends is said before, and nothing begins in it afterwards."""

import asyncio
from typing import Any
from uuid import UUID

import pytest

from mentoring_common.testing import refused
from mentoring_contracts.applications import (
    ApplicationUnmatched,
    CohortClosed,
    CohortPlacesChanged,
    ProgrammeAmended,
    ProgrammeClosed,
)
from mentoring_contracts.matching import MatchConfirmed


async def close(by, programme_id: str, **body: Any):
    return await by.post(f"/programmes/{programme_id}/close", json={"reason": "ran_its_course"} | body)


async def test_what_closing_ends_is_said_before(nihr, tenant):
    accepted, waiting, _, later = [await nihr.apply("mentee", c) for c in (*nihr.cohorts, None)]
    await nihr.decide(accepted)
    await nihr.decide(waiting, "waitlist")
    ids = {name: UUID(int=n) for n, name in enumerate(("match_id", "cohort_id", "mentor_id", "mentee_id"), 1)}
    await nihr.harness.publish(tenant, MatchConfirmed(programme_id=UUID(nihr.programme_id), **ids))
    await nihr.as_person(await nihr.person()).post(
        f"/programmes/{nihr.programme_id}/drafts", json={"role": "mentee", "cohort_id": nihr.cohorts[0]}
    )
    answer = await nihr.office.get(f"/programmes/{nihr.programme_id}/closing")
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert (found["cohorts"], found["drafts"], found["pairs"], found["closed_at"]) == (3, 1, 1, None)
    open_ones = {"awaiting_endorsement": 0, "submitted": 2, "waitlisted": 1, "place_offered": 0, "accepted": 1}
    assert found["applications"] == open_ones
    assert later["state"] == "submitted"


async def test_one_act_closes_every_cohort(applications, nihr, tenant):
    first, second, third = nihr.cohorts
    applied = [await nihr.apply("mentee", c) for c in (first, second, None)]
    await nihr.decide(applied[0])
    assert (await nihr.office.post(f"/cohorts/{third}/close")).status_code == 200
    version = (await nihr.office.get(f"/programmes/{nihr.programme_id}")).json()["version"]
    stale = await nihr.office.post(
        f"/programmes/{nihr.programme_id}/close", json={"reason": "other"}, headers={"If-Match": f'"{version + 1}"'}
    )
    assert stale.status_code == 412
    closed = await close(nihr.office, nihr.programme_id, note="The funder ends it.")
    assert closed.status_code == 200, closed.text
    assert closed.json()["closed_at"]
    assert closed.json()["version"] == version + 1
    assert refused(await close(nihr.office, nihr.programme_id), 409, "programme_closed")
    for cohort in nihr.cohorts:
        shown = (await nihr.office.get(f"/cohorts/{cohort}")).json()
        assert (bool(shown["closed_at"]), shown["places_taken"]) == (True, 0)
    for one in applied:
        assert (await nihr.office.get(f"/applications/{one['id']}")).json()["state"] == "unmatched"
    assert (await nihr.ledger(None, "mentee"))["unmatched"] == 1
    events = await applications.emitted(tenant, ApplicationUnmatched, CohortClosed, ProgrammeClosed)
    assert [type(e) for e in events].count(CohortClosed) == 3
    assert [e.reason for e in events if isinstance(e, ProgrammeClosed)] == ["ran_its_course"]
    assert {str(e.application_id) for e in events if isinstance(e, ApplicationUnmatched)} == {a["id"] for a in applied}
    record = (await nihr.office.get(f"/programmes/{nihr.programme_id}/closing")).json()
    assert (record["cohorts"], sum(record["applications"].values())) == (0, 0)
    assert (record["reason"], record["note"]) == ("ran_its_course", "The funder ends it.")


async def test_nothing_begins_in_a_closed_programme(applications, nihr, tenant):
    base = f"/programmes/{nihr.programme_id}"
    declined = await nihr.apply("mentee", nihr.cohorts[0])
    left = await nihr.apply("mentee", nihr.cohorts[1])
    writer = nihr.as_person(await nihr.person())
    draft = (await writer.post(f"{base}/drafts", json={"role": "mentee", "cohort_id": nihr.cohorts[0]})).json()["id"]
    await nihr.decide(declined, "refuse")
    assert (await close(nihr.office, nihr.programme_id)).status_code == 200
    cohort = (await nihr.office.get(f"/cohorts/{nihr.cohorts[0]}")).json()
    if_match = {"If-Match": f'"{cohort["version"]}"'}
    in_use = (await nihr.office.get(f"{base}/blueprint")).json()
    amended = in_use["blueprint"] | {"title": "Another title"}
    for answer in [
        await nihr.try_to_apply("mentee", nihr.cohorts[0]),
        await nihr.try_to_apply("mentor", None),
        await writer.post(f"{base}/drafts", json={"role": "mentor", "cohort_id": None}),
        await writer.put(f"/drafts/{draft}", json={"answers": {}}),
        await writer.post(
            f"/drafts/{draft}/files?field=cv&name=cv.pdf",
            content=b"%PDF-1.4",
            headers={"Content-Type": "application/pdf"},
        ),
        await nihr.office.post(f"{base}/cohorts", json={"number": 9, "places": 3}),
        await nihr.office.post(f"{base}/cohorts/from-blueprint"),
        await nihr.office.patch(f"/cohorts/{nihr.cohorts[0]}", json={"places": 99}, headers=if_match),
        await nihr.office.patch(f"/cohorts/{nihr.cohorts[0]}", json={"milestones": []}, headers=if_match),
        await nihr.office.put(
            f"{base}/blueprint", json={"blueprint": amended}, headers={"If-Match": f'"{in_use["version"]}"'}
        ),
        await nihr.act(left, "carry-over", reason="next year"),
        await nihr.office.post(
            "/people", json={"name": "New", "email": "new@example.org", "programme_id": nihr.programme_id}
        ),
    ]:  # fmt: skip
        assert refused(answer, 409, "programme_closed")
    assert (await nihr.office.post(f"{base}/cohorts/from-blueprint")).status_code == 409
    assert not await applications.emitted(tenant, ProgrammeAmended)


async def test_a_closed_cohort_keeps_its_places(applications, nihr, tenant):
    cohort = nihr.cohorts[0]
    waiting = await nihr.apply("mentee", cohort)
    await nihr.decide(waiting, "waitlist")
    await nihr.office.post(f"/cohorts/{cohort}/close")
    assert refused(await nihr.office.patch(f"/cohorts/{cohort}", json={"places": 30}), 409, "cohort_is_closed")
    assert (await nihr.office.patch(f"/cohorts/{cohort}", json={"places": 25})).status_code == 200  # as it is
    assert (await nihr.office.patch(f"/cohorts/{cohort}", json={"milestones": []})).status_code == 200
    document = (await nihr.office.get(f"/programmes/{nihr.programme_id}/blueprint")).json()["blueprint"]
    version = (await nihr.office.get(f"/programmes/{nihr.programme_id}")).json()["version"]
    document["cohorts"] = [c | {"places": c["places"] + 5} for c in document["cohorts"]]
    amended = await nihr.office.put(
        f"/programmes/{nihr.programme_id}/blueprint", json={"blueprint": document}, headers={"If-Match": f'"{version}"'}
    )
    assert amended.status_code == 200, amended.text
    changed = await applications.emitted(tenant, CohortPlacesChanged)
    assert {str(e.cohort_id) for e in changed} == set(nihr.cohorts[1:])


async def test_who_plans_cohorts_closes_and_nobody_else(nihr, tenant):
    manager, trainer, mentee = [await nihr.person() for _ in range(3)]
    for person, role in ((manager, "coordinator"), (trainer, "trainer")):
        await nihr.office.post(f"/programmes/{nihr.programme_id}/roles", json={"person_id": person, "role": role})
    for person in (trainer, mentee):
        assert refused(await close(nihr.as_person(person), nihr.programme_id), 403, "role_needed")
        answer = await nihr.as_person(person).get(f"/programmes/{nihr.programme_id}/closing")
        assert refused(answer, 403, "role_needed")
    assert refused(await close(nihr.office, str(UUID(int=7))), 404, "programme_not_found")
    for wrong in ({"reason": "because"}, {"note": ""}, {"note": "x" * 1001}):
        assert refused(await close(nihr.office, nihr.programme_id, **wrong), 422, "invalid_request")
    assert (await close(nihr.as_person(manager), nihr.programme_id, note="Done.")).status_code == 200
    record = (await nihr.office.get(f"/programmes/{nihr.programme_id}/closing")).json()
    assert (record["closed_by"], record["note"]) == (manager, "Done.")
    assert (await nihr.office.delete(f"/people/{manager}")).status_code == 204
    record = (await nihr.office.get(f"/programmes/{nihr.programme_id}/closing")).json()
    assert (record["closed_by"], record["note"], record["reason"]) == (None, None, "ran_its_course")


@pytest.mark.parametrize("round_", range(3))
async def test_whoever_applies_while_it_is_closed_is_refused_or_unmatched(nihr, round_):
    people = [await nihr.person() for _ in range(6)]
    cohorts = [nihr.cohorts[n % 3] if n % 2 else None for n in range(6)]
    asked = [nihr.try_to_apply("mentee", c, p) for p, c in zip(people, cohorts, strict=True)]
    *answers, closed = await asyncio.gather(*asked, close(nihr.office, nihr.programme_id))
    assert closed.status_code == 200, closed.text
    for answer in answers:
        if answer.status_code != 201:
            assert refused(answer, 409, "programme_closed")
    found = (await nihr.office.get(f"/programmes/{nihr.programme_id}/closing")).json()
    assert (found["cohorts"], sum(found["applications"].values())) == (0, 0)
    ended = sum([(await nihr.ledger(c, "mentee"))["unmatched"] for c in {*cohorts}])
    assert ended == sum(answer.status_code == 201 for answer in answers)
