"""Pages that people try the API on. Whatever is on them comes from the service itself.

Addresses are relative, so that the pages work behind a prefix, whether it is cut off in front of the service or not.
"""

from collections.abc import Callable
from typing import Any

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.staticfiles import StaticFiles

_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
{head}</head><body>{body}</body></html>
"""
# Styles are set from the scripts of these pages, and small images are written in their style sheets.
POLICY = (
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)


class Assets(StaticFiles):
    """The files of packages, which a browser may keep for a day."""

    def __init__(self, *folders: tuple[str, str]) -> None:
        """`folders`: package and the folder in it."""
        super().__init__(packages=list(folders))

    def file_response(self, *args: Any, **kwargs: Any) -> Response:
        response = super().file_response(*args, **kwargs)
        response.headers["Cache-Control"] = "public, max-age=86400"
        return response


def page(title: str, assets: str, *names: str, element: str) -> HTMLResponse:
    """A page of one element, which the scripts and style sheets `names` under the relative address `assets` fill."""
    sheets = "".join(f'<link rel="stylesheet" href="{assets}/{name}">\n' for name in names if name.endswith(".css"))
    scripts = "".join(f'<script src="{assets}/{name}"></script>' for name in names if name.endswith(".js"))
    icon = f'<link rel="icon" href="{assets}/icon.svg">\n'
    text = _PAGE.format(title=title, head=icon + sheets, body=f'<div id="{element}"></div>{scripts}')
    return HTMLResponse(text, headers={"Content-Security-Policy": POLICY})


def add_api_pages(app: FastAPI, described: Callable[[], dict[str, Any]]) -> None:
    """Serve the OpenAPI document `described` at /openapi.json, and Swagger UI for it at /docs."""

    async def document(_: Request) -> Response:
        # Whoever reads it here calls the service under the address that it was read from.
        return JSONResponse(described() | {"servers": [{"url": "."}]})

    async def docs(_: Request) -> Response:
        return page(app.title, "docs/assets", "swagger-ui.css", "swagger-ui-bundle.js", "api.js", element="api")

    app.add_route("/openapi.json", document, include_in_schema=False)
    app.add_route("/docs", docs, include_in_schema=False)
    app.mount("/docs/assets", Assets(("mentoring_common", "static"), ("fastapi_swagger", "resources")))
