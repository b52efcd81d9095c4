"""One service, running on real parts, and the hands to use it from outside."""

import asyncio
import base64
import contextlib
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar
from uuid import UUID, uuid4

import httpx
import sqlalchemy as sa
from aiokafka.errors import KafkaError
from pydantic import SecretStr

from mentoring_common import migrations
from mentoring_common.auth import internal
from mentoring_common.broker import Publisher, Record, begin_at_end, ensure_topics
from mentoring_common.clock import Clock, MovableClock
from mentoring_common.databases import Urls, provision
from mentoring_common.embedded.issuer import DevIssuer
from mentoring_common.embedded.patience import Patience
from mentoring_common.envelope import Envelope
from mentoring_common.ids import new_id
from mentoring_common.runner import Service
from mentoring_common.settings import Settings
from mentoring_common.tables import inbox, outbox
from mentoring_common.tracing import new_traceparent
from mentoring_contracts import Event, event_class

ISSUER = "http://issuer.test"
T = TypeVar("T")
CreateApp = Callable[..., Service]


@dataclass(frozen=True)
class Servers:
    """Where the real parts are."""

    superuser_url: str
    kafka_bootstrap_servers: str
    kafka_idempotent: bool = False
    kafka_fast_groups: bool = True  # a broker of one's own may not allow short group sessions


def settings_for(servers: Servers, urls: Urls, **changes: Any) -> Settings:
    """Settings of a service under test."""
    values: dict[str, Any] = {
        "database_url": urls.app,
        "system_database_url": urls.system,
        "owner_database_url": urls.owner,
        "kafka_bootstrap_servers": servers.kafka_bootstrap_servers,
        "kafka_idempotent": servers.kafka_idempotent,
        "kafka_fast_groups": servers.kafka_fast_groups,
        "kafka_partitions": 2,
        "kafka_group": f"test-{uuid4()}",  # another database is another consumer
        "token_issuer": ISSUER,
        "token_jwks_url": f"{ISSUER}/jwks.json",
        "token_url": f"{ISSUER}/token",
        "client_id": "service",
        "client_secret": SecretStr("service"),
        "master_key": SecretStr(base64.b64encode(b"k" * 32).decode()),
        "poll_interval_s": 1.0,
        "log_level": "ERROR",
    }
    return Settings(**(values | changes))


def refused(answer: httpx.Response, status: int, code: str) -> bool:
    """Whether an answer is the problem document of this code under this status; AssertionError shows what it is."""
    found = answer.status_code, answer.json().get("code") if answer.content else None
    assert found == (status, code), answer.text
    return True


async def eventually(probe: Callable[[], Awaitable[T | None]], *, within_s: float = 60.0, what: str = "condition") -> T:
    """What `probe` gives once it is truthy; AssertionError if that takes longer (`Patience`)."""
    patience = Patience(within_s)
    while True:
        found = await probe()
        if found:
            return found
        assert not patience.is_over, f"{what} did not come true within {within_s} s"
        await asyncio.sleep(0.02)


