"""Calls from one service to another, with this service's own token and the running trace."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit
from uuid import UUID

import aiohttp
import httpx
import orjson
from httpx_aiohttp import AiohttpTransport

from mentoring_common.auth import TENANT_HEADER, TokenSource
from mentoring_common.errors import Unavailable
from mentoring_common.tracing import current_traceparent, route_of, span

_CONNECTIONS = 100
_KEPT_S = 15.0  # shorter than servers keep idle connections: a request never meets one that is just being closed


def http_client(timeout_s: float | None) -> httpx.AsyncClient:
    """A client for calls between services: httpx to use and to test with, aiohttp on the wire (decision 0012).

    It keeps no cookies: its calls are made for many callers.
    """

    def session() -> aiohttp.ClientSession:
        connector = aiohttp.TCPConnector(limit=_CONNECTIONS, keepalive_timeout=_KEPT_S)
        return aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar())

    return httpx.AsyncClient(transport=AiohttpTransport(client=session), timeout=timeout_s)


@dataclass(frozen=True, slots=True)
class Answer:
    """The whole answer to a request."""

    url: str
    status_code: int
    content: bytes
    headers: Mapping[str, str]  # by any case of their names

    @property
    def is_error(self) -> bool:
        """Whether the request was refused, or failed."""
        return self.status_code >= 400

    def json(self) -> Any:
        """What the answer says; ValueError where it is no JSON."""
        return orjson.loads(self.content)


async def ask(
    http: httpx.AsyncClient,
    method: str,
    url: str,
    headers: Mapping[str, str],
    *,
    params: Mapping[str, str | Sequence[str]] | None = None,
    json: Any = None,
    content: bytes | None = None,
) -> Answer:
    """The answer to one request, redirects not followed; httpx.HTTPError where none comes,
    httpx.ConnectError where nobody heard of it. The body is `json`, or `content` of the type that the headers say.

    Over the network it goes to aiohttp past all of httpx, which is for calls that ours are not and cost as much again.
    """
    body = content if json is None else orjson.dumps(json)
    if json is not None:
        headers = {**headers, "Content-Type": "application/json"}
    with span(method, "CLIENT") as made:
        if made is not None:
            made.set_attributes({"server.address": urlsplit(url).netloc, "url.template": route_of(url)})
        answer = await _asked(http, method, url, {**headers, "traceparent": current_traceparent()}, params, body)
        if made is not None:
            made.set_attribute("http.response.status_code", answer.status_code)
    return answer


async def _asked(
    http: httpx.AsyncClient,
    method: str,
    url: str,
    headers: Mapping[str, str],
    params: Mapping[str, str | Sequence[str]] | None,
    body: bytes | None,
) -> Answer:
    full = f"{url}?{urlencode(params, doseq=True)}" if params else url
    wire = http._transport
    if http._mounts or not isinstance(wire, AiohttpTransport):
        return await _ask_by_httpx(http, method, full, headers, body)
    session = wire.client
    if not isinstance(session, aiohttp.ClientSession):
        session = wire.client = wire.get_client()
    timeout = _timeout(http.timeout)
    try:
        async with session.request(
            method, full, headers=headers, data=body, allow_redirects=False, timeout=timeout
        ) as answer:
            return Answer(full, answer.status, await answer.read(), answer.headers)
    except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:  # nobody has heard of it
        raise httpx.ConnectError(str(error)) from error
    except aiohttp.ServerTimeoutError as error:
        raise httpx.ReadTimeout(str(error)) from error
    except aiohttp.ClientError as error:
        raise httpx.ReadError(str(error)) from error


async def _ask_by_httpx(
    http: httpx.AsyncClient, method: str, url: str, headers: Mapping[str, str], body: bytes | None
) -> Answer:
    """The same through httpx, to which tests give transports of their own."""
    answer = await http.request(method, url, headers=headers, content=body, follow_redirects=False)
    return Answer(url, answer.status_code, answer.content, answer.headers)


def _timeout(given: httpx.Timeout) -> aiohttp.ClientTimeout:
    return aiohttp.ClientTimeout(sock_connect=given.connect, sock_read=given.read, connect=given.pool)


class ServiceClient:
    """GET and POST on another service's internal API; never call it while a transaction is open."""

    def __init__(self, http: httpx.AsyncClient, tokens: TokenSource, base_url: str) -> None:
        self._http = http
        self._tokens = tokens
        self._base = base_url.rstrip("/")

    async def get(self, tenant: UUID, path: str, params: Mapping[str, Any] | None = None) -> Any:
        """The JSON of an answer; Unavailable when the service does not answer 2xx."""
        return await self._call(tenant, "GET", path, params=params)

    async def post(self, tenant: UUID, path: str, json: Any) -> Any:
        """The JSON of an answer; Unavailable when the service does not answer 2xx."""
        return await self._call(tenant, "POST", path, json=json)

    async def _call(self, tenant: UUID, method: str, path: str, **content: Any) -> Any:
        headers = {
            "Authorization": f"Bearer {await self._tokens.token()}",
            TENANT_HEADER: str(tenant),
        }
        try:
            answer = await ask(self._http, method, self._base + path, headers, **content)
            if answer.status_code // 100 != 2:
                raise ValueError(f"answered {answer.status_code}")
            return answer.json()
        except (httpx.HTTPError, ValueError) as error:
            raise Unavailable("another service does not answer") from error
