"""Connections as Relay describes them, over the services' keyset pages, both ways.

https://relay.dev/graphql/connections.htm
"""

from collections.abc import Callable
from operator import attrgetter
from typing import Annotated, Any, Generic, TypeVar
from uuid import UUID

import strawberry

from mentoring_common import counts
from mentoring_common.pagination import BACK, LENGTH, Page, encode
from mentoring_gateway.errors import InvalidPageSize
from mentoring_gateway.fields import derived
from mentoring_gateway.settings import DEFAULT_PAGE, MAX_PAGE
from mentoring_gateway.upstream import AskedPage, PageRequest

T = TypeVar("T")
First = Annotated[int, strawberry.argument(description=f"items of a page, 1 to {MAX_PAGE}")]
After = Annotated[str | None, strawberry.argument(description="`endCursor` of the page before")]


@strawberry.type(description="Where a page begins and ends, and whether others are before and behind it")
class PageInfo:
    has_next_page: bool
    has_previous_page: bool
    start_cursor: str | None
    end_cursor: str | None


@strawberry.type(description="An item, and where it stands in its list")
class Edge(Generic[T]):
    cursor: str
    node: T


@strawberry.type(description="One page of a list")
class Connection(Generic[T]):
    edges: list[Edge[T]]
    page_info: PageInfo
    total_count: int | None = strawberry.field(
        default=None,
        description=f"how many items the list has on all pages; null of more than {counts.MOST:,}: none counts them",
    )

    @derived("The items without their cursors")
    def nodes(self) -> list[T]:
        return [edge.node for edge in self.edges]


def wanted(first: int = DEFAULT_PAGE, after: str | None = None) -> PageRequest:
    """The page of a list that the arguments ask for."""
    if not 1 <= first <= MAX_PAGE:
        raise InvalidPageSize(most=MAX_PAGE)
    return PageRequest(first, after)


def connection(
    page: Page[Any], shape: Callable[[Any], T], key: Callable[[Any], UUID] = attrgetter("id")
) -> Connection[T]:
    """A page of a service as a connection; the rows' ids, or what else their `key` is, are their cursors."""
    edges = [Edge(cursor=encode(key(item)), node=shape(item)) for item in page.items]
    asked = page if isinstance(page, AskedPage) else None
    came = asked.asked.cursor if asked else None
    goes_back = came is not None and came.startswith(BACK) and len(came) != LENGTH
    more, behind = page.next_cursor is not None, came not in (None, BACK)
    return Connection(
        edges=edges,
        total_count=asked.total if asked else None,
        page_info=PageInfo(
            has_next_page=behind if goes_back else more,
            has_previous_page=more if goes_back else behind,
            start_cursor=edges[0].cursor if edges else None,
            end_cursor=edges[-1].cursor if edges else None,
        ),
    )
