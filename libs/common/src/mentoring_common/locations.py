"""Where what was made is read: the `Location` of an answer 201 or 202.

It is relative to the address of the request, so that it leads there whatever stands before the service's own paths.
"""

from typing import Any, Final
from urllib.parse import quote

import orjson
from fastapi import Request, Response

_MADE: Final = (201, 202)


def made_at(model: Any, status: int | None) -> str | None:
    """The path at which a view of what a route makes is read, with members of it in braces (`MADE_AT` of the view)."""
    found: str | None = getattr(model, "MADE_AT", None) if status in _MADE else None
    return found


def described(path: str) -> dict[str, Any]:
    """What OpenAPI says of the header."""
    said = f"where what was made is read: {path} of this service, relative to the address of the request"
    return {"description": said, "schema": {"type": "string", "format": "uri-reference"}}


def located(request: Request, response: Response, path: str) -> Response:
    """The answer with its Location: `path` filled by what it shows, and by what the path of the request named."""
    if response.status_code in _MADE:
        known = {name: quote(str(value), safe="") for name, value in _known(request, response).items()}
        response.headers["Location"] = relative(request, path.format(**known))
    return response


def relative(request: Request, path: str) -> str:
    """A path of this service, as seen from the address of the request."""
    own: str = request.scope["path"].removeprefix(request.scope.get("root_path", ""))
    return "../" * (own.count("/") - 1) + path.removeprefix("/")


def _known(request: Request, response: Response) -> dict[str, Any]:
    shown: dict[str, Any] = orjson.loads(bytes(response.body))
    return shown | request.path_params
