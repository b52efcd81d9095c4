"""A programme's own roles: made of rights, given for a time, and what they open and leave closed."""

import copy
import uuid
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from mentoring_applications.programmes import blueprint
from mentoring_applications.programmes.models import ProgrammeRole
from mentoring_common.testing import eventually
from mentoring_contracts.applications import RoleGranted, RoleRevoked

OWN = [
    {"id": "speaker", "title": "Guest speaker"},
    {"id": "admissions", "title": "Admissions", "rights": ["decide_applications"]},
    {"id": "community_member", "title": "Steering group member", "rights": ["read_reports"], "note": "community"},
]


def plan(**changes):
    content = copy.deepcopy(blueprint.load("nihr").document)
    content["roles"] = [*content.get("roles", []), *OWN]
    return content | changes


async def made(office, **changes):
    answer = await office.post("/programmes", json={"blueprint": plan(**changes)})
    assert answer.status_code == 201, answer.text
    return answer.json()


async def test_old_files_name_roles_and_own_ones_have_rights(office):
    shown = await made(office)
    kinds = {kind["id"]: kind for kind in shown["role_kinds"]}
    assert kinds["coordinator"]["title"] == "coordinator"
    assert "match_people" in kinds["coordinator"]["rights"]
    assert "manage_programme" not in kinds["coordinator"]["rights"]
    assert kinds["speaker"] == {"id": "speaker", "title": "Guest speaker", "rights": [], "note": None}
    assert kinds["community_member"]["note"] == "community"
    assert "mentor" not in kinds, "nobody gives by hand what comes by an application"


async def test_one_right_opens_what_it_says_and_nothing_else(nihr, office, applications, tenant):
    programme = (await made(office))["id"]
    person = await nihr.person()
    grant = {"person_id": person, "role": "admissions"}
    given = await office.post(f"/programmes/{programme}/roles", json=grant)
    assert given.status_code == 201, given.text
    assert given.json()["rights"] == ["decide_applications"]
    [event] = [e for e in await applications.emitted(tenant, RoleGranted) if str(e.person_id) == person]
    assert (event.role, event.rights, event.until) == ("admissions", ["decide_applications"], None)
    theirs = nihr.as_person(person)
    assert (await theirs.get(f"/programmes/{programme}/ledger")).status_code == 200
    cohort = {"number": 1, "places": 3}
    refused = await theirs.post(f"/programmes/{programme}/cohorts", json=cohort)
    assert (refused.status_code, refused.json()["needed"]) == (403, ["plan_cohorts"])
    refused = await theirs.post(f"/programmes/{programme}/roles", json=grant)
    assert (refused.status_code, refused.json()["needed"]) == (403, ["manage_programme"])
    assert (await theirs.get(f"/programmes/{nihr.programme_id}/ledger")).status_code == 403, "of another programme"
    speaker = await nihr.person()
    await office.post(f"/programmes/{programme}/roles", json={"person_id": speaker, "role": "speaker"})
    assert (await nihr.as_person(speaker).get(f"/programmes/{programme}/ledger")).status_code == 403
    assert (await nihr.as_person(speaker).get("/me")).json()["roles"][0]["title"] == "Guest speaker"


async def test_a_role_for_a_time_ends_by_itself(own_clock, office_of, programme_of, tenant):
    office = office_of(own_clock, tenant)
    nihr = await programme_of(own_clock, tenant, office)
    person = await nihr.person()
    until = own_clock.clock.now() + timedelta(days=30)
    grant = {"person_id": person, "role": "coordinator", "until": until.isoformat()}
    path = f"/programmes/{nihr.programme_id}/roles"
    assert (await office.post(path, json=grant)).status_code == 201
    theirs = nihr.as_person(person)
    assert (await theirs.get(f"/programmes/{nihr.programme_id}/ledger")).status_code == 200
    own_clock.clock.move_by(timedelta(days=31))

    async def over():
        return (await theirs.get(f"/programmes/{nihr.programme_id}/ledger")).status_code == 403

    await eventually(over, what="the end of the role")
    assert (await office.get(path)).json()["items"] == []
    assert [str(e.person_id) for e in await own_clock.emitted(tenant, RoleRevoked)] == [person]
    audited = (await office.get("/audit-log")).json()["items"]
    assert ("system", "role_ended") in {(entry["actor"], entry["act"]) for entry in audited}
    late = grant | {"until": (until - timedelta(days=1)).isoformat()}
    assert (await office.post(path, json=late)).json()["code"] == "role_is_over"
    assert (await office.post(path, json=grant | {"until": None})).status_code == 201, "it may be given again"


