"""The one way in which the gateway calls a service."""

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from typing import Any, Generic, TypeVar
from urllib.parse import quote, urlsplit

import httpx
from pydantic import TypeAdapter, ValidationError

from mentoring_common import counts
from mentoring_common.clients import Answer, ask
from mentoring_common.errors import OutcomeUnknown, Unavailable
from mentoring_common.observability import log
from mentoring_common.pagination import Page
from mentoring_gateway.errors import ServiceProblem, UnexpectedAnswer
from mentoring_gateway.settings import LIMITS, MAX_PAGE

T = TypeVar("T")
Params = Mapping[str, Any]
MOST_LANGUAGES = 500  # characters of an Accept-Language; who sends more reads what comes first


@dataclass(frozen=True)
class PageRequest:
    """Which page of a list: at most `limit` items behind `cursor`."""

    limit: int = MAX_PAGE
    cursor: str | None = None


EVERYTHING = PageRequest()


class AskedPage(Page[T], Generic[T]):
    """A page, and what was asked for."""

    asked: PageRequest
    total: int | None = None


_COUNTED: ContextVar[bool] = ContextVar("counted", default=False)


@contextmanager
def counted(wanted: bool) -> Iterator[None]:
    """Lists that are asked for here are counted by their service, if that is `wanted`."""
    token = _COUNTED.set(wanted)
    try:
        yield
    finally:
        _COUNTED.reset(token)


@dataclass(frozen=True)
class File:
    """What is sent or given as it is; `later`: its service need not be done with it when it answers."""

    content: bytes
    media_type: str
    later: bool = False


@dataclass(frozen=True)
class Upstream:
    """Calls to one base address for one operation: its caller's token, deadline, idempotency key, version to change."""

    http: httpx.AsyncClient
    base: str
    token: str | None
    deadline: float  # of the running event loop's clock, in seconds
    idempotency_key: str | None = None
    expected_version: int | None = None
    languages: str | None = None  # in which the caller reads, as Accept-Language says them
    gate: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(LIMITS.calls_at_once))

    def at(self, base: str) -> "Upstream":
        """The same for another base address."""
        return replace(self, base=base.rstrip("/"))

    async def get(self, path: str, shape: TypeAdapter[T], params: Params | None = None) -> T:
        """The answer of a GET; ServiceProblem, or Unavailable when nothing usable comes back in time."""
        return _decoded(await self._call("GET", path, params=_given(params or {})), shape)

    async def send(
        self, method: str, path: str, shape: TypeAdapter[T], json: Any = None, params: Params | None = None
    ) -> T:
        """The answer of an unsafe request; OutcomeUnknown when it may have been done and no answer came."""
        return _decoded(await self._call(method, path, json=json, params=_given(params or {})), shape)

    async def send_file(self, path: str, shape: TypeAdapter[T], file: "File", params: Params | None = None) -> T:
        """The answer to a POST of a file; with `later` the service goes on after it answered."""
        answer = await self._call("POST", path, file=file, content=file.content, params=_given(params or {}))
        return _decoded(answer, shape)

    async def fetch_file(self, path: str, params: Params | None = None) -> "File":
        """A file that a service makes."""
        answer = await self._call("GET", path, params=_given(params or {}))
        return File(answer.content, answer.headers.get("content-type", "application/octet-stream"))

    async def page(self, path: str, shape: TypeAdapter[Page[T]], params: Params, wanted: PageRequest) -> Page[T]:
        """One page of a list."""
        given = _given({**params, "limit": wanted.limit, "cursor": wanted.cursor})
        answer = await self._call("GET", path, params=given, count=_COUNTED.get())
        page, said = _decoded(answer, shape), answer.headers.get(counts.HEADER)
        total = int(said) if said else None
        return AskedPage.model_construct(items=page.items, next_cursor=page.next_cursor, asked=wanted, total=total)

    async def every(self, path: str, shape: TypeAdapter[Page[T]], params: Params) -> list[T]:
        """All items of a list, page after page."""
        page = await self.page(path, shape, params, EVERYTHING)
        items = list(page.items)
        while page.next_cursor:
            page = await self.page(path, shape, params, PageRequest(cursor=page.next_cursor))
            items += page.items
        return items

    async def _call(
        self, method: str, path: str, *, count: bool = False, file: "File | None" = None, **content: Any
    ) -> Answer:
        headers = self._headers(method) | ({"Prefer": counts.PREFERENCE} if count else {})
        if file is not None:
            headers |= {"Content-Type": file.media_type} | ({"Prefer": "respond-async"} if file.later else {})
        try:
            async with asyncio.timeout_at(self.deadline), self.gate:
                answer = await ask(self.http, method, self.base + path, headers, **content)
        except httpx.ConnectError as error:
            raise Unavailable("a service does not answer") from error
        except (httpx.HTTPError, TimeoutError) as error:
            if method == "GET":
                raise Unavailable("a service did not answer in time") from error
            raise OutcomeUnknown() from error
        if answer.is_error:
            raise _refusal(answer, content.get("json"))
        return answer

    def _headers(self, method: str) -> dict[str, str]:
        headers = {"Accept": "application/json"}
        if self.languages:
            headers["Accept-Language"] = self.languages
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        if self.idempotency_key and method != "GET":
            headers["Idempotency-Key"] = self.idempotency_key
        if self.expected_version is not None and method != "GET":
            headers["If-Match"] = f'"{self.expected_version}"'
        return headers


def segment(text: str) -> str:
    """Text as one segment of a path: a caller's token must not reach another route."""
    return quote(text, safe="") if text not in ("", ".", "..") else "-"


def _given(params: Params) -> dict[str, Any]:
    """The query of a request; a list becomes a repeated parameter."""
    given = {name: value for name, value in params.items() if value is not None}
    return {name: [str(v) for v in value] if isinstance(value, list) else str(value) for name, value in given.items()}


def _refusal(answer: Answer, sent: Any) -> Exception:
    try:
        document = answer.json()
    except ValueError:
        document = None
    if isinstance(document, dict) and "code" in document:
        return ServiceProblem(document, answer.status_code, sent)
    log.error("unexpected_answer", status=answer.status_code, route=urlsplit(answer.url).path)
    return Unavailable("a service does not answer")


def _decoded(answer: Answer, shape: TypeAdapter[T]) -> T:
    try:
        return shape.validate_json(answer.content or b"null")
    except ValidationError as error:
        # Where it does not fit is logged; the values may be personal data.
        where = ", ".join(".".join(map(str, e["loc"])) + " " + e["type"] for e in error.errors()[:5])
        log.error("unexpected_answer", route=urlsplit(answer.url).path, where=where)
        raise UnexpectedAnswer() from None
