"""One service: its HTTP application and the loops beside it, started and stopped in a fixed order."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Coroutine, Mapping, Sequence, Set
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Literal
from uuid import UUID

import httpx
import sqlalchemy as sa
from fastapi import APIRouter, FastAPI
from fastapi.responses import JSONResponse
from starlette.types import ASGIApp

from mentoring_common import broker, gauges, problems, retention
from mentoring_common.api_keys import Resolve
from mentoring_common.audit import audit
from mentoring_common.audit_proof import AuditVerdict, anchor_daily, published_anchors, verdict
from mentoring_common.auth import TokenSource, TokenVerifier
from mentoring_common.clients import ServiceClient, http_client
from mentoring_common.clock import Clock, SystemClock
from mentoring_common.consumer import EventConsumer, Feed, Reactions, replay_parked, taken, waiting_aggregates
from mentoring_common.db import Database, create_engine, looking
from mentoring_common.deadlines import DeadlinePoller, Handlers, until_due
from mentoring_common.dispatch import Dispatch
from mentoring_common.edge import Edge
from mentoring_common.erasures import Erasing
from mentoring_common.error_pages import add_error_pages
from mentoring_common.errors import Unavailable
from mentoring_common.gauges import OwnGauges
from mentoring_common.health import Health, version
from mentoring_common.lookout import Lookout
from mentoring_common.methods import Methods
from mentoring_common.metrics import Gauge, Metrics
from mentoring_common.observability import log
from mentoring_common.openapi import describe, operation_id
from mentoring_common.origins import across
from mentoring_common.pages import add_api_pages
from mentoring_common.progress import LONGEST_PAUSE_S, Progress
from mentoring_common.rate_limits import RateLimits
from mentoring_common.relay import Relay
from mentoring_common.settings import Settings
from mentoring_common.supervision import Loop
from mentoring_common.tables import audit_heads, inbox, outbox, subject_keys
from mentoring_common.tracing import Tracing
from mentoring_common.unit_of_work import Route
from mentoring_common.vault import Rewrapped, rewrap, unwrap
from mentoring_contracts import Event

STEP_TIMEOUT_S = 10.0
TOPICS_EVERY_S = 30.0
ASKED_TENANTS = 100  # for something sealed
REWRAPPED_AT_ONCE = 500  # keys of a transaction
ENDLESS = "endless"  # name of tasks whose work has nothing to finish: it is cancelled when the service stops


@dataclass(frozen=True)
class Periodic:
    """Work outside any request: `run(service)` is awaited again and again, `every_s` apart, and logged if it fails.

    With `waits` (the seconds until there is work, null if there is none) only where the lookout has seen some.
    """

    name: str
    run: Callable[["Service"], Awaitable[None]]
    every_s: float = 0.2
    waits: sa.ColumnElement[float] | None = None


@dataclass(frozen=True)
class Found:
    """What a check of an installation found, in one line without values, and what to do where it is not ok."""

    check: str
    level: Literal["ok", "warning", "wrong"]
    said: str
    remedy: str = ""

    def line(self) -> str:
        """The finding as a line of text."""
        return f"{self.level:8} {self.check:11} {self.said}" + (f" → {self.remedy}" if self.remedy else "")


@dataclass(frozen=True)
class Design:
    """What a service is made of; `Service` adds settings and turns it on."""

    name: str
    title: str
    description: str
    routers: Sequence[APIRouter]
    reactions: Reactions = field(default_factory=dict)
    feed: Feed | None = None  # is given every event of every service, beside the reactions
    deadlines: Handlers = field(default_factory=dict)
    periodic: Sequence[Periodic] = ()
    calls: Collection[str] = ()  # the services whose internal APIs it calls; its client at the issuer may do no more
    # how the service announces the end of its audit log; None: it does not
    anchors: type[Event] | None = None
    # path suffix → (limit in bytes, content types) of routes that take files
    uploads: Mapping[str, tuple[int, frozenset[str]]] = field(default_factory=dict)
    # what `doctor` looks at beside what all services have
    checks: Sequence[tuple[str, Callable[["Service"], Awaitable[list[Found]]]]] = ()
    # numbers of its own, read under the system role when somebody asks for them
    gauges: Sequence[OwnGauges] = ()
    erasing: Erasing | None = None  # of the service that owns people
    keys: Resolve | None = None  # whom an API key stands for; None: the service takes none

    @property
    def takes(self) -> Set[type[Event]]:
        """The events that it takes, be it to react or for its feed."""
        return taken(self.reactions, self.feed)

    @property
    def topics(self) -> list[str]:
        """The topics that it listens to."""
        return sorted({cls.topic() for cls in self.takes})


class Service:
    """A service in this process: `asgi` answers HTTP; `start` and `stop` run the loops beside it."""

    connections = 1000

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
        self.metrics = Metrics(self.name) if settings.metrics_port else None
        self.tracing = Tracing.of(settings, self.name)
        if self.tracing is not None:
            self.tracing.watch(self.database.engine)
        self.app = self._application()
        edge = Edge(
            Methods(self.app, Dispatch(self.app, _routes(design))),
            service=self.name,
            body_limit=settings.body_limit_bytes,
            body_timeout_s=settings.body_timeout_s,
            uploads=design.uploads,
            metrics=self.metrics,
            tracing=self.tracing,
        )
        self.asgi: ASGIApp = across(edge, settings.allowed_origins)
        self._health = Health(self.looking, self.name)
        self._tasks: list[asyncio.Task[None]] = []
        self._begun: set[asyncio.Task[None]] = set()
        self._relay: Relay | None = None
        self._consumer: EventConsumer | None = None
        self._poller: DeadlinePoller | None = None
        self._lookout: Lookout | None = None

    def client(self, service: str) -> ServiceClient:
        """A client of another service's internal API, which the design has to name."""
        if service not in self.design.calls:
            raise LookupError(f"{self.name} calls {service}, and its design does not say so")
        return ServiceClient(self.http, self.tokens, getattr(self.settings, f"{service}_url"))

    def begin(self, work: Coroutine[Any, Any, None]) -> None:
        """Have work that a `Periodic` found go on beside it, so that it does not wait for the slowest.

        It is to end by itself and to raise nothing; what is not done when the service stops is called off.
        """
        task = asyncio.create_task(work)
        self._begun.add(task)
        task.add_done_callback(self._begun.discard)

    @property
    def begun(self) -> int:
        """How much of what was begun is not done."""
        return len(self._begun)

    async def start(self) -> None:
        """Start what the design names. Nothing is waited for: what is away is asked again until it is there."""
        progress = Progress()
        self._health.met_broker = False
        self._spawn("topics", lambda: self._keep_topics(progress), progress, endless=True)
        lookout = Lookout(self.system, self.name, self.database.work, self.settings.poll_interval_s)
        if self.design.deadlines:
            handlers, interval = self.design.deadlines, self.settings.poll_interval_s
            due = lookout.bell(until_due(handlers, self.clock))
            self._poller = DeadlinePoller(self.system, self.database, handlers, self.clock, interval, due)
            self._spawn("deadlines", self._poller.run, self._poller.progress)
        for work in (*self.design.periodic, _CLEANING, _ANCHORING, _LOOKING_AT_KEY):
            self._spawn_periodic(work, lookout.bell(work.waits) if work.waits is not None else None)
        if lookout.watches:
            self._lookout = lookout
            self.clock.when_moved(self.database.work.set)
            self._spawn("lookout", lookout.run, lookout.progress)
        self.ready = True

    def _start_events(self) -> None:
        self._health.met_broker = True
        self._relay = Relay(self.system, self.settings, self.database.doorbell, self.name, self.tracing)
        self._health.relay = self._relay
        self._spawn("relay", self._relay.run, self._relay.progress)
        if self.design.takes:
            made_of = (self.database, self.settings, self.name, self.design.reactions, self.design.feed)
            self._consumer = EventConsumer(*made_of, metrics=self.metrics, tracing=self.tracing)
            self._spawn("consumer", self._consumer.run, self._consumer.progress)

    async def stop(self) -> None:
        """Readiness off, consumer drains, poller and other work end, relay marks its batch, pools close."""
        self.ready = False
        for loop in self._health.loops:
            loop.stop()
        for part in (self._consumer, self._lookout, self._poller, self._relay):
            if part is not None:
                await part.stop()
        for task in self._tasks:
            if task.get_name() == ENDLESS:
                task.cancel()
        await self._end_what_was_begun()
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=STEP_TIMEOUT_S)
            for task in late:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks.clear()
        self._health.loops.clear()
        self._consumer = self._lookout = self._poller = self._relay = None
        await self.database.close()
        await self.system.dispose()
        if self.tracing is not None:
            await self.tracing.close()

    async def measure(self) -> Sequence[Gauge]:
        """The numbers that are read when somebody asks: see `gauges`."""
        asked = await gauges.of_database(self.looking, self.name, self.clock, self.design.gauges)
        behind = await gauges.of_consumer(self._consumer)
        return [*gauges.of_loops(self._health.loops), *gauges.of_connections(self.database), *behind, *asked]

    async def _end_what_was_begun(self) -> None:
        if self._begun:
            _, late = await asyncio.wait(self._begun, timeout=STEP_TIMEOUT_S)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

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

    async def opens(self) -> bool | Literal["others"] | None:
        """Whether the master key opens what is sealed, or others that are known do; None where nothing is."""
        masters, c = self.database.masters, subject_keys.c
        async with self.looking.connect() as connection:
            tenants = list((await connection.scalars(sa.select(audit_heads.c.tenant_id).limit(ASKED_TENANTS))).all())
        for tenant in tenants:
            sealed = sa.select(c.subject_id, c.wrapped_key).where(c.tenant_id == tenant, c.wrapped_key.is_not(None))
            async with self.database.transaction(tenant) as db:
                row = (await db.execute(sealed.limit(1))).first()
            if row is not None:
                if unwrap([masters.current], row.wrapped_key, row.subject_id):
                    return True
                return "others" if unwrap(masters.others, row.wrapped_key, row.subject_id) else False
        return None

    async def look_at_key(self) -> None:
        """Have `/readyz` say where the master key opens nothing of what is sealed: nobody was erased."""
        self._health.wrong_key = await self.opens() is False
        if self._health.wrong_key:
            log.error("master_key_wrong", service=self.name)

    async def rewrap(self) -> Rewrapped:
        """Bring the keys of all people under the current master key, beside what is served; logs how far it is."""
        async with self.looking.connect() as connection:
            tenants = list((await connection.scalars(_TENANTS)).all())
        total = Rewrapped()
        for number, tenant in enumerate(tenants, 1):
            after: UUID | None = None
            while True:
                async with self.database.transaction(tenant) as db:
                    found, after = await rewrap(db, after, REWRAPPED_AT_ONCE)
                total = Rewrapped(*(a + b for a, b in zip(total, found, strict=True)))
                if after is None:
                    break
            log.info("rewrapped", service=self.name, count=number, lag=len(tenants) - number)
        return total

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

    def _spawn_periodic(self, work: Periodic, bell: asyncio.Event | None) -> None:
        progress = Progress(longest_pause_s=max(work.every_s, LONGEST_PAUSE_S))
        self._spawn(work.name, lambda: self._repeat(work, progress, bell), progress, steady=False, endless=True)

    async def _repeat(self, work: Periodic, progress: Progress, bell: asyncio.Event | None) -> None:
        while True:
            if bell is not None:
                await bell.wait()
                bell.clear()
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
            if bell is not None:
                self.database.work.set()  # there may be more, or the same again

    async def _keep_topics(self, progress: Progress) -> None:
        """Make the topics that are missing, and only then publish and consume; then look at them now and again."""
        topics = {f"mentoring.{self.name}", *self.design.topics}
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
        app.state.limits = RateLimits(self.settings.requests_per_minute)
        app.state.verifier = TokenVerifier(
            self.settings, self._fetch_keys, partial(made.keys, self) if made.keys else None
        )
        problems.install(app)
        for router in made.routers:
            app.include_router(router)
        app.add_api_route("/livez", self._livez, include_in_schema=False)
        app.add_api_route("/readyz", self._readyz, include_in_schema=False)
        app.add_api_route("/version", version, include_in_schema=False)
        describe(app, made.name)
        add_api_pages(app, app.openapi)
        add_error_pages(app)
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


# Every organisation that has said or heard anything: no service but applications has a list of them.
_TENANTS = sa.union(sa.select(audit_heads.c.tenant_id), sa.select(outbox.c.tenant_id), sa.select(inbox.c.tenant_id))
_LOOKING_AT_KEY = Periodic("look_at_key", Service.look_at_key, every_s=retention.EVERY_S)
_CLEANING = Periodic("clean_up", Service.clean_up, every_s=retention.EVERY_S)
_ANCHORING = Periodic("anchor_audit_log", Service.anchor_audit_log, every_s=retention.EVERY_S)