async def test_a_role_taken_back_and_given_again_does_not_end_by_the_first_one_s_time(
    own_clock, office_of, programme_of, tenant
):
    office = office_of(own_clock, tenant)
    nihr = await programme_of(own_clock, tenant, office)
    path, person = f"/programmes/{nihr.programme_id}/roles", await nihr.person()
    until = (own_clock.clock.now() + timedelta(days=1)).isoformat()
    first = (await office.post(path, json={"person_id": person, "role": "trainer", "until": until})).json()
    assert (await office.delete(f"/roles/{first['id']}")).status_code == 204
    again = (await office.post(path, json={"person_id": person, "role": "trainer"})).json()
    marked = (
        await office.post(path, json={"person_id": await nihr.person(), "role": "trainer", "until": until})
    ).json()
    own_clock.clock.move_by(timedelta(days=2))

    async def left():
        held = [role["id"] for role in (await office.get(path)).json()["items"]]
        return held if marked["id"] not in held else None

    assert await eventually(left, what="the end of the other role") == [again["id"]]


async def test_the_community_of_a_member_is_sealed_and_goes_with_them(nihr, office, applications, tenant):
    programme = (await made(office))["id"]
    person, path = await nihr.person(), f"/programmes/{programme}/roles"
    grant = {"person_id": person, "role": "community_member", "note": "Disabled staff network"}
    answer = await office.post(path, json=grant)
    assert "note" not in answer.json(), "an answer that is kept with its key holds nothing of a person"
    assert (await office.get(path)).json()["items"][0]["note"] == "Disabled staff network"
    assert (await nihr.as_person(person).get("/me")).json()["roles"][0]["note"] == "Disabled staff network"
    async with applications.service.database.transaction(tenant) as db:
        kept = await db.scalar(sa.select(ProgrammeRole.sealed_note).where(ProgrammeRole.person_id == uuid.UUID(person)))
    assert kept is not None
    assert b"Disabled" not in kept
    assert (await office.delete(f"/people/{person}")).status_code == 204
    assert (await office.get(path)).json()["items"] == []


@pytest.mark.parametrize(
    ("grant", "code"),
    [
        ({"role": "speakr"}, "role_unknown"),
        ({"role": "mentor"}, "role_unknown"),
        ({"role": "speaker", "note": "of jokes"}, "note_not_asked"),
        ({"role": "Speaker"}, "invalid_request"),
        ({"role": "speaker", "until": "2020-01-01T00:00:00Z"}, "role_is_over"),
        ({"role": "speaker", "until": "2020-01-01T00:00:00"}, "invalid_request"),
    ],
)
async def test_what_cannot_be_given(nihr, office, grant, code):
    programme = (await made(office))["id"]
    body = {"person_id": await nihr.person()} | grant
    answer = await office.post(f"/programmes/{programme}/roles", json=body)
    assert (answer.status_code, answer.json()["code"]) == (422, code), answer.text
    if code == "role_unknown":
        assert "speaker" in answer.json()["roles"]


@pytest.mark.parametrize(
    "roles",
    [
        ["cordinator"],
        [{"id": "speaker"}],
        [{"id": "speaker", "title": "Speaker", "rights": ["match_peple"]}],
        [{"id": "speaker", "title": "Speaker", "rights": ["interview", "interview"]}],
        [{"id": "coordinator", "title": "Helper", "rights": ["interview"]}],
        [{"id": "mentor", "title": "Mentor", "rights": ["interview"]}],
        [{"id": "speaker", "title": "Speaker"}, {"id": "speaker", "title": "Speaker"}],
        [{"id": "Speaker of the house", "title": "Speaker"}],
        "coordinator",
    ],
)
async def test_roles_that_are_wrong_are_refused_with_the_blueprint(office, roles):
    answer = await office.post("/programmes", json={"blueprint": plan(roles=roles)})
    assert (answer.status_code, answer.json()["code"]) == (422, "blueprint_invalid"), answer.text
    assert any("roles" in str(error) for error in answer.json()["errors"])


async def test_an_override_by_a_role_that_nobody_can_have_is_refused(office):
    eligibility = copy.deepcopy(blueprint.load("nihr").document)["eligibility"] | {
        "override": {"allowed": True, "by": ["cordinator"]}
    }
    answer = await office.post("/programmes", json={"blueprint": plan(eligibility=eligibility)})
    assert answer.json()["code"] == "blueprint_invalid"


def test_an_event_from_before_rights_reads_as_its_role():
    before = {"role_id": uuid.uuid4(), "programme_id": uuid.uuid4(), "person_id": uuid.uuid4(), "role": "coordinator"}
    assert RoleGranted.model_validate(before).rights is None
    ends = datetime(2030, 1, 1, tzinfo=UTC)
    assert RoleGranted.model_validate(before | {"until": ends, "rights": ["of_the_future"]}).rights == ["of_the_future"]
