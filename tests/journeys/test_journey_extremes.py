"""Extreme values in every place of every JSON body: the services refuse or take them, and none fails,
neither at once nor when what was taken is read.

The bodies are made from the OpenAPI documents, the ids are those of a programme that runs.
"""

import json
import re
import uuid
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

SERVICES = ("applications", "matching", "sessions", "evaluation", "integrations")
SCOPES = ["organisation:admin", *(f"{service}:{right}" for service in SERVICES for right in ("read", "write"))]
TOO_SLOW_S = 5
# As they stand in JSON.
EXTREMES = (
    "9223372036854775808", "2147483648", "1e308", "NaN", '"0001-01-01T00:00:00+14:00"', '"9999-12-31T23:59:59-14:00"',
    '{"local": "9999-12-31T23:59", "zone": "America/Los_Angeles"}', "[null]", '{"": [{}]}', '""',
    '"0001-01-01"', '"9999-12-31"',
)  # fmt: skip
HOLE = "\ue000"
EXAMPLES = {"uuid": str(uuid.uuid4()), "date-time": "2024-05-01T09:00:00Z", "date": "2024-05-01"}
Path = tuple[str | int, ...]


class Shapes:
    """Examples of what an OpenAPI document describes, with known ids in them."""

    def __init__(self, document: Mapping[str, Any], ids: Mapping[str, str]) -> None:
        self._schemas = document["components"]["schemas"]
        self._ids = ids

    def example(self, schema: Mapping[str, Any], name: str = "") -> Any:
        """A value that fits, as far as a schema tells."""
        if "$ref" in schema:
            return self.example(self._schemas[schema["$ref"].rpartition("/")[2]], name)
        for choice in ("anyOf", "oneOf", "allOf"):
            if choice in schema:
                return self.example(schema[choice][0], name)
        if "const" in schema or "enum" in schema:
            return schema.get("const", schema.get("enum", [None])[0])
        match schema.get("type"):
            case "object":
                known = {key: self.example(value, key) for key, value in schema.get("properties", {}).items()}
                return known or {"free": 1}
            case "array":
                return [self.example(schema["items"], name.removesuffix("s"))]
            case "integer" | "number":
                return schema.get("minimum", 1)
            case "boolean":
                return False
            case "string":
                return self._ids.get(name) or EXAMPLES.get(schema.get("format", ""), "text")
        return {}


def places(value: Any, path: Path = ()) -> Iterator[Path]:
    """Where something stands in a value, the value itself included."""
    yield path
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, member in members:
        yield from places(member, (*path, key))


def put(value: Any, path: Path, new: Any) -> Any:
    """The value with another one at a place."""
    if not path:
        return new
    copy = value.copy()
    copy[path[0]] = put(value[path[0]], path[1:], new)
    return copy


def writes(document: Mapping[str, Any], ids: Mapping[str, str]) -> Iterator[tuple[str, str, Any]]:
    """Method, path and an example of the body of everything that takes JSON."""
    shapes = Shapes(document, ids)
    for template, operations in document["paths"].items():
        path = re.sub(r"{(\w+)}", lambda found: ids.get(found[1], EXAMPLES["uuid"]), template)
        for method, operation in operations.items():
            content = operation.get("requestBody", {}).get("content", {})
            if "application/json" in content:
                yield method, path, shapes.example(content["application/json"]["schema"])


def reads(document: Mapping[str, Any], ids: Mapping[str, str]) -> Iterator[str]:
    """Every path that can be read without a query."""
    for template, operations in document["paths"].items():
        if "get" in operations and not any(
            p.get("required") and p["in"] == "query" for p in operations["get"].get("parameters", ())
        ):
            yield re.sub(r"{(\w+)}", lambda found: ids.get(found[1], EXAMPLES["uuid"]), template)


async def make_things(client: Any, service: str, document: Mapping[str, Any], ids: dict[str, str]) -> None:
    """Send every example as it is, and know the ids of what that makes."""
    for template, operations in document["paths"].items():
        if "post" not in operations or not template.endswith("s"):
            continue
        things = template.rpartition("/")[2].replace("-", "_")
        kind = re.sub("ie$", "y", things.removesuffix("s")) + "_id"
        only = {"paths": {template: {"post": operations["post"]}}, "components": document["components"]}
        for method, path, body in writes(only, ids):
            answer = await client.request(method, f"/{service}{path}", json=body)
            if answer.status_code < 300 and "id" in (made := answer.json()):
                ids.setdefault(kind, made["id"])


@pytest.mark.parametrize("service", SERVICES)
async def test_no_value_makes_a_service_fail(journey: Any, service: str) -> None:
    await journey.pair_up()
    ids = {
        "tenant_id": journey.tenant, "programme_id": journey.programme_id, "cohort_id": journey.cohort_id,
        "match_id": journey.pairs[0]["id"], "person_id": journey.people["Ada"], "mentor_id": journey.people["Ada"],
        "mentee_id": journey.people["Cleo"], "blueprint": "nihr",
    }  # fmt: skip
    failed, sent = [], 0
    async with journey.client() as client:
        document = (await client.get(f"/{service}/openapi.json")).json()
        await make_things(client, service, document, ids)
        for method, path, body in writes(document, ids):
            for place in places(body):
                for extreme in EXTREMES:
                    content = json.dumps(put(body, place, HOLE), ensure_ascii=False).replace(f'"{HOLE}"', extreme)
                    answer = await client.request(
                        method, f"/{service}{path}", content=content, headers={"content-type": "application/json"}
                    )
                    sent += 1
                    if answer.status_code >= 500 or answer.elapsed.total_seconds() > TOO_SLOW_S:
                        failed.append((answer.status_code, method, path, content[:500]))
        for path in reads(document, ids):
            answer = await client.get(f"/{service}{path}")
            if answer.status_code >= 500 or answer.elapsed.total_seconds() > TOO_SLOW_S:
                failed.append((answer.status_code, "get", path, ""))
    assert not failed
    assert sent or service == "integrations"
