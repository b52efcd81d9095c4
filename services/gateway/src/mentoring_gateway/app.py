"""One GraphQL schema over the services, for a front end. It owns no data and decides nothing.

What shapes it: the caller's token goes on to the owning service, which decides; what many parents share is asked for
once; an operation has limits and one deadline; a service's problem becomes an error with the same code.
"""

from typing import Any

import httpx
from fastapi import FastAPI
from fastapi.responses import JSONResponse
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.types import ASGIApp

from mentoring_common import problems
from mentoring_common.auth import InvalidToken, Principal, TokenVerifier
from mentoring_common.clients import http_client
from mentoring_common.clock import Clock
from mentoring_common.edge import Edge
from mentoring_common.methods import Methods
from mentoring_common.pages import Assets
from mentoring_common.settings import Settings
from mentoring_gateway.context import Context
from mentoring_gateway.endpoint import Endpoint

NAME = "gateway"


class Gateway:
    """The gateway in this process; it has the same handles as a service that owns data."""

    def __init__(self, settings: Settings, *, http: httpx.AsyncClient | None = None) -> None:
        self.name = NAME
        self.settings = settings
        self.http = http or http_client(None)  # every call is under its operation's deadline
        self.ready = False
        self._owns_http = http is None
        self._verifier = TokenVerifier(settings, self._fetch_keys)
        self.app = self._application()
        self.asgi: ASGIApp = Edge(
            Methods(self.app),
            service=self.name,
            body_limit=settings.body_limit_bytes,
            body_timeout_s=settings.body_timeout_s,
        )

    async def start(self) -> None:
        """Take requests."""
        self.ready = True

    async def stop(self) -> None:
        """Readiness off, connections closed."""
        self.ready = False
        if self._owns_http:
            await self.http.aclose()

    def _application(self) -> FastAPI:
        app = FastAPI(title="Gateway", docs_url=None, redoc_url=None, openapi_url=None)
        problems.install(app)
        endpoint = Endpoint(self._authenticate, self._context)
        app.router.routes += [
            Route("/graphql", endpoint, methods=["GET", "POST"]),
            Mount("/graphql/assets", Assets(("mentoring_gateway", "static"))),
            WebSocketRoute("/graphql", endpoint),
        ]
        app.add_api_route("/livez", self._livez)
        app.add_api_route("/readyz", self._readyz)
        return app

    def _context(self, caller: Principal | None, idempotency_key: str | None) -> Context:
        return Context(self.settings, self.http, caller, idempotency_key)

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


def create_app(settings: Settings, *, clock: Clock | None = None, http: httpx.AsyncClient | None = None) -> Gateway:
    """The gateway, wired and not yet started; it needs no clock, deadlines of business are the services' own."""
    return Gateway(settings, http=http)
