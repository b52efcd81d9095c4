"""Drafts: written in turns by the person alone, reminded of, submitted whole; and answers changed after submitting."""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from mentoring_applications.programmes import blueprint
from mentoring_common.ids import new_id
from mentoring_common.testing import eventually
from mentoring_contracts.applications import ApplicationSubmitted, PersonErased
from mentoring_contracts.applying import ApplicationEdited, DraftReminderDue

WORDS = "I hope to meet somebody who left research."
CLOSES = datetime(2022, 3, 23, 23, 59, 59, tzinfo=UTC)
CONSENTS = {"privacy_notice": "2022-02"}


@pytest.fixture
async def me(nihr):
    return nihr.as_person(await nihr.person())


async def begin(client, nihr, cohort=0, **content):
    body = {"role": "mentee", "cohort_id": nihr.cohorts[cohort]} | content
    return await client.post(f"/programmes/{nihr.programme_id}/drafts", json=body)


async def test_a_draft_is_written_in_turns_and_submitted_whole(applications, nihr, me, tenant, mentee_answers):
    made = await begin(me, nihr, answers={"about": WORDS})
    assert made.status_code == 201, made.text
    draft, etag = made.json(), made.headers["etag"]
    shown = (await me.get(f"/drafts/{draft['id']}")).json()
    assert shown["answers"] == {"about": WORDS}
    assert {"/body/answers/criteria", "/body/consents/privacy_notice"} <= {f["pointer"] for f in shown["faults"]}
    refused = await me.post(f"/drafts/{draft['id']}/submit")
    assert (refused.status_code, refused.json()["code"]) == (422, "consent_needed")
    content = {"answers": mentee_answers | {"about": WORDS}, "consents": CONSENTS}
    url = f"/drafts/{draft['id']}"
    assert (await me.put(url, json=content, headers={"If-Match": etag})).status_code == 200
    lost = await me.put(url, json={"answers": {}}, headers={"If-Match": etag})
    assert (lost.status_code, lost.json()["code"]) == (412, "precondition_failed")
    assert (await me.get(url)).json()["faults"] == []
    application = (await me.post(f"{url}/submit")).json()
    assert application["state"] == "submitted"
    assert (await me.get(f"/applications/{application['id']}")).json()["answers"]["free_text"] == WORDS
    assert (await me.get(url)).json()["code"] == "draft_not_found"
    assert (await me.get("/drafts")).json()["items"] == []
    assert [str(e.application_id) for e in await applications.emitted(tenant, ApplicationSubmitted)] == [
        application["id"]
    ]


async def test_nobody_else_knows_of_a_draft(applications, nihr, me, tenant):
    draft = (await begin(me, nihr, answers={"about": WORDS})).json()
    for other in (nihr.office, nihr.as_person(await nihr.person())):
        assert (await other.get(f"/drafts/{draft['id']}")).status_code == 404
        gone = await other.put(f"/drafts/{draft['id']}", json={}, headers={"If-Match": "*"})
        assert gone.status_code == 404
        assert (await other.post(f"/drafts/{draft['id']}/submit")).status_code == 404
        assert (await other.delete(f"/drafts/{draft['id']}")).status_code == 404
        assert (await other.get("/drafts")).json()["items"] == []
    async with applications.service.database.transaction(tenant) as db:
        kept = (await db.execute(sa.text("SELECT sealed FROM drafts"))).scalars().all()
    assert kept
    assert not any(WORDS.encode() in sealed for sealed in kept)


async def test_what_a_draft_cannot_be(nihr, me, mentee_answers):
    assert (await begin(me, nihr, answers={"agouti": "?"})).json()["code"] == "answers_invalid"
    assert (await begin(me, nihr, cohort_id=str(new_id()))).json()["code"] == "cohort_not_found"
    assert (await begin(me, nihr, role="both")).status_code == 422
    first = await begin(me, nihr)
    again = await begin(me, nihr)
    assert (again.status_code, again.json()["code"]) == (409, "draft_exists")
    assert again.json()["draft_id"] == first.json()["id"]
    assert (await me.delete(f"/drafts/{first.json()['id']}")).status_code == 204
    me_id = (await me.get("/me")).json()["id"]
    await nihr.apply("mentee", nihr.cohorts[0], me_id)
    assert (await begin(me, nihr)).json()["code"] == "already_applied"


