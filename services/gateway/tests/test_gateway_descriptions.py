import json
from collections import defaultdict
from collections.abc import Iterator
from importlib.resources import files
from typing import Any

from graphql import get_named_type, get_nullable_type, is_enum_type, is_leaf_type, is_list_type

from mentoring_common.openapi import words
from mentoring_gateway.descriptions import members
from mentoring_gateway.schema import schema

READ = {
    "asked", "case_studies", "closes_at", "nominator", "opens_at", "outcome", "recommendations", "responses", "version",
}  # fmt: skip
"""Names whose members differ in what they hold (a text here, an object there) and mean the same: each was read."""

SCALARS = {"Int": "number", "Float": "number", "Boolean": "truth", "DateTime": "moment", "Date": "moment"}
PLAIN = {"integer": "number", "number": "number", "boolean": "truth", "string": "text", "array": "list"}
MOMENTS = {"date": "moment", "date-time": "moment"}


def test_every_field_argument_and_input_is_described():
    """Say it where it is declared, or in words.toml of the contracts: [members] if REST has it too, else [graphql]."""
    silent = [f"{owner}.{name}" for owner, name, member in members(schema._schema) if not member.description]
    assert silent == []


def test_every_type_is_described():
    own = [type_ for name, type_ in schema._schema.type_map.items() if not name.startswith("__")]
    assert [t.name for t in own if not t.description and t.name not in ("Query", "Mutation", "Subscription")] == []


def test_every_word_of_its_own_is_said():
    said = {member.description for _, _, member in members(schema._schema)}
    assert [name for name, text in words()["graphql"].items() if text not in said] == []


def test_a_word_for_all_of_a_name_is_said_of_one_thing():
    """One word for a number here and a list there is wrong of one of them: give each its own, or read it and say so."""
    general = {section: words()[section] for section in ("graphql", "members")}
    held: defaultdict[str, set[str]] = defaultdict(set)
    for name, description, what in (*_shown(), *_documented()):
        if what and description in (general["graphql"].get(name), general["members"].get(name)):
            held[name].add(what)
    assert {name for name, kinds in held.items() if len(kinds) > 1} == READ


def test_words_for_one_member_name_one_that_there_is():
    """A word for a member that was renamed is a word for nothing."""
    known = {f"{owner}.{name}" for owner, name, _ in members(schema._schema)}
    assert [name for name in words()["graphql"] if "." in name and name not in known] == []


def _snake(name: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)


def _shown() -> Iterator[tuple[str, str | None, str]]:
    """Every member of the schema: its name as REST has it, what is said of it, what it holds."""
    for _, name, member in members(schema._schema):
        named = get_named_type(member.type)
        if is_list_type(get_nullable_type(member.type)):
            what = "list"
        elif named.name == "JSON":
            what = ""  # anything
        else:
            known = "text" if is_enum_type(named) or is_leaf_type(named) else "object"
            what = SCALARS.get(named.name, known)
        yield _snake(name), member.description, what


def _documented() -> Iterator[tuple[str, str | None, str]]:
    """As `_shown`, of every document of a service."""
    for file in files("mentoring_contracts").joinpath("openapi").iterdir():
        schemas = json.loads(file.read_text("utf-8"))["components"]["schemas"]
        for owner in schemas.values():
            for name, member in owner.get("properties", {}).items():
                yield name, member.get("description"), _held(member, schemas)


def _held(member: dict[str, Any], schemas: dict[str, Any]) -> str:
    [one, *more] = [each for each in member.get("anyOf", [member]) if each.get("type") != "null"] or [{}]
    if more:
        return ""
    while "$ref" in one:
        one = schemas[one["$ref"].rsplit("/", 1)[1]]
    if "properties" in one:
        return "object"
    return MOMENTS.get(one.get("format", "")) or PLAIN.get(one.get("type", ""), "")
