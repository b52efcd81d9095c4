"""Calls from one service to another, with this service's own token and the running trace."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import httpx

from mentoring_common.auth import TENANT_HEADER, TokenSource
from mentoring_common.errors import Unavailable
from mentoring_common.tracing import current_traceparent


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
