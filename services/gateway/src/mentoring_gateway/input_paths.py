"""Where in a mutation's arguments something stands that a service found wrong in the request that was made of them."""

from collections.abc import Mapping, Sequence
from dataclasses import is_dataclass
from typing import Any, Final

from strawberry.utils.str_converters import to_camel_case

from mentoring_gateway.values import body

PRECONDITIONS: Final = frozenset({"precondition_failed", "precondition_required"})
Steps = Sequence[str]


def input_path(pointer: str, sent: Any, arguments: Mapping[str, Any]) -> list[str] | None:
    """The argument, and the way in it, to which a JSON Pointer into a request (`/body/due_on`) leads back, if to any.

    `sent` is the body. A member that has another name than its argument is known by what it holds.
    """
    part, *steps = (step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/")[1:] or [""])
    if part == "header":
        return ["expectedVersion"] if [step.lower() for step in steps] == ["if-match"] else None
    if part in ("path", "query"):
        return [to_camel_case(steps[0]), *steps[1:]] if steps and steps[0] in arguments else None
    return _of_body(steps, sent, arguments) if part == "body" else None


def named_by(code: str, arguments: Mapping[str, Any]) -> list[str] | None:
    """The argument that a refusal is about by its code alone: `person_not_found` is about `personId`."""
    thing, found, _ = code.partition("_not_found")
    name = f"{thing}_id"
    return [to_camel_case(name)] if found and name in arguments else None


def _of_body(steps: Steps, sent: Any, arguments: Mapping[str, Any]) -> list[str] | None:
    plain = body(**arguments)
    for name, value in plain.items():
        if value == sent and isinstance(value, dict | list):  # one argument is the whole body
            return _within(name, steps, arguments)
    if not steps:
        return None
    first, rest = steps[0], steps[1:]
    if first in arguments:
        return _within(first, rest, arguments)
    held = sent.get(first) if isinstance(sent, dict) else None
    alike = [name for name, value in plain.items() if held is not None and value == held]
    if len(alike) == 1:
        return _within(alike[0], rest, arguments)
    inside = [name for name, value in arguments.items() if is_dataclass(value) and hasattr(value, first)]
    return _within(inside[0], steps, arguments) if len(inside) == 1 else None


def _within(name: str, steps: Steps, arguments: Mapping[str, Any]) -> list[str]:
    """Members of inputs have names of GraphQL; what is free JSON keeps its own."""
    path, value = [to_camel_case(name)], arguments.get(name)
    for step in steps:
        path.append(to_camel_case(step) if is_dataclass(value) else step)
        if isinstance(value, list):
            value = value[int(step)] if step.isdecimal() and int(step) < len(value) else None
        else:
            value = getattr(value, step, None) if is_dataclass(value) else None
    return path
