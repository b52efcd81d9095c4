"""Every refusal and permission as data: roles × operations of `tests/matrix.yaml`, tried on a running system.

A cell says `ok` (whatever the answer is, it is no refusal), 401, 403 or 404. Bodies are the examples of the OpenAPI
documents; ids are of one programme with two pairs. Refused cells are tried before permitted ones, which may change
things.
"""

import json
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from mentoring_common.testing import eventually

ROOT = Path(__file__).resolve().parents[2]
MATRIX = yaml.safe_load((ROOT / "tests" / "matrix.yaml").read_text(encoding="utf-8"))
OPENAPI = ROOT / "libs" / "contracts" / "src" / "mentoring_contracts" / "openapi"
SERVICES = ("applications", "matching", "sessions", "evaluation", "integrations")
SCOPES = [f"{service}:{right}" for service in SERVICES for right in ("read", "write")]
METHODS = ("get", "post", "put", "patch", "delete")
REFUSALS = (401, 403, 404)


@dataclass(frozen=True)
class Operation:
    """One operation of a service's document."""

    service: str
    name: str
    method: str
    path: str
    document: dict[str, Any] = field(hash=False)

    def body(self) -> dict[str, Any]:
        """What goes with a request: the example of the document."""
        content = self.document.get("requestBody", {}).get("content", {})
        if "application/json" in content:
            return {"json": content["application/json"].get("example", {})}
        kind = next(iter(content), None)
        return {"content": content[kind].get("example", "x"), "headers": {"Content-Type": kind}} if kind else {}

    def query(self) -> dict[str, str]:
        """The parameters that must be given."""
        asked = [p for p in self.document.get("parameters", ()) if p["in"] == "query" and p.get("required")]
        return {parameter["name"]: "{" + parameter["name"] + "}" for parameter in asked}


def operations() -> list[Operation]:
    """Every operation of the five documents."""
    found = []
    for service in SERVICES:
        document = json.loads((OPENAPI / f"{service}.json").read_text(encoding="utf-8"))
        for path, item in document["paths"].items():
            found += [Operation(service, item[m]["operationId"], m, path, item[m]) for m in METHODS if m in item]
    return found


def expected(row: dict[str, Any], role: str) -> str:
    """What a row says of a role: by name, else what `defaults` say of it, else of the others."""
    named = [str(answer) for answer, who in row.items() if role in _roles(who)]
    if named:
        return named[0]
    return str(row["public"] if "public" in row else MATRIX["defaults"].get(role, row["others"]))


def _roles(who: Any) -> list[str]:
    return str(who).replace("PEOPLE", MATRIX["people"]).split()


def outcome(status: int) -> str:
    return str(status) if status in REFUSALS else "ok"


def test_every_operation_has_a_row():
    """A row says who may; `left_out` says why there is none."""
    missing = [
        f"{op.service}.{op.name}"
        for op in operations()
        if op.name not in MATRIX["rest"].get(op.service, {}) and op.name not in MATRIX["left_out"].get(op.service, {})
    ]
    assert missing == []


def test_no_row_is_of_an_operation_that_is_gone():
    there = {(op.service, op.name) for op in operations()}
    rows = {(service, name) for part in ("rest", "left_out") for service, ops in MATRIX[part].items() for name in ops}
    assert rows - there == set()


