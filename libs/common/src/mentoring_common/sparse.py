"""Answers with the members that are asked for: `fields=id,name`, of an object its own, of a list those of its items."""

from typing import Any, Final

import orjson
from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel

FIELDS: Final = "fields"
PARAMETER: Final[dict[str, Any]] = {
    "name": FIELDS,
    "in": "query",
    "required": False,
    "description": "the members to be answered, separated by commas, of a list those of its items; left out: all. "
    "Others are not in the answer, also where they are called required",
    "schema": {"type": "string", "maxLength": 2000, "pattern": "^[a-z0-9_]+(,[a-z0-9_]+)*$"},
    "example": "id",
}


def members_of(model: Any) -> frozenset[str]:
    """What may be asked for of an answer, or of each item of a list; nothing, where it is no object with names."""
    if not (isinstance(model, type) and issubclass(model, BaseModel)):
        return frozenset()
    named = {field.serialization_alias or field.alias or name for name, field in model.model_fields.items()}
    return frozenset(named | model.model_computed_fields.keys())


def asked(request: Request, members: frozenset[str]) -> frozenset[str]:
    """The members that a request asks for, none where it asks for all. RequestValidationError."""
    given = request.query_params.get(FIELDS)
    if given is None:
        return frozenset()
    found = frozenset(given.split(","))
    if unknown := sorted(found - members):
        said = f"there is no member {unknown[0][:100]!r} here" if unknown[0] else "a name is expected"
        raise RequestValidationError([{"type": "unknown_member", "loc": ("query", FIELDS), "msg": said}])
    return found


def cut(response: Response, wanted: frozenset[str]) -> Response:
    """The answer with the members of `wanted` alone."""
    if response.status_code >= 300 or not response.body:
        return response
    found = orjson.loads(response.body)
    if isinstance(found, list):
        found = [_of(one, wanted) for one in found]
    elif isinstance(found.get("items"), list):
        found["items"] = [_of(one, wanted) for one in found["items"]]
    else:
        found = _of(found, wanted)
    response.body = orjson.dumps(found)
    response.headers["Content-Length"] = str(len(response.body))
    return response


def _of(one: Any, wanted: frozenset[str]) -> Any:
    return {name: value for name, value in one.items() if name in wanted}
