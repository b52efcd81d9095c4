"""What the schema says of fields, arguments and inputs that say nothing themselves: the words of the contracts.

`words.toml` describes the members of the services' documents; the schema shows the same members, and takes the same
words. What the schema has alone stands there in `[graphql]`: `name`, `"Type.name"` or `"Type.field.argument"`.
"""

import re
from collections.abc import Iterator

from graphql import GraphQLArgument, GraphQLField, GraphQLInputField, GraphQLInputObjectType, GraphQLSchema
from graphql.type import is_interface_type, is_object_type

from mentoring_common.openapi import said_of, words
from mentoring_gateway.payloads import SUFFIX

Member = GraphQLField | GraphQLArgument | GraphQLInputField
_HUMP = re.compile(r"(?<=[a-z0-9])([A-Z])")


def describe(schema: GraphQLSchema) -> None:
    """Give every member of the schema that has no description what the contracts say of it."""
    for owner, name, member in members(schema):
        if member.description is None:
            member.description = _said(owner.removesuffix(SUFFIX), name)


def members(schema: GraphQLSchema) -> Iterator[tuple[str, str, Member]]:
    """Every field, argument and input field that is not GraphQL's own: where it stands, its name, itself."""
    for type_ in schema.type_map.values():
        if type_.name.startswith("__"):
            continue
        if isinstance(type_, GraphQLInputObjectType):
            yield from ((type_.name, name, taken) for name, taken in type_.fields.items())
        elif is_object_type(type_) or is_interface_type(type_):
            for name, field in type_.fields.items():
                yield type_.name, name, field
                yield from ((f"{type_.name}.{name}", each, taken) for each, taken in field.args.items())


def _said(owner: str, name: str) -> str | None:
    """What is said of this very member; of arguments that narrow a list; then of all of the name."""
    own, snake = words()["graphql"], _HUMP.sub(r"_\1", name).lower()
    of_rest = words()["members"]
    given: str | None = (
        own.get(f"{owner}.{name}") or of_rest.get(f"{owner}.{snake}") or of_rest.get(f"{owner}View.{snake}")
    )
    if given is None and "." in owner and not owner.startswith("Mutation."):
        given = words()["filters"].get(snake)
    return given or own.get(snake) or said_of(snake, owner)
