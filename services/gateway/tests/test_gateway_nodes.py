import inspect
from uuid import uuid4

import pytest
from graphql import GraphQLField, GraphQLInterfaceType, GraphQLNonNull, GraphQLObjectType
from strawberry.schema.schema_converter import GraphQLCoreConverter

from mentoring_common.problems import problem
from mentoring_gateway.nodes import KINDS
from mentoring_gateway.schema import schema

NODE = "query($id: ID!) { node(id: $id) { __typename id } }"
NODES = "query($ids: [ID!]!) { nodes(ids: $ids) { __typename id ... on Person { name } } }"


def test_every_type_of_nodes_is_found_again():
    interface = schema._schema.type_map["Node"]
    assert isinstance(interface, GraphQLInterfaceType)
    assert {type_.name for type_ in schema._schema.get_possible_types(interface)} == KINDS.keys()


async def test_a_thing_is_found_by_the_id_that_it_shows(front, world, make):
    m = make.match(uuid4(), uuid4())
    world.get(f"/matching/matches/{m['id']}", m)
    world.get(f"/sessions/relationships/{m['id']}", make.relationship(m))
    shown = await front.data("query($id: UUID!) { match(id: $id) { id relationship { id } } }", {"id": m["id"]})
    ids = shown["match"]["id"], shown["match"]["relationship"]["id"]
    assert ids == (f"Match:{m['id']}", f"Relationship:{m['id']}")
    for id_ in ids:
        assert (await front.data(NODE, {"id": id_}))["node"] == {"__typename": id_.partition(":")[0], "id": id_}


async def test_many_people_are_found_in_one_call_and_in_order(front, world, make):
    people = [make.person(uuid4(), name) for name in "ABC"]
    world.get("/applications/people", people[::-1])
    ids = [f"Person:{person['id']}" for person in people] + [f"Person:{uuid4()}"]
    found = (await front.data(NODES, {"ids": ids}))["nodes"]
    assert [one and one["name"] for one in found] == ["A", "B", "C", None]
    assert world.paths() == ["/applications/people"]


async def test_what_is_not_found_is_null_and_what_is_away_an_error(front, world):
    m = uuid4()
    assert await front.data(NODE, {"id": f"Match:{m}"}) == {"node": None}
    world.get(f"/matching/matches/{m}", problem(503, "unavailable", "Try again"))
    assert (await front.refusal(NODE, {"id": f"Match:{m}"}))["extensions"]["code"] == "unavailable"


async def test_one_that_is_for_others_or_away_takes_no_other_with_it(front, world, make):
    p, wave, run, m = uuid4(), uuid4(), uuid4(), make.match(uuid4(), uuid4())
    world.get(f"/evaluation/waves/{wave}", problem(403, "role_needed", "Your role does not allow it"))
    world.get(f"/matching/runs/{run}", problem(503, "unavailable", "Try again"))
    world.get(f"/matching/matches/{m['id']}", m)
    world.get(f"/applications/programmes/{p}", make.programme(p))
    assert await front.data(NODE, {"id": f"Wave:{wave}"}) == {"node": None}
    ids = [f"Wave:{wave}", f"Match:{m['id']}", f"MatchRun:{run}", "Nothing:7"]
    query = "query($p: UUID!, $ids: [ID!]!) { programme(id: $p) { title } nodes(ids: $ids) { __typename } }"
    answer = await front.answer(query, {"p": str(p), "ids": ids})
    assert answer["data"] == {"programme": {"title": "NIHR"}, "nodes": [None, {"__typename": "Match"}, None, None]}
    errors = [(error["path"], error["extensions"]["code"]) for error in answer["errors"]]
    assert errors == [(["nodes", 2], "unavailable"), (["nodes", 3], "invalid_global_id")]


def test_what_a_service_may_refuse_can_be_null():
    """An error in a field that has to be there empties what is around it, and what others answered with it."""
    needed = [
        f"{type_.name}.{name}"
        for type_ in schema._schema.type_map.values()
        if isinstance(type_, GraphQLObjectType) and type_.name != "Mutation"
        for name, field in type_.fields.items()
        if isinstance(field.type, GraphQLNonNull) and _asks_services(field)
    ]
    assert needed == ["Query.nodes"], "which has an error for each item"


def _asks_services(field: GraphQLField) -> bool:
    own = getattr(field.extensions.get(GraphQLCoreConverter.DEFINITION_BACKREF), "base_resolver", None)
    return own is not None and inspect.iscoroutinefunction(own.wrapped_func)


SOME = "6fd80217-47d5-4015-972c-7ce2e62fa855"


@pytest.mark.parametrize("id_", ["", "x", "Match", "Match:", "Match:x", f"Query:{SOME}", SOME, f":{SOME}"])
async def test_what_is_no_global_id_is_refused(front, world, id_):
    assert (await front.refusal(NODE, {"id": id_}))["extensions"] == {"code": "invalid_global_id", "status": 422}
    assert world.calls == []


async def test_more_than_a_page_of_ids_is_refused_and_each_costs_a_call(front, world):
    ids = [f"Match:{uuid4()}" for _ in range(3)]
    assert (await front.answer(NODES, {"ids": ids}))["extensions"]["cost"]["requested"] == 3 * (20 + 3)
    error = await front.refusal("query($ids: [ID!]!) { nodes(ids: $ids) { id } }", {"ids": ids * 67})
    assert error["extensions"]["code"] == "invalid_page_size"


async def test_arguments_take_either_id(front, world, make):
    m = make.match(uuid4(), uuid4())
    world.get(f"/matching/matches/{m['id']}", m)
    query = "query($id: UUID!) { match(id: $id) { id } }"
    for id_ in (m["id"], f"Match:{m['id']}"):
        assert (await front.data(query, {"id": id_}))["match"]["id"] == f"Match:{m['id']}"
    for wrong in ("Match:", "Match:x", "x:", 7):
        assert (await front.refusal(query, {"id": wrong}))["extensions"]["code"] == "invalid_graphql"
