"""The integrations service on real parts: PostgreSQL, a broker, SMTP over TCP; applications and evaluation are small
real ASGI apps with the routes that are called."""

import asyncio
import email
import email.policy
from collections import defaultdict
from email.message import EmailMessage
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
import sqlalchemy as sa
from aiosmtpd.smtp import SMTP
from fastapi import FastAPI, Header, Request
from fastapi.responses import JSONResponse

from mentoring_common.embedded.child_process import free_port
from mentoring_common.faults import fault
from mentoring_common.testing import Harness, eventually
from mentoring_common.testing.harness import Servers, running
from mentoring_common.testing.receivers import Receivers
from mentoring_contracts.applications import CohortCreated, ProgrammeCreated, RoleGranted
from mentoring_integrations.app import create_app
from mentoring_integrations.notifications.models import Notification

APPLICATIONS, EVALUATION = "http://applications.test", "http://evaluation.test"
SESSIONS, MATCHING = "http://sessions.test", "http://matching.test"
PUBLIC = "https://mentoring.example.org"
FORM = [
    {"id": "criteria", "kind": "ranking"},
    {"id": "about", "kind": "text"},
    {"id": "previous_access", "kind": "boolean"},
    {"id": "postdoctoral_years", "kind": "integer"},
    {"id": "capacity", "kind": "integer"},
    {"id": "privacy_notice", "kind": "consent"},
]


def problem(status: int, code: str, **members: Any) -> JSONResponse:
    return JSONResponse({"code": code, "title": f"Title of {code}", "status": status} | members, status)