class Harness:
    """A running service: its HTTP API for callers of any kind, its events, and events of others to react to."""

    def __init__(self, service: Service, issuer: DevIssuer, clock: MovableClock) -> None:
        self.service = service
        self.issuer = issuer
        self.clock = clock
        self._publisher = Publisher(service.settings)
        self._looks = asyncio.Lock()  # many who wait take one connection at a time: the service has few for its work
        self._documented: list[tuple[re.Pattern[str], dict[str, Any]]] = []

    def token(self, *scopes: str, tenant: UUID | None, subject: UUID | str | None = None, **extra: Any) -> str:
        """An access token."""
        claims = {"tenant": str(tenant) if tenant else None} | extra
        return self.issuer.mint(str(subject or uuid4()), str(tenant or ""), scopes, extra=claims)

    def caller(
        self, *scopes: str, tenant: UUID | None, subject: UUID | str | None = None, **extra: Any
    ) -> httpx.AsyncClient:
        """An HTTP client of the service that calls with a token of these scopes.

        It changes things whatever their version is (`If-Match: *`), unless a call names one.
        """
        token = self.token(*scopes, tenant=tenant, subject=subject, **extra)
        return self.anonymous(**{"Authorization": f"Bearer {token}", "If-Match": "*"})

    def anonymous(self, **headers: str) -> httpx.AsyncClient:
        """An HTTP client of the service with no token, or with headers of one's own."""
        transport = httpx.ASGITransport(app=self.service.asgi, raise_app_exceptions=False)
        hooks = {"response": [self._check_status]}
        return httpx.AsyncClient(
            transport=transport, base_url="http://service.test", headers=headers, event_hooks=hooks
        )

    async def _check_status(self, answer: httpx.Response) -> None:
        """Every status that a service answers is in its document: clients that are made of it know no other.

        Problems are there as `default`; what no route answers is nobody's, and what is given again was looked at
        before.
        """
        if "Idempotency-Replayed" in answer.headers:
            return
        operation = self._operation(answer.request.method.lower(), answer.request.url.path)
        said = operation.get("responses", {})
        known = str(answer.status_code) in said or (answer.status_code >= 400 and "default" in said)
        assert known or not operation, f"{operation['operationId']} answers {answer.status_code}, not one of {[*said]}"

    def _operation(self, method: str, path: str) -> dict[str, Any]:
        if not self._documented:
            paths = self.service.app.openapi()["paths"]
            # Paths without parameters come first, as they do where they are served.
            ordered = sorted(paths.items(), key=lambda item: item[0].count("{"))
            self._documented = [(re.compile(re.sub(r"\{[^}]*\}", "[^/]+", at)), said) for at, said in ordered]
        found = (said for pattern, said in self._documented if pattern.fullmatch(path) and method in said)
        operation: dict[str, Any] = next(found, {}).get(method, {})
        return operation

    async def publish(self, tenant: UUID, *events: Event, wait: bool = True) -> list[UUID]:
        """Publish events as their owners would; with `wait`, return when the service has handled them."""
        envelopes = [Envelope.of(e, new_id(), tenant, self.clock.now(), new_traceparent()) for e in events]
        records = [
            Record(e.topic(), str(e.subject_id()), e.model_dump_json().encode(), _encoded(envelope))
            for e, envelope in zip(events, envelopes, strict=True)
        ]
        await ensure_topics(self.service.settings, sorted({r.topic for r in records}))
        await self._announce(records)
        ids = [envelope.id for envelope in envelopes]
        if wait:
            await eventually(lambda: self._handled(ids), what="handling of the events")
        return ids

    async def _announce(self, records: Sequence[Record]) -> None:
        """Publish as a relay does, which tries again what a busy broker did not answer: one id has one effect."""
        for _ in range(2):
            with contextlib.suppress(KafkaError):
                await self._publisher.publish(records)
                return
        await self._publisher.publish(records)

    async def emitted(self, tenant: UUID, *classes: type[Event]) -> list[Event]:
        """The tenant's events in the service's outbox, in their order; of some classes, or all."""
        rows = sa.select(outbox.c.type, outbox.c.payload).where(outbox.c.tenant_id == tenant).order_by(outbox.c.seq)
        async with self._looks, self.service.system.connect() as connection:
            found = (await connection.execute(rows)).all()
        events = [event_class(row.type).model_validate_json(row.payload) for row in found]
        return [e for e in events if not classes or isinstance(e, classes)]

    async def _handled(self, ids: Iterable[UUID]) -> bool:
        wanted = list(ids)
        count = sa.select(sa.func.count()).where(inbox.c.event_id.in_(wanted))
        async with self._looks, self.service.system.connect() as connection:
            return await connection.scalar(count) == len(wanted)

    async def close(self) -> None:
        await self._publisher.close()


def plain(settings: Settings) -> dict[str, Any]:
    """Settings as a process of a test is told them: with what they keep secret."""
    told = settings.model_dump()
    return {name: v.get_secret_value() if isinstance(v, SecretStr) else v for name, v in told.items()}


def _encoded(envelope: Envelope) -> list[tuple[str, bytes]]:
    return [(name, value.encode()) for name, value in envelope.headers().items()]


@asynccontextmanager
async def running(
    servers: Servers,
    create_app: CreateApp,
    name: str,
    *,
    http: httpx.AsyncClient | None = None,
    clock: MovableClock | None = None,
    routes: dict[str, Any] | None = None,
    **changes: Any,
) -> AsyncIterator[Harness]:
    """The service `name` on a database of its own, started.

    Its calls to other services are answered by the ASGI apps of `routes` (by URL prefix), or all of them by `http`.
    """
    database = f"mentoring_{name}_{uuid4().hex[:8]}"
    urls = await provision(servers.superuser_url, name, database=database)
    await migrations.upgrade(urls.owner, name)
    issuer = DevIssuer(ISSUER, "mentoring")
    clock = clock or MovableClock(datetime(2022, 1, 3, 9, tzinfo=UTC))
    service = create_app(settings_for(servers, urls, **changes), clock=clock, http=http or issuer_only(issuer, routes))
    issuer.register_client("service", "service", "service", "", map(internal, service.design.calls))
    harness = Harness(service, issuer, clock)
    if service.design.takes:
        await begin_at_end(service.settings, service.design.topics)
    await service.start()
    try:
        yield harness
    finally:
        await harness.close()
        await service.stop()


def issuer_only(issuer: DevIssuer, routes: dict[str, Any] | None = None) -> httpx.AsyncClient:
    """An HTTP client that reaches the issuer and, under `routes` (URL prefix → ASGI app), other real services."""
    from mentoring_common.embedded.issuer_http import issuer_app

    issuer.register_client("service", "service", "service", "", [])
    mounts = {ISSUER: httpx.ASGITransport(app=issuer_app(issuer))}
    mounts |= {prefix: httpx.ASGITransport(app=app) for prefix, app in (routes or {}).items()}
    return httpx.AsyncClient(mounts=mounts)


__all__ = [
    "Clock",
    "Harness",
    "Servers",
    "begin_at_end",
    "eventually",
    "issuer_only",
    "plain",
    "running",
    "settings_for",
]
