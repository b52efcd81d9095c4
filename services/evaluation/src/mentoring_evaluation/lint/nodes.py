"""Walking somebody else's JSON with its paths, so that every number keeps its place and every fault is named."""

import json
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from mentoring_contracts.words import in_words

_T = TypeVar("_T", bound=BaseModel)
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


class ReportUnreadable(ValueError):
    """The report cannot be read; the text says where and why in one line."""


class Node:
    """A value and its RFC 9535 JSON path."""

    __slots__ = ("path", "value")

    def __init__(self, value: Any, path: str = "$") -> None:
        self.value, self.path = value, path

    def __contains__(self, key: str) -> bool:
        if not isinstance(self.value, dict):
            raise ReportUnreadable(f"{self.path} should be an object")
        return self.value.get(key) is not None

    def __getitem__(self, key: str | int) -> "Node":
        """The child of this name or position. Raises ReportUnreadable when it is missing."""
        path = child_path(self.path, key)
        try:
            return Node(self.value[key], path)
        except (KeyError, IndexError, TypeError):
            raise ReportUnreadable(f"{path} is missing") from None

    def children(self, key: str | None = None) -> Iterator[tuple[str, "Node"]]:
        """The named children of this object, or of its child `key` where it has one. Raises ReportUnreadable."""
        if key is not None:
            yield from self[key].children() if key in self else ()
            return
        if not isinstance(self.value, dict):
            raise ReportUnreadable(f"{self.path} should be an object")
        for name, value in self.value.items():
            if value is not None:  # not printed
                yield name, self[name]

    def items(self) -> list["Node"]:
        """The items of this array. Raises ReportUnreadable."""
        if not isinstance(self.value, list):
            raise ReportUnreadable(f"{self.path} should be an array")
        return [self[number] for number in range(len(self.value))]

    def whole(self) -> int:
        """This value as a count. Raises ReportUnreadable."""
        if not isinstance(self.value, int) or isinstance(self.value, bool) or self.value < 0:
            raise ReportUnreadable(f"{self.path} should be a whole number, not below 0")
        return self.value

    def number(self) -> Decimal:
        """This value as it is printed. Raises ReportUnreadable."""
        if isinstance(self.value, bool) or not isinstance(self.value, int | float | Decimal):
            raise ReportUnreadable(f"{self.path} should be a number")
        return Decimal(str(self.value))

    def text(self) -> str:
        """This value as text. Raises ReportUnreadable."""
        if not isinstance(self.value, str):
            raise ReportUnreadable(f"{self.path} should be text")
        return self.value


def described(kind: type[_T], at: str, **fields: Any) -> _T:
    """An item of the linter's schema that was printed at `at`. Raises ReportUnreadable with that place."""
    try:
        return kind(at=at, **fields)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        raise ReportUnreadable(f"{at}: {in_words(first['msg'])}") from None


def child_path(path: str, key: str | int) -> str:
    """The JSON path of a child."""
    if isinstance(key, int):
        return f"{path}[{key}]"
    if _NAME.fullmatch(key):
        return f"{path}.{key}"
    escaped = json.dumps(key, ensure_ascii=False)[1:-1].replace('\\"', '"').replace("'", "\\'")
    return f"{path}['{escaped}']"
