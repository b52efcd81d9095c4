"""What stands in front of a service's routes, as pure ASGI.

Limits and deadlines of bodies, content types, text and numbers that can be stored, headers of answers, one log line.
"""

import asyncio
import re
import time
import uuid
from collections.abc import Mapping
from math import isfinite
from typing import TYPE_CHECKING
from urllib.parse import unquote_to_bytes

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mentoring_common.errors import Rejected
from mentoring_common.headers import protected
from mentoring_common.metrics import Metrics
from mentoring_common.observability import log
from mentoring_common.problems import of_error, refusal
from mentoring_common.tracing import Tracing, current_traceparent, traced

if TYPE_CHECKING:
    from opentelemetry.trace import Span

CONTENT_TYPES = frozenset({"application/json"})
OF_PATCH = CONTENT_TYPES | {"application/merge-patch+json"}  # what is left out stays: no other method reads a body so
MAX_JSON_DEPTH = 64
# Read from left to right, so that an escaped backslash hides what is behind it and a whole surrogate pair passes.
_ESCAPES = re.compile(
    rb"\\u[dD][89abAB]..\\u[dD][c-fC-F]..|(?P<bad>\\u0000|\\u[dD][89a-fA-F]|\0|\xed[\xa0-\xbf])|\\.", re.DOTALL
)
# Strings are taken whole, so that digits in them are none; nothing is read twice, however a body is made.
_NUMBERS = re.compile(rb'"(?:[^"\\]++|\\.)*+"?|(?P<number>-?\d[\d.eE+-]*+)|(?P<none>NaN|Infinity)', re.DOTALL)
MOST_INTEGER = 2**53 - 1


class UnstorableText(Rejected):
    """A text of the request holds a character that cannot be stored: U+0000, or half of a surrogate pair."""


class NotUtf8(Rejected):
    """The path or the query holds bytes that are no UTF-8."""


class InexactNumber(Rejected):
    """A number of the request is not one that JSON carries exactly: an integer beyond 2^53 - 1, NaN, Infinity."""


