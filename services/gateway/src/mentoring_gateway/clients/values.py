"""Values that several services share."""

from enum import Enum
from typing import Any, TypeVar

import strawberry
from pydantic import TypeAdapter

T = TypeVar("T")


@strawberry.enum(description="The side of a person in a programme")
class Role(Enum):
    MENTOR = "mentor"
    MENTEE = "mentee"


def body(**members: Any) -> dict[str, Any]:
    """A JSON body of what was given: ids and moments as text, what is None left out."""
    given = {name: value for name, value in members.items() if value is not None}
    encoded: dict[str, Any] = _anything.dump_python(given, mode="json")
    return encoded


_anything: TypeAdapter[Any] = TypeAdapter(Any)
NOTHING: TypeAdapter[Any] = TypeAdapter(Any)


def same(value: T) -> T:
    """The value itself, where a record needs no other shape."""
    return value
