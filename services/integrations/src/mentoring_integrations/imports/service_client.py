"""The API of another service with the caller's own token: what a caller may not do there, an import may not do
either."""

import asyncio
from typing import Any

import httpx

from mentoring_common.errors import IdempotencyKeyInUse, Unavailable
from mentoring_common.idempotency import HEADER
from mentoring_common.tracing import current_traceparent, route_of, span

TRIES = 4
FIRST_PAUSE_S = 0.2
LONGEST_WAIT_S = 60.0


class Refused(Exception):
    """The other service said no; `code` and `title` are those of its problem document."""

    def __init__(self, status: int, problem: dict[str, Any]) -> None:
        super().__init__(status)
        self.status = status
        self.problem = problem
        self.code = str(problem.get("code", "http_error"))
        needed = [one for one in problem.get("needed") or () if isinstance(one, str)]
        lacks = f" ({' or '.join(needed)})" if needed else ""
        self.title = str(problem.get("title", "The service refused it")) + lacks

    @property
    def concerns_caller(self) -> bool:
        """Whether the same answer would come for every row."""
        return self.status in (401, 403)


class ServiceClient:
    """Calls for one caller; never used while a transaction is open."""

    def __init__(self, http: httpx.AsyncClient, service: str, base_url: str, token: str) -> None:
        self._http = http
        self._service = service
        self._base = base_url.rstrip("/")
        self._token = token

    async def get(self, path: str, **params: str) -> Any:
        """The JSON of the answer. Refused; Unavailable when no answer comes after some tries."""
        return (await self._call("GET", path, {}, params=params)).json()

    async def pages(self, path: str, **params: str) -> list[Any]:
        """The items of all pages."""
        items: list[Any] = []
        while True:
            page = await self.get(path, **params)
            items += page["items"]
            if not page.get("next_cursor"):
                return items
            params["cursor"] = page["next_cursor"]

    async def post(self, path: str, json: Any, key: str | None = None, **params: str) -> tuple[Any, bool]:
        """The JSON of the answer, and whether it was given before. Refused; Unavailable after some tries."""
        answer = await self._call("POST", path, {HEADER: key} if key else {}, json=json, params=params)
        return answer.json(), "idempotency-replayed" in answer.headers

    async def _call(self, method: str, path: str, headers: dict[str, str], **content: Any) -> httpx.Response:
        attempt = 0
        while attempt < TRIES:
            try:
                return await self._once(method, path, headers, **content)
            except _InAWhile as error:  # the caller's own rate limit: the file goes on in the next minute
                await asyncio.sleep(error.seconds)
            except (httpx.HTTPError, _Later):
                attempt += 1
                await asyncio.sleep(FIRST_PAUSE_S * 2 ** (attempt - 1) if attempt < TRIES else 0)
        raise Unavailable(f"the {self._service} service does not answer")

    async def _once(self, method: str, path: str, headers: dict[str, str], **content: Any) -> httpx.Response:
        with span(f"{method} {route_of(path)}", "CLIENT"):
            own = {"Authorization": f"Bearer {self._token}", "traceparent": current_traceparent()}
            answer = await self._http.request(method, self._base + path, headers=own | headers, **content)
        if answer.is_success:
            return answer
        problem = _problem(answer)
        if answer.status_code == 429:
            raise _InAWhile(min(float(problem.get("retry_after_s", 1)), LONGEST_WAIT_S))
        if answer.status_code >= 500 or problem.get("code") == IdempotencyKeyInUse.code:
            raise _Later()
        raise Refused(answer.status_code, problem)


class _InAWhile(Exception):
    """The same request may be made after some seconds."""

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self.seconds = seconds


class _Later(Exception):
    """The same request may succeed later."""


def _problem(answer: httpx.Response) -> dict[str, Any]:
    try:
        body = answer.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}
