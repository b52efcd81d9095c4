"""One service: its HTTP application and the loops beside it, started and stopped in a fixed order."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import httpx
from fastapi import APIRouter, FastAPI
from fastapi.responses import JSONResponse
from starlette.types import ASGIApp

from mentoring_common import broker, problems, retention
from mentoring_common.audit import audit
from mentoring_common.audit_proof import AuditVerdict, anchor_daily, published_anchors, verdict
from mentoring_common.auth import TokenSource, TokenVerifier
from mentoring_common.clients import ServiceClient, http_client
from mentoring_common.clock import Clock, SystemClock
from mentoring_common.consumer import EventConsumer, Reactions, replay_parked, waiting_aggregates
from mentoring_common.db import Database, create_engine, looking
from mentoring_common.deadlines import DeadlinePoller, Handlers
from mentoring_common.dispatch import Dispatch
from mentoring_common.edge import Edge
from mentoring_common.errors import Unavailable
from mentoring_common.health import Health
from mentoring_common.methods import Methods
from mentoring_common.observability import log
from mentoring_common.openapi import describe, operation_id
from mentoring_common.pages import add_api_pages
from mentoring_common.progress import LONGEST_PAUSE_S, Progress
from mentoring_common.relay import Relay
from mentoring_common.settings import Settings
from mentoring_common.supervision import Loop
from mentoring_common.unit_of_work import Route
from mentoring_contracts import Event

STEP_TIMEOUT_S = 10.0
TOPICS_EVERY_S = 30.0
ENDLESS = "endless"  # name of tasks whose work has nothing to finish: it is cancelled when the service stops


@dataclass(frozen=True)
class Periodic:
    """Work outside any request: `run(service)` is awaited again and again, `every_s` apart, and logged if it fails."""

    name: str
    run: Callable[["Service"], Awaitable[None]]
    every_s: float = 0.2


@dataclass(frozen=True)
class Design:
    """What a service is made of; `Service` adds settings and turns it on."""

    name: str
    title: str
    description: str
    routers: Sequence[APIRouter]
    reactions: Reactions = field(default_factory=dict)
    deadlines: Handlers = field(default_factory=dict)
    periodic: Sequence[Periodic] = ()
    publishes: bool = True
    calls: Collection[str] = ()  # the services whose internal APIs it calls; its client at the issuer may do no more
    # how the service announces the end of its audit log; None: it does not
    anchors: type[Event] | None = None
    # path suffix → (limit in bytes, content types) of routes that take files
    uploads: Mapping[str, tuple[int, frozenset[str]]] = field(default_factory=dict)


class Service:
    """A service in this process: `asgi` answers HTTP; `start` and `stop` run the loops beside it."""

    def __init__(
        self,
        design: Design,
        settings: Settings,
        *,
        clock: Clock | None = None,
        http: httpx.AsyncClient | None = None,
    ) -> None:
        self.design = design
        self.settings = settings
        self.name = design.name
        self.clock = clock or SystemClock()
        self.http = http or http_client(10.0)
        self.tokens = TokenSource(settings, self.http)
        self.database = Database(settings, self.clock, f"mentoring-{self.name}")
        # Relay and poller each hold one connection at a time.
        self.system = create_engine(
            settings.system_database_url, settings, pool_size=3, name=f"mentoring-{self.name}-system"
        )
        self.looking = looking(self.system)
        self.ready = False
        self.app = self._application()
        self.asgi: ASGIApp = Edge(
            Methods(self.app, Dispatch(self.app, _routes(design))),
            service=self.name,
            body_limit=settings.body_limit_bytes,
            body_timeout_s=settings.body_timeout_s,
            uploads=design.uploads,
        )
        self._health = Health(self.looking, self.name)
        self._tasks: list[asyncio.Task[None]] = []
        self._relay: Relay | None = None
        self._consumer: EventConsumer | None = None
        self._poller: DeadlinePoller | None = None

    def client(self, service: str) -> ServiceClient:
        """A client of another service's internal API, which the design has to name."""
        if service not in self.design.calls:
            raise LookupError(f"{self.name} calls {service}, and its design does not say so")
        return ServiceClient(self.http, self.tokens, getattr(self.settings, f"{service}_url"))

    async def start(self) -> None:
        """Start what the design names. Nothing is waited for: what is away is asked again until it is there."""
        if self.design.publishes or self.design.reactions:
            progress = Progress()
            self._health.met_broker = False
            self._spawn("topics", lambda: self._keep_topics(progress), progress, endless=True)
        if self.design.deadlines:
            interval = self.settings.poll_interval_s
            handlers = self.design.deadlines
            self._poller = DeadlinePoller(self.system, self.database, handlers, self.clock, interval)
            self._spawn("deadlines", self._poller.run, self._poller.progress)
        for work in (*self.design.periodic, _CLEANING, _ANCHORING):
            self._spawn_periodic(work)
        self.ready = True

    def _start_events(self) -> None:
        self._health.met_broker = True
        if self.design.publishes:
            self._relay = Relay(self.system, self.settings, self.database.doorbell, self.name)
            self._health.relay = self._relay
            self._spawn("relay", self._relay.run, self._relay.progress)
        if self.design.reactions:
            self._consumer = EventConsumer(self.database, self.settings, self.name, self.design.reactions)
            self._spawn("consumer", self._consumer.run, self._consumer.progress)

    async def stop(self) -> None:
        """Readiness off, consumer drains, poller and other work end, relay marks its batch, pools close."""
        self.ready = False
        for loop in self._health.loops:
            loop.stop()
        for part in (self._consumer, self._poller, self._relay):
            if part is not None:
                await part.stop()
        for task in self._tasks:
            if task.get_name() == ENDLESS:
                task.cancel()
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=STEP_TIMEOUT_S)
            for task in late:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks.clear()
        self._health.loops.clear()
        self._consumer = self._poller = self._relay = None
        await self.database.close()
        await self.system.dispose()

    async def replay(self, tenant: UUID, *, by: str) -> int:
        """React again to the tenant's parked events; the number replayed. An aggregate that fails again stays parked.

        Each aggregate has a transaction of its own, with its audit entry.
        """
        async with self.database.transaction(tenant) as db:
            waiting = await waiting_aggregates(db, self.name)
        return sum([await self._replay_aggregate(tenant, key, by) for key in waiting])

    async def _replay_aggregate(self, tenant: UUID, key: str, by: str) -> int:
        try:
            async with self.database.transaction(tenant) as db:
                audit(db, by, "replay_parked_events", "organisation", tenant, reason=key)
                return await replay_parked(db, self.name, self.design.reactions, key)
        except Unavailable:
            raise
        except Exception as error:
            log.error("replay_failed", service=self.name, aggregate_key=key, error=type(error).__name__)
            return 0

    async def clean_up(self) -> None:
        """Delete the mechanisms' rows that are over their time."""
        await retention.delete_what_is_old(self.system, self.settings)

    async def verify_audit(self, tenant: UUID) -> AuditVerdict:
        """The verdict on the tenant's audit log, compared with the anchors on the topic as well as those kept here."""
        anchors = await published_anchors(self.settings, self.design.anchors, tenant) if self.design.anchors else []
        async with self.database.transaction(tenant) as db:
            return await verdict(db, self.name, anchors)

    async def anchor_audit_log(self) -> None:
        """Announce the ends of the audit logs that are due."""
        if self.design.anchors is not None:
            await anchor_daily(self.system, self.database, self.design.anchors)

    def _spawn(
        self,
        name: str,
        work: Callable[[], Awaitable[None]],
        progress: Progress,
        *,
        steady: bool = True,
        endless: bool = False,
    ) -> None:
        loop = Loop(self.name, name, work, progress, steady=steady)
        self._health.loops.append(loop)
        self._tasks.append(asyncio.create_task(loop.run(), name=ENDLESS if endless else name))

    def _spawn_periodic(self, work: Periodic) -> None:
        progress = Progress(longest_pause_s=max(work.every_s, LONGEST_PAUSE_S))
        self._spawn(work.name, lambda: self._repeat(work, progress), progress, steady=False, endless=True)

    async def _repeat(self, work: Periodic, progress: Progress) -> None:
        while True:
            seconds = work.every_s
            try:
                await work.run(self)
                progress.made()
            except Exception as error:
                seconds = progress.failed(error)
                name = type(error).__name__
                attempt = progress.failures
                log.warning("periodic_failed", service=self.name, kind=work.name, error=name, attempt=attempt)
            await asyncio.sleep(seconds)

    async def _keep_topics(self, progress: Progress) -> None:
        """Make the topics that are missing, and only then publish and consume; then look at them now and again."""
        topics = {cls.topic() for cls in self.design.reactions}
        topics |= {f"mentoring.{self.name}"} if self.design.publishes else set()
        while True:
            seconds = TOPICS_EVERY_S
            try:
                wrong = await broker.ensure_topics(self.settings, sorted(topics))
                self._say_what_differs(wrong)
                if self._relay is None and self._consumer is None:
                    self._start_events()
                progress.made()
            except Exception as error:
                seconds = progress.failed(error)
                name, attempt = type(error).__name__, progress.failures
                log.warning("waiting", service=self.name, kind="kafka", error=name, attempt=attempt)
            await asyncio.sleep(seconds)

    def _say_what_differs(self, wrong: Sequence[str]) -> None:
        for topic in wrong:
            if topic not in self._health.wrong_topics:
                log.warning("topic_differs", service=self.name, topic=topic)
        self._health.wrong_topics = wrong

    def _application(self) -> FastAPI:
        made = self.design
        app = FastAPI(
            title=made.title, description=made.description, version="1", docs_url=None, redoc_url=None,
            openapi_url=None,
            generate_unique_id_function=operation_id,
        )  # fmt: skip
        app.state.service = self
        app.state.database = self.database
        app.state.verifier = TokenVerifier(self.settings, self._fetch_keys)
        problems.install(app)
        for router in made.routers:
            app.include_router(router)
        app.add_api_route("/livez", self._livez, include_in_schema=False)
        app.add_api_route("/readyz", self._readyz, include_in_schema=False)
        describe(app, made.name)
        add_api_pages(app)
        return app

    async def _fetch_keys(self) -> dict[str, Any]:
        answer = await self.http.get(self.settings.token_jwks_url)
        answer.raise_for_status()
        keys: dict[str, Any] = answer.json()
        return keys

    async def _livez(self) -> JSONResponse:
        return self._health.livez()

    async def _readyz(self) -> JSONResponse:
        return await self._health.readyz(started=self.ready)


def _routes(design: Design) -> list[Route]:
    routes = [route for router in design.routers for route in router.routes]
    if strangers := [route for route in routes if not isinstance(route, Route)]:
        raise TypeError(f"{strangers[0]} is no Route: it would ignore the Idempotency-Key")
    return [route for route in routes if isinstance(route, Route)]


_CLEANING = Periodic("clean_up", Service.clean_up, every_s=retention.EVERY_S)
_ANCHORING = Periodic("anchor_audit_log", Service.anchor_audit_log, every_s=retention.EVERY_S)
