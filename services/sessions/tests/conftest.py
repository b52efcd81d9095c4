from dataclasses import dataclass, field
from datetime import timedelta
from typing import Annotated, Any
from uuid import UUID

import pytest
from fastapi import Body, FastAPI

from mentoring_common.ids import new_id
from mentoring_common.testing import Harness, eventually
from mentoring_common.testing.harness import Servers, running
from mentoring_contracts.applications import ApplicationAccepted, CohortCreated, ProgrammeCreated, RoleGranted
from mentoring_contracts.matching import MatchConfirmed, MatchEnded
from mentoring_sessions.app import create_app

BLUEPRINT: dict[str, Any] = {
    "hours_budget": 6,
    "duration_months": 12,
    "activities": {"orientation": {"compulsory": True}},
    "nudges": {"quiet_after_weeks": 6},
}


APPLICATIONS = "http://applications.test"


class Profiles:
    """The applications service's side of the contract: `POST /internal/profiles`."""

    def __init__(self) -> None:
        self.of: dict[str, dict[str, Any]] = {}
        self.app = FastAPI()
        self.app.add_api_route("/internal/profiles", self.read, methods=["POST"])

    async def read(self, wanted: Annotated[dict[str, list[str]], Body()]) -> dict[str, Any]:
        return {"items": [self.of[id_] for id_ in wanted["person_ids"] if id_ in self.of]}


@pytest.fixture(scope="session")
def profiles() -> Profiles:
    return Profiles()


@pytest.fixture(scope="session")
async def sessions(servers: Servers, profiles: Profiles):
    routes = {APPLICATIONS: profiles.app}
    async with running(servers, create_app, "sessions", routes=routes, applications_url=APPLICATIONS) as harness:
        yield harness


@dataclass
class Play:
    """A programme, its people, and clients that act as each of them."""

    harness: Harness
    tenant: UUID
    programme_id: UUID = field(default_factory=new_id)
    cohort_id: UUID = field(default_factory=new_id)
    match_id: UUID = field(default_factory=new_id)
    mentor_id: UUID = field(default_factory=new_id)
    mentee_id: UUID = field(default_factory=new_id)
    manager_id: UUID = field(default_factory=new_id)
    accepted_id: UUID = field(default_factory=new_id)

    def client(self, person_id: UUID | str | None = None, *scopes: str):
        return self.harness.caller(*(scopes or ("sessions:write",)), tenant=self.tenant, subject=person_id)

    @property
    def mentor(self):
        return self.client(self.mentor_id)

    @property
    def mentee(self):
        return self.client(self.mentee_id)

    @property
    def team(self):
        return self.client(self.manager_id)

    @property
    def admin(self):
        return self.client(None, "sessions:write", "organisation:admin")

    @property
    def stranger(self):
        return self.client()

    @property
    def pair(self) -> dict[str, UUID]:
        names = ("match_id", "programme_id", "cohort_id", "mentor_id", "mentee_id")
        return {name: getattr(self, name) for name in names}

    @property
    def path(self) -> str:
        return f"/relationships/{self.match_id}"

    def now(self):
        return self.harness.clock.now()

    def programme_created(self, **changes: Any) -> ProgrammeCreated:
        return ProgrammeCreated(programme_id=self.programme_id, direction="traditional", blueprint=BLUEPRINT | changes)

    def cohort_created(self) -> CohortCreated:
        return CohortCreated(
            cohort_id=self.cohort_id, programme_id=self.programme_id, number=1, places=22, milestones=[]
        )

    def granted(self, person_id: UUID, role: str) -> RoleGranted:
        return RoleGranted(role_id=new_id(), programme_id=self.programme_id, person_id=person_id, role=role)

    def accepted(self, person_id: UUID) -> ApplicationAccepted:
        return ApplicationAccepted(
            application_id=new_id(),
            programme_id=self.programme_id,
            cohort_id=self.cohort_id,
            person_id=person_id,
            role="mentee",
        )

    def confirmed(self) -> MatchConfirmed:
        return MatchConfirmed(**self.pair)

    def ended(self) -> MatchEnded:
        return MatchEnded(**self.pair, reason="moved away")

    async def set_up(self, **blueprint: Any) -> None:
        await self.harness.publish(
            self.tenant,
            self.programme_created(**blueprint),
            self.cohort_created(),
            self.granted(self.manager_id, "programme_manager"),
            *(self.accepted(person) for person in (self.accepted_id, self.mentor_id, self.mentee_id)),
        )

    async def plan(self, **changes: Any) -> dict[str, Any]:
        new = {"kind": "cpd", "title": "Resilience", "mode": "online", "minutes": 60}
        new |= {"starts_at": self.now().isoformat(), "topics": ["Resilience"]}
        answer = await self.team.post(f"/programmes/{self.programme_id}/activities", json=new | changes)
        assert answer.status_code == 201, answer.text
        return answer.json()

    async def orient(self, *people: UUID) -> None:
        activity = await self.plan(kind="orientation", title="Orientation")
        answer = await self.team.post(
            f"/activities/{activity['id']}/attendance", json={"person_ids": [str(p) for p in people]}
        )
        assert answer.status_code == 200, answer.text

    async def begin(self) -> None:
        """A relationship that has started."""
        await self.set_up()
        await self.orient(self.mentor_id, self.mentee_id)
        await self.harness.publish(self.tenant, self.confirmed())
        assert (await self.read())["state"] == "active"

    async def read(self) -> dict[str, Any]:
        answer = await self.admin.get(self.path)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def becomes(self, state: str) -> dict[str, Any]:
        async def probe():
            found = await self.read()
            return found if found["state"] == state else None

        return await eventually(probe, what=f"state {state}")

    async def meet(self, client=None, **changes: Any):
        new = {"held_at": self.now().isoformat(), "minutes": 60, "mode": "online"}
        return await (client or self.mentor).post(f"{self.path}/mentoring-sessions", json=new | changes)

    def later(self, **delta: Any) -> None:
        self.harness.clock.move_by(timedelta(**delta))


@pytest.fixture
def play(sessions: Harness, tenant: UUID) -> Play:
    return Play(sessions, tenant)


@pytest.fixture
async def begun(play: Play) -> Play:
    """A relationship that has started."""
    await play.begin()
    return play
