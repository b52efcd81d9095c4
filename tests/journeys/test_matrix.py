"""Every refusal and permission as data: roles × operations of `tests/matrix.yaml`, tried on a running system.

A cell says `ok` (whatever the answer is, it is no refusal), 401, 403 or 404. Bodies are the examples of the OpenAPI
documents; ids are of one programme with two pairs. Refused cells are tried before permitted ones, which may change
things.
"""

from typing import Any

import pytest

from .matrix import MATRIX, asked, cells, expected, expected_of_root, operations, outcome, place, roots, row_behind
from .matrix_world import World


def test_every_operation_has_a_row():
    """A row says who may; `left_out` says why there is none."""
    missing = [
        f"{op.service}.{op.name}"
        for op in operations()
        if op.name not in MATRIX["rest"].get(op.service, {}) and op.name not in MATRIX["left_out"].get(op.service, {})
    ]
    assert missing == []


def test_no_row_is_of_an_operation_that_is_gone():
    there = {(op.service, op.name) for op in operations()}
    rows = {
        (service, name.partition(" ")[0])
        for part in ("rest", "left_out")
        for service, ops in MATRIX[part].items()
        for name in ops
    }
    assert rows - there == set()


@pytest.fixture
async def world(journey):
    made = World(journey)
    await made.begin()
    return made


async def test_every_cell_over_rest(world):
    wrong = []
    for op, role, wanted in cells():
        status = await world.call(op, role)
        if outcome(status) != wanted:
            wrong.append(f"{op.service}.{op.name} by {role}: {wanted} wanted, {status} came")
    assert wrong == [], "\n" + "\n".join(wrong)


def test_every_root_of_the_schema_has_a_row():
    fields = {name for _, name, _ in roots()}
    assert set(MATRIX["graphql_roots"]["behind"]) | set(MATRIX["graphql_roots"]["given"]) <= fields
    assert all(row_behind(field) for field in fields)


async def refused_by(client: Any, query: dict[str, Any]) -> int:
    """The status of an answer: of its first error, if it has one."""
    answer = await client.post("/graphql", json=query)
    errors = answer.json().get("errors", ()) if answer.status_code == 200 else ()
    return int(next((error["extensions"].get("status", 400) for error in errors), answer.status_code))


async def test_every_root_over_graphql(world):
    """A query or mutation is refused where the operation behind it is: the status stands in `extensions`."""
    tried = [
        (kind, name, found, role, expected_of_root(name, role))
        for kind, name, found in roots()
        for role in MATRIX["roles"]
    ]
    wrong = []
    for kind, name, found, role, wanted in sorted(
        tried, key=lambda c: (c[4] == "ok", c[0] != "query", place(row_behind(c[1])[0]))
    ):
        operation = row_behind(name)[0]
        ids = world.ids | world.targets.get(operation, {}) | world.targets.get(f"{operation} by {role}", {})
        status = await refused_by(world.clients[role], asked(kind, name, found, ids))
        if outcome(status) != wanted or status == 400:
            wrong.append(f"{name} by {role}: {wanted} wanted, {status} came")
    assert wrong == [], "\n" + "\n".join(wrong)


async def test_every_cell_over_graphql(world):
    """The same below a root."""
    wrong = []
    for name, row in MATRIX["graphql"].items():
        for role in MATRIX["roles"]:
            given = {name: world.ids[id_] for name, id_ in row.get("ids", {}).items()}
            query = {"query": row["query"], "variables": given}
            status = await refused_by(world.clients[role], query)
            wanted = expected({k: v for k, v in row.items() if k not in ("query", "ids")}, role)
            if outcome(status) != wanted or status == 400:
                wrong.append(f"{name} by {role}: {wanted} wanted, {status} came")
    assert wrong == [], "\n" + "\n".join(wrong)
