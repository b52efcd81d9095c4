"""A change is answered without what people wrote, as services keep their answers; where asked for, it is read again."""

from collections.abc import Awaitable, Callable, Iterable
from typing import Any, TypeVar

from mentoring_gateway.context import Info
from mentoring_gateway.errors import ServiceProblem

T = TypeVar("T")
_NOT_FOR_THEM = (403, 404)


async def whole(info: Info, made: T, read: Callable[[], Awaitable[T]], *texts: str) -> T:
    """What was changed, read again if a field of `texts` is asked for; as it was answered for who may not read it."""
    if not _asks(info.selected_fields, texts):
        return made
    try:
        return await read()
    except ServiceProblem as problem:
        if problem.status in _NOT_FOR_THEM:
            return made
        raise


def _asks(fields: Iterable[Any], names: tuple[str, ...]) -> bool:
    """Whether one of the names is among what is asked of a field, by itself or in a fragment."""
    return any(name in names for field in fields for name in _names(field.selections))


def _names(selections: Iterable[Any]) -> Iterable[str]:
    for selected in selections:
        fragment = not hasattr(selected, "alias")
        yield from _names(selected.selections) if fragment else (selected.name,)
