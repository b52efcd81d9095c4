import gc
import tracemalloc
from uuid import uuid4

import pytest
from graphql import get_introspection_query, parse

from mentoring_gateway.limits import Measure, check
from mentoring_gateway.schema import KNOWN, schema
from mentoring_gateway.settings import LIMITS, Limits


def size(query, variables=None):
    document = parse(query)
    return Measure(schema._schema, document, variables or {}).operation(document.definitions[0])


def nested(levels):
    inner = "state"
    for _ in range(levels):
        inner = f"relationship {{ match {{ {inner} }} }}"
    return f'{{ match(id: "0190b0f2-7b7a-7bbb-8000-000000000000") {{ {inner} }} }}'


def doubling(fragments):
    """A fragment that spreads the next one twice, and so on: 2^fragments fields out of a few hundred bytes."""
    spreads = "".join(
        f"fragment F{i} on Match {{ relationship {{ match {{ ...F{i + 1} }} }} ...F{i + 1} ...F{i + 1} }} "
        for i in range(fragments)
    )
    start = 'query { match(id: "0190b0f2-7b7a-7bbb-8000-000000000000") { ...F0 } } '
    return f"{start}{spreads}fragment F{fragments} on Match {{ state }}"


REFUSED = {
    "deep": (nested(7), "query_too_deep"),
    "aliases": ("{ " + " ".join(f"a{i}: me {{ id }}" for i in range(31)) + " }", "too_many_aliases"),
    "pages in pages": (
        "{ programmes(first: 200) { nodes { matches(first: 200) { nodes { id } } } } }",
        "query_too_costly",
    ),
    "doubling fragments": (doubling(60), "query_too_deep"),
    "doubling introspection": (
        "{ __schema { ...F0 } } "
        + "".join(f"fragment F{i} on __Schema {{ ...F{i + 1} ...F{i + 1} }} " for i in range(60))
        + "fragment F60 on __Schema { description }",
        "query_too_costly",
    ),
    "hundreds of braces": ("{a" * 700 + "}" * 700, "invalid_graphql"),
    "a chain of fragments": (
        "{ me { ...F0 } } "
        + "".join(f"fragment F{i} on Match {{ relationship {{ match {{ ...F{i + 1} }} }} }} " for i in range(205))
        + "fragment F205 on Match { id }",
        "query_too_deep",
    ),
    "tokens": ("{ me { " + "id " * 3100 + "} }", "invalid_graphql"),
    "a fragment in itself": ("{ me { ...F } } fragment F on Me { id ...F }", "invalid_graphql"),
}


async def test_a_document_that_was_right_is_answered_alike_again(front, world, make):
    person = make.person(uuid4())
    world.get(f"/applications/people/{person['id']}", person)
    query = "query Again($id: UUID!) { person(id: $id) { id name } }"
    first = await front.answer(query, {"id": person["id"]})
    assert KNOWN.find(query, None) is not None
    assert KNOWN.find(query, "Again") is not None
    assert KNOWN.find(query, "Other") is None
    assert first == await front.answer(query, {"id": person["id"]})
    assert first["data"]["person"]["name"] == person["name"]
    missing = await front.answer(query, {"id": "0190b0f2-7b7a-7bbb-8000-000000000000"})
    assert (missing["data"], missing["errors"][0]["path"]) == ({"person": None}, ["person"])
    wrong = await front.answer(query, {"id": "no id"})
    assert wrong["errors"][0]["extensions"]["code"] == "invalid_graphql"


async def test_what_variables_make_large_or_not_everybody_may_see_is_measured_each_time(front, world):
    large = "query($n: Int!) { programmes(first: $n) { nodes { matches(first: 200) { nodes { id } } } } }"
    await front.answer(large, {"n": 1})
    assert KNOWN.find(large, None) is not None
    refused = await front.answer(large, {"n": 200})
    assert refused["errors"][0]["extensions"]["code"] == "query_too_costly"
    assert "data" not in refused
    introspection = "{ __schema { queryType { name } } }"
    assert (await front.answer(introspection))["data"]
    assert KNOWN.find(introspection, None) is None


async def test_an_answer_says_what_it_cost(front, world):
    query = "query($n: Int!) { programmes(first: $n) { nodes { id } } }"
    costs = []
    for n in (1, 100, 100):
        answer = await front.answer(query, {"n": n})
        costs.append(answer["extensions"]["cost"])
    assert costs == [{"requested": 20 + n * 2, "most": LIMITS.cost} for n in (1, 100, 100)]
    two = "query A { me { id } } query B { a: __typename }"
    async with front.http() as http:
        answer = await http.post("/graphql", json={"query": two, "operationName": "B"})
    assert answer.json()["extensions"]["cost"]["requested"] == 1