@dataclass
class World:
    """One programme with two pairs, everybody who may want something of it, and an id for every parameter."""

    journey: Any
    clients: dict[str, Any] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)
    targets: dict[str, dict[str, str]] = field(default_factory=dict)

    async def begin(self) -> None:
        journey = self.journey
        await journey.pair_up()
        pair, other = journey.pairs
        for name, role in (("Coord", "COORDINATOR"), ("Manager", "PROGRAMME_MANAGER"), ("Steering", "STEERING_GROUP"),
                           ("Interviewer", "INTERVIEWER")):  # fmt: skip
            await journey.appoint(name, role)
        for name in ("Stranger", "Elsewhere", "Spare"):
            await journey.register(name)
        self._people(pair, other)
        await self._other_programme()
        await self._things(pair)

    def _people(self, pair: dict[str, Any], other: dict[str, Any]) -> None:
        journey = self.journey
        named = {
            "mentor": pair["mentor"], "mentee": pair["mentee"], "participant": other["mentee"], "stranger": "Stranger",
            "coordinator": "Coord", "manager": "Manager", "other_coordinator": "Elsewhere", "steering": "Steering",
            "interviewer": "Interviewer",
        }  # fmt: skip
        self.clients = {role: journey.client(journey.people[name]) for role, name in named.items()}
        self.clients |= {
            "admin": journey.client(),
            "operator": journey.stack.call("platform:admin", *SCOPES),
            "other_admin": journey.stack.call("organisation:admin", *SCOPES, tenant=uuid.uuid4()),
            "nobody": journey.stack.call(*SCOPES, tenant=journey.tenant),
        }
        del self.clients["nobody"].headers["Authorization"]
        self.ids = {
            "programme_id": journey.programme_id, "cohort_id": journey.cohort_id, "match_id": pair["id"],
            "person_id": journey.people[pair["mentee"]], "tenant_id": journey.tenant, "token": "x" * 43, "name": "nihr",
            "mentor_id": journey.people[pair["mentor"]], "mentee_id": journey.people[other["mentee"]],
        }  # fmt: skip

    async def _other_programme(self) -> None:
        admin = self.clients["admin"]
        made = await admin.post("/applications/programmes", json={"blueprint": "nihr"})
        role = {"person_id": self.journey.people["Elsewhere"], "role": "coordinator"}
        await admin.post(f"/applications/programmes/{made.json()['id']}/roles", json=role)

    async def _things(self, pair: dict[str, Any]) -> None:
        """One of everything that has an id of its own."""
        ids, (admin, mentor, mentee) = self.ids, (self.clients[role] for role in ("admin", "mentor", "mentee"))
        programme, pair_path = ids["programme_id"], f"/sessions/relationships/{ids['match_id']}"
        mine = (await mentee.get("/applications/applications")).json()["items"][0]
        person = (await mentee.get("/applications/me")).json()
        ids |= {"application_id": mine["id"], "employer_id": person["employer_id"]}
        hr = {"tenant": self.journey.tenant, "employer": ids["employer_id"]}
        token = self.journey.stack.issuer.mint("hr", self.journey.tenant, [*SCOPES, "hr:provision"], extra=hr)
        self.clients["hr"] = self.journey.stack.call(tenant=self.journey.tenant)
        self.clients["hr"].headers["Authorization"] = f"Bearer {token}"
        roles = (await admin.get(f"/applications/programmes/{programme}/roles")).json()["items"]
        ids["role_id"] = next(r["id"] for r in roles if r["role"] == "interviewer")
        runs = (await admin.get(f"/matching/cohorts/{ids['cohort_id']}/runs")).json()["items"]
        ids |= {"run_id": runs[0]["id"], "other_id": runs[0]["id"]}
        await eventually(lambda: self._is_there(mentee, pair_path), what="the relationship")
        goal = await self._made(mentee, f"{pair_path}/goals", {"text": "Lead an audit"})
        ids["goal_id"] = goal
        ids["action_id"] = await self._made(mentee, f"/sessions/goals/{goal}/actions", {"text": "Ask"})
        activity = {"kind": "orientation", "title": "Begin", "mode": "online", "minutes": 60}
        activity |= {"starts_at": "2020-02-01T10:00:00Z"}
        ids["activity_id"] = await self._made(admin, f"/sessions/programmes/{programme}/activities", activity)
        both = {"person_ids": [ids["mentor_id"], ids["person_id"], ids["mentee_id"]]}
        await admin.post(f"/sessions/activities/{ids['activity_id']}/attendance", json=both)
        meeting = {"held_at": datetime.now(UTC).isoformat(), "minutes": 60, "mode": "online"}
        ids["mentoring_session_id"] = await self._made(mentor, f"{pair_path}/mentoring-sessions", meeting)
        note = {"text": "ours", "visibility": "pair"}
        path = f"/sessions/mentoring-sessions/{ids['mentoring_session_id']}/notes"
        ids["note_id"] = await self._made(mentee, path, note)
        ids["concern_id"] = await self._made(mentee, f"{pair_path}/concerns", {"text": "No time"})
        ids["agreement"] = await self._proposed(mentor, f"{pair_path}/agreement")
        theme = {"title": "Belonging"}
        ids["theme_id"] = await self._made(admin, f"/evaluation/programmes/{programme}/themes", theme)
        ids["notification_id"] = (await mentee.get("/integrations/notifications")).json()["items"][0]["id"]
        ids |= {"version": "1", "kind": "quote", "spare": self.journey.people["Spare"]}
        rows = {"content": "name,email\nA,a@example.org\n", "headers": {"Content-Type": "text/csv"}}
        coordinator = self.clients["coordinator"]
        ids["import_id"] = (await coordinator.post("/integrations/imports/people", **rows)).json()["id"]
        invited = {"name": "Spare", "email": "spare@example.org"}
        assert (await coordinator.post("/applications/people", json=invited)).json()["id"] == ids["spare"]
        self.targets["erase_person"] = {"person_id": ids["spare"]}
        steering = next(r["id"] for r in roles if r["role"] == "steering_group")
        self.targets["revoke_role by manager"] = {"role_id": steering}
        self.targets["withdraw_attendance by manager"] = {"person_id": ids["mentor_id"]}

    async def _proposed(self, client: Any, path: str) -> str:
        answer = await client.post(path, json={"terms": "Monthly"})
        assert answer.status_code == 201, answer.text
        return path

    async def _is_there(self, client: Any, path: str) -> bool:
        return bool((await client.get(path)).status_code == 200)

    async def _made(self, client: Any, path: str, body: dict[str, Any]) -> str:
        """The id of what is made, once the services have heard of what it needs."""

        async def probe() -> str | None:
            answer = await client.post(path, json=body)
            assert answer.status_code in (200, 201, 404, 409), (path, answer.text)
            return str(answer.json()["id"]) if answer.status_code < 300 else None

        return str(await eventually(probe, what=path))

    async def call(self, op: Operation, role: str) -> int:
        ids = self.ids | self.targets.get(op.name, {}) | self.targets.get(f"{op.name} by {role}", {})
        unknown = {name: str(uuid.uuid4()) for name in _names(op.path) if name not in ids}
        path = f"/{op.service}" + op.path.format(**ids | unknown)
        params = {name: value.format(**ids) for name, value in op.query().items()}
        body = op.body()
        if op.name in MATRIX["bodies"]:
            body = {
                "json": {n: v.format(**ids) if isinstance(v, str) else v for n, v in MATRIX["bodies"][op.name].items()}
            }
        headers = body.pop("headers", {})
        if op.method in ("put", "patch", "delete"):
            headers = headers | {"If-Match": '"0"'}
        answer = await self.clients[role].request(op.method.upper(), path, params=params, headers=headers, **body)
        return int(answer.status_code)


