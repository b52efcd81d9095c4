"""What a code means, where the `type` of a problem document leads: a page for people, JSON for programs."""

import html
import json
from functools import cache
from importlib.resources import files
from typing import Any

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from mentoring_common.problems import refusal

_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{code}</title></head>
<body><main><h1>{code}</h1><p>{title}.</p><p>HTTP status {status}.</p></main></body></html>
"""
_KEPT = {"Cache-Control": "public, max-age=3600", "Vary": "Accept"}


@cache
def codes() -> dict[str, dict[str, Any]]:
    """The `status` and `title` of every code that a problem document or a GraphQL error may have."""
    found: dict[str, dict[str, Any]] = json.loads(
        files("mentoring_contracts").joinpath("errors.json").read_text("utf-8")
    )
    return found


def add_error_pages(app: FastAPI) -> None:
    """Serve /errors/{code} for every code there is, whichever service answers with it."""

    async def explain(request: Request) -> Response:
        code = request.path_params["code"]
        known = codes().get(code)
        if known is None:
            return refusal("http_404")
        if "text/html" in request.headers.get("accept", ""):
            text = {name: html.escape(str(value)) for name, value in known.items()}
            return HTMLResponse(_PAGE.format(code=code, **text), headers=_KEPT)
        return JSONResponse({"type": f"/errors/{code}", "code": code} | known, headers=_KEPT)

    app.add_route("/errors/{code}", explain, include_in_schema=False)
