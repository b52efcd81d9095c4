"""The gateway in front of a small world: one ASGI application that answers as the services' contracts say."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any
from uuid import UUID, uuid4

import httpx
import jsonschema
import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from mentoring_common.embedded.issuer import DevIssuer
from mentoring_common.problems import problem
from mentoring_common.testing.harness import ISSUER, issuer_only
from mentoring_gateway.app import Gateway, create_app
from mentoring_gateway.settings import GatewaySettings

SERVICES = "http://services.test"
Answer = Callable[[Request], Response]


MOMENT = "2022-04-27T09:00:00Z"


class Make:
    """Answers of the services, as their contracts describe them."""

    @staticmethod
    def programme(id_: UUID) -> dict[str, Any]:
        criteria = [{"id": "networking", "title": "Networking"}]
        return {
            "id": str(id_), "title": "NIHR", "direction": "traditional", "blueprint_name": "nihr", "criteria": criteria,
            "created_at": MOMENT,
        }  # fmt: skip

    @staticmethod
    def cohort(id_: UUID, programme_id: UUID, number: int = 1) -> dict[str, Any]:
        return {
            "id": str(id_), "version": 1, "programme_id": str(programme_id), "number": number, "places": 22,
            "places_taken": 0,
            "places_first_planned": 25, "milestones": [{"kind": "cpd", "starts_at": MOMENT, "ends_at": None}],
            "closed_at": None,
        }  # fmt: skip

    @staticmethod
    def person(id_: UUID | str, name: str = "Ada") -> dict[str, Any]:
        return {
            "id": str(id_), "version": 1, "name": name, "email": "ada@example.org", "employer_id": None,
            "line_manager_id": None,
            "languages": ["en"], "attributes": {"discipline": "nursing"},
        }  # fmt: skip

    @staticmethod
    def match(programme_id: UUID, cohort_id: UUID, **changes: Any) -> dict[str, Any]:
        made = {
            "id": str(uuid4()), "programme_id": str(programme_id), "cohort_id": str(cohort_id), "run_id": str(uuid4()),
            "mentor_id": str(uuid4()), "mentee_id": str(uuid4()), "state": "confirmed", "score": 0.8, "version": 1,
            "proposed_at": MOMENT, "expires_at": MOMENT, "mentor_accepted_at": MOMENT, "mentee_accepted_at": MOMENT,
            "confirmed_at": MOMENT, "ended_at": None, "end_reason": None, "end_note": None, "rematch_of": None,
        }  # fmt: skip
        return made | changes

    @staticmethod
    def relationship(of: dict[str, Any], **changes: Any) -> dict[str, Any]:
        made = {
            "match_id": of["id"], "version": 1, "state": "active", "confirmed_at": MOMENT, "started_at": MOMENT,
            "over_at": None,
            "total_minutes": 90, "budget_minutes": 360, "over_budget": False, "mentoring_sessions": 2,
            "last_held_at": MOMENT, "agreement": {"mentor_signed_at": MOMENT, "mentee_signed_at": None},
        }  # fmt: skip
        return made | {name: of[name] for name in ("programme_id", "cohort_id", "mentor_id", "mentee_id")} | changes

    @staticmethod
    def application(programme_id: UUID, cohort_id: UUID, **changes: Any) -> dict[str, Any]:
        made = {
            "id": str(uuid4()), "programme_id": str(programme_id), "cohort_id": str(cohort_id),
            "first_cohort_id": str(cohort_id), "person_id": str(uuid4()), "role": "mentee", "state": "submitted",
            "capacity": 1, "priority": False, "version": 1, "submitted_at": MOMENT, "decided_at": None,
        }  # fmt: skip
        return made | changes

    @staticmethod
    def ledger_row(cohort_id: UUID | None, role: str, **counts: int) -> dict[str, Any]:
        names = (
            "applied", "moved_in", "moved_out", "matched", "carried_over", "withdrawn", "ineligible", "unmatched",
            "open",
        )  # fmt: skip
        row: dict[str, Any] = dict.fromkeys(names, 0) | counts
        return row | {"cohort_id": cohort_id and str(cohort_id), "cohort_number": 1, "role": role, "balanced": True}

    @staticmethod
    def wave(programme_id: UUID, cohort_id: UUID) -> dict[str, Any]:
        return {
            "id": str(uuid4()), "programme_id": str(programme_id), "cohort_id": str(cohort_id), "instrument": "interim",
            "version": 1, "state": "closed", "opens_at": MOMENT, "closes_at": MOMENT, "closed_at": MOMENT,
            "asked": {"mentor": 18, "mentee": 22}, "responses": {"mentor": 9, "mentee": 6},
        }  # fmt: skip

    @staticmethod
    def run(id_: UUID, state: str, progress: float) -> dict[str, Any]:
        return {
            "id": str(id_), "programme_id": str(uuid4()), "cohort_id": str(uuid4()), "kind": "full", "state": state,
            "version": 1,
            "progress": progress, "policy_version": 1, "policy_changes": {}, "seed": 0, "requested_at": MOMENT,
            "failure": None, "input_hash": None, "pairs": 0, "unmatched_mentees": 0, "unmatched_mentors": 0,
        }  # fmt: skip


@cache
def contract(service: str) -> dict[str, Any]:
    """The OpenAPI document of a service, which its own tests hold against its routes."""
    text = files("mentoring_contracts").joinpath("openapi", f"{service}.json").read_text("utf-8")
    document: dict[str, Any] = json.loads(text)
    return document


def breach(call: "Call") -> str | None:
    """Why a service would not know a call: no such route, a parameter or a body that is none of its contract."""
    _, service, rest = call.route.split("/", 2)
    api = contract(service)
    for path, operations in api["paths"].items():
        operation = operations.get(call.method.lower())
        if operation and re.fullmatch(re.sub(r"\{[^}]*\}", "[^/]*", path), "/" + rest):
            break
    else:
        return "no such route"
    known = {parameter["name"] for parameter in operation.get("parameters", []) if parameter["in"] == "query"}
    if not call.query.keys() <= known:
        return f"no such parameter: {sorted(call.query.keys() - known)}"
    needs = {p["name"] for p in operation.get("parameters", []) if p["in"] == "header" and p["required"]}
    if missing := [name for name in needs if name.lower() not in call.headers]:
        return f"no header {missing}"
    taken = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
    if taken is None:
        return "no body is taken" if call.body else None
    errors = jsonschema.Draft202012Validator(taken | {"components": api["components"]}).iter_errors(call.body)
    needed = operation["requestBody"].get("required", False) or call.body is not None
    return next((error.message for error in errors), None) if needed else None


@dataclass
class Call:
    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: Any
    route: str  # as it was sent: what a path decodes to may look like another one


@dataclass
class World:
    """Answers by (method, path); every call is kept. A list stands for a keyset list of those items."""

    answers: dict[tuple[str, str], Any] = field(default_factory=dict)
    calls: list[Call] = field(default_factory=list)
    delay_s: float = 0.0
    page_size: int = 200
    _called: asyncio.Condition = field(default_factory=asyncio.Condition)

    def get(self, path: str, answer: Any) -> None:
        self.answers["GET", path] = answer

    def post(self, path: str, answer: Any) -> None:
        self.answers["POST", path] = answer

    async def has_called(self, times: int) -> None:
        """Return once there were so many calls."""
        async with asyncio.timeout(5), self._called:
            await self._called.wait_for(lambda: len(self.calls) >= times)

    def paths(self, method: str = "GET") -> list[str]:
        return [call.path for call in self.calls if call.method == method]

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        request = Request(scope, receive)
        raw = await request.body()
        path = request.url.path
        body = json.loads(raw) if raw else None
        self.calls.append(
            Call(
                request.method,
                path,
                dict(request.query_params),
                dict(request.headers),
                body,
                request.scope["raw_path"].decode(),
            )
        )
        async with self._called:
            self._called.notify_all()
        await asyncio.sleep(self.delay_s)
        await self._answer(request, path)(scope, receive, send)

    def _answer(self, request: Request, path: str) -> Response:
        found = self.answers.get((request.method, path))
        if found is None:
            return problem(404, "not_found", "There is no such thing")
        if isinstance(found, Response):
            return found
        if callable(found):
            found = found(request)
        return JSONResponse(self._page(request, found) if isinstance(found, list) else found)

    def _page(self, request: Request, items: list[Any]) -> dict[str, Any]:
        start = int(request.query_params.get("cursor", "0"))
        size = min(int(request.query_params.get("limit", "50")), self.page_size)
        end = start + size
        return {"items": items[start:end], "next_cursor": str(end) if end < len(items) else None}


@dataclass
class Front:
    """A front end of one person."""

    gateway: Gateway
    issuer: DevIssuer
    world: World
    person_id: UUID = field(default_factory=uuid4)
    tenant: UUID = field(default_factory=uuid4)

    def token(self, **extra: Any) -> str:
        return self.issuer.mint(str(self.person_id), str(self.tenant), ["applications:read"], **extra)

    def http(self, token: str | None = "own") -> httpx.AsyncClient:
        headers = {}
        if token is not None:
            headers = {"Authorization": f"Bearer {self.token() if token == 'own' else token}"}
        transport = httpx.ASGITransport(app=self.gateway.asgi, raise_app_exceptions=False)
        return httpx.AsyncClient(transport=transport, base_url="http://gateway.test", headers=headers)

    async def answer(self, query: str, variables: dict[str, Any] | None = None, **headers: str) -> dict[str, Any]:
        """The whole GraphQL answer."""
        async with self.http() as http:
            sent = {"query": query, "variables": variables}
            given = await http.post("/graphql", json=sent, headers={k.replace("_", "-"): v for k, v in headers.items()})
        assert given.status_code == 200, given.text
        body: dict[str, Any] = given.json()
        return body

    async def data(self, query: str, variables: dict[str, Any] | None = None, **headers: str) -> dict[str, Any]:
        """The data of an answer without errors."""
        answer = await self.answer(query, variables, **headers)
        assert "errors" not in answer, answer["errors"]
        data: dict[str, Any] = answer["data"]
        return data

    async def refusal(self, query: str, variables: dict[str, Any] | None = None) -> dict[str, Any]:
        """The one error of an answer."""
        answer = await self.answer(query, variables)
        [error] = answer["errors"]
        found: dict[str, Any] = error
        return found


@pytest.fixture
def world() -> Iterator[World]:
    """The services; at the end every call must have been one that their contracts know."""
    world = World()
    yield world
    assert [found for call in world.calls if (found := breach(call))] == []


@pytest.fixture
async def front(world: World) -> AsyncIterator[Front]:
    issuer = DevIssuer(ISSUER, "mentoring")
    names = ("applications", "matching", "sessions", "evaluation", "integrations")
    settings = GatewaySettings(
        token_issuer=ISSUER, token_jwks_url=f"{ISSUER}/jwks.json",
        public_url="http://front.test", **{f"{name}_url": f"{SERVICES}/{name}" for name in names},
    )  # fmt: skip
    async with issuer_only(issuer, {SERVICES: world}) as http:
        gateway = create_app(settings, http=http)
        await gateway.start()
        yield Front(gateway, issuer, world)
        await gateway.stop()


@pytest.fixture
def make() -> type[Make]:
    return Make
