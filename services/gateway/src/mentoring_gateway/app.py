"""One GraphQL schema over the services, for a front end. It owns no data and decides nothing.

What shapes it: the caller's token goes on to the owning service, which decides; what many parents share is asked for
once; an operation has limits and one deadline; a service's problem becomes an error with the same code.
"""

import json
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Any

import httpx
from fastapi import FastAPI
from fastapi.responses import JSONResponse
from starlette.requests import Request
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mentoring_common import problems
from mentoring_common.auth import InvalidToken, Principal, TokenVerifier
from mentoring_common.clients import http_client
from mentoring_common.clock import Clock
from mentoring_common.edge import Edge
from mentoring_common.error_pages import add_error_pages
from mentoring_common.event_pages import add_event_pages
from mentoring_common.health import version
from mentoring_common.methods import Methods
from mentoring_common.metrics import Gauge, Metrics
from mentoring_common.openapi_whole import whole
from mentoring_common.origins import across, origins
from mentoring_common.pages import Assets, add_api_pages
from mentoring_common.settings import Settings
from mentoring_common.tracing import Tracing
from mentoring_common.yaml_text import ours
from mentoring_gateway import console, plain_pages
from mentoring_gateway.context import Context
from mentoring_gateway.documents import Documents
from mentoring_gateway.endpoint import Endpoint
from mentoring_gateway.live import Live
from mentoring_gateway.schema import schema
from mentoring_gateway.subject_access import SERVICES, SubjectAccess

NAME = "gateway"


class Door:
    """Leads GraphQL over HTTP to its endpoint, past the layers that FastAPI has for routes of its own."""

    def __init__(self, app: FastAPI, endpoint: ASGIApp) -> None:
        self._app = app
        self._route = Route("/graphql", endpoint, methods=["GET", "POST"])

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_ours = scope["type"] == "http" and scope["method"] in ("GET", "POST")
        if not is_ours or scope["path"] != scope.get("root_path", "") + self._route.path:
            await self._app(scope, receive, send)
            return
        begun = False

        async def noting(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        scope["route"] = self._route
        try:
            await self._route.app(scope, receive, noting)
        except Exception as error:
            if begun:
                raise
            await (await problems.unexpected(Request(scope), error))(scope, receive, send)


class Gateway:
    """The gateway in this process; it has the same handles as a service that owns data."""

    connections = 5000  # who follows something keeps one, and it holds no database

    def __init__(self, settings: Settings, *, http: httpx.AsyncClient | None = None) -> None:
        self.name = NAME
        self.settings = settings
        self.http = http or http_client(None)  # every call is under its operation's deadline
        self.ready = False
        self.metrics = Metrics(NAME) if settings.metrics_port else None
        self.tracing = Tracing.of(settings, NAME)
        self._owns_http = http is None
        self._verifier = TokenVerifier(settings, self._fetch_keys)
        self._documents = Documents.read(settings.trusted_documents, only=settings.trusted_documents_only)
        self._documents.check(schema._schema)
        self._live = Live(settings) if settings.kafka_bootstrap_servers else None
        self._endpoint = Endpoint(self._authenticate, self._context, origins(settings.allowed_origins), self._documents)
        self.app = self._application()
        edge = Edge(
            Methods(self.app, Door(self.app, self._endpoint)),
            service=self.name,
            body_limit=settings.body_limit_bytes,
            body_timeout_s=settings.body_timeout_s,
            uploads=plain_pages.FORMS,
            metrics=self.metrics,
            tracing=self.tracing,
        )
        self.asgi: ASGIApp = across(edge, settings.allowed_origins)

    async def start(self) -> None:
        """Take requests, and read events where there is a broker."""
        if self._live is not None:
            await self._live.start()
        self.ready = True

    async def stop(self) -> None:
        """Readiness off, connections closed."""
        self.ready = False
        if self._live is not None:
            await self._live.stop()
        if self._owns_http:
            await self.http.aclose()
        if self.tracing is not None:
            await self.tracing.close()

    async def measure(self) -> Sequence[Gauge]:
        """How many follow something; it has no database and no outbox."""
        if self._live is None:
            return ()
        return (Gauge("mentoring_followers", "subscriptions to what happens, in this process", self._live.followers),)

    def _application(self) -> FastAPI:
        app = FastAPI(title="Mentoring", docs_url=None, redoc_url=None, openapi_url=None)
        problems.install(app)
        access = SubjectAccess(self._authenticate, self.http, self.settings)
        app.router.routes += [
            Route("/graphql", self._endpoint, methods=["GET", "POST"]),
            Mount("/graphql/assets", Assets(("mentoring_gateway", "static"))),
            WebSocketRoute("/graphql", self._endpoint),
            Route("/subject-access/{person_id}", access.answer),
        ]
        app.router.routes += console.routes(self.settings)
        app.router.routes += plain_pages.routes(lambda languages=None: self._context(None, None, languages))
        app.add_api_route("/livez", self._livez)
        app.add_api_route("/readyz", self._readyz)
        app.add_api_route("/version", version)
        add_api_pages(app, document)
        add_event_pages(app, events)
        add_error_pages(app)
        return app

    def _context(self, caller: Principal | None, idempotency_key: str | None, languages: str | None = None) -> Context:
        return Context(self.settings, self.http, caller, idempotency_key, languages, self._documents, self._live)

    async def _authenticate(self, authorization: str | None) -> Principal | None:
        """The caller; None without a token: introspection and surveys need none, and the services refuse the rest."""
        if authorization is None:
            return None
        kind, _, token = authorization.partition(" ")
        if kind.lower() != "bearer" or not token:
            raise InvalidToken()
        return await self._verifier.verify(token.strip())

    async def _fetch_keys(self) -> dict[str, Any]:
        answer = await self.http.get(self.settings.token_jwks_url, timeout=5.0)
        answer.raise_for_status()
        keys: dict[str, Any] = answer.json()
        return keys

    async def _livez(self) -> JSONResponse:
        return JSONResponse({"status": "ok"})

    async def _readyz(self) -> JSONResponse:
        return JSONResponse({"status": "ok" if self.ready else "starting"}, 200 if self.ready else 503)


@cache
def events() -> dict[str, Any]:
    """The AsyncAPI document of all topics, with the schema of each event in its place."""
    contracts = files("mentoring_contracts")
    found: dict[str, Any] = ours(contracts.joinpath("asyncapi.yaml").read_text("utf-8"))
    for message in found["components"]["messages"].values():
        schema = message["payload"]["schema"]
        message["payload"]["schema"] = json.loads(contracts.joinpath(schema["$ref"]).read_text("utf-8"))
    return found


@cache
def document() -> dict[str, Any]:
    """The one OpenAPI document of the whole REST API."""
    documents = files("mentoring_contracts").joinpath("openapi")
    return whole({name: json.loads(documents.joinpath(f"{name}.json").read_text("utf-8")) for name in SERVICES})


def create_app(settings: Settings, *, clock: Clock | None = None, http: httpx.AsyncClient | None = None) -> Gateway:
    """The gateway, wired and not yet started; it needs no clock, deadlines of business are the services' own."""
    return Gateway(settings, http=http)
