from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import httpx
import pytest

from mentoring_applications.app import create_app
from mentoring_applications.programmes import blueprint
from mentoring_common.clock import MovableClock
from mentoring_common.testing import Harness
from mentoring_common.testing.harness import Servers, running

SCOPES = ("applications:read", "applications:write")


@pytest.fixture(scope="session")
async def applications(servers: Servers):
    async with running(servers, create_app, "applications", pool_timeout_s=30) as harness:
        yield harness


@pytest.fixture
def office(applications: Harness, tenant):
    """A client that administers the organisation."""
    return applications.caller(*SCOPES, "organisation:admin", tenant=tenant)


MENTEE: dict[str, Any] = {
    "criteria": ["career_progression", "networking", "research_funding"],
    "about": "I hope for a mentor outside my discipline.",
    "previous_access": False,
    "professional_background": "Medically qualified",
    "employer": "University of Leeds",
    "discipline": "Cardiology",
    "career_stage": "Lecturer",
    "postdoctoral_years": 3,
    "membership": "member",
    "postdoctoral_award": True,
    "infrastructure_position": False,
    "languages": ["en"],
    "privacy_notice": True,
}
MENTOR: dict[str, Any] = {
    name: value
    for name, value in MENTEE.items()
    if name not in ("previous_access", "postdoctoral_award", "infrastructure_position")
} | {"senior_leader": True, "capacity": 2, "postdoctoral_years": 20}
CONSENTS = {"privacy_notice": "2022-02"}


@dataclass
class Nihr:
    """An organisation with the NIHR programme and its three cohorts, and the window of one open."""

    harness: Harness
    tenant: UUID
    office: httpx.AsyncClient
    programme_id: str
    cohorts: list[str]
    people: int = 0

    async def person(self, **changes: Any) -> str:
        self.people += 1
        body = {"name": f"Person {self.people}", "email": f"person{self.people}@example.org"} | changes
        answer = await self.office.post("/people", json=body)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    def as_person(self, person_id: str) -> httpx.AsyncClient:
        return self.harness.caller(*SCOPES, tenant=self.tenant, subject=person_id)

    async def try_to_apply(self, role: str, cohort_id: str | None, person_id: str | None = None, **changes: Any):
        person_id = person_id or await self.person()
        by = changes.pop("by", None)  # a proxy
        changes |= {} if by is None else {"person_id": person_id}
        answers = (MENTEE if role == "mentee" else MENTOR) | changes.pop("answers", {})
        body = {"role": role, "cohort_id": cohort_id, "answers": answers, "consents": CONSENTS} | changes
        return await (by or self.as_person(person_id)).post(f"/programmes/{self.programme_id}/applications", json=body)

    async def apply(self, role: str, cohort_id: str | None, person_id: str | None = None, **changes: Any) -> dict:
        answer = await self.try_to_apply(role, cohort_id, person_id, **changes)
        assert answer.status_code == 201, answer.text
        return answer.json()

    async def act(self, application: dict, act: str, **body: Any) -> httpx.Response:
        return await self.office.post(f"/applications/{application['id']}/{act}", json=body)

    async def decide(self, application: dict, decision: str = "accept", **body: Any) -> httpx.Response:
        return await self.act(application, "decision", decision=decision, **body)

    async def ledger(self, cohort_id: str | None, role: str) -> dict:
        items = (await self.office.get(f"/programmes/{self.programme_id}/ledger")).json()["items"]
        assert all(item["balanced"] for item in items), items
        return next(item for item in items if (item["cohort_id"], item["role"]) == (cohort_id, role))

    async def internal(self, path: str, body: Any = None) -> Any:
        headers = {"Mentoring-Tenant": str(self.tenant)}
        client = self.harness.caller("internal:applications", tenant=None)
        client.headers.update(headers)
        answer = await (client.get(path) if body is None else client.post(path, json=body))
        assert answer.status_code == 200, answer.text
        return answer.json()


async def make_programme(harness: Harness, tenant: UUID, office: httpx.AsyncClient, **sections: Any) -> Nihr:
    given = blueprint.load("nihr").document | sections if sections else "nihr"
    made = await office.post("/programmes", json={"blueprint": given})
    assert made.status_code == 201, made.text
    programme_id = made.json()["id"]
    cohorts = await office.post(f"/programmes/{programme_id}/cohorts/from-blueprint")
    assert cohorts.status_code == 201, cohorts.text
    return Nihr(harness, tenant, office, programme_id, [c["id"] for c in cohorts.json()["items"]])


@pytest.fixture
async def nihr(applications: Harness, tenant, office) -> Nihr:
    """The NIHR programme with its three cohorts, all windows made to be open."""
    return await open_programme(applications, tenant, office)


async def open_programme(harness: Harness, tenant: UUID, office: httpx.AsyncClient, **sections: Any) -> Nihr:
    """The programme with these sections in place of NIHR's, all windows made to be open."""
    made = await make_programme(harness, tenant, office, **sections)
    window = {"kind": "expression_of_interest", "starts_at": "2020-01-01T00:00:00Z", "ends_at": "2030-01-01T00:00:00Z"}
    for cohort in made.cohorts:
        assert (await office.patch(f"/cohorts/{cohort}", json={"milestones": [window]})).status_code == 200
    return made


@pytest.fixture
async def own_clock(servers: Servers):
    """A service of its own whose clock a test may move."""
    clock = MovableClock(datetime(2022, 2, 1, 9, tzinfo=UTC))
    async with running(servers, create_app, "applications", clock=clock) as harness:
        yield harness


@pytest.fixture
def office_of():
    return lambda harness, tenant: harness.caller(*SCOPES, "organisation:admin", tenant=tenant)


@pytest.fixture
def programme_of():
    return make_programme


@pytest.fixture
def programme_with():
    return open_programme


@pytest.fixture
def mentee_answers():
    return MENTEE
