"""What a process says of itself in numbers: `/metrics` in Prometheus' format, on a port of its own.

Requests and events are counted as they come; all else is read from the parts when somebody asks. No number names a
person or an organisation. Nothing is counted in a process that serves no metrics.
"""

import asyncio
import contextlib
import socket
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import uvicorn
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Histogram,
    Metric,
    PlatformCollector,
    ProcessCollector,
    generate_latest,
)
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

from mentoring_common.http_server import server_config

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


@dataclass(frozen=True)
class Gauge:
    """A number as it is now; `labels` are pairs of name and value, beside the service's."""

    name: str
    help: str
    value: float
    labels: tuple[tuple[str, str], ...] = ()


class Metrics:
    """The numbers of one service in this process."""

    def __init__(self, service: str) -> None:
        self.service = service
        self.registry = CollectorRegistry()
        self._requests = Histogram(
            "mentoring_http_request_duration_seconds",
            "From the request's head to the end of the answer.",
            ["service", "method", "route", "status"],
            buckets=SECONDS,
            registry=self.registry,
        )
        self._events = Histogram(
            "mentoring_event_delay_seconds",
            "From the moment an event is on the broker to the commit of what this service does with it.",
            ["service", "type"],
            buckets=SECONDS,
            registry=self.registry,
        )
        self._parked = Counter(
            "mentoring_events_put_aside",
            "Events that were parked, and records that were no events.",
            ["service", "kind"],
            registry=self.registry,
        )

    def request(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count an answered request; `route` is its template, empty where there is none."""
        known = method if method in METHODS else "other"
        self._requests.labels(self.service, known, route, str(status)).observe(seconds)

    def reacted(self, type_: str, seconds: float) -> None:
        """Count an event that was taken, so long after it was on the broker."""
        self._events.labels(self.service, type_).observe(max(0.0, seconds))

    def put_aside(self, kind: str) -> None:
        """Count what a consumer could not take: `parked` or `unreadable`."""
        self._parked.labels(self.service, kind).inc()


class Measured(Protocol):
    """A service whose numbers are served."""

    metrics: Metrics | None

    async def measure(self) -> Sequence[Gauge]:
        """The numbers that are read when somebody asks."""
        ...


def metrics_app(services: Iterable[Measured]) -> ASGIApp:
    """Answers `/metrics` for these services, whose gauges are asked at the same time."""
    served = list(services)
    process = CollectorRegistry()
    ProcessCollector(registry=process)
    PlatformCollector(registry=process)

    async def answer(_: Request) -> Response:
        gauges = await asyncio.gather(*(one.measure() for one in served))
        counted = [one.metrics for one in served if one.metrics is not None]
        read = [_Read(own.service, found) for own, found in zip(counted, gauges, strict=True)]
        text = generate_latest(_Together([process, *(own.registry for own in counted), *read]))
        return Response(text, media_type=CONTENT_TYPE_LATEST)

    return Starlette(routes=[Route("/metrics", answer)])


class PortTaken(Exception):
    """The port of the metrics is in use or not allowed."""


class MetricsServer:
    """Serves `/metrics` beside a process's own server; PortTaken before anything is started."""

    def __init__(self, services: Iterable[Measured], host: str, port: int) -> None:
        self._server = _Quiet(server_config(metrics_app(services), timeout_graceful_shutdown=1))
        self._listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            self._listener.bind((host, port))
        except OSError as error:
            self._listener.close()
            raise PortTaken(f"port {port} for /metrics is in use or not allowed") from error
        self._serving: asyncio.Task[None] | None = None

    async def start(self) -> None:
        self._serving = asyncio.create_task(self._server.serve(sockets=[self._listener]))

    async def stop(self) -> None:
        self._server.should_exit = True
        if self._serving is not None:
            await asyncio.wait([self._serving], timeout=2)
        self._listener.close()


class _Quiet(uvicorn.Server):
    """Leaves signals to the process's own server."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class _Read(Collector):
    """Gauges as a collector."""

    def __init__(self, service: str, gauges: Sequence[Gauge]) -> None:
        self._service = service
        self._gauges = gauges

    def collect(self) -> Iterator[Metric]:
        for gauge in self._gauges:
            names = [name for name, _ in gauge.labels]
            family = GaugeMetricFamily(gauge.name, gauge.help, labels=["service", *names])
            family.add_metric([self._service, *(value for _, value in gauge.labels)], gauge.value)
            yield family


class _Together(Collector):
    """Several collectors as one: samples of one name stand together, as the format asks."""

    def __init__(self, parts: Sequence[Collector | CollectorRegistry]) -> None:
        self._parts = parts

    def collect(self) -> Iterator[Metric]:
        families: dict[str, Metric] = {}
        for part in self._parts:
            for family in part.collect():
                if family.name in families:
                    families[family.name].samples += family.samples
                else:
                    families[family.name] = family
        yield from families.values()
