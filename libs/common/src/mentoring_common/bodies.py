"""What bodies of requests are: JSON of the kinds that the OpenAPI document says, with no member that it lacks."""

from collections.abc import Callable, Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, GetCoreSchemaHandler
from pydantic_core import CoreSchema, PydanticKnownError, core_schema

_Kind = Callable[[Any], bool]


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float)


def _is_no_number(value: Any) -> bool:
    return isinstance(value, bool | str)


def _is_no_time(value: Any) -> bool:
    """A number, also one in quotes, is read as seconds since 1970."""
    return _is_number(value) or (isinstance(value, str) and not {"-", ":"} & set(value.lstrip("+-")))


def _is_no_flag(value: Any) -> bool:
    return isinstance(value, str) or (_is_number(value) and not isinstance(value, bool))


_NOT: Mapping[str, tuple[_Kind, str]] = {
    "int": (_is_no_number, "int_type"),
    "float": (_is_no_number, "float_type"),
    "bool": (_is_no_flag, "bool_type"),
    "datetime": (_is_no_time, "datetime_type"),
    "date": (_is_no_time, "date_type"),
    "time": (_is_no_time, "time_type"),
}
"""By the kind of a value: what is taken for it by good will, and the error that says so."""


def _exact(schema: Any) -> Any:
    """The schema with good will left out of every value in it; models inside it see to themselves."""
    if isinstance(schema, list | tuple):
        return type(schema)(map(_exact, schema))
    if not isinstance(schema, dict):
        return schema
    kept = ("metadata", "serialization", "cls", "default", "expected")
    inside = {name: value if name in kept else _exact(value) for name, value in schema.items()}
    if inside.get("type") == "union":  # in the place of an error a choice keeps the name of its kind
        named = zip(schema["choices"], inside["choices"], strict=True)
        inside["choices"] = [
            (new, old["type"]) if isinstance(old, dict) and old["type"] in _NOT else new for old, new in named
        ]
    if inside.get("type") not in _NOT or inside.get("strict"):
        return inside
    wrong, code = _NOT[inside["type"]]

    def refuse(value: Any) -> Any:
        if wrong(value):
            raise PydanticKnownError(code)  # type: ignore[arg-type]  # those of the table
        return value

    return core_schema.no_info_before_validator_function(refuse, inside)


class Body(BaseModel):
    """A request body, or a part of one: unknown members are refused, so that a misspelt one is not lost.

    So is a number where a time belongs, a text where a number belongs, and whatever else would be taken for what it may
    mean: 5 is no moment, "90" and true are no minutes.
    """

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        schema: CoreSchema = _exact(handler(source))
        return schema
