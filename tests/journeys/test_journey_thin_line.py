"""The thin line: an application accepted in one service becomes a member of the pool in another."""

import uuid

from mentoring_common.testing import eventually

SCOPES = [f"{s}:{r}" for s in ("applications", "matching") for r in ("read", "write")]


async def test_an_accepted_application_becomes_a_member_of_the_pool(stack):
    operator = stack.call("platform:admin")
    organisation = await operator.post(
        "/applications/organisations", json={"name": "Thin Line", "slug": f"thin-{uuid.uuid4().hex[:8]}"}
    )
    assert organisation.status_code == 201, organisation.text
    tenant = organisation.json()["id"]
    admin = stack.call("organisation:admin", *SCOPES, tenant=tenant)
    programme = (await admin.post("/applications/programmes", json={"blueprint": "nihr"})).json()
    opening = {"kind": "expression_of_interest", "starts_at": "2020-01-01T00:00:00Z", "ends_at": "2099-01-01T00:00:00Z"}
    cohort = await admin.post(
        f"/applications/programmes/{programme['id']}/cohorts", json={"number": 9, "places": 3, "milestones": [opening]}
    )
    assert cohort.status_code == 201, cohort.text
    person = (await admin.post("/applications/people", json={"name": "Ada", "email": "ada@example.org"})).json()
    ada = stack.call(*SCOPES, tenant=tenant, subject=person["id"])
    applied = await ada.post(
        f"/applications/programmes/{programme['id']}/applications",
        json={
            "role": "mentor",
            "cohort_id": cohort.json()["id"],
            "answers": {
                "criteria": ["networking", "career_progression", "research_funding"],
                "about": "I can help with funding.",
                "professional_background": "Nursing and midwifery",
                "employer": "A trust",
                "discipline": "Nursing",
                "career_stage": "Professor",
                "postdoctoral_years": 12,
                "membership": "member",
                "senior_leader": True,
                "capacity": 2,
                "languages": ["en"],
            },
            "consents": {"privacy_notice": "2022-02"},
        },
    )
    assert applied.status_code == 201, applied.text
    decided = await admin.post(
        f"/applications/applications/{applied.json()['id']}/decision", json={"decision": "accept"}
    )
    assert decided.status_code == 200, decided.text

    async def in_the_pool():
        pool = await admin.get(f"/matching/cohorts/{cohort.json()['id']}/pool")
        return [m for m in pool.json().get("items", []) if m["state"] == "available"]

    members = await eventually(in_the_pool, what="the pool")
    assert [(m["person_id"], m["role"], m["capacity"]) for m in members] == [(person["id"], "mentor", 2)]
    stranger = stack.call("organisation:admin", *SCOPES, tenant=str(uuid.uuid4()))
    assert (await stranger.get(f"/matching/cohorts/{cohort.json()['id']}/pool")).status_code == 404
