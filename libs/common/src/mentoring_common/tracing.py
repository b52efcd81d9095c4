"""The W3C trace context of what is running now, and the spans of the traces that are sampled.

The context goes from request to event to reaction to letter whether or not anybody looks. Where `traces_url` is set,
one fresh trace in so many is sampled, and each of its steps becomes an OpenTelemetry span: requests, calls to other
services, statements, announcements, reactions. A trace that is not sampled costs a look at one variable a step. Spans
hold routes, SQL with placeholders, names of events, ids of aggregates: nothing that a person wrote.
"""

import asyncio
import os
import random
import re
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urlsplit

import asyncpg
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine

from mentoring_common.settings import Settings

if TYPE_CHECKING:  # who sends no spans does not load it
    from opentelemetry.trace import Span

_FORM = re.compile(r"00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")
_WORD = re.compile(r"[a-z][a-z_-]*")
_FIRST = re.compile(r"[A-Z]{1,20}")  # of a statement
_SAMPLED = 1
LONGEST_STATEMENT = 2000

Kind = Literal["SERVER", "CLIENT", "PRODUCER", "CONSUMER", "INTERNAL"]
Attributes = Mapping[str, str | int | float]


@dataclass(frozen=True, slots=True)
class _Running:
    """What runs now: its traceparent, and where its spans go; nowhere, if its trace is not sampled."""

    traceparent: str
    spans: "Tracing | None" = None
    begins: bool = False  # no span is above it


_current: ContextVar[_Running | None] = ContextVar("trace", default=None)


class Tracing:
    """Where the spans of one service in this process go."""

    def __init__(self, service: str, url: str, ratio: float) -> None:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
        from opentelemetry.sdk.trace.sampling import ALWAYS_ON

        self.ratio = ratio
        self._provider = TracerProvider(
            resource=Resource({"service.name": f"mentoring-{service}"}),
            sampler=ALWAYS_ON,  # only steps of traces that are sampled are made spans
            shutdown_on_exit=False,
        )
        self._provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(url)))
        self._tracer = self._provider.get_tracer("mentoring")

    @classmethod
    def of(cls, settings: Settings, service: str) -> "Tracing | None":
        """That of a service's settings; None where no spans are wanted."""
        return cls(service, settings.traces_url, settings.traces_ratio) if settings.traces_url else None

    async def close(self) -> None:
        """Send what is left."""
        await asyncio.to_thread(self._provider.shutdown)

    def watch(self, engine: AsyncEngine) -> None:
        """Make each statement on an engine a span: those of SQLAlchemy, and those that are said to the driver."""
        event.listen(engine.sync_engine, "connect", _listen_to_driver)
        event.listen(engine.sync_engine, "before_cursor_execute", _note_begin)
        event.listen(engine.sync_engine, "after_cursor_execute", _note_statement)

    def begun(
        self,
        below: str | None,
        name: str,
        kind: Kind,
        attributes: Attributes | None = None,
        *,
        began_ns: int | None = None,
    ) -> "Span":
        """A span below that of a traceparent, or the first of a trace."""
        from opentelemetry import context, trace

        above = context.Context()
        if below is not None:
            ids = int(below[3:35], 16), int(below[36:52], 16)
            parent = trace.SpanContext(*ids, is_remote=True, trace_flags=trace.TraceFlags(_SAMPLED))
            above = trace.set_span_in_context(trace.NonRecordingSpan(parent), above)
        return self._tracer.start_span(name, above, trace.SpanKind[kind], attributes, start_time=began_ns)


def new_traceparent(*, sampled: bool = False) -> str:
    """A fresh trace."""
    return f"00-{os.urandom(16).hex()}-{os.urandom(8).hex()}-{sampled:02x}"


def current_traceparent() -> str:
    """The running trace, or a fresh one."""
    running = _current.get()
    return running.traceparent if running else new_traceparent()


def running_trace() -> str | None:
    """The traceparent of what runs now; None outside of every trace."""
    running = _current.get()
    return running.traceparent if running else None


def continue_trace(traceparent: str | None, spans: Tracing | None = None) -> str:
    """Take over a caller's trace where it is well formed, else start one; it is current from now on."""
    begins = traceparent is None or not _FORM.fullmatch(traceparent)
    if traceparent is None or begins:
        traceparent = new_traceparent(sampled=spans is not None and random.random() < spans.ratio)
    wanted = spans is not None and int(traceparent[-2:], 16) & _SAMPLED
    _current.set(_Running(traceparent, spans if wanted else None, begins))
    return traceparent


@contextmanager
def traced(traceparent: str | None, spans: Tracing | None, name: str, kind: Kind) -> "Iterator[Span | None]":
    """Do something as a part of the trace that it came with, or of a fresh one; its span, None where not sampled."""
    before = _current.set(None)
    try:
        continue_trace(traceparent, spans)
        with span(name, kind) as made:
            yield made
    finally:
        _current.reset(before)


@contextmanager
def span(name: str, kind: Kind = "INTERNAL") -> "Iterator[Span | None]":
    """Have what is done within as a span of the running trace; None where it is not sampled."""
    running = _current.get()
    if running is None or running.spans is None:
        yield None
        return
    made = running.spans.begun(None if running.begins else running.traceparent, name, kind)
    own = made.get_span_context()
    before = _current.set(_Running(f"00-{own.trace_id:032x}-{own.span_id:016x}-01", running.spans))
    try:
        yield made
    except Exception as error:
        made.set_attribute("error.type", type(error).__name__)
        raise
    finally:
        _current.reset(before)
        made.end()


def published(spans: Tracing, topic: str, headers: Mapping[str, str], began_ns: int) -> None:
    """Have the publishing of one event, from when it was begun until now, as a span of the event's trace."""
    traceparent = headers.get("ce_traceparent", "")
    if not (_FORM.fullmatch(traceparent) and int(traceparent[-2:], 16) & _SAMPLED):
        return
    attributes = {"messaging.system": "kafka", "messaging.destination.name": topic, "event.type": headers["ce_type"]}
    spans.begun(traceparent, f"publish {topic}", "PRODUCER", attributes, began_ns=began_ns).end()


def route_of(url: str) -> str:
    """The path of a URL with a place in the stead of everything that is no plain word: ids and what people typed."""
    return "/".join(part if _WORD.fullmatch(part) or not part else "{}" for part in urlsplit(url).path.split("/"))


def _listen_to_driver(connection: Any, _: Any) -> None:
    connection.driver_connection.add_query_logger(_note_query)


def _note_query(query: asyncpg.connection.LoggedQuery) -> None:
    _statement(query.query, query.elapsed, type(query.exception).__name__ if query.exception else "")


def _note_begin(connection: Any, *_: Any) -> None:
    connection.info["mentoring_began"] = time.monotonic()


def _note_statement(connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
    _statement(statement, time.monotonic() - connection.info["mentoring_began"], "")


def _statement(sql: str, seconds: float, error: str) -> None:
    """A statement that has just ended, as a span."""
    running = _current.get()
    if running is None or running.spans is None:
        return
    text = sql.strip()
    attributes = {"db.system.name": "postgresql", "db.query.text": text[:LONGEST_STATEMENT]}
    if error:
        attributes["error.type"] = error
    name = _FIRST.match(text)
    began = time.time_ns() - int(seconds * 1e9)
    running.spans.begun(running.traceparent, name[0] if name else "SQL", "CLIENT", attributes, began_ns=began).end()
