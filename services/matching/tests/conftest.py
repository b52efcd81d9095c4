"""A programme to match in, on real PostgreSQL and a real broker; applications' internal API is a small ASGI app."""

import json
import sys
from asyncio import create_subprocess_exec
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
import typer
from fastapi import FastAPI
from typer.testing import CliRunner

from mentoring_common.embedded.issuer import DevIssuer
from mentoring_common.testing import Harness
from mentoring_common.testing.harness import ISSUER, Servers, eventually, issuer_only, running
from mentoring_contracts.applications import ApplicationAccepted, CohortCreated, ProgrammeCreated, RoleGranted
from mentoring_contracts.matching import MatchRunCompleted
from mentoring_matching.app import create_app
from mentoring_matching.offline.command import match_command

APPLICATIONS = "http://applications.test"
POLICY: dict[str, Any] = {
    "hard_rules": [
        {"id": "different_employer", "kind": "must_differ", "attribute": "employer", "text": "different employers"},
        {"id": "no_line_management", "kind": "no_line_management"},
        {"id": "no_declared_conflict", "kind": "no_declared_conflict"},
        {"id": "not_matched_before", "kind": "not_matched_before"},
    ],
    "weights": {"topics": 0.55, "text": 0.2, "preferences": 0.15, "other_discipline": 0.1},
    "offers": {"limit_days": 14, "pass_on": False, "decline_reason_required": True},
}


class Applications:
    """The applications service as matching sees it: profiles by application id."""

    def __init__(self) -> None:
        self.profiles: dict[str, dict[str, Any]] = {}
        self.app = FastAPI()
        self.app.post("/internal/applications")(self._read)

    async def _read(self, asked: dict[str, list[str]]) -> dict[str, Any]:
        return {"items": [self.profiles[id_] for id_ in asked["application_ids"] if id_ in self.profiles]}


@dataclass
class Person:
    id: UUID
    role: str
    application_id: UUID
    priority: bool = False
    capacity: int = 1
    profile: dict[str, Any] = field(default_factory=dict)


