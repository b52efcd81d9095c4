"""Lists that can be read from either end."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from graphql import FieldNode, FragmentSpreadNode
from strawberry.annotation import StrawberryAnnotation
from strawberry.extensions.field_extension import FieldExtension
from strawberry.types.arguments import StrawberryArgument
from strawberry.types.field import StrawberryField

from mentoring_common.errors import InvalidCursor, Rejected
from mentoring_common.pagination import BACK, LENGTH
from mentoring_gateway.settings import DEFAULT_PAGE, MAX_PAGE
from mentoring_gateway.upstream import counted

_CURSOR = re.compile(f"[A-Za-z0-9_-]{{{LENGTH}}}")


class PagedBothWays(Rejected):
    """`first` and `after` go forwards, `last` and `before` back: one way at a time."""


class BothWays(FieldExtension):
    """Lets a list that has `first` and `after` be read from its end too, by `last` and `before`.

    Resolvers know `first` and `after` only: what goes back is a cursor of the services that says so.
    """

    def apply(self, field: StrawberryField) -> None:
        """Add the two arguments, and let `first` be null, as clients send it that page both ways."""
        for argument in field.arguments:
            if argument.python_name == "first":
                argument.type_annotation = StrawberryAnnotation(int | None)
                argument.description = f"items of a page, 1 to {MAX_PAGE}; from the beginning, or from behind `after`"
        field.arguments = [
            *field.arguments,
            _argument("last", int | None, f"the last items, 1 to {MAX_PAGE}; of all, or of those before `before`"),
            _argument("before", str | None, "`startCursor` of the page behind"),
        ]

    async def resolve_async(self, next_: Callable[..., Any], source: Any, info: Any, **kwargs: Any) -> Any:
        """Have the service count the list where the operation asks for `totalCount`."""
        raw = info._raw_info
        with counted(any(_selects_total(node, raw.fragments) for node in raw.field_nodes)):
            return await next_(source, info, **kwargs)

    def map_arguments(self, kwargs: dict[str, Any]) -> dict[str, Any]:
        """`first` and `after` for `last` and `before`; PagedBothWays, InvalidCursor."""
        last, before = kwargs.pop("last", None), kwargs.pop("before", None)
        after = kwargs.get("after")
        if (before is not None and last is None) or (after is not None and last is not None):
            raise PagedBothWays()
        for cursor in (before, after):
            if cursor is not None and not _CURSOR.fullmatch(cursor):
                raise InvalidCursor()
        if last is not None:
            return kwargs | {"first": last, "after": BACK + (before or "")}
        return kwargs | {"first": DEFAULT_PAGE if kwargs.get("first") is None else kwargs["first"]}


def _selects_total(node: Any, fragments: Mapping[str, Any]) -> bool:
    """Whether a field, or a fragment in it, selects `totalCount`; validation has refused fragments in circles."""
    for selected in node.selection_set.selections if node.selection_set else ():
        if isinstance(selected, FieldNode):
            if selected.name.value == "totalCount":
                return True
        else:
            inner = fragments[selected.name.value] if isinstance(selected, FragmentSpreadNode) else selected
            if _selects_total(inner, fragments):
                return True
    return False


def _argument(name: str, type_: Any, description: str) -> StrawberryArgument:
    return StrawberryArgument(
        python_name=name, graphql_name=None, type_annotation=StrawberryAnnotation(type_), description=description,
        default=None,
    )  # fmt: skip
