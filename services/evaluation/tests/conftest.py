import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar
from uuid import UUID, uuid4

import httpx
import pytest
from fastapi import FastAPI

from mentoring_common import yaml_text
from mentoring_common.testing import Harness
from mentoring_common.testing.harness import Servers, eventually, running
from mentoring_contracts import Event
from mentoring_contracts.applications import CohortCreated, Milestone, ProgrammeCreated, RoleGranted
from mentoring_contracts.matching import MatchConfirmed
from mentoring_evaluation.app import create_app

BLUEPRINT = Path(__file__).resolve().parents[3] / "blueprints" / "nihr.yaml"
APPLICATIONS = "http://applications.test"


class Statistics:
    """The applications service's side of the contract: `GET /internal/programmes/{id}/statistics`."""

    def __init__(self) -> None:
        self.of: dict[str, dict[str, Any]] = {}
        self.app = FastAPI()
        self.app.add_api_route("/internal/programmes/{programme_id}/statistics", self.read)

    async def read(self, programme_id: UUID) -> dict[str, Any]:
        empty: dict[str, Any] = {"cohorts": [], "eligible": [], "moved": 0, "backgrounds": [], "ledger": []}
        return empty | self.of.get(str(programme_id), {})


@pytest.fixture(scope="session")
def statistics() -> Statistics:
    return Statistics()


@pytest.fixture(scope="session")
async def evaluation(servers: Servers, statistics: Statistics):
    routes = {APPLICATIONS: statistics.app}
    async with running(servers, create_app, "evaluation", routes=routes, applications_url=APPLICATIONS) as harness:
        yield harness


