"""Which route answers a request: found by one look into a table, and called without the layers in between.

FastAPI walks its routers in order and passes a request through a handful of layers that the edge makes needless. What
the table does not know (documents, health, paths and methods that are not there) FastAPI answers.
"""

import re
from collections import defaultdict
from typing import Any

from fastapi import FastAPI
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mentoring_common.unit_of_work import Route


class Dispatch:
    """The routes of an application by method, number of segments and first segment, in the order of declaration."""

    def __init__(self, app: FastAPI, routes: list[Route]) -> None:
        self._app: ASGIApp = app
        self._state = app
        self._handlers: dict[Any, Any] = app.exception_handlers
        self._table: dict[tuple[str, int, str], list[tuple[re.Pattern[str], Route]]] = defaultdict(list)
        for route in routes:
            for method in route.methods or ():
                first = route.path.split("/")[1]
                assert "{" not in first, f"{route.path} begins with a parameter"
                self._table[method, route.path.count("/"), first].append((route.path_regex, route))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        found = self._find(scope) if scope["type"] == "http" else None
        if found is None:
            await self._app(scope, receive, send)
            return
        route, values = found
        scope.update(route=route, endpoint=route.endpoint, path_params=values, app=self._state)
        await self._answer(route, scope, receive, send)

    def _find(self, scope: Scope) -> tuple[Route, dict[str, Any]] | None:
        path = scope["path"][len(scope.get("root_path", "")) :] if scope.get("root_path") else scope["path"]
        parts = path.split("/", 2)
        if len(parts) < 2:
            return None
        for pattern, route in self._table.get((scope["method"], path.count("/"), parts[1]), ()):
            if (match := pattern.match(path)) is not None:
                convert = route.param_convertors
                return route, {name: convert[name].convert(value) for name, value in match.groupdict().items()}
        return None

    async def _answer(self, route: Route, scope: Scope, receive: Receive, send: Send) -> None:
        begun = False

        async def noting(message: Message) -> None:
            nonlocal begun
            begun = True
            if message["type"] == "http.response.start" and (rate := scope.get("state", {}).get("rate")) is not None:
                message["headers"] = [*message["headers"], *rate.headers]
            await send(message)

        request = Request(scope, receive, noting)
        try:
            response = await route.answer(request)
            await response(scope, receive, noting)
        except Exception as error:
            handler = next((self._handlers[cls] for cls in type(error).__mro__ if cls in self._handlers), None)
            if begun or handler is None:
                raise
            await (await handler(request, error))(scope, receive, noting)
