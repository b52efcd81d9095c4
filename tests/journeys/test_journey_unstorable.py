"""U+0000 in a text: every write route of every service, and GraphQL, refuse it in the same way and keep nothing."""

import re
import uuid
from typing import Any

import pytest

from mentoring_common.edge import CONTENT_TYPES

SERVICES = ("applications", "matching", "sessions", "evaluation", "integrations")
SCOPES = ["organisation:admin", *(f"{service}:{right}" for service in SERVICES for right in ("read", "write"))]
WRITES = ("post", "put", "patch")


def write_routes(api: dict[str, Any]) -> list[tuple[str, str]]:
    """(method, path) of the routes that take JSON; ids in paths are of nothing."""
    found = []
    for path, operations in api["paths"].items():
        filled = re.sub(r"\{[^}]*\}", str(uuid.uuid4()), path)
        for method, operation in operations.items():
            taken = operation.get("requestBody", {}).get("content", {})
            if method in WRITES and CONTENT_TYPES & set(taken):
                found.append((method, filled))
    return found


@pytest.mark.parametrize("service", SERVICES)
async def test_every_write_route_refuses_it(stack: Any, service: str) -> None:
    async with stack.call(*SCOPES, tenant=uuid.uuid4()) as client:
        routes = write_routes((await client.get(f"/{service}/openapi.json")).json())
        assert routes
        for method, path in routes:
            answer = await client.request(method, f"/{service}{path}", json={"text": ["canary\0"]})
            assert (answer.status_code, answer.json().get("code")) == (422, "unstorable_text"), (method, path)
            assert "canary" not in answer.text


async def test_graphql_refuses_it_wherever_it_is_written(stack: Any) -> None:
    async with stack.call(*SCOPES, tenant=uuid.uuid4(), subject=uuid.uuid4()) as client:
        in_variables = {
            "query": 'mutation($n: String!) { registerPerson(name: $n, email: "a@example.org") { id } }',
            "variables": {"n": "canary\0"},
        }
        refused = await client.post("/graphql", json=in_variables)
        assert (refused.status_code, refused.json()["code"]) == (422, "unstorable_text")
        in_a_literal = r'mutation { registerPerson(name: "canary\u0000", email: "a@example.org") { id } }'
        in_an_argument = r'{ me { matches(state: "canary\u0000") { nodes { id } } } }'
        for query in (in_a_literal, in_an_argument):
            answer = (await client.post("/graphql", json={"query": query})).json()
            assert answer["errors"][0]["extensions"] == {"code": "unstorable_text", "status": 422}
            assert "canary" not in str(answer["errors"])
        assert "canary" not in refused.text
        people = (await client.get("/applications/people")).json()
    assert people["items"] == []
