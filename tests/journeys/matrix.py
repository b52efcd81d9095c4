"""The matrix of `tests/matrix.yaml` as data: operations, roots of the schema, and what a row says of a role."""

import json
import re
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from graphql import GraphQLField, build_schema, get_named_type, is_leaf_type, is_required_argument

from mentoring_common import yaml_text

ROOT = Path(__file__).resolve().parents[2]
MATRIX = yaml_text.ours((ROOT / "tests" / "matrix.yaml").read_text(encoding="utf-8"))
OPENAPI = ROOT / "libs" / "contracts" / "src" / "mentoring_contracts" / "openapi"
SCHEMA = OPENAPI.parent / "graphql" / "schema.graphql"
SERVICES = ("applications", "matching", "sessions", "evaluation", "integrations")
SCOPES = [f"{service}:{right}" for service in SERVICES for right in ("read", "write")]
METHODS = ("get", "post", "put", "patch", "delete")
REFUSALS = (401, 403, 404)


@dataclass(frozen=True)
class Operation:
    """One operation of a service's document."""

    service: str
    name: str
    method: str
    path: str
    document: dict[str, Any] = field(hash=False)

    def body(self) -> dict[str, Any]:
        """What goes with a request: the example of the document."""
        content = self.document.get("requestBody", {}).get("content", {})
        if "application/json" in content:
            return {"json": content["application/json"].get("example", {})}
        kind = next(iter(content), None)
        return {"content": content[kind].get("example", "x"), "headers": {"Content-Type": kind}} if kind else {}

    def query(self) -> dict[str, str]:
        """The parameters that must be given."""
        asked = [p for p in self.document.get("parameters", ()) if p["in"] == "query" and p.get("required")]
        return {parameter["name"]: "{" + parameter["name"] + "}" for parameter in asked}


def operations() -> list[Operation]:
    """Every operation of the five documents."""
    found = []
    for service in SERVICES:
        document = json.loads((OPENAPI / f"{service}.json").read_text(encoding="utf-8"))
        for path, item in document["paths"].items():
            found += [Operation(service, item[m]["operationId"], m, path, item[m]) for m in METHODS if m in item]
    return found


def expected(row: dict[str, Any], role: str) -> str:
    """What a row says of a role: by name, else what `defaults` say of it, else of the others."""
    named = [str(answer) for answer, who in row.items() if role in _roles(who)]
    if named:
        return named[0]
    return str(row["public"] if "public" in row else MATRIX["defaults"].get(role, row["others"]))


def _roles(who: Any) -> list[str]:
    return str(who).replace("PEOPLE", MATRIX["people"]).split()


def outcome(status: int) -> str:
    return str(status) if status in REFUSALS else "ok"


def cells() -> list[tuple[Operation, str, str]]:
    """Refusals first, then what changes nothing, then what may."""
    rows = MATRIX["rest"]
    cells = [
        (replace(op, name=name), role, expected(row, role))
        for op in operations()
        for name, row in rows[op.service].items()
        if name.partition(" ")[0] == op.name
        for role in MATRIX["roles"]
    ]
    return sorted(cells, key=lambda c: (c[2] == "ok", c[0].method != "get", place(c[0].name)))


def place(name: str) -> int:
    """Where what takes something away stands among its like; before all of them what does not."""
    found = name.partition(" ")[0]
    return MATRIX["last"].index(found) if found in MATRIX["last"] else -1


def roots() -> list[tuple[str, str, GraphQLField]]:
    """Every field at the root of the schema: query or mutation, its name, and what is known of it.

    But for the second field of each mutation (`…OrErrors`), which is one resolver with the first.
    """
    schema = build_schema(SCHEMA.read_text("utf-8"))
    kinds = {"query": schema.query_type, "mutation": schema.mutation_type}
    found = [(kind, name, field) for kind, type_ in kinds.items() if type_ for name, field in type_.fields.items()]
    return [one for one in found if not one[1].endswith("OrErrors")]


def row_behind(field: str) -> tuple[str, dict[str, Any]]:
    """The REST row that a root field answers like: its name, and who may."""
    named = MATRIX["graphql_roots"]["behind"].get(field)
    name = named.partition(".")[2] if named else _snake(field)
    services = [named.partition(".")[0]] if named else [one for one, rows in MATRIX["rest"].items() if name in rows]
    assert len(services) == 1, f"{field}: name the operation behind it in graphql_roots"
    return name, MATRIX["rest"][services[0]][name]


def expected_of_root(field: str, role: str) -> str:
    """What a root field answers a role: as the operation behind it, or null for what one may not see."""
    found = expected(row_behind(field)[1], role)
    return "ok" if field in MATRIX["graphql_roots"]["null"] and found != "401" else found


def written(value: Any, ids: dict[str, str]) -> Any:
    """A value of the matrix with the ids of the world in it."""
    if isinstance(value, dict):
        return {name: written(one, ids) for name, one in value.items()}
    if isinstance(value, list):
        return [written(one, ids) for one in value]
    return value.format(**ids) if isinstance(value, str) else value


def asked(kind: str, name: str, field: GraphQLField, ids: dict[str, str]) -> dict[str, Any]:
    """The request of a root field with everything that it has to be given."""
    kept = MATRIX["graphql_roots"]
    given = kept["given"].get(name, {})
    needed = [one for one, argument in field.args.items() if one in given or is_required_argument(argument)]
    known = {_camel(id_): value for id_, value in ids.items()} | kept["arguments"]
    variables = {one: written(given.get(one, known.get(one)), ids) for one in needed}
    types = ", ".join(f"${one}: {field.args[one].type}" for one in needed)
    values = ", ".join(f"{one}: ${one}" for one in needed)
    inside = "" if is_leaf_type(get_named_type(field.type)) else " { __typename }"
    query = f"{kind}({types}) {{ {name}({values}){inside} }}" if needed else f"{kind} {{ {name}{inside} }}"
    return {"query": query, "variables": variables}


def _snake(name: str) -> str:
    return re.sub(r"[A-Z]", lambda found: f"_{found[0].lower()}", name)


def _camel(name: str) -> str:
    return re.sub(r"_([a-z])", lambda found: found[1].upper(), name)
