"""A change is answered without what people wrote, as services keep their answers; where asked for, it is read again."""

from collections.abc import Awaitable, Callable, Iterable
from typing import Any, TypeVar

from mentoring_gateway.context import Info
from mentoring_gateway.errors import ServiceProblem
from mentoring_gateway.fields import selected

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
    """Whether one of the names is among what is asked of a field, by itself, in a fragment or of a payload's result."""
    return any(one.name in names or (one.name == "result" and _asks([one], names)) for one in selected(fields))
