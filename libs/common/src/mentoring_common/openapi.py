"""What every operation has in common, added to the generated OpenAPI document in one place.

What a service's code does not say of a member, a parameter or a tag stands in words.toml of the contracts, and an
example of every body is put together from the schema and from there.
"""

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute

from mentoring_common.api_address import API
from mentoring_common.idempotency import HEADER, MAX_KEY, UNSAFE
from mentoring_common.openapi_examples import Examples

CONTACT = {"name": "Whoever runs this installation"}
FAULT = {
    "type": "object",
    "description": "One thing that is wrong with a request, and where; the value itself is never repeated",
    "required": ["pointer", "code", "detail"],
    "properties": {
        "pointer": {
            "type": "string",
            "description": "JSON Pointer into the request: /body/…, /query/…, /path/… or /header/…",
            "examples": ["/query/limit"],
        },
        "code": {"type": "string", "description": "stable", "examples": ["less_than_equal"]},
        "detail": {"type": "string", "description": "for people", "examples": ["Input should be at most 200"]},
        "line": {"type": "integer", "description": "from 1, where it stands in a text of several lines"},
        "column": {"type": "integer", "description": "from 1, beside line"},
    },
}
PROBLEM = {
    "type": "object",
    "description": "RFC 9457 problem document",
    "required": ["type", "title", "status", "code"],
    "properties": {
        "type": {"type": "string", "format": "uri-reference", "description": "where the code is explained"},
        "title": {"type": "string", "description": "what the code means, for people"},
        "status": {"type": "integer", "description": "the HTTP status"},
        "code": {"type": "string", "description": "stable; explained in docs/errors"},
        "detail": {"type": "string", "description": "what is wrong with this very request"},
        "errors": {
            "type": "array",
            "description": "what is wrong with which part of the request",
            "items": {"$ref": "#/components/schemas/Fault"},
        },
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
# Answers that operations have by what they are; `default` is any other problem, such as a part that is away (503).
_ANSWERS = {
    "401": ("Unauthenticated", "There is no access token, or it is not valid here"),
    "403": ("Forbidden", "The caller is known and may not: a scope or a role is lacking"),
    "404": ("NotFound", "There is no such thing for this caller"),
    "409": ("Conflict", "The state of the thing does not allow it"),
    "422": ("Rejected", "The request does not fit its schema, or cannot be accepted"),
    "default": ("Trouble", "Any other problem"),
}


def operation_id(route: APIRoute) -> str:
    """The name of an operation, which generated clients have as a method: that of its function."""
    return route.name


def describe(app: FastAPI, service: str) -> None:
    """Have `app.openapi()` say of every operation what it takes, may answer and is about."""

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            document = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
            app.openapi_schema = _Completed(document, service).document
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]


@cache
def words() -> Mapping[str, Any]:
    """What the contracts say of members, parameters and tags: `members`, `filters`, `tags`, `examples`, `bodies`."""
    return tomllib.loads(files("mentoring_contracts").joinpath("words.toml").read_text("utf-8"))


class _Completed:
    """A document, with everything that FastAPI does not know added to it."""

    def __init__(self, document: dict[str, Any], service: str) -> None:
        self.document = document
        document["info"] |= {"contact": CONTACT}
        document["servers"] = [{"url": f"{API}/{service}", "description": "behind the one address of an installation"}]
        self._schemas = document.setdefault("components", {}).setdefault("schemas", {})
        self._schemas |= {"Problem": PROBLEM, "Fault": FAULT}
        for name in ("HTTPValidationError", "ValidationError"):
            self._schemas.pop(name, None)
        document["components"]["responses"] = {name: _problem(said) for name, said in _ANSWERS.values()}
        self._describe_members()
        self._examples = Examples(self._schemas, words()["examples"], words()["bodies"])
        for path, method, operation in self._operations():
            self._complete(path, method, operation)
        used = {tag for _, _, operation in self._operations() for tag in operation["tags"]}
        document["tags"] = [{"name": tag, "description": words()["tags"].get(tag, tag)} for tag in sorted(used)]

    def _operations(self) -> Iterator[tuple[str, str, dict[str, Any]]]:
        for path, operations in self.document["paths"].items():
            for method, operation in operations.items():
                yield path, method.upper(), operation

    def _describe_members(self) -> None:
        for owner, schema in self._schemas.items():
            for name, member in schema.get("properties", {}).items():
                if "description" not in member and (said := said_of(name, owner)):
                    member["description"] = said
                if member.get("type") == "boolean":
                    member.pop("const", None)  # generators make an enumeration of it that nothing compiles with

    def _complete(self, path: str, method: str, operation: dict[str, Any]) -> None:
        operation.setdefault("tags", [noun_of(path)])
        if path.startswith("/internal/"):
            operation["x-internal"] = True  # what makes clients of the document passes it over
        for parameter in operation.get("parameters", []):
            parameter["schema"] = _present(parameter["schema"])
            name, owner = parameter["name"], operation["operationId"]
            if "description" not in parameter and (said := said_of(name, owner, narrows=owner.startswith("list_"))):
                parameter["description"] = said
            if parameter["name"] == "If-Match" and "428" in operation["responses"]:
                parameter["required"] = True  # for its absence there is an answer of its own
        if method in UNSAFE:
            operation.setdefault("parameters", []).append(_KEY)
        for kind, content in operation.get("requestBody", {}).get("content", {}).items():
            self._complete_body(content)
            if "json" not in kind and content["schema"].get("type") == "string":
                content["schema"] = content["schema"] | {"format": "binary"}  # generators take it for a file
        for answer in operation["responses"].values():
            for kind, content in answer.get("content", {}).items():
                content.setdefault("schema", {"type": "string"} | ({} if "text/" in kind else {"format": "binary"}))
        operation["responses"].pop("422", None)
        for status in _statuses(path, method, operation):
            operation["responses"].setdefault(status, {"$ref": f"#/components/responses/{_ANSWERS[status][0]}"})

    def _complete_body(self, content: dict[str, Any]) -> None:
        schema = content["schema"] = _present(content["schema"])
        if "example" not in content and "examples" not in content:
            content["example"] = self._examples.of(schema)


def said_of(name: str, owner: str, *, narrows: bool = False) -> str | None:
    """What the contracts say of a member of a schema, or of a parameter (that narrows a list); None for nothing."""
    members: Mapping[str, str] = words()["members"]
    filters: Mapping[str, str] = words()["filters"] if narrows else {}
    given = members.get(f"{owner}.{name}") or filters.get(name) or members.get(name)
    if given is not None:
        return given
    what, _, last = name.replace("_", " ").rpartition(" ")
    derived = {"id": f"id of the {what}", "at": f"when it was {what}, in UTC", "by": f"id of whoever it was {what} by"}
    return derived.get(last) if what else None


def noun_of(path: str) -> str:
    """What a path is about, where its router does not say it: the first word of it."""
    return path.split("/")[1]


def _statuses(path: str, method: str, operation: dict[str, Any]) -> Iterator[str]:
    if operation.get("security"):
        yield from ("401", "403")
    if "{" in path:
        yield "404"
    if method in UNSAFE:
        yield "409"
    yield from ("422", "default")  # an unknown query parameter is refused everywhere


def _present(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema of something that may be left out, which `required` says, and is never null."""
    options = [option for option in schema.get("anyOf", ()) if option.get("type") != "null"]
    rest = {name: value for name, value in schema.items() if name not in ("anyOf", "title")}
    return options[0] | rest if len(options) == 1 else schema


def _problem(description: str) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/Problem"}
    return {"description": description, "content": {"application/problem+json": {"schema": schema}}}
