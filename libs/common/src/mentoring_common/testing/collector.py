"""A collector of traces: a real OTLP/HTTP server on this machine, which keeps the spans that it is sent."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)


@dataclass(frozen=True)
class Seen:
    """A span as it was sent; ids in hex, `parent` empty where it is the first of its trace."""

    service: str
    name: str
    kind: str
    trace: str
    id: str
    parent: str
    attributes: dict[str, Any]


class Collector:
    """Its `url`, and what it was sent so far."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.spans: list[Seen] = []

    def of(self, trace: str) -> list[Seen]:
        """The spans of one trace."""
        return [one for one in list(self.spans) if one.trace == trace]


@contextmanager
def collector() -> Iterator[Collector]:
    """A collector that serves in a thread of its own: who sends does not wait for the event loop of a test."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            sent = ExportTraceServiceRequest.FromString(self.rfile.read(int(self.headers["Content-Length"])))
            kept.spans += _spans(sent)
            self.send_response(200)
            self.send_header("Content-Type", "application/x-protobuf")
            self.end_headers()
            self.wfile.write(ExportTraceServiceResponse().SerializeToString())

        def log_message(self, format: str, *args: Any) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    kept = Collector(f"http://127.0.0.1:{server.server_address[1]}/v1/traces")
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield kept
    finally:
        server.shutdown()
        server.server_close()


def _spans(sent: ExportTraceServiceRequest) -> Iterator[Seen]:
    for resource in sent.resource_spans:
        service = _values(resource.resource.attributes)["service.name"]
        for scope in resource.scope_spans:
            for one in scope.spans:
                kind = type(one).SpanKind.Name(one.kind).removeprefix("SPAN_KIND_")
                ids = one.trace_id.hex(), one.span_id.hex(), one.parent_span_id.hex()
                yield Seen(service, one.name, kind, *ids, _values(one.attributes))


def _values(attributes: Any) -> dict[str, Any]:
    return {one.key: getattr(one.value, one.value.WhichOneof("value")) for one in attributes}
