"""What people wrote is erased when the privacy notice says so: announced before, on record, and totals stay."""

import copy
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from mentoring_applications.programmes import blueprint
from mentoring_common.testing import eventually
from mentoring_contracts.applications import PersonErased
from mentoring_contracts.applying import RetentionEnds

ENDS = datetime(2030, 1, 1, tzinfo=UTC)  # of the windows that `programme_with` opens
GONE = datetime(2030, 7, 1, 23, 59, 59, 999999, tzinfo=UTC)


@pytest.fixture
async def programme(own_clock, office_of, programme_with, tenant):
    notices = copy.deepcopy(blueprint.load("nihr").document["privacy_notices"])
    for notice in notices:
        notice["kept_months_after_programme"] = 6
    return await programme_with(own_clock, tenant, office_of(own_clock, tenant), privacy_notices=notices)


async def test_who_takes_part_in_nothing_else_is_erased_whole_and_the_other_s_application_is(
    own_clock, programme, programme_with, office_of, tenant
):
    one = await programme.apply("mentee", programme.cohorts[0])
    two = await programme.apply("mentee", programme.cohorts[0])
    office = office_of(own_clock, tenant)
    elsewhere = await programme_with(own_clock, tenant, office)
    other = await elsewhere.apply("mentor", elsewhere.cohorts[0], two["person_id"])
    for cohort in programme.cohorts:
        assert (await office.post(f"/cohorts/{cohort}/close")).status_code == 200
    before = await programme.ledger(programme.cohorts[0], "mentee")
    own_clock.clock.move_to(GONE - timedelta(days=30))

    async def announced():
        found = await own_clock.emitted(tenant, RetentionEnds)
        return {(str(e.application_id), e.erased_at) for e in found} == {(a["id"], GONE) for a in (one, two)}

    await eventually(announced)
    assert (await office.get(f"/applications/{one['id']}")).status_code == 200
    own_clock.clock.move_to(GONE + timedelta(seconds=1))

    async def erased():
        return (await office.get(f"/applications/{two['id']}")).status_code == 404

    await eventually(erased)

    async def both():
        return (await office.get(f"/applications/{one['id']}")).status_code == 404

    await eventually(both)
    assert (await office.get(f"/people/{one['person_id']}")).status_code == 404
    assert [str(e.person_id) for e in await own_clock.emitted(tenant, PersonErased)] == [one["person_id"]]
    assert (await office.get(f"/people/{two['person_id']}")).status_code == 200
    assert (await office.get(f"/applications/{other['id']}")).json()["answers"]["free_text"]
    assert await programme.ledger(programme.cohorts[0], "mentee") == before
    async with own_clock.service.database.transaction(tenant) as db:
        left = sa.text("SELECT count(*) FROM application_answers WHERE id = ANY(:ids)")
        assert await db.scalar(left, {"ids": [one["id"], two["id"]]}) == 0
        acts = await db.execute(sa.text("SELECT act, actor FROM audit_log WHERE act LIKE '%retention%'"))
        assert {tuple(row) for row in acts} == {("announce_retention", "system"), ("retention_ended", "system")}


async def test_equality_totals_stay_when_the_answers_go(own_clock, programme, office_of, tenant):
    field = blueprint.load("nihr").plan.form.equality_monitoring.fields[0]
    option = field.answers(["en"])[0]
    for _ in range(12):
        await programme.apply("mentee", programme.cohorts[0], equality={field.id: option})
    office = office_of(own_clock, tenant)
    for cohort in programme.cohorts:
        await office.post(f"/cohorts/{cohort}/close")
    url = f"/cohorts/{programme.cohorts[0]}/equality-totals"
    before = (await office.get(url)).json()
    own_clock.clock.move_to(GONE + timedelta(seconds=1))

    async def gone():
        return (await office.get("/applications", params={"cohort_id": programme.cohorts[0]})).json()["items"] == []

    await eventually(gone)
    assert (await office.get(url)).json() == before
