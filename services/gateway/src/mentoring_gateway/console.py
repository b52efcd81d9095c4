"""The console: a single-page application at /console/, built from `console/` of the repository by `make console`.

It is a client of /graphql like any other. Its addresses are relative, so that it works behind a prefix.
"""

from typing import Any
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from mentoring_common.settings import Settings


class _Files(StaticFiles):
    """The built files. Their names change with what is in them, but for that of the page, which is asked for anew."""

    def __init__(self, issuer: str) -> None:
        super().__init__(packages=[("mentoring_gateway", "built_console")], html=True)
        self._policy = (
            f"default-src 'self'; connect-src 'self' {issuer}; img-src 'self' data:; "
            "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
        )

    def file_response(self, *args: Any, **kwargs: Any) -> Response:
        response = super().file_response(*args, **kwargs)
        if response.headers.get("content-type", "").startswith("text/html"):
            response.headers["Content-Security-Policy"] = self._policy
            response.headers["Cache-Control"] = "no-cache"
        else:
            response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return response


def routes(settings: Settings) -> list[BaseRoute]:
    """The page and its files, and what they are told of this installation."""
    told = {"issuer": settings.token_issuer, "clientId": settings.console_client_id}
    issuer = urlsplit(settings.token_issuer)

    async def installation(_: Request) -> Response:
        return JSONResponse(told)

    async def with_slash(_: Request) -> Response:
        return RedirectResponse("console/", 308)

    return [
        Route("/console", with_slash),
        Route("/console/installation.json", installation),
        Mount("/console", _Files(f"{issuer.scheme}://{issuer.netloc}")),
    ]
