"""How fields of the schema are declared: typed, described, and with what they cost."""

import inspect
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Protocol, TypeVar

import strawberry

from mentoring_gateway.both_ways import BothWays

Resolver = TypeVar("Resolver", bound=Callable[..., Any])
CALLS = {"calls": True}


class Decorator(Protocol):
    """Makes a field of a resolver."""

    def __call__(self, resolver: Resolver, /) -> Resolver: ...


def derived(description: str, *, name: str | None = None) -> Decorator:
    """A field made from what is there, or from a loader: many parents cost no more calls than one."""
    return _paged(lambda more: strawberry.field(description=description, name=name, **more))


def fetched(description: str, *, name: str | None = None) -> Decorator:
    """A field that makes a call of its own for every parent: limits.py counts it higher."""
    return _paged(lambda more: strawberry.field(description=description, name=name, metadata=CALLS, **more))


def command(description: str) -> Decorator:
    """A mutation: one request to the owning service."""
    return _field(strawberry.mutation(description=description, metadata=CALLS))


def followed(description: str) -> Decorator:
    """A subscription."""
    return _field(strawberry.subscription(description=description, metadata=CALLS))


def selected(fields: Iterable[Any]) -> Iterator[Any]:
    """What is selected in fields (of `info.selected_fields`), by itself or in a fragment."""
    for field in fields:
        for one in field.selections:
            if hasattr(one, "alias"):
                yield one
            else:
                yield from selected([one])


def _paged(made: Callable[[dict[str, Any]], Any]) -> Decorator:
    """A field that can be read from both ends if its resolver takes `first` and `after`."""

    def decorate(resolver: Resolver) -> Resolver:
        is_list = {"first", "after"} <= inspect.signature(resolver).parameters.keys()
        decorated: Resolver = made({"extensions": [BothWays()]} if is_list else {})(resolver)
        return decorated

    return decorate


def _field(strawberrys: Any) -> Decorator:
    # Without Strawberry's mypy plugin its decorators lose the type of what they decorate.
    decorator: Decorator = strawberrys
    return decorator