class Applications:
    """The applications API as imports and messages need it; `down` and `deny` make it fail."""

    def __init__(self) -> None:
        self.app = FastAPI()
        self.form = FORM
        self.programmes: set[str] = set()
        self.down = False
        self.deny = False
        self.people: dict[str, dict[str, Any]] = {}
        self.changes: dict[str, dict[str, Any]] = {}
        self.nominations: dict[str, dict[str, Any]] = {}
        self.applications: list[dict[str, Any]] = []
        self.nominated: list[dict[str, Any]] = []
        self.keys: dict[str, tuple[Any, Any]] = {}
        self.calls: list[str] = []
        self.tokens: set[str] = set()
        self.cohort_id = str(uuid4())
        for path in ("/people/batch", "/people/lookup", "/employers", "/internal/profiles",
            "/programmes/{programme_id}/applications/batch", "/programmes/{programme_id}/nominations",
            "/internal/email-changes", "/internal/nominations",
        ):  # fmt: skip
            self.app.post(path)(self._posted)
        for path in ("/people", "/programmes/{programme_id}/form", "/programmes/{programme_id}/cohorts"):
            self.app.get(path)(self._got)

    async def before_effect(self) -> None:
        """A test may look around here."""

    def register(self, person_id: UUID, name: str, address: str) -> UUID:
        self.people[address] = {"id": str(person_id), "name": name, "email": address}
        return person_id

    def by_name(self, name: str) -> dict[str, Any]:
        """The newest of that name: others' tests have people, too."""
        return next(person for person in reversed(self.people.values()) if person["name"] == name)

    async def _got(self, request: Request) -> Any:
        if self.down:
            return problem(503, "unavailable")
        if request.url.path == "/people":
            found = [p for p in self.people.values() if any(p.get(n) == v for n, v in request.query_params.items())]
            return {"items": found, "next_cursor": None}
        if request.path_params["programme_id"] not in self.programmes:
            return problem(404, "programme_not_found")
        if request.url.path.endswith("/form"):
            return {"fields": self.form}
        return {"items": [{"number": 1, "id": self.cohort_id}], "next_cursor": None}

    async def _posted(self, request: Request, idempotency_key: str | None = Header(None)) -> Any:
        body, path = await request.json(), request.url.path
        self.calls.append(path)
        if self.down:
            return problem(503, "unavailable")
        if path == "/internal/email-changes":
            return {"items": [self.changes[id_] for id_ in body["change_ids"] if id_ in self.changes]}
        if path == "/internal/nominations":
            return {"items": [self.nominations[i] for i in body["nomination_ids"] if i in self.nominations]}
        if path == "/internal/profiles":
            return {"items": self._profiles(body["person_ids"])}
        self.tokens.add(request.headers["authorization"])
        if self.deny:
            return problem(403, "role_needed")
        if path == "/people/lookup":
            return {"items": self._looked_up(body)}
        if path == "/employers":
            return {"id": str(UUID(int=len(body["name"]))), "name": body["name"]}
        if idempotency_key in self.keys:
            known, answer = self.keys[idempotency_key]
            assert known == body
            return JSONResponse(answer, 201, {"Idempotency-Replayed": "true"})
        dry_run = "dry_run" in request.query_params
        assert bool(idempotency_key) is not dry_run
        await self.before_effect()
        if dry_run:
            kept = dict(self.people), list(self.applications)
            answer = self._done(body, path)
            self.people, self.applications = kept
            return answer
        answer = self._done(body, path)
        if not isinstance(answer, JSONResponse):
            self.keys[idempotency_key] = body, answer
        return answer

    def _done(self, body: dict[str, Any], path: str) -> Any:
        if path.endswith("/nominations"):
            self.nominated.append(body)
            return {"id": str(uuid4())}
        if path == "/people/batch":
            return self._registered(body)
        return {"items": [self._applied(index, one) for index, one in enumerate(body["applications"])]}

    def _looked_up(self, body: dict[str, Any]) -> list[dict[str, Any]]:
        names = [("email", one) for one in body["emails"]] + [("external_id", one) for one in body["external_ids"]]
        return [
            {"email": None, "external_id": None, name: value}
            | {"ids": [p["id"] for p in self.people.values() if p.get(name) == value]}
            for name, value in names
        ]

    def _profiles(self, ids: list[str]) -> list[dict[str, Any]]:
        return [{**p, "person_id": p["id"]} for p in self.people.values() if p["id"] in ids]

    def _registered(self, body: dict[str, Any]) -> Any:
        wrong = [n for n, person in enumerate(body["people"]) if person["name"] == "Schema"]
        if wrong:
            errors = [{"pointer": f"/body/people/{n}/name", "code": "odd", "detail": "an odd name"} for n in wrong]
            return problem(422, "invalid_request", errors=errors)
        items: list[dict[str, Any]] = []
        for index, person in enumerate(body["people"]):
            manager = next((person.get(f"line_manager_{name}") for name in ("email", "external_id")
                            if person.get(f"line_manager_{name}")), None)  # fmt: skip
            if manager and not any(manager in (p["email"], p.get("external_id")) for p in self.people.values()):
                errors = [fault("unknown_person", "nobody", "body", "people", index, "line_manager_email")]
                items.append({"index": index, "outcome": "refused", "problem": {"code": "unknown", "errors": errors}})
                continue
            number = person.get("external_id")
            known = next((p for p in self.people.values() if number and p.get("external_id") == number), None)
            if known is None and person["email"] in self.people:
                errors = [fault("email_taken", "Taken", "body", "people", index, "email")]
                problem_ = {"code": "email_taken", "title": "Taken", "errors": errors}
                items.append({"index": index, "outcome": "refused", "problem": problem_})
                continue
            after = (known or {"id": str(uuid4())}) | person
            outcome = "created" if known is None else "unchanged" if after == known else "changed"
            self.people[person["email"]] = after
            items.append({"index": index, "outcome": outcome, "id": after["id"]})
        return {"items": items}

    def _applied(self, index: int, body: dict[str, Any]) -> dict[str, Any]:
        refused: dict[str, Any] | None = None
        if "unknown" in body["answers"].get("criteria", []):
            where = ("body", "applications", index, "answers", "criteria")
            refused = {"code": "answers_invalid", "errors": [fault("unknown_criterion", "is none", *where)]}
        elif any(a["person_id"] == body["person_id"] and a["role"] == body["role"] for a in self.applications):
            refused = {"code": "already_applied", "title": "applied before"}
        if refused:
            return {"index": index, "outcome": "refused", "problem": refused}
        self.applications.append(body)
        return {"index": index, "outcome": "created", "id": str(uuid4())}


class Matching:
    """What an import of standing pairs asks of matching: pairs with who is `busy` are refused, then none is made."""

    def __init__(self) -> None:
        self.app = FastAPI()
        self.busy: set[str] = set()
        self.stand: list[dict[str, Any]] = []
        self.app.get("/programmes/{programme_id}/kinds")(self._kinds)
        self.app.post("/cohorts/{cohort_id}/standing")(self._standing)

    async def _kinds(self) -> Any:
        return [{"id": "mentoring", "lead": "mentor"}, {"id": "buddy", "lead": None}]

    async def _standing(self, request: Request) -> Any:
        asked = (await request.json())["relationships"]
        errors = [
            fault("person_not_free", "is not free", "body", "relationships", place, "member_ids", 0)
            for place, one in enumerate(asked)
            if one not in self.stand and self.busy & set(one["member_ids"])
        ]
        if errors:
            return problem(422, "standing_invalid", errors=errors)
        unchanged = [place for place, one in enumerate(asked) if one in self.stand]
        if "dry_run" not in request.query_params:
            self.stand += [one for one in asked if one not in self.stand]
        return {"matches": [], "groups": [], "unchanged": unchanged}


