"""Connections as Relay describes them, over the services' keyset pages."""

from collections.abc import Callable
from typing import Annotated, Any, Generic, TypeVar

import strawberry

from mentoring_common.pagination import Page
from mentoring_gateway.clients.upstream import PageRequest
from mentoring_gateway.errors import InvalidPageSize
from mentoring_gateway.settings import DEFAULT_PAGE, MAX_PAGE
from mentoring_gateway.types.fields import derived

T = TypeVar("T")
First = Annotated[int, strawberry.argument(description=f"items of a page, 1 to {MAX_PAGE}")]
After = Annotated[str | None, strawberry.argument(description="`endCursor` of the page before")]


@strawberry.type(description="Where a page ends, and whether another one follows")
class PageInfo:
    has_next_page: bool
    end_cursor: str | None


@strawberry.type(description="An item; the services give a cursor behind the last item of a page only")
class Edge(Generic[T]):
    cursor: str | None
    node: T


@strawberry.type(description="One page of a list")
class Connection(Generic[T]):
    edges: list[Edge[T]]
    page_info: PageInfo

    @derived("The items without their cursors")
    def nodes(self) -> list[T]:
        return [edge.node for edge in self.edges]


def wanted(first: int = DEFAULT_PAGE, after: str | None = None) -> PageRequest:
    """The page of a list that the arguments ask for."""
    if not 1 <= first <= MAX_PAGE:
        raise InvalidPageSize(most=MAX_PAGE)
    return PageRequest(first, after)


def connection(page: Page[Any], shape: Callable[[Any], T]) -> Connection[T]:
    """A page of a service as a connection."""
    edges = [Edge(cursor=None, node=shape(item)) for item in page.items]
    if edges:
        edges[-1].cursor = page.next_cursor
    return Connection(
        edges=edges, page_info=PageInfo(has_next_page=page.next_cursor is not None, end_cursor=page.next_cursor)
    )
