"""One POST to somebody else's address: checked, signed, bounded in time and size, and never redirected.

The address that was checked is the one that is connected to: the check stands where the socket is made, behind every
name and notation, while TLS and the Host header still speak of the name.
"""

import asyncio
import socket
import ssl
import time
from collections.abc import AsyncIterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from functools import cache
from typing import Any, Final

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult

from mentoring_common.tracing import current_traceparent
from mentoring_integrations.webhooks import signing
from mentoring_integrations.webhooks.addresses import Refused, Rule

TIMEOUT_S: Final = 15.0  # of an attempt, from the name to the answer
CONNECT_S: Final = 5.0
READ_S: Final = 2.0
MOST_READ: Final = 16_384  # bytes of an answer's body; what is behind is not read
_NAMES_AT_ONCE: Final = 32
_GONE: Final = 410


@dataclass(frozen=True)
class Outcome:
    """How an attempt ended: the status of the answer, or a word for why there was none."""

    status: int | None
    error: str | None
    duration_ms: int
    wish_s: float | None = None  # how long the receiver asks to be left alone
    body: bytes = b""  # only of an answer that was asked for it

    @property
    def accepted(self) -> bool:
        return self.status is not None and 200 <= self.status < 300

    @property
    def gone(self) -> bool:
        """The receiver says that it wants nothing more."""
        return self.status == _GONE

    @property
    def why(self) -> str:
        return self.error or f"answered_{self.status}"


class Sender:
    """Posts signed bodies; several to one endpoint over the same connection."""

    def __init__(self, session: aiohttp.ClientSession, rule: Rule) -> None:
        self._session = session
        self._rule = rule

    async def post(
        self, url: str, message_id: str, body: bytes, secrets: Sequence[str], *, read: bool = False
    ) -> Outcome:
        """One attempt; every failure is an outcome. With `read` the beginning of the answer's body is kept."""
        began = time.monotonic()
        headers = signing.headers(message_id, int(time.time()), body, secrets) | _HEADERS
        headers["traceparent"] = current_traceparent()
        status: int | None = None
        wish: float | None = None
        answer, error = b"", None
        try:
            self._rule.check_url(url)
            async with self._session.post(url, data=body, headers=headers, allow_redirects=False) as response:
                status, wish = response.status, _wish_s(response.headers.get("Retry-After"))
                async with asyncio.timeout(READ_S):  # a connection whose answer was read can be used again
                    answer = await response.content.read(MOST_READ)
        except Refused as refused:
            error = f"address_refused_{refused.args[0]}"
        except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as failed:
            error = _word(failed) if status is None else None
        return Outcome(status, error, int((time.monotonic() - began) * 1000), wish, answer if read else b"")


_HEADERS: Final = {
    "Content-Type": "application/cloudevents+json; charset=utf-8",
    "User-Agent": "mentoring-webhooks/1",
    "Accept-Encoding": "identity",
}


@asynccontextmanager
async def sender(rule: Rule) -> AsyncIterator[Sender]:
    """A sender with connections of its own, which end with it."""

    def guarded(info: tuple[Any, ...]) -> socket.socket:
        family, kind, proto, _, where = info
        rule.check_address(str(where[0]))
        return socket.socket(family, kind, proto)

    connector = aiohttp.TCPConnector(
        resolver=_Names(rule), socket_factory=guarded, ssl=_tls(), limit=0, use_dns_cache=False, force_close=False
    )
    timeout = aiohttp.ClientTimeout(total=TIMEOUT_S, sock_connect=CONNECT_S)
    async with aiohttp.ClientSession(
        connector=connector,
        timeout=timeout,
        trust_env=False,
        auto_decompress=False,
        cookie_jar=aiohttp.DummyCookieJar(),
        max_line_size=8190,
        max_field_size=8190,
    ) as session:
        yield Sender(session, rule)


class _Names(AbstractResolver):
    """Resolves by the system, in threads of its own: names that take long keep nobody else's thread.

    A name that leads to one address that is refused is refused whole: it may lead there the next time.
    """

    def __init__(self, rule: Rule) -> None:
        self._rule = rule

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        loop = asyncio.get_running_loop()
        found = await loop.run_in_executor(
            _threads(), lambda: socket.getaddrinfo(host, port, family, socket.SOCK_STREAM, flags=socket.AI_ADDRCONFIG)
        )
        for _, _, _, _, where in found:
            self._rule.check_address(str(where[0]))
        return [
            ResolveResult(
                hostname=host, host=str(where[0]), port=port, family=of, proto=proto, flags=socket.AI_NUMERICHOST
            )
            for of, _, proto, _, where in found
        ]

    async def close(self) -> None:
        return None


@cache
def _threads() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(_NAMES_AT_ONCE, thread_name_prefix="webhook-names")


@cache
def _tls() -> ssl.SSLContext:
    return ssl.create_default_context()


def _word(error: BaseException) -> str:
    """A stable word for a failure: texts of errors may repeat addresses and names."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, Refused):
            return f"address_refused_{cause.args[0]}"
        cause = cause.__cause__ or cause.__context__
    match error:
        case TimeoutError():
            return "timeout"
        case aiohttp.ClientConnectorDNSError() | socket.gaierror():
            return "unknown_name"
        case aiohttp.ClientSSLError():
            return "tls"
        case aiohttp.ClientConnectorError() | ConnectionError():
            return "no_connection"
        case aiohttp.InvalidURL():
            return "address_refused_malformed"
    return "no_answer"


def _wish_s(retry_after: str | None) -> float | None:
    """What a Retry-After says, in seconds from now; None where it says nothing."""
    if retry_after is None:
        return None
    if retry_after.strip().isdigit():
        return float(retry_after)
    try:
        return max(0.0, parsedate_to_datetime(retry_after).timestamp() - time.time())
    except (ValueError, OverflowError):
        return None
