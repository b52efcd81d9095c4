"""The gateway in front of a small world: one ASGI application that answers as the services' contracts say."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
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
from mentoring_common.pagination import encode
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
            "open", "submitted", "accepted", "waitlisted",
        )  # fmt: skip
        row: dict[str, Any] = dict.fromkeys(names, 0) | counts
        return row | {"cohort_id": cohort_id and str(cohort_id), "cohort_number": 1, "role": role, "balanced": True}

    @staticmethod
    def relationship_counts(relationships: int, **changes: int | None) -> dict[str, Any]:
        names = ("waiting", "active", "paused", "behind", "quiet", "ending", "review_due", "over", "open_concern")
        held = {"mentoring_sessions": 2 * relationships, "total_minutes": 90 * relationships}
        return dict.fromkeys(names, 0) | {"relationships": relationships} | held | changes

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


def operation_of(method: str, route: str) -> tuple[dict[str, Any], dict[str, Any] | None]:
    """The document of the service that a route leads to, and the operation there; None for a route it has not."""
    _, service, rest = route.split("/", 2)
    api = contract(service)
    fits = (
        o.get(method.lower())
        for p, o in api["paths"].items()
        if re.fullmatch(re.sub(r"\{[^}]*\}", "[^/]*", p), "/" + rest)
    )
    return api, next((operation for operation in fits if operation), None)


def answer_schema(operation: dict[str, Any]) -> dict[str, Any] | None:
    """What an operation answers that did what was asked; None for nothing."""
    good = next(answer for status, answer in operation["responses"].items() if status.startswith("2"))
    schema: dict[str, Any] | None = good.get("content", {}).get("application/json", {}).get("schema")
    return schema


def resolved(schema: dict[str, Any], api: dict[str, Any]) -> dict[str, Any]:
    """The schema behind a reference, and of a choice with null the other one."""
    while "$ref" in schema:
        schema = api["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
    choices = [one for one in schema.get("anyOf", []) if one.get("type") != "null"]
    return resolved(choices[0], api) if len(choices) == 1 else schema


def completed(given: Any, schema: dict[str, Any], api: dict[str, Any]) -> Any:
    """The answer with what its document asks for besides what a test is about; KeyError for what is not in it."""
    shape = resolved(schema, api)
    if isinstance(given, list) and "items" in shape:
        return [completed(one, shape["items"], api) for one in given]
    if not isinstance(given, dict) or "properties" not in shape:
        return given
    known = shape["properties"]
    own = {name: completed(value, known[name], api) for name, value in given.items()}
    return {name: sample(known[name], api) for name in shape.get("required", [])} | own


def sample(schema: dict[str, Any], api: dict[str, Any]) -> Any:
    """Something that fits the schema: nothing where that is allowed."""
    if any(one.get("type") == "null" for one in schema.get("anyOf", [])):
        return None
    shape = resolved(schema, api)
    if "anyOf" in shape or "oneOf" in shape:
        return sample((shape.get("anyOf") or shape["oneOf"])[0], api)
    if "enum" in shape or "const" in shape:
        return shape.get("const", shape.get("enum", [None])[0])
    if "properties" in shape:
        return completed({}, shape, api)
    formats = {"uuid": str(UUID(int=0)), "date-time": MOMENT, "date": MOMENT[:10]}
    plain = {
        "string": formats.get(shape.get("format", ""), "x"),
        "integer": 1,
        "number": 1.0,
        "boolean": False,
        "array": [],
        "object": {},
    }
    return plain[shape["type"]]


def breach(call: "Call") -> str | None:
    """Why a service would not know a call: no such route, a parameter or a body that is none of its contract."""
    api, operation = operation_of(call.method, call.route)
    if operation is None:
        return "no such route"
    known = {parameter["name"] for parameter in operation.get("parameters", []) if parameter["in"] == "query"}
    if not call.query.keys() <= known:
        return f"no such parameter: {sorted(call.query.keys() - known)}"
    needs = {p["name"] for p in operation.get("parameters", []) if p["in"] == "header" and p["required"]}
    if missing := [name for name in needs if name.lower() not in call.headers]:
        return f"no header {missing}"
    if isinstance(call.body, bytes):  # a file, whose type its service sees by the content
        return None if "requestBody" in operation else "no file is taken"
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


def _read(raw: bytes, content_type: str) -> Any:
    """What was sent: JSON, or a file as it is."""
    if not raw:
        return None
    return json.loads(raw) if content_type == "application/json" else raw


@dataclass
class World:
    """Answers by (method, path); every call is kept. A list stands for a keyset list of those items."""

    answers: dict[tuple[str, str], Any] = field(default_factory=dict)
    calls: list[Call] = field(default_factory=list)
    breaches: list[str] = field(default_factory=list)
    delay_s: float = 0.0
    page_size: int = 200
    _called: asyncio.Condition = field(default_factory=asyncio.Condition)

    def get(self, path: str, answer: Any) -> None:
        self.answers["GET", path] = answer

    def put(self, path: str, answer: Any) -> None:
        self.answers["PUT", path] = answer

    def post(self, path: str, answer: Any) -> None:
        self.answers["POST", path] = answer

    async def has_called(self, times: int) -> None:
        """Return once there were so many calls."""
        async with self._called:
            await self._called.wait_for(lambda: len(self.calls) >= times)

    def paths(self, method: str = "GET") -> list[str]:
        return [call.path for call in self.calls if call.method == method]

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        request = Request(scope, receive)
        raw = await request.body()
        path = request.url.path
        body = _read(raw, request.headers.get("content-type", ""))
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
        if not isinstance(found, Response) and callable(found):
            found = found(request)
        if isinstance(found, Response):
            return found
        return JSONResponse(
            self._as_documented(request, self._page(request, found) if isinstance(found, list) else found)
        )

    def _as_documented(self, request: Request, answer: Any) -> Any:
        """The answer completed by its document; what that does not know, or says otherwise, is a breach."""
        api, operation = operation_of(request.method, request.scope["raw_path"].decode())
        schema = answer_schema(operation) if operation else None
        if schema is None:
            return answer
        try:
            whole = completed(answer, schema, api)
        except KeyError as unknown:
            self.breaches.append(f"{request.url.path} answers no {unknown}")
            return answer
        faults = jsonschema.Draft202012Validator(schema | {"components": api["components"]}).iter_errors(whole)
        self.breaches += [f"{request.url.path}: {fault.json_path} {fault.message}" for fault in faults]
        return whole

    def _page(self, request: Request, items: list[Any]) -> dict[str, Any]:
        """A page as the services cut it: by the key of a row, and back from there with `-` before it."""
        cursor, size = request.query_params.get("cursor"), int(request.query_params.get("limit", "50"))
        size = min(size, self.page_size)
        back = cursor is not None and cursor.startswith("-") and len(cursor) != 22
        if ids := request.query_params.getlist("ids"):
            items = [item for item in items if item.get("id", item.get("match_id")) in ids]
        keys = [key_of(item) for item in items]
        found = list(zip(keys, items, strict=True))[:: -1 if back else 1]
        start = cursor.removeprefix("-") if back and cursor else cursor
        behind = [k for k, _ in found].index(start) + 1 if start else 0
        shown = found[behind : behind + size]
        more = behind + size < len(found)
        following = ("-" if back else "") + shown[-1][0] if more else None
        return {"items": [item for _, item in (shown[::-1] if back else shown)], "next_cursor": following}


def key_of(item: dict[str, Any]) -> str:
    """The cursor of a row."""
    named = next((item[name] for name in ("id", "match_id", "quote_id", "comment_id") if item.get(name)), None)
    return encode(UUID(named)) if named else encode(UUID(int=0))


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
    """The services; at the end every call and every answer must have been one that their contracts know."""
    world = World()
    yield world
    assert [found for call in world.calls if (found := breach(call))] == []
    assert world.breaches == []


@asynccontextmanager
async def front_of(world: World, **more: Any) -> AsyncIterator[Front]:
    """A gateway with these settings besides, and a person at it."""
    issuer = DevIssuer(ISSUER, "mentoring")
    names = ("applications", "matching", "sessions", "evaluation", "integrations")
    settings = GatewaySettings(
        token_issuer=ISSUER, token_jwks_url=f"{ISSUER}/jwks.json",
        public_url="http://front.test", **{f"{name}_url": f"{SERVICES}/{name}" for name in names}, **more,
    )  # fmt: skip
    async with issuer_only(issuer, {SERVICES: world}) as http:
        gateway = create_app(settings, http=http)
        await gateway.start()
        yield Front(gateway, issuer, world)
        await gateway.stop()


@pytest.fixture
async def front(world: World) -> AsyncIterator[Front]:
    async with front_of(world) as found:
        yield found


@pytest.fixture
def make() -> type[Make]:
    return Make
