"""Operations that will end: said in the OpenAPI document and in their answers (RFC 9745, RFC 8594).

docs/api-versions.md promises how long before. A route is marked between its decorator and its function:

    @router.get("/old")
    @ends(since=date(2027, 1, 1), until=date(2028, 1, 1), instead="/new")
    async def read_old(…): …
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from email.utils import format_datetime
from typing import Any, Final, TypeVar

from fastapi import Request

from mentoring_common.locations import relative

NOTICE: Final = timedelta(days=365)
Function = TypeVar("Function", bound=Callable[..., Any])


@dataclass(frozen=True)
class Ending:
    """Since when an operation is no longer to be used, until when it is there, and the path of what to use instead."""

    since: date
    until: date
    instead: str

    def __post_init__(self) -> None:
        if self.until - self.since < NOTICE:
            raise ValueError(f"what ends is there for {NOTICE.days} days after that was said")

    def headers(self, request: Request) -> dict[str, str]:
        """What an answer to the request says of it."""
        instead = relative(request, self.instead.format(**request.path_params))
        return {
            "Deprecation": f"@{int(_moment(self.since).timestamp())}",
            "Sunset": format_datetime(_moment(self.until), usegmt=True),
            "Link": f'<{instead}>; rel="successor-version"',
        }


def ends(*, since: date, until: date, instead: str) -> Callable[[Function], Function]:
    """Mark the function of a route as one that ends; ValueError for less notice than is promised."""
    ending = Ending(since, until, instead)

    def marked(function: Function) -> Function:
        function.__dict__["ending"] = ending
        return function

    return marked


def ending_of(function: Callable[..., Any]) -> Ending | None:
    """How the function of a route was marked."""
    found: Ending | None = getattr(function, "ending", None)
    return found


DESCRIBED: Final = {
    "Deprecation": {"description": "since when not to use it any more, @ and seconds", "schema": {"type": "string"}},
    "Sunset": {"description": "from when on it is not there", "schema": {"type": "string"}},
    "Link": {"description": "rel=successor-version: what to use instead", "schema": {"type": "string"}},
}
"""What OpenAPI says of the headers."""


def _moment(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