class World:
    """One organisation with a programme, a coordinator and people who apply."""

    def __init__(self, harness: Harness, applications: Applications, tenant: UUID) -> None:
        self.harness, self.applications, self.tenant = harness, applications, tenant
        self.programme_id, self.coordinator = uuid4(), uuid4()
        self.office = harness.caller("matching:write", tenant=tenant, subject=self.coordinator)

    async def begin(self, policy: dict[str, Any] | None = None, formats: list[dict[str, Any]] | None = None) -> "World":
        items = [{"id": "career", "title": "Career progression"}]
        criteria = {"current": 1, "versions": [{"version": 1, "items": items}]}
        blueprint = {"criteria": criteria, "formats": formats or []} | ({} if policy is None else {"matching": policy})
        await self.harness.publish(
            self.tenant,
            ProgrammeCreated(programme_id=self.programme_id, direction="traditional", blueprint=blueprint),
            self.granted(),
        )
        return self

    def granted(self) -> RoleGranted:
        """The coordinator's role in the programme."""
        ids = {"role_id": uuid4(), "programme_id": self.programme_id, "person_id": self.coordinator}
        return RoleGranted(**ids, role="coordinator")

    async def worked_by_who_is_killed(self, what: str) -> int:
        """A process that is killed while it solves a run of this id, or begins one at this moment; how it ended."""
        settings = self.harness.service.settings
        secrets = {name: getattr(settings, name).get_secret_value() for name in ("master_key", "client_secret")}
        order = json.dumps(settings.model_dump(mode="json") | secrets)
        child = Path(__file__).with_name("killed_worker.py")
        return await (await create_subprocess_exec(sys.executable, str(child), order, str(self.tenant), what)).wait()

    async def cohort(self, places: int) -> UUID:
        cohort_id = uuid4()
        made = CohortCreated(
            cohort_id=cohort_id, programme_id=self.programme_id, number=1, places=places, milestones=[]
        )
        await self.harness.publish(self.tenant, made)
        return cohort_id

    def person(
        self, role: str, *, capacity: int = 1, priority: bool = False, id: UUID | None = None, **profile: Any
    ) -> Person:
        person = Person(id or uuid4(), role, uuid4(), priority, capacity)
        default = {"criteria": ["career", "funding"], "employer_id": str(uuid4()), "attributes": {}}
        own = {"application_id": str(person.application_id), "person_id": str(person.id), "role": role}
        self.applications.profiles[str(person.application_id)] = default | profile | own
        return person

    async def admit(self, cohort_id: UUID, *people: Person) -> None:
        """Let applications be accepted, and wait until all are available."""
        await self.harness.publish(self.tenant, *[self.accepted(cohort_id, person) for person in people])
        await eventually(lambda: self.available(cohort_id, people), what="profiles", within_s=60 + len(people) / 5)

    def accepted(self, cohort_id: UUID, person: Person) -> ApplicationAccepted:
        return ApplicationAccepted(
            application_id=person.application_id,
            programme_id=self.programme_id,
            cohort_id=cohort_id,
            person_id=person.id,
            role=person.role,  # type: ignore[arg-type]
            capacity=person.capacity,
            priority=person.priority,
        )

    async def available(self, cohort_id: UUID, people: Any) -> bool:
        members = await self.pool(cohort_id)
        return all(members.get(str(p.id), {}).get("state") == "available" for p in people)

    async def pool(self, cohort_id: UUID) -> dict[str, dict[str, Any]]:
        return {m["person_id"]: m for m in await self.items(f"/cohorts/{cohort_id}/pool")}

    async def items(self, path: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        cursor = ""
        while True:
            joint = "&" if "?" in path else "?"
            answer = await self.office.get(f"{path}{joint}limit=200{cursor}")
            assert answer.status_code == 200, answer.text
            found += answer.json()["items"]
            if answer.json()["next_cursor"] is None:
                return found
            cursor = f"&cursor={answer.json()['next_cursor']}"

    async def start(self, cohort_id: UUID, **body: Any) -> dict[str, Any]:
        answer = await self.office.post(f"/cohorts/{cohort_id}/runs", json=body)
        assert answer.status_code == 202, answer.text
        return answer.json()

    async def run(self, cohort_id: UUID, **body: Any) -> dict[str, Any]:
        """Start a run and wait for its end."""
        started = await self.start(cohort_id, **body)
        return await self.finished(started["id"])

    async def finished(self, run_id: str) -> dict[str, Any]:
        async def over() -> dict[str, Any] | None:
            answer = (await self.office.get(f"/runs/{run_id}")).json()
            return answer if answer["state"] not in ("queued", "running") else None

        return await eventually(over, what="the run", within_s=60)

    async def approve(self, run_id: str, **body: Any) -> list[dict[str, Any]]:
        answer = await self.office.post(f"/runs/{run_id}/approve", json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()["matches"]

    def as_person(self, person_id: UUID | str) -> httpx.AsyncClient:
        return self.harness.caller("matching:write", tenant=self.tenant, subject=person_id)

    async def accept(self, match: dict[str, Any], *sides: str) -> httpx.Response:
        for side in sides or ("mentor", "mentee"):
            answer = await self.as_person(match[f"{side}_id"]).post(f"/matches/{match['id']}/accept")
        return answer

    async def confirmed(self, cohort_id: UUID) -> list[dict[str, Any]]:
        """Run, approve and have everybody accept."""
        run = await self.run(cohort_id)
        matches = await self.approve(run["id"])
        for match in matches:
            answer = await self.accept(match)
            assert answer.json()["state"] == "confirmed", answer.text
        return matches

    async def events(self, *classes: Any) -> list[Any]:
        return await self.harness.emitted(self.tenant, *classes)

    async def completed(self) -> list[Any]:
        return await self.events(MatchRunCompleted)


@pytest.fixture(scope="session")
def applications_api() -> Applications:
    return Applications()


@pytest.fixture(scope="session")
async def matching(servers: Servers, applications_api: Applications):
    issuer = DevIssuer(ISSUER, "mentoring")
    http = issuer_only(issuer, {APPLICATIONS: applications_api.app})
    # Who stands in line with a thousand others is waited for, however slow the machine is.
    told = {"applications_url": APPLICATIONS, "queue_timeout_s": 600}
    async with running(servers, create_app, "matching", http=http, **told) as harness:
        harness.issuer = issuer
        yield harness


@pytest.fixture
def make_world(matching: Harness, applications_api: Applications, tenant: UUID):
    """Begins a programme with a policy of one's own."""

    async def make(formats: list[dict[str, Any]] | None = None, **changes: Any) -> World:
        return await World(matching, applications_api, tenant).begin(POLICY | changes, formats)

    return make


@pytest.fixture
async def world(make_world) -> World:
    return await make_world()


@pytest.fixture
def match(tmp_path: Path) -> Callable[..., Any]:
    """Runs `mentoring match` in a folder of its own."""
    app = typer.Typer()
    app.command()(match_command)

    def run(*arguments: object) -> Any:
        return CliRunner().invoke(app, [*map(str, arguments), "--out", str(tmp_path / "matches.csv")])

    return run
