"""Calls from one service to another, with this service's own token and the running trace."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import aiohttp
import httpx
from httpx_aiohttp import AiohttpTransport

from mentoring_common.auth import TENANT_HEADER, TokenSource
from mentoring_common.errors import Unavailable
from mentoring_common.tracing import current_traceparent

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
            "traceparent": current_traceparent(),
        }
        try:
            answer = await self._http.request(method, self._base + path, headers=headers, **content)
            answer.raise_for_status()
            return answer.json()
        except (httpx.HTTPError, ValueError) as error:
            raise Unavailable("another service does not answer") from error