def _names(path: str) -> list[str]:
    return [part[1:-1] for part in path.split("/") if part.startswith("{")]


@pytest.fixture
async def world(journey):
    made = World(journey)
    await made.begin()
    return made


def _cells() -> list[tuple[Operation, str, str]]:
    """Refusals first, then what changes nothing, then what may."""
    rows = MATRIX["rest"]
    cells = [
        (op, role, expected(rows[op.service][op.name], role))
        for op in operations()
        if op.name in rows.get(op.service, {})
        for role in MATRIX["roles"]
    ]
    order = {name: place for place, name in enumerate(MATRIX["last"])}
    return sorted(cells, key=lambda c: (c[2] == "ok", c[0].method != "get", order.get(c[0].name, -1)))


async def test_every_cell_over_rest(world):
    wrong = []
    for op, role, wanted in _cells():
        status = await world.call(op, role)
        if outcome(status) != wanted:
            wrong.append(f"{op.service}.{op.name} by {role}: {wanted} wanted, {status} came")
    assert wrong == [], "\n" + "\n".join(wrong)


async def test_every_cell_over_graphql(world):
    """A field or mutation is refused where the operation behind it is: the status stands in `extensions`."""
    wrong = []
    for name, row in MATRIX["graphql"].items():
        for role in MATRIX["roles"]:
            given = {name: world.ids[id_] for name, id_ in row.get("ids", {}).items()}
            query = {"query": row["query"], "variables": given}
            answer = await world.clients[role].post("/graphql", json=query)
            status = answer.status_code
            errors = answer.json().get("errors", ()) if status == 200 else ()
            status = next((e["extensions"].get("status", 400) for e in errors), status)
            wanted = expected({k: v for k, v in row.items() if k not in ("query", "ids")}, role)
            if outcome(status) != wanted or status == 400:
                wrong.append(f"{name} by {role}: {wanted} wanted, {status} came")
    assert wrong == [], "\n" + "\n".join(wrong)