class Evaluation:
    """Invitations of waves, two on a page."""

    def __init__(self) -> None:
        self.app = FastAPI()
        self.down = False
        self.asked: dict[str, list[dict[str, str]]] = {}
        self.answered: set[UUID] = set()
        self.cancelled: set[str] = set()
        self.titles: dict[str, str] = {"en": "How is it?"}
        self.app.get("/internal/waves/{wave_id}/invitations")(self._invitations)
        self.app.post("/internal/waves")(self._told)

    def asks(self, wave_id: UUID, *people: UUID) -> None:
        self.asked[str(wave_id)] = [{"person_id": str(p), "role": "mentee", "token": f"token-{p}"} for p in people]

    async def _told(self, request: Request) -> Any:
        if self.down:
            return problem(503, "unavailable")
        ids = [id_ for id_ in (await request.json())["wave_ids"] if id_ in self.asked]
        return {"items": [
            {"id": id_, "titles": self.titles, "state": "cancelled" if id_ in self.cancelled else "open"} for id_ in ids
        ]}  # fmt: skip

    async def _invitations(self, wave_id: str, cursor: int = 0, unanswered: bool = False) -> Any:
        if self.down:
            return problem(503, "unavailable")
        people = [p for p in self.asked[wave_id] if not unanswered or UUID(p["person_id"]) not in self.answered]
        following = cursor + 2 if cursor + 2 < len(people) else None
        return {"items": people[cursor : cursor + 2], "next_cursor": following and str(following)}


class Sessions:
    """What letters about appointments, activities and resources say."""

    def __init__(self) -> None:
        self.app = FastAPI()
        self.appointments: dict[str, dict[str, Any]] = {}
        self.activities: dict[str, dict[str, Any]] = {}
        self.app.post("/internal/appointments")(self._posted)
        self.app.post("/internal/activities")(self._asked)
        self.resources: dict[str, dict[str, str]] = {}
        self.app.post("/internal/resources")(self._titled)
        self.raisers: dict[str, str] = {}
        self.app.post("/internal/concerns")(self._raised)

    async def _posted(self, request: Request) -> Any:
        ids = (await request.json())["appointment_ids"]
        return {"items": [self.appointments[id_] for id_ in ids if id_ in self.appointments]}

    async def _titled(self, request: Request) -> Any:
        ids = (await request.json())["resource_ids"]
        return {"items": [{"id": id_, "titles": self.resources[id_]} for id_ in ids if id_ in self.resources]}

    async def _raised(self, request: Request) -> Any:
        ids = (await request.json())["concern_ids"]
        return {"items": [{"id": id_, "raised_by": self.raisers[id_]} for id_ in ids if id_ in self.raisers]}

    async def _asked(self, request: Request) -> Any:
        ids = (await request.json())["activity_ids"]
        return {"items": [self.activities[id_] for id_ in ids if id_ in self.activities]}


class MailServer:
    """A real SMTP server; `refuse` answers for one address, `hang_up` takes a message and drops the connection."""

    def __init__(self) -> None:
        self.accepted: list[tuple[str, EmailMessage]] = []
        self.refuse: dict[str, str] = {}
        self.hang_up: set[str] = set()
        self.connections = 0
        self.port = 0
        self._server: asyncio.Server | None = None
        self._open: list[SMTP] = []

    async def start(self) -> None:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._session, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        assert self._server is not None
        self._server.close()
        for session in self._open:
            if session.transport is not None:
                session.transport.abort()
        self._open.clear()

    def to(self, address: str) -> list[EmailMessage]:
        return [message for recipient, message in self.accepted if recipient == address]

    async def handle_RCPT(self, server: SMTP, session: Any, envelope: Any, address: str, options: list[str]) -> str:
        if address in self.refuse:
            return self.refuse[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Any, envelope: Any) -> str:
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        assert isinstance(message, EmailMessage)
        self.accepted.append((envelope.rcpt_tos[0], message))
        if envelope.rcpt_tos[0] in self.hang_up:
            self.hang_up.discard(envelope.rcpt_tos[0])
            assert server.transport is not None
            server.transport.abort()
        return "250 OK"

    def _session(self) -> SMTP:
        self.connections += 1
        session = SMTP(self, enable_SMTPUTF8=True, hostname="localhost")
        self._open.append(session)
        return session


