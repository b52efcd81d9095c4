"""Headers that every answer has, so that no browser does with it what nobody meant.

A route that sets one of them itself keeps its own: a page that carries its styles, an answer that may be kept.
"""

from collections.abc import Iterable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

Header = tuple[bytes, bytes]
# An answer may tell of people: nothing on the way, nor the browser, keeps it unless a route says so.
_ALWAYS: tuple[Header, ...] = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cache-control", b"no-store"),
)
_OF_PAGES: tuple[Header, ...] = (
    (b"content-security-policy", b"default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"),
    (b"x-frame-options", b"DENY"),
)


def protected(headers: Iterable[Header]) -> list[Header]:
    """The headers of an answer with those that it lacks."""
    given = list(headers)
    names = {name.lower(): value for name, value in given}
    wanted = _ALWAYS + _OF_PAGES if names.get(b"content-type", b"").startswith(b"text/html") else _ALWAYS
    return given + [header for header in wanted if header[0] not in names]


class Protected:
    """An ASGI application whose every answer has them, also that of a route which stands beside the services."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def protect(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = protected(message["headers"])
            await send(message)

        await self._app(scope, receive, protect if scope["type"] == "http" else send)