@dataclass
class Programme:
    """A programme in a fresh organisation, as other services would announce it, and the clients of its people."""

    SECTIONS: ClassVar[list[str]] = [
        "Profile of the mentee", "Profile of the mentor", "Focus of the relationship", "Reflections", "Perceived value",
    ]  # fmt: skip
    harness: Harness
    tenant: UUID
    id: UUID = field(default_factory=uuid4)
    cohorts: dict[int, UUID] = field(default_factory=dict)
    opens: datetime = datetime(2030, 1, 1, tzinfo=UTC)
    closes: datetime = datetime(2030, 1, 2, tzinfo=UTC)

    async def tell(self, *events: Event) -> None:
        await self.harness.publish(self.tenant, *events)

    async def begin(self, cohorts: int = 1, blueprint: dict[str, Any] | None = None, mode: str | None = None) -> None:
        """The programme and its cohorts, each with an interim and a summative wave; the clock stands before all.

        `mode` is that of its surveys: of named ones figures of a few people are shown.
        """
        start = self.harness.clock.now()
        self.opens, self.closes = start + timedelta(days=1), start + timedelta(days=2)
        waves = [
            Milestone(kind=f"{name}_evaluation", starts_at=self.opens, ends_at=self.closes)
            for name in ("interim", "summative")
        ]
        data = blueprint or yaml_text.ours(BLUEPRINT.read_text("utf-8"))
        data = _without_dates(data)
        if mode is not None:
            data["instruments"] = [one | {"mode": mode} for one in data["instruments"]]
        self.cohorts = {number: uuid4() for number in range(1, cohorts + 1)}
        announced = [
            CohortCreated(cohort_id=id_, programme_id=self.id, number=number, places=25, milestones=waves)
            for number, id_ in self.cohorts.items()
        ]
        await self.tell(*announced, ProgrammeCreated(programme_id=self.id, direction="traditional", blueprint=data))

    async def match(self, cohort: int, mentor: UUID, mentee: UUID, **more: Any) -> UUID:
        match_id = uuid4()
        await self.tell(
            MatchConfirmed(
                match_id=match_id, programme_id=self.id, cohort_id=self.cohorts[cohort], mentor_id=mentor,
                mentee_id=mentee, **more,
            )
        )  # fmt: skip
        return match_id

    async def crowd(self, cohort: int = 1, pairs: int = 10) -> None:
        """So many other pairs, who answer nothing: enough people are asked then."""
        await asyncio.gather(*(self.match(cohort, uuid4(), uuid4()) for _ in range(pairs)))

    def client(self, *scopes: str, subject: UUID | str | None = None) -> httpx.AsyncClient:
        return self.harness.caller(*(scopes or ("evaluation:write",)), tenant=self.tenant, subject=subject)

    @property
    def team(self) -> httpx.AsyncClient:
        return self.client("evaluation:write", "organisation:admin")

    @property
    def public(self) -> httpx.AsyncClient:
        client = self.harness.anonymous()
        client.base_url = f"http://service.test/public/{self.tenant}"
        return client

    async def every_wave(self) -> list[dict[str, Any]]:
        """The waves, those of one survey and cohort that differ in their occasion too."""
        items: list[dict[str, Any]] = (await self.team.get(f"/programmes/{self.id}/waves")).json()["items"]
        return items

    async def waves(self) -> dict[tuple[str, int], dict[str, Any]]:
        """The waves by instrument and cohort number; of several occasions, the one planned last."""
        return self._by_instrument(await self.every_wave())

    def _by_instrument(self, waves: Sequence[dict[str, Any]]) -> dict[tuple[str, int], dict[str, Any]]:
        numbers = {str(id_): number for number, id_ in self.cohorts.items()}
        return {(wave["instrument"], numbers[wave["cohort_id"]]): wave for wave in waves}

    async def in_state(self, state: str) -> dict[tuple[str, int], dict[str, Any]]:
        """The waves, once all of them that were not called off are in the state: of every occasion."""

        async def probe() -> dict[tuple[str, int], dict[str, Any]] | None:
            waves = [wave for wave in await self.every_wave() if wave["cancelled"] is None]
            there = bool(waves) and {wave["state"] for wave in waves} == {state}
            return self._by_instrument(waves) if there else None

        return await eventually(probe, what=f"waves {state}")

    async def open(self) -> dict[tuple[str, int], dict[str, Any]]:
        self.harness.clock.move_to(self.opens + timedelta(minutes=1))
        return await self.in_state("open")

    async def close(self) -> dict[tuple[str, int], dict[str, Any]]:
        self.harness.clock.move_to(self.closes + timedelta(minutes=1))
        return await self.in_state("closed")

    async def tokens(self, wave_id: str) -> dict[UUID, str]:
        """Person to token, as the service that sends the invitations reads them."""
        client = self.client("internal:evaluation", subject="mentoring-integrations")
        items: list[dict[str, Any]] = []
        cursor: str | None = None
        while True:
            params = {"limit": 50} | ({"cursor": cursor} if cursor else {})
            page = (await client.get(f"/internal/waves/{wave_id}/invitations", params=params)).json()
            items += page["items"]
            cursor = page["next_cursor"]
            if cursor is None:
                return {UUID(item["person_id"]): item["token"] for item in items}

    async def answer(self, token: str, answers: dict[str, Any]) -> httpx.Response:
        return await self.public.post("/responses", json={"token": token, "answers": answers})

    async def figures(self, view: str = "programme_team") -> list[dict[str, Any]]:
        answer = await self.team.get(f"/programmes/{self.id}/figures", params={"view": view})
        assert answer.status_code == 200, answer.text
        return answer.json()["figures"]

    async def granted(self, role: str) -> tuple[UUID, httpx.AsyncClient]:
        """A person who holds the role, and their client."""
        person = uuid4()
        await self.tell(RoleGranted(role_id=uuid4(), programme_id=self.id, person_id=person, role=role))
        return person, self.client(subject=person)

    async def approved_interview(
        self, match_id: UUID, person: UUID, quotes: Sequence[str] = ("I found my voice.",), summary: str = "said"
    ) -> tuple[str, httpx.AsyncClient]:
        """An approved interview: its path and the person's client."""
        planned = await self.team.post(
            f"/matches/{match_id}/interviews", json={"person_id": str(person), "scheduled_at": self.closes.isoformat()}
        )
        path, own = f"/interviews/{planned.json()['id']}", self.client(subject=person)
        await own.post(f"{path}/consent")
        text = {"pages": 9, "summary": summary, "quotes": list(quotes)}
        assert (await self.team.post(f"{path}/transcript", json=text)).status_code == 200
        assert (await own.post(f"{path}/approve")).json()["state"] == "approved"
        return path, own

    async def interviewed_pair(self) -> tuple[UUID, UUID, httpx.AsyncClient, httpx.AsyncClient, str]:
        """A pair of cohort 1 with both interviews: match, mentor, the two clients, the mentor's interview."""
        mentor, mentee = uuid4(), uuid4()
        match_id = await self.match(1, mentor, mentee)
        first, mentors = await self.approved_interview(match_id, mentor, ["She asked better questions than I did."])
        _, mentees = await self.approved_interview(match_id, mentee, ["I needed more time with my mentor."])
        return match_id, mentor, mentors, mentees, first

    async def case_study(self, match_id: UUID) -> str:
        """The path of a pair's case study, which nobody has approved."""
        body = {"sections": {title: f"canary {title}" for title in self.SECTIONS}}
        study = await self.team.post(f"/matches/{match_id}/case-study", json=body)
        assert study.status_code == 201, study.text
        return f"/case-studies/{study.json()['id']}"

    async def report(self, kind: str = "programme_team", **body: Any) -> dict[str, Any]:
        """A report, once it is built."""
        asked = await self.team.post(f"/programmes/{self.id}/reports", json={"kind": kind, **body})
        assert asked.status_code == 202, asked.text

        async def probe() -> dict[str, Any] | None:
            report = (await self.team.get(f"/reports/{asked.json()['id']}")).json()
            return report if report["state"] == "ready" else None

        return await eventually(probe, what="the report")


def _without_dates(data: Any) -> Any:
    """The blueprint as it travels in an event: JSON has no dates."""
    if isinstance(data, dict):
        return {str(key): _without_dates(value) for key, value in data.items()}
    if isinstance(data, list):
        return [_without_dates(value) for value in data]
    return data if isinstance(data, str | int | float | bool | None) else str(data)


@pytest.fixture
def programme(evaluation: Harness, tenant: UUID) -> Programme:
    return Programme(evaluation, tenant)


@pytest.fixture
def make_programme(evaluation: Harness) -> Any:
    return lambda: Programme(evaluation, uuid4())


def pick(figures: list[dict[str, Any]], name: str, **wanted: Any) -> dict[str, Any]:
    """The one figure of this name with these members (`cohort`, `role`, `wave`, `rule`, `breakdown`)."""
    wanted = {"breakdown": {}} | wanted
    found = [f for f in figures if f["name"] == name and all(f[key] == value for key, value in wanted.items())]
    assert len(found) == 1, [name, wanted, len(found)]
    return found[0]


@pytest.fixture(name="pick")
def pick_fixture() -> Any:
    return pick
