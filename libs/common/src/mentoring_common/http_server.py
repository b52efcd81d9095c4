"""HTTP as every process of ours serves it: uvicorn, with limits on how late and how large a request's head may be."""

import asyncio
import re
from typing import Any, Final

import uvicorn
from starlette.responses import Response
from starlette.types import ASGIApp
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from mentoring_common.problems import refusal

KEEP_ALIVE_S = 30
WEBSOCKET_LIMIT_BYTES = 1_048_576


_H2C: Final = re.compile(rb"\r\n(?:upgrade: *h2c|http2-settings:[^\r\n]*)(?=\r\n|$)", re.IGNORECASE)


class HeadTooLarge(Exception):
    """Raised into the parser, which stops there."""


class GuardedProtocol(HttpToolsProtocol):
    """uvicorn's protocol, which by itself waits for a request for ever and takes headers without end.

    A connection owes a head from its first moment, and from the first byte that follows an answer; in between the
    keep-alive time runs. Bodies have their own limits, in `Edge`. What is refused is read and dropped for a moment,
    so that the answer arrives; a connection that said nothing is closed without one, as a proxy's spare ones expect.
    """

    head_timeout_s = 10.0
    head_limit_bytes = 32_768
    linger_s = 2.0

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._timer: asyncio.TimerHandle | None = None
        self._unread = 0  # bytes since a head or a piece of a body was complete: of heads, chunk lines and trailers
        self._head_size = 0
        self._given_up = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._expect_head()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_timer()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._given_up:
            return
        self._unread += len(data)
        super().data_received(_without_h2c(data) if b"h2c" in data and self._is_idle() else data)
        if self._given_up or self.transport.is_closing():
            return
        if self._unread > self.head_limit_bytes:
            self._refuse(_too_large(self.head_limit_bytes))
        elif self._timer is None and self._is_idle():
            self._expect_head()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._head_size = 0

    def on_url(self, url: bytes) -> None:
        super().on_url(url)
        self._grow_head(len(url))

    def on_header(self, name: bytes, value: bytes) -> None:
        # Also of trailers, which come after the body and are kept with the headers.
        super().on_header(name, value)
        self._grow_head(len(name) + len(value))

    def on_headers_complete(self) -> None:
        self._stop_timer()
        self._unread = 0
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        self._unread = 0
        super().on_body(body)

    def handle_websocket_upgrade(self) -> None:
        self._given_up = True  # another protocol has the connection from here on
        super().handle_websocket_upgrade()

    def send_400_response(self, msg: str) -> None:
        if self._head_size > self.head_limit_bytes:
            self._refuse(_too_large(self.head_limit_bytes))
        else:
            self._refuse(refusal("malformed_request"))

    def _grow_head(self, size: int) -> None:
        self._head_size += size
        if self._head_size > self.head_limit_bytes:
            raise HeadTooLarge()

    def _is_idle(self) -> bool:
        return self.cycle is None or self.cycle.response_complete

    def _expect_head(self) -> None:
        self._timer = self.loop.call_later(self.head_timeout_s, self._head_is_late)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _head_is_late(self) -> None:
        self._timer = None
        if self._unread:
            self._refuse(refusal("head_too_slow"))
        else:
            self.transport.close()

    def _refuse(self, answer: Response) -> None:
        self._stop_timer()
        self._given_up = True
        if not self._is_idle():  # an answer is under way, and another one cannot stand in it
            self.transport.close()
            return
        answer.headers["connection"] = "close"
        lines = [f"HTTP/1.1 {answer.status_code} \r\n".encode()]
        lines += [name + b": " + value + b"\r\n" for name, value in answer.raw_headers]
        self.transport.write(b"".join([*lines, b"\r\n", bytes(answer.body)]))
        # Closed at once, what is still coming would make the kernel drop the answer.
        self._timer = self.loop.call_later(self.linger_s, self.transport.close)


def _without_h2c(data: bytes) -> bytes:
    """A head without the offer to go on in HTTP/2, which Java's client makes: the parser would drop the body for it."""
    head, end, body = data.partition(b"\r\n\r\n")
    return _H2C.sub(b"", head) + end + body


def _too_large(limit: int) -> Response:
    return refusal("head_too_large", limit_bytes=limit)


def server_config(app: ASGIApp, **options: Any) -> uvicorn.Config:
    """How uvicorn serves `app`; `options` are more of uvicorn's own."""
    served: dict[str, Any] = {
        "http": GuardedProtocol,
        "interface": "asgi3",
        "log_config": None,
        "lifespan": "off",
        "timeout_keep_alive": KEEP_ALIVE_S,
        "ws_max_size": WEBSOCKET_LIMIT_BYTES,
        "server_header": False,
        "access_log": False,
    }
    return uvicorn.Config(app, **(served | options))
