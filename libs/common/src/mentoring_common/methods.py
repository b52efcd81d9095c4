"""What HTTP promises of every path, whatever methods its routes have: HEAD, OPTIONS, and `Allow` in full on 405."""

from fastapi.routing import iter_route_contexts
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Match
from starlette.types import ASGIApp, Message, Receive, Scope, Send


class Methods:
    """Answers HEAD as GET without the body, and OPTIONS, neither of which a framework's routes do in full."""

    def __init__(self, app: Starlette, inner: ASGIApp | None = None) -> None:
        """`inner`: what stands before the application; without it nothing does."""
        self._app: ASGIApp = inner or app
        self._routes = app.router

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
        elif scope["method"] == "HEAD":
            await self._head(scope, receive, send)
        elif scope["method"] == "OPTIONS" and (allowed := self._allowed(scope)):
            await Response(status_code=204, headers={"Allow": allowed})(scope, receive, send)
        else:
            await self._app(scope, receive, self._naming_all(scope, send))

    async def _head(self, scope: Scope, receive: Receive, send: Send) -> None:
        # The server has to go on seeing HEAD: it must not wait for the body that Content-Length announces.
        as_get = {**scope, "method": "GET"}

        async def bodiless(message: Message) -> None:
            await send({**message, "body": b""} if message["type"] == "http.response.body" else message)

        await self._app(as_get, receive, self._naming_all(scope, bodiless))
        scope["route"] = as_get.get("route")

    def _naming_all(self, scope: Scope, send: Send) -> Send:
        async def named(message: Message) -> None:
            if message.get("status") == 405:
                others = [header for header in message["headers"] if header[0].lower() != b"allow"]
                message["headers"] = [*others, (b"allow", self._allowed(scope).encode())]
            await send(message)

        return named

    def _allowed(self, scope: Scope) -> str:
        """The methods of the scope's path; none where there is no such path."""
        found: set[str] = set()
        for context in iter_route_contexts(self._routes.routes):
            match, _ = context.matches(scope)
            if match is not Match.NONE:
                found |= context.methods or set()
        found |= {"HEAD"} if "GET" in found else set()
        return ", ".join(sorted(found | {"OPTIONS"})) if found else ""
