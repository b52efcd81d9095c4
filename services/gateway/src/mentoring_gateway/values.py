"""Values that several services share."""

from enum import Enum
from typing import Any, TypeVar

import strawberry
from pydantic import BeforeValidator, TypeAdapter

T = TypeVar("T")


@strawberry.enum(description="The side of a person in a programme")
class Role(Enum):
    MENTOR = "mentor"
    MENTEE = "mentee"


@strawberry.enum(description="Whom a survey asked: a side of pairs, or respondents beyond them, of a `kind`")
class AskedRole(Enum):
    MENTOR = "mentor"
    MENTEE = "mentee"
    RESPONDENT = "respondent"

    @classmethod
    def _missing_(cls, value: object) -> "AskedRole | None":
        return cls.RESPONDENT if isinstance(value, str) else None


def with_kinds(value: Any) -> Any:
    """An answer about roles, with the kind of respondents beside each role that is no side of a pair."""
    if isinstance(value, list):
        return [with_kinds(one) for one in value]
    if not isinstance(value, dict):
        return value
    role = value.get("role")
    kind = {"kind": role} if isinstance(role, str) and role not in ("mentor", "mentee") else {}
    return {name: with_kinds(one) for name, one in value.items()} | kind


WithKinds = BeforeValidator(with_kinds)


def body(**members: Any) -> dict[str, Any]:
    """A JSON body of what was given: ids and moments as text, what is None left out."""
    given = {name: value for name, value in members.items() if value is not None}
    encoded: dict[str, Any] = _anything.dump_python(given, mode="json")
    return encoded


_anything: TypeAdapter[Any] = TypeAdapter(Any)
NOTHING: TypeAdapter[Any] = TypeAdapter(Any)


def kept(text: str | None) -> str | None:
    """A text as services keep it, of what can be said once and never changed."""
    return None if text is None else text.strip()


def same(value: T) -> T:
    """The value itself, where a record needs no other shape."""
    return value