@pytest.mark.parametrize("name", REFUSED)
async def test_too_much_is_refused_before_any_call(front, world, name):
    query, code = REFUSED[name]
    answer = await front.answer(query)
    assert "data" not in answer
    assert {error["extensions"]["code"] for error in answer["errors"]} == {code}, answer["errors"]
    assert world.calls == []


def test_what_is_at_a_limit_passes_and_one_more_does_not():
    found = size(nested(3))
    assert found.depth == 7
    check(found, Limits(depth=7))
    with pytest.raises(Exception, match="too deep"):
        check(found, Limits(depth=6))


def test_pages_multiply_and_variables_count_as_what_they_hold():
    query = "query($n: Int!) { programmes(first: $n) { nodes { id title } } }"
    assert size(query, {"n": 10}).cost == 20 + 10 * 3
    assert size(query, {"n": 100_000}).cost == size(query).cost == 20 + 200 * 3
    assert size("{ programmes { nodes { id title } } }").cost == 20 + 50 * 3


def test_a_screen_of_lists_within_a_list_fits_at_their_default_sizes():
    nine = " ".join(f"f{number}: id" for number in range(9))
    inner = f"goals {{ nodes {{ {nine} }} }} mentoringSessions {{ nodes {{ {nine} }} }}"
    assert size(f"{{ me {{ relationships {{ nodes {{ matchId {inner} }} }} }} }}").cost < LIMITS.cost


def test_a_fragment_counts_wherever_it_is_spread():
    spread = "{ a: me { ...F } b: me { ...F } } fragment F on Me { id person { name } }"
    written = "{ a: me { id person { name } } b: me { id person { name } } }"
    assert size(spread) == size(written)


async def introspected(front, token):
    async with front.http(token) as http:
        return (await http.post("/graphql", json={"query": get_introspection_query()})).json()


async def test_standard_introspection_needs_a_token_or_a_setting(front):
    [refused] = (await introspected(front, None))["errors"]
    assert refused["extensions"] == {"code": "unauthenticated", "status": 401}
    assert "errors" not in await introspected(front, "own")
    front.gateway.settings = front.gateway.settings.model_copy(update={"open_introspection": True})
    assert "errors" not in await introspected(front, None)
    assert size(get_introspection_query()).cost < LIMITS.cost


@pytest.mark.parametrize(
    "query",
    [
        "{ __schema { types { name } } }",
        '{ __type(name: "Me") { name } }',
        "{ ...F } fragment F on Query { __schema { queryType { name } } }",
    ],
)
async def test_no_way_around_shows_the_schema(front, query):
    async with front.http(None) as http:
        answer = (await http.post("/graphql", json={"query": query})).json()
        typename = (await http.post("/graphql", json={"query": "{ __typename }"})).json()
    assert [e["extensions"]["code"] for e in answer["errors"]] == ["unauthenticated"]
    assert typename["data"] == {"__typename": "Query"}


async def test_a_misspelt_name_is_answered_with_names_to_those_who_may_know_them(front):
    async with front.http(None) as http:
        anybody = (await http.post("/graphql", json={"query": "{ programms { nodes { id } } }"})).json()
    [known] = (await front.answer("{ programms { nodes { id } } }"))["errors"]
    assert "programmes" not in anybody["errors"][0]["message"]
    assert "Did you mean 'programme' or 'programmes'?" in known["message"]


async def test_a_page_has_at_most_200_items(front, world):
    for first in (0, -1, 201):
        error = await front.refusal(f"{{ programmes(first: {first}) {{ nodes {{ id }} }} }}")
        assert error["extensions"] == {"code": "invalid_page_size", "status": 422, "most": 200}
    assert world.calls == []


async def test_the_same_document_is_validated_once_and_refused_every_time(front):
    for _ in range(2):
        error = await front.refusal("{ nothing }")
        assert error["extensions"]["code"] == "invalid_graphql"


async def test_long_documents_are_not_kept(front):
    padding = "x" * 500_000
    await front.answer("{ __typename } # first")
    tracemalloc.start()
    try:
        for number in range(20):
            answer = await front.answer(f"{{ __typename }} # {number} {padding}")
            assert answer["data"] == {"__typename": "Query"}
        gc.collect()  # a parsed document refers to itself
        assert tracemalloc.get_traced_memory()[0] < 5_000_000
    finally:
        tracemalloc.stop()


async def test_a_refusal_says_how_much_was_asked_for(front):
    for query, code, most in (
        (nested(7), "query_too_deep", LIMITS.depth),
        (
            "{ programmes(first: 200) { nodes { matches(first: 200) { nodes { id state score version } } } } }",
            "query_too_costly", LIMITS.cost,
        ),
        ("{ " + " ".join(f"a{n}: __typename" for n in range(31)) + " }", "too_many_aliases", LIMITS.aliases),
    ):  # fmt: skip
        [error] = (await front.answer(query))["errors"]
        assert (error["extensions"]["code"], error["extensions"]["most"]) == (code, most)
        assert error["extensions"]["asked"] > most
