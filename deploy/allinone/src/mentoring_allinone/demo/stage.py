"""Where the demo plays: the system, who is who in it, and the hands of its people.

Everything goes through the public APIs with the token of the person who would do it, and what people learn they learn
from the messages in their mailbox.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from time import monotonic
from typing import Any, TypeVar

import httpx

from mentoring_allinone.demo.answers import AnswerPlan
from mentoring_allinone.demo.pairs import Pair
from mentoring_allinone.demo.people import Cast, Person
from mentoring_allinone.demo.scenario import Scenario
from mentoring_allinone.failures import DemoFailed
from mentoring_allinone.mailbox import ReceivedMessage
from mentoring_allinone.settling import announced, settle
from mentoring_allinone.stack import Stack
from mentoring_common.clock import MovableClock

T = TypeVar("T")
SERVICES = ("applications", "matching", "sessions", "evaluation", "integrations")
PERSONAL = tuple(f"{service}:{right}" for service in SERVICES for right in ("read", "write"))
AT_ONCE = 4
PATIENCE_S = 60.0


@dataclass
class Match:
    """A pair as the demo knows it: who, in which cohort, and whether it still stands."""

    id: str
    cohort: int
    pair: Pair
    confirmed_on: date
    standing: bool = True


@dataclass
class Stage:
    """What the acts of the demo share."""

    stack: Stack
    clock: MovableClock
    scenario: Scenario
    cast: Cast
    plan: AnswerPlan
    organisation_id: str = ""
    programme_id: str = ""
    cohort_ids: dict[int, str] = field(default_factory=dict)
    person_ids: dict[str, str] = field(default_factory=dict)
    application_ids: dict[str, str] = field(default_factory=dict)
    team: dict[str, str] = field(default_factory=dict)  # role → person id
    matches: dict[str, Match] = field(default_factory=dict)
    refusals: list[tuple[str, int, str]] = field(default_factory=list)  # what was tried, status, code
    facts: dict[str, Any] = field(default_factory=dict)
    _clients: dict[tuple[str, tuple[str, ...]], httpx.AsyncClient] = field(default_factory=dict)

    @property
    def people(self) -> Mapping[str, Person]:
        return self.cast.by_key()

    def client(self, subject: str, *scopes: str) -> httpx.AsyncClient:
        """An HTTP client for a subject; kept, so that connections are used again."""
        key = (subject, scopes)
        if key not in self._clients:
            self._clients[key] = self.stack.call(*scopes, tenant=self.organisation_id or None, subject=subject)
        return self._clients[key]

    def person(self, key: str) -> httpx.AsyncClient:
        """The client of a person of the cast."""
        return self.client(self.person_ids[key], *PERSONAL)

    def anonymous(self) -> httpx.AsyncClient:
        """A client with no token, as anybody with a link has."""
        key = ("", ())
        if key not in self._clients:
            self._clients[key] = httpx.AsyncClient(base_url=self.stack.base_url, timeout=60.0)
        return self._clients[key]

    def office(self, role: str = "programme_manager") -> httpx.AsyncClient:
        """The client of a member of the programme team."""
        return self.client(self.team[role], *PERSONAL)

    async def move_to(self, day: date, hour: int = 9) -> None:
        """Move the clock to an hour of a day, unless it is later already."""
        moment = datetime.combine(day, time(hour), UTC)
        if moment > self.clock.now():
            self.clock.move_to(moment)

    async def settle(self) -> None:
        await settle(self.stack, PATIENCE_S)

    @property
    def personal(self) -> tuple[str, ...]:
        """The scopes of a person's front end."""
        return PERSONAL

    async def events_announced(self) -> int:
        """How many events all services together have announced."""
        return await announced(self.stack)

    async def close(self) -> None:
        for client in self._clients.values():
            await client.aclose()

    def mail(self, key: str, kind: str, subject: str | None = None) -> list[ReceivedMessage]:
        """What a person got of a kind (and about one thing)."""
        found = self.stack.mailbox.for_recipient(self.people[key].email)
        headers = [(m, {name.lower(): value for name, value in m.headers.items()}) for m in found]
        return [
            m
            for m, h in headers
            if h.get("x-mentoring-kind") == kind and subject in (None, h.get("x-mentoring-subject"))
        ]


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


async def refused(stage: Stage, what: str, client: httpx.AsyncClient, method: str, path: str, **content: Any) -> None:
    """Try what the system must refuse, and note its answer; DemoFailed if it does not refuse."""
    answer = await client.request(method, path, **content)
    if answer.status_code < 400 or answer.status_code >= 500:
        raise DemoFailed(f"{what} should have been refused and answered {answer.status_code}")
    stage.refusals.append((what, answer.status_code, answer.json().get("code", "")))


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
    latest = monotonic() + PATIENCE_S
    while not (found := await probe()):
        if monotonic() > latest:
            raise DemoFailed(f"{what} did not happen within {PATIENCE_S:.0f} s")
        await asyncio.sleep(0.02)
    return found


__all__ = ["DemoFailed", "Match", "Stage", "ask", "graphql", "pages", "refused", "together", "until"]
