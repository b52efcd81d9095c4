"""The one shape of what is wrong with a request: a member of `errors` of a problem document names one place each."""

from collections.abc import Iterable, Mapping
from typing import Any, NotRequired, TypedDict

from pydantic import ValidationError

from mentoring_contracts.words import in_words


class Fault(TypedDict):
    """One thing that is wrong with a request, and where; it never repeats the value, which may be personal data.

    `line` and `column` (from 1) are there where the part of the request is a text of several lines.
    """

    pointer: str
    code: str
    detail: str
    line: NotRequired[int]
    column: NotRequired[int]


def fault(code: str, detail: str, *path: str | int) -> Fault:
    """What is wrong at a place: `path` goes from the part of the request (body, query, path, header) to the member."""
    return {"pointer": pointer(*path), "code": code, "detail": detail}


def pointer(*path: str | int) -> str:
    """The JSON Pointer (RFC 6901) of a path."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in path)


def faults_of(found: ValidationError | Iterable[Mapping[str, Any]], *path: str | int) -> list[Fault]:
    """What pydantic found wrong in the thing at `path`."""
    if isinstance(found, ValidationError):
        found = found.errors(include_url=False, include_input=False, include_context=False)
    return [fault(error["type"], in_words(error["msg"]), *path, *error["loc"]) for error in found]