class World:
    """One organisation with a programme, a cohort, a coordinator; people with names and addresses."""

    def __init__(self, harness: Harness, applications: Applications, mail: MailServer, tenant: UUID) -> None:
        self.harness, self.applications, self.mail, self.tenant = harness, applications, mail, tenant
        self.programme_id, self.cohort_id, self.coordinator, self.role_id = uuid4(), uuid4(), uuid4(), uuid4()
        self.office = harness.caller("integrations:write", tenant=tenant, subject=self.coordinator)
        self.admin = harness.caller("integrations:write", "organisation:admin", tenant=tenant)

    async def begin(self) -> "World":
        self.applications.programmes.add(str(self.programme_id))
        blueprint = {"title": "Programme of Science"}
        made = ProgrammeCreated(programme_id=self.programme_id, direction="traditional", blueprint=blueprint)
        cohort = CohortCreated(
            cohort_id=self.cohort_id, programme_id=self.programme_id, number=2, places=5, milestones=[]
        )
        role = RoleGranted(
            role_id=self.role_id, programme_id=self.programme_id, person_id=self.coordinator, role="coordinator"
        )
        await self.publish(made, cohort, role)
        return self

    async def publish(self, *events: Any) -> None:
        await self.harness.publish(self.tenant, *events)

    def person(self, name: str = "Ada Byron") -> UUID:
        person_id = uuid4()
        return self.applications.register(person_id, name, self.address(person_id))

    def address(self, person_id: UUID) -> str:
        return f"{person_id.hex}@example.org"

    def own(self, person_id: UUID) -> httpx.AsyncClient:
        return self.harness.caller("integrations:write", tenant=self.tenant, subject=person_id)

    async def rows(self) -> list[Notification]:
        columns = sa.select(Notification.__table__).where(Notification.tenant_id == self.tenant)
        async with self.harness.service.system.connect() as connection:
            return list((await connection.execute(columns.order_by(Notification.id))).all())

    async def states(self) -> dict[str, int]:
        counts: dict[str, int] = defaultdict(int)
        for row in await self.rows():
            counts[row.state] += 1
        return dict(counts)

    async def settled(self) -> dict[str, int]:
        """States once nothing is queued."""

        async def probe() -> dict[str, int] | None:
            states = await self.states()
            return states if states and "queued" not in states else None

        return await eventually(probe, what="sending of every notification")

    async def hurry(self) -> None:
        """End every lease and pause, as time would."""
        async with self.harness.service.database.transaction(self.tenant) as db:
            await db.execute(
                sa.update(Notification)
                .where(Notification.state == "queued")
                .values(not_before=sa.func.clock_timestamp())
            )

    async def upload(
        self, path: str, text: str | bytes, client: httpx.AsyncClient | None = None, **headers: str
    ) -> Any:
        content = text.encode() if isinstance(text, str) else text
        return await (client or self.admin).post(path, content=content, headers={"Content-Type": "text/csv"} | headers)


@pytest.fixture(scope="session")
def applications_api() -> Applications:
    return Applications()


@pytest.fixture(scope="session")
def evaluation_api() -> Evaluation:
    return Evaluation()


@pytest.fixture(scope="session")
def matching_api() -> Matching:
    return Matching()


@pytest.fixture(scope="session")
async def mail_server():
    server = MailServer()
    await server.start()
    yield server
    await server.stop()


@pytest.fixture(scope="session")
async def receivers():
    server = await Receivers().start()
    yield server
    await server.stop()


@pytest.fixture(scope="session")
def sessions_api():
    return Sessions()


@pytest.fixture(scope="session")
def beside(
    applications_api: Applications,
    evaluation_api: Evaluation,
    matching_api: Matching,
    sessions_api: Sessions,
    mail_server: MailServer,
) -> dict[str, Any]:
    """What the service is started with: the other services and the mail server."""
    routes = {APPLICATIONS: applications_api.app, EVALUATION: evaluation_api.app, SESSIONS: sessions_api.app}
    routes |= {MATCHING: matching_api.app}
    where = {"applications_url": APPLICATIONS, "evaluation_url": EVALUATION, "public_url": PUBLIC}
    where |= {"sessions_url": SESSIONS, "matching_url": MATCHING}
    return where | {"webhooks_to_loopback": True, "routes": routes, "smtp_port": mail_server.port}


@pytest.fixture(scope="session")
async def integrations(servers: Servers, beside: dict[str, Any]):
    async with running(servers, create_app, "integrations", **beside) as harness:
        yield harness


@pytest.fixture
async def counted_world(
    servers: Servers, beside: dict[str, Any], applications_api: Applications, mail_server: MailServer, tenant: UUID
):
    """A world whose service is nobody else's, and counts what it does."""
    async with running(servers, create_app, "integrations", metrics_port=free_port(), **beside) as harness:
        yield await World(harness, applications_api, mail_server, tenant).begin()


@pytest.fixture
async def world(integrations: Harness, applications_api: Applications, mail_server: MailServer, tenant: UUID) -> World:
    return await World(integrations, applications_api, mail_server, tenant).begin()
