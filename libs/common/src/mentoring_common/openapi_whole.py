"""One OpenAPI document for the whole REST API, put together from those of the services.

Paths begin with the name of their service. What two services call by one name and mean otherwise bears the service's
name in front. What services ask of each other is left out.
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from mentoring_common.api_address import API
from mentoring_common.openapi import CONTACT

Document = dict[str, Any]
_SCHEMAS = "#/components/schemas/"
_ABOUT = "The REST API of an installation, all services of it. Each has a document of its own at `/<service>/docs`."


def whole(documents: Mapping[str, Document]) -> Document:
    """The document of all services, from the document of each by name."""
    public = {name: _without_internal(document) for name, document in documents.items()}
    schemas, twice = _told_apart(public), _operations_of_several(public)
    paths: Document = {}
    components: dict[str, Document] = {}
    for name, document in public.items():
        renamed = {f"{_SCHEMAS}{schema}": f"{_SCHEMAS}{_of(name, schema)}" for schema in schemas}
        known = document["components"]["schemas"]
        for schema in schemas & known.keys():
            known[_of(name, schema)] = known.pop(schema) | {"title": _of(name, schema)}
        document = _with_references(document, renamed)
        for path, method, operation in _operations(document):
            if operation["operationId"] in twice:
                operation["operationId"] = f"{name}_{operation['operationId']}"
            paths.setdefault(f"/{name}{path}", {})[method] = operation
        for kind, members in document["components"].items():
            components.setdefault(kind, {}).update(members)
    components["schemas"] = _reached(components["schemas"], [paths, components["responses"]])
    tags = {tag["name"]: tag for document in public.values() for tag in document["tags"]}
    used = {tag for _, _, operation in _operations({"paths": paths}) for tag in operation["tags"]}
    return {
        "openapi": next(iter(documents.values()))["openapi"],
        "info": {"title": "Mentoring", "description": _ABOUT, "version": "1", "contact": CONTACT},
        "servers": [{"url": API, "description": "at the one address of an installation"}],
        "tags": [tags[name] for name in sorted(used)],
        "paths": paths,
        "components": components,
    }


def _operations(document: Document) -> Iterator[tuple[str, str, Document]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def _without_internal(document: Document) -> Document:
    copied: Document = json.loads(json.dumps(document))
    copied["paths"] = {
        path: methods
        for path, methods in copied["paths"].items()
        if not any(operation.get("x-internal") for operation in methods.values())
    }
    return copied


def _told_apart(documents: Mapping[str, Document]) -> set[str]:
    """The names of schemas that differ between services, by themselves or by what they refer to."""
    known = [document["components"]["schemas"] for document in documents.values()]
    shared = {name for name, count in Counter(name for schemas in known for name in schemas).items() if count > 1}
    found: set[str] = set()
    while True:
        more = {
            name
            for name in shared - found
            if len({json.dumps(schemas[name], sort_keys=True) for schemas in known if name in schemas}) > 1
            or any(found & set(_references(schemas[name])) for schemas in known if name in schemas)
        }
        if not more:
            return found
        found |= more


def _operations_of_several(documents: Mapping[str, Document]) -> set[str]:
    ids = Counter(o["operationId"] for document in documents.values() for _, _, o in _operations(document))
    return {name for name, count in ids.items() if count > 1}


def _of(service: str, schema: str) -> str:
    return service.capitalize() + schema


def _references(part: Any) -> Iterator[str]:
    """The names of the schemas that a part of a document refers to."""
    if isinstance(part, str) and part.startswith(_SCHEMAS):
        yield part.removeprefix(_SCHEMAS)
    elif isinstance(part, dict | list):
        for one in part.values() if isinstance(part, dict) else part:
            yield from _references(one)


def _with_references(part: Any, renamed: Mapping[str, str]) -> Any:
    if isinstance(part, dict):
        return {name: _with_references(value, renamed) for name, value in part.items()}
    if isinstance(part, list):
        return [_with_references(value, renamed) for value in part]
    return renamed.get(part, part) if isinstance(part, str) else part


def _reached(schemas: Document, starts: list[Any]) -> Document:
    """The schemas that are referred to, also by each other."""
    found: set[str] = set()
    waiting = set(_references(starts))
    while waiting:
        found |= waiting
        waiting = set(_references([schemas[name] for name in waiting])) - found
    return {name: schemas[name] for name in sorted(found)}