async def test_a_person_who_is_erased_leaves_no_draft(applications, nihr, me, tenant):
    await begin(me, nihr, answers={"about": WORDS})
    me_id = (await me.get("/me")).json()["id"]
    assert (await nihr.office.delete(f"/people/{me_id}", headers={"If-Match": "*"})).status_code == 204
    assert await applications.emitted(tenant, PersonErased)
    async with applications.service.database.transaction(tenant) as db:
        assert await db.scalar(sa.text("SELECT count(*) FROM drafts")) == 0


async def test_who_has_a_draft_is_reminded_until_the_window_closes_and_then_it_goes(
    own_clock, programme_of, office_of, tenant
):
    clock = own_clock.clock
    office = office_of(own_clock, tenant)
    nihr = await programme_of(own_clock, tenant, office)
    clock.move_to(CLOSES - timedelta(days=20))
    me, other = nihr.as_person(await nihr.person()), nihr.as_person(await nihr.person())
    draft = (await begin(me, nihr)).json()
    assert datetime.fromisoformat(draft["closes_at"]) == CLOSES
    thrown = (await begin(other, nihr)).json()
    assert (await other.delete(f"/drafts/{thrown['id']}")).status_code == 204

    async def reminded(*days):
        found = await own_clock.emitted(tenant, DraftReminderDue)
        return [(str(e.draft_id), e.days_before) for e in found] == [(draft["id"], d) for d in days]

    clock.move_to(CLOSES - timedelta(days=7))
    await eventually(lambda: reminded(7))
    cohort = (await office.get(f"/cohorts/{nihr.cohorts[0]}")).json()
    later = [m | {"ends_at": "2022-04-30T23:59:59Z"} if m["kind"] == "expression_of_interest" else m
             for m in cohort["milestones"]]  # fmt: skip
    moved = await office.patch(f"/cohorts/{nihr.cohorts[0]}", json={"milestones": later}, headers={"If-Match": "*"})
    assert moved.status_code == 200, moved.text
    clock.move_to(datetime(2022, 4, 30, 12, tzinfo=UTC))
    await eventually(lambda: reminded(7, 1))
    clock.move_to(datetime(2022, 5, 1, 12, tzinfo=UTC))
    refused = await me.put(f"/drafts/{draft['id']}", json={}, headers={"If-Match": "*"})
    assert refused.json()["code"] == "window_closed"
    assert (await me.get(f"/drafts/{draft['id']}")).status_code == 200
    clock.move_to(datetime(2022, 5, 31, 12, tzinfo=UTC))

    async def gone():
        return (await me.get(f"/drafts/{draft['id']}")).status_code == 404

    await eventually(gone)
    assert await reminded(7, 1)


@pytest.fixture
async def editable(applications, office, tenant, programme_with):
    return await programme_with(applications, tenant, office, applying={"edit_until_close": True})


async def test_answers_change_until_somebody_decides(applications, editable, tenant, mentee_answers):
    person = await editable.person()
    me = editable.as_person(person)
    application = await editable.apply("mentee", editable.cohorts[0], person)
    url, match = f"/applications/{application['id']}/answers", {"If-Match": f'"{application["version"]}"'}
    edit = {"answers": mentee_answers | {"about": WORDS, "previous_access": True}}
    wrong = await me.put(url, json={"answers": {"about": WORDS}}, headers=match)
    assert wrong.json()["code"] == "answers_invalid"
    by_team = await editable.office.put(url, json=edit, headers=match)
    assert (by_team.status_code, by_team.json()["code"]) == (403, "not_the_applicant")
    changed = await me.put(url, json=edit, headers=match)
    assert changed.status_code == 200, changed.text
    assert (await me.put(url, json=edit, headers=match)).status_code == 412
    shown = (await me.get(f"/applications/{application['id']}")).json()
    assert (shown["answers"]["free_text"], shown["answers"]["attributes"]["previous_access"]) == (WORDS, True)
    assert len(shown["consents"]) == 1
    assert len(await applications.emitted(tenant, ApplicationEdited)) == 1
    assert (await editable.decide(application)).status_code == 200
    late = await me.put(url, json=edit, headers={"If-Match": "*"})
    assert (late.status_code, late.json()["code"]) == (409, "transition_not_allowed")


async def test_a_programme_that_does_not_offer_it_takes_no_changes(nihr, mentee_answers):
    person = await nihr.person()
    application = await nihr.apply("mentee", nihr.cohorts[0], person)
    url = f"/applications/{application['id']}/answers"
    refused = await nihr.as_person(person).put(url, json={"answers": mentee_answers}, headers={"If-Match": "*"})
    assert refused.json()["code"] == "editing_not_offered"
    assert "applying" not in blueprint.load("nihr").document
