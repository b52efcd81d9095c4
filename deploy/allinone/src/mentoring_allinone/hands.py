"""The hands of people on a running system: clients with the token of whoever would do it, and their mail.

Everything goes through the public APIs; what people learn they learn from the messages in their mailbox.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import KW_ONLY, dataclass, field
from typing import Any, TypeVar

import httpx

from mentoring_allinone.failures import DemoFailed
from mentoring_allinone.mailbox import ReceivedMessage
from mentoring_allinone.scopes import PERSONAL
from mentoring_allinone.settling import settle
from mentoring_allinone.stack import Stack
from mentoring_common.clock import MovableClock
from mentoring_common.embedded.patience import Patience

T = TypeVar("T")
AT_ONCE = 4
PATIENCE_S = 60.0


@dataclass
class Hands:
    """A system, a clock, an organisation and its programme, and clients for everybody in it."""

    stack: Stack
    clock: MovableClock
    _: KW_ONLY
    organisation_id: str = ""
    programme_id: str = ""
    team: dict[str, str] = field(default_factory=dict)  # role → person id
    _clients: dict[tuple[str, ...], httpx.AsyncClient] = field(default_factory=dict)

    def client(self, subject: str, *scopes: str, tenant: str = "") -> httpx.AsyncClient:
        """An HTTP client for a subject, of another organisation than the play's if one is named; kept, so that
        connections are used again."""
        key = (tenant, subject, *scopes)
        if key not in self._clients:
            named = tenant or self.organisation_id or None
            self._clients[key] = self.stack.call(*scopes, tenant=named, subject=subject)
        return self._clients[key]

    @property
    def admin(self) -> httpx.AsyncClient:
        """The client of the organisation's administrator."""
        return self.client("administrator", "organisation:admin", *PERSONAL)

    def office(self, role: str = "programme_manager") -> httpx.AsyncClient:
        """The client of a member of the programme team."""
        return self.client(self.team[role], *PERSONAL)

    @property
    def anybody(self) -> httpx.AsyncClient:
        """A client with no token, as anybody with a link has."""
        if () not in self._clients:
            self._clients[()] = httpx.AsyncClient(base_url=self.stack.api_url, timeout=60.0)
        return self._clients[()]

    def mail_of(self, email: str, kind: str, subject: str | None = None) -> list[ReceivedMessage]:
        """What somebody got of a kind, about one thing or anything."""
        found = []
        for message in self.stack.mailbox.for_recipient(email):
            headers = {name.lower(): value for name, value in message.headers.items()}
            if headers.get("x-mentoring-kind") == kind and subject in (None, headers.get("x-mentoring-subject")):
                found.append(message)
        return found

    async def settle(self) -> None:
        """Wait until everything that was announced has had its effect."""
        await settle(self.stack, PATIENCE_S)

    async def report(self, audience: str, *, published: bool = False) -> dict[str, Any]:
        """A report for an audience, built and perhaps published: JSON with `html` beside it."""
        office, path = self.office(), f"/evaluation/programmes/{self.programme_id}/reports"
        made = await ask(office, "POST", path, json={"audience": audience})
        path = f"/evaluation/reports/{made['id']}"

        async def built() -> dict[str, Any] | None:
            found: dict[str, Any] = await ask(office, "GET", path)
            if found["state"] == "failed":
                raise DemoFailed("the report could not be built")
            return found if found["state"] != "queued" else None

        await until(built, "the report")
        if published:
            await ask(office, "POST", f"{path}/publish")
        document: dict[str, Any] = await ask(office, "GET", path)
        answer = await office.get(f"{path}/html")
        if answer.status_code != 200:
            raise DemoFailed(f"the page of the report answered {answer.status_code}")
        return document | {"html": answer.text}

    async def close(self) -> None:
        """Close every client."""
        for client in list(self._clients.values()):
            await client.aclose()


async def ask(client: httpx.AsyncClient, method: str, path: str, **content: Any) -> Any:
    """The JSON of an answer; DemoFailed if it is not 2xx."""
    answer = await client.request(method, path, **content)
    if answer.status_code >= 300:
        raise DemoFailed(f"{method} {path} answered {answer.status_code}: {answer.text[:300]}")
    return answer.json() if answer.content else None


async def change(client: httpx.AsyncClient, path: str, **changes: Any) -> Any:
    """Read a thing and change the version that was read; DemoFailed if either is refused."""
    read = await client.get(path)
    return await ask(client, "PATCH", path, json=changes, headers={"If-Match": read.headers.get("ETag", "")})


async def graphql(client: httpx.AsyncClient, document: str, **variables: Any) -> Any:
    """The data of a GraphQL operation; DemoFailed if it has errors."""
    answer = await client.post("/graphql", json={"query": document, "variables": variables})
    body = answer.json()
    if answer.status_code != 200 or body.get("errors"):
        raise DemoFailed(f"GraphQL answered {answer.status_code}: {str(body.get('errors', body))[:400]}")
    return body["data"]


async def pages(client: httpx.AsyncClient, path: str, **params: Any) -> list[Any]:
    """All items of a paged list."""
    items: list[Any] = []
    cursor = None
    while True:
        given = {"limit": 200} | params | ({"cursor": cursor} if cursor else {})
        page = await ask(client, "GET", path, params=given)
        items += page["items"]
        cursor = page.get("next_cursor")
        if cursor is None:
            return items


async def together(work: Iterable[Awaitable[T]]) -> list[T]:
    """Run pieces of work, a few at a time, in order of their results."""
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(piece: Awaitable[T]) -> T:
        async with gate:
            return await piece

    return await asyncio.gather(*(one(piece) for piece in work))


async def until(probe: Callable[[], Awaitable[Any]], what: str) -> Any:
    """What `probe` gives once it is truthy; DemoFailed if that takes too long."""
    patience = Patience(PATIENCE_S)
    while not (found := await probe()):
        if patience.is_over:
            raise DemoFailed(f"{what} did not happen within {PATIENCE_S:.0f} s")
        await asyncio.sleep(0.02)
    return found