class Edge:
    """Reads the body under a limit and a deadline, refuses what is not JSON (or listed), and logs the request."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        service: str,
        body_limit: int,
        body_timeout_s: float,
        uploads: Mapping[str, tuple[int, frozenset[str]]] | None = None,
        metrics: Metrics | None = None,
        tracing: Tracing | None = None,
    ) -> None:
        """`uploads`: path suffix → (limit in bytes, content types) of routes that take files; one that ends with a
        slash stands for all that is below it, and "" among the types for no word of what it is."""
        self._app = app
        self._service = service
        self._limit = body_limit
        self._timeout = body_timeout_s
        self._uploads = uploads or {}
        self._metrics = metrics
        self._tracing = tracing

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
        with traced(headers.get(b"traceparent"), self._tracing, scope["method"], "SERVER") as made:
            await self._answer(scope, receive, send, headers, made)

    async def _answer(
        self, scope: Scope, receive: Receive, send: Send, headers: dict[bytes, str], made: "Span | None"
    ) -> None:
        started, status = time.perf_counter(), 0
        request_id = uuid.uuid4().hex

        async def note(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = protected([*message["headers"], (b"x-request-id", request_id.encode())])
            await send(message)

        try:
            await self._serve(scope, receive, note, headers)
        finally:
            route = getattr(scope.get("route"), "path", "")
            seconds = time.perf_counter() - started
            if self._metrics is not None:
                self._metrics.request(scope["method"], route, status, seconds)
            if made is not None:
                made.update_name(f"{scope['method']} {route}".strip())
                made.set_attributes({"http.route": route, "http.response.status_code": status})
            took = round(seconds * 1000, 1)
            log.info(
                "request", service=self._service, method=scope["method"], route=route, status=status,
                duration_ms=took, request_id=request_id, traceparent=current_traceparent(),
            )  # fmt: skip

    async def _serve(self, scope: Scope, receive: Receive, send: Send, headers: dict[bytes, str]) -> None:
        if "\0" in scope["path"] or b"%00" in scope["query_string"]:
            await of_error(UnstorableText())(scope, receive, send)
            return
        if not _is_utf8(scope):
            await of_error(NotUtf8())(scope, receive, send)
            return
        if not _has_body(headers):
            await self._app(scope, receive, send)
            return
        limit, types = self._rules(scope["method"], scope["path"])
        body, refused = b"", self._refuse_by_headers(headers, limit, types)
        if refused is None:
            body, refused = await self._read(receive, limit)
        if refused is None and "json" in _media_type(headers):
            refused = _refuse_json(body)
        if refused is not None:
            refused.headers["connection"] = "close"
            await refused(scope, receive, send)
            return
        await self._app(scope, _replay(body, receive), send)

    def _rules(self, method: str, path: str) -> tuple[int, frozenset[str]]:
        for suffix, rules in self._uploads.items():
            if path.endswith(suffix) or (suffix.endswith("/") and suffix in path):
                return rules
        return self._limit, OF_PATCH if method == "PATCH" else CONTENT_TYPES

    def _refuse_by_headers(self, headers: dict[bytes, str], limit: int, types: frozenset[str]) -> Response | None:
        length = headers.get(b"content-length", "0")
        if not length.isdigit() or int(length) > limit:
            return _too_large(limit)
        if _media_type(headers) not in types:
            return refusal("unsupported_media_type", accepted=sorted(types - {""}))
        coding = headers.get(b"content-encoding", "identity").strip().lower()
        if coding not in ("", "identity"):
            return refusal("unsupported_content_coding", "Send the body as it is, without Content-Encoding")
        return None

    async def _read(self, receive: Receive, limit: int) -> tuple[bytes, Response | None]:
        chunks: list[bytes] = []
        size = 0
        try:
            async with asyncio.timeout(self._timeout):
                while True:
                    message = await receive()
                    if message["type"] == "http.disconnect":
                        return b"", refusal("body_incomplete")
                    chunks.append(message.get("body", b""))
                    size += len(chunks[-1])
                    if size > limit:
                        return b"", _too_large(limit)
                    if not message.get("more_body"):
                        return b"".join(chunks), None
        except TimeoutError:
            return b"", refusal("body_too_slow")


def _refuse_json(body: bytes) -> Response | None:
    if too_deep(body):
        return refusal("json_too_deep", f"The JSON is nested more than {MAX_JSON_DEPTH} deep")
    if not storable(body):
        return of_error(UnstorableText())
    if not exact(body):
        return of_error(InexactNumber())
    try:
        body.decode()
    except UnicodeDecodeError:
        return refusal("malformed_json", "The body is not in UTF-8: JSON is sent in UTF-8, whatever `charset` says")
    return None


def _has_body(headers: dict[bytes, str]) -> bool:
    return headers.get(b"content-length", "0") != "0" or b"transfer-encoding" in headers


def _media_type(headers: dict[bytes, str]) -> str:
    return headers.get(b"content-type", "").partition(";")[0].strip().lower()


def _too_large(limit: int) -> Response:
    return refusal("body_too_large", limit_bytes=limit)


def _replay(body: bytes, receive: Receive) -> Receive:
    sent = False

    async def replayed() -> Message:
        nonlocal sent
        if sent:
            return await receive()
        sent = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replayed


def too_deep(body: bytes, limit: int = MAX_JSON_DEPTH) -> bool:
    """Whether JSON text nests deeper than `limit`: the parser would run out of stack on such a body."""
    if body.count(b"[") + body.count(b"{") <= limit:
        return False
    depth, in_string, escaped = 0, False, False
    for byte in body:
        if in_string:
            in_string = escaped or byte != 0x22
            escaped = byte == 0x5C and not escaped
        elif byte == 0x22:
            in_string, escaped = True, False
        elif byte in b"[{":
            depth += 1
            if depth > limit:
                return True
        elif byte in b"]}":
            depth -= 1
    return False


def storable(body: bytes) -> bool:
    """Whether no text in JSON, once unescaped, holds U+0000 or half a surrogate pair: PostgreSQL takes neither.

    JSON in UTF-16, which Python's parser would take, is full of NULs and not storable either.
    """
    return not any(found["bad"] for found in _ESCAPES.finditer(body))


def _is_utf8(scope: Scope) -> bool:
    """Whether path and query are text. Servers put U+FFFD where they are none, and two names would become one."""
    raw_path: bytes = scope.get("raw_path") or b""
    try:
        for raw in (raw_path, scope["query_string"]):
            unquote_to_bytes(raw).decode()
    except UnicodeDecodeError:
        return False
    return True


def exact(body: bytes) -> bool:
    """Whether every number in JSON is finite, and every integer one that all who read JSON read alike (RFC 7493).

    Python's parser takes NaN and integers without end, which neither the columns nor the other parsers do.
    """
    return not any(found["none"] or _is_inexact(found["number"]) for found in _NUMBERS.finditer(body))


def _is_inexact(number: bytes | None) -> bool:
    if number is None or len(number) < 5:
        return False
    try:
        value = float(number)
    except ValueError:  # no JSON, says the parser
        return False
    return not isfinite(value) or (abs(value) > MOST_INTEGER and number.lstrip(b"-").isdigit())
