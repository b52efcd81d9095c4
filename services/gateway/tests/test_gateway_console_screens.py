"""What each query of the console costs: as many calls for fifty rows of every list as for three."""

from collections import Counter
from itertools import count
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from graphql import (
    OperationDefinitionNode,
    OperationType,
    concat_ast,
    get_nullable_type,
    is_enum_type,
    is_input_object_type,
    is_list_type,
    is_nullable_type,
    parse,
    print_ast,
    separate_operations,
    type_from_ast,
)
from starlette.responses import JSONResponse, Response

from mentoring_gateway.schema import schema

from .conftest import MOMENT, World, answer_schema, front_of, operation_of, resolved

SOURCES = sorted((Path(__file__).resolve().parents[3] / "console" / "src").rglob("*.graphql"))
MOST = 14  # calls that a screen may cost
PLAIN = {"integer": 1, "number": 1.0, "boolean": True, "object": {}}
FORMATS = {"date-time": MOMENT, "date": MOMENT[:10]}
# What all rows of one screen have alike, and what documents of services leave open.
SAME = {"programme_id": str(uuid4()), "cohort_id": str(uuid4()), "role": "mentor", "next_cursor": None}
COHORTS = 3  # of a programme: a handful, each with a pool and runs of its own
GIVEN = {"Int": 50, "Boolean": True, "String": "x", "Date": MOMENT[:10], "DateTime": MOMENT, "JSON": {}, "Float": 1.0}


def documents() -> dict[str, str]:
    """The queries of the console by their names, each with the fragments that it needs."""
    whole = concat_ast([parse(path.read_text("utf-8")) for path in SOURCES])
    return {
        name: print_ast(document)
        for name, document in separate_operations(whole).items()
        for node in document.definitions
        if isinstance(node, OperationDefinitionNode) and node.operation is OperationType.QUERY
    }


DOCUMENTS = documents()


class Full(World):
    """Services that answer whatever is asked by their documents, with so many rows in every list."""

    def __init__(self, rows: int) -> None:
        super().__init__()
        self._rows, self._numbers = rows, count(1)

    def _answer(self, request: Any, path: str) -> Any:
        api, operation = operation_of(request.method, request.scope["raw_path"].decode())
        shape = answer_schema(operation) if operation else None
        assert operation, f"no such route: {path}"
        if shape is None:
            return Response(b"row,outcome\n", media_type="text/csv")  # a file
        asked = request.query_params.getlist("ids")
        found = self._filled(shape, api, COHORTS if path.endswith("/cohorts") else self._rows)
        if asked:
            for one, id_ in zip(found["items"], asked, strict=False):
                one |= {name: id_ for name in ("id", "match_id", "application_id") if name in one and name != "id"}
                one["id" if "id" in one else "match_id"] = id_
        return JSONResponse(found)

    def _filled(self, schema: dict[str, Any], api: dict[str, Any], rows: int) -> Any:
        """Something that fits the schema with all that may be there; lists within rows have one item."""
        shape = resolved(schema, api)
        if {"type": "null"} in schema.get("anyOf", []) and shape.get("type") == "object" and "properties" not in shape:
            return None  # what is in it is not said
        if choices := shape.get("anyOf") or shape.get("oneOf"):
            return self._filled(next(one for one in choices if one.get("type") != "null"), api, rows)
        if "const" in shape or "enum" in shape:
            return shape.get("const", shape.get("enum", [None])[0])
        if shape.get("type") == "array":
            item = resolved(shape["items"], api)
            if item.get("type") == "object" and "properties" not in item:
                return []  # of what is not said
            return [self._filled(shape["items"], api, 1) for _ in range(rows)]
        if "properties" in shape:
            members = {name: self._filled(member, api, rows) for name, member in shape["properties"].items()}
            return members | {name: value for name, value in SAME.items() if name in members}
        if isinstance(shape.get("additionalProperties"), dict):
            return {}
        if shape.get("format") == "uuid":
            return str(UUID(int=next(self._numbers)))
        return FORMATS.get(shape.get("format", ""), PLAIN.get(shape.get("type", ""), "x"))


def variables(document: str) -> dict[str, Any]:
    """A value for each variable."""
    [operation] = [node for node in parse(document).definitions if isinstance(node, OperationDefinitionNode)]
    return {
        node.variable.name.value: _given(type_from_ast(schema._schema, node.type))
        for node in operation.variable_definitions or ()
    }


def _given(type_: Any) -> Any:
    if is_nullable_type(type_):
        return None
    type_ = get_nullable_type(type_)
    if is_list_type(type_):
        return [_given(type_.of_type)]
    if is_enum_type(type_):
        return next(iter(type_.values))
    if is_input_object_type(type_):
        return {}
    return GIVEN.get(type_.name, str(uuid4()))


async def calls(name: str, rows: int) -> list[str]:
    """The calls that a query of the console makes."""
    world = Full(rows)
    async with front_of(world) as front:
        answer = await front.answer(DOCUMENTS[name], variables(DOCUMENTS[name]))
    assert "errors" not in answer, answer["errors"][:3]
    return sorted(f"{call.method} {call.path.translate(str.maketrans('', '', '0123456789'))}" for call in world.calls)


def test_the_queries_of_the_console_are_found():
    assert len(DOCUMENTS) > 10


@pytest.mark.parametrize("name", DOCUMENTS)
async def test_a_screen_of_the_console_costs_as_many_calls_for_fifty_rows_as_for_three(name):
    few, many = await calls(name, 3), await calls(name, 50)
    assert len(many) == len(few) <= MOST, "\n".join(f"{n} {call}" for call, n in Counter(many).items())
