"""What every operation has in common, added to the generated OpenAPI document in one place."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from mentoring_common.idempotency import HEADER, MAX_KEY, UNSAFE

PROBLEM = {
    "type": "object",
    "description": "RFC 9457 problem document",
    "required": ["type", "title", "status", "code"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string", "description": "stable; explained in docs/errors"},
        "detail": {"type": "string"},
    },
    "additionalProperties": True,
}
_KEY = {
    "name": HEADER,
    "in": "header",
    "required": False,
    "schema": {"type": "string", "minLength": 1, "maxLength": MAX_KEY},
    "description": "Repeat a request with the same key and it has its effect once and the same answer",
}
_ANSWER = {
    "description": "A problem",
    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
}


def describe(app: FastAPI) -> None:
    """Have `app.openapi()` name the Idempotency-Key of unsafe methods and the problem documents."""

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            document = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
            app.openapi_schema = _with_common_parts(document)
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]


def _with_common_parts(document: dict[str, Any]) -> dict[str, Any]:
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    schemas["Problem"] = PROBLEM
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    for operations in document["paths"].values():
        for method, operation in operations.items():
            if method.upper() in UNSAFE:
                operation.setdefault("parameters", []).append(_KEY)
            for parameter in operation.get("parameters", []):
                if parameter["name"] == "If-Match" and "428" in operation["responses"]:
                    parameter["required"] = True  # for its absence there is an answer of its own
            operation["responses"].pop("422", None)
            operation["responses"]["default"] = _ANSWER
    return document
