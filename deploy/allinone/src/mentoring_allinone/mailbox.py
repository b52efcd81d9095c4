"""A mailbox for development: an SMTP receiver on 127.0.0.1 that delivers nowhere, and a page to read what arrived."""

import asyncio
import email
import email.policy
import html
from collections import deque
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any, Self

from aiosmtpd.smtp import SMTP, Envelope, Session
from pydantic import TypeAdapter
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from mentoring_common.methods import Methods

MESSAGES_KEPT = 1000
MESSAGE_BYTES = 1_000_000  # a bigger one is refused by SMTP, status 552
BYTES_KEPT = 32_000_000

PAGE_HEADERS = {
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
}
_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:50rem;margin:2rem auto;padding:0 1rem}"
    "article{border-top:1px solid #767676;padding:1rem 0}h2{font-size:1.1rem;margin:0}"
    "pre{white-space:pre-wrap;overflow-wrap:anywhere;font:inherit}"
)


@dataclass(frozen=True, slots=True)
class ReceivedMessage:
    """One message as it arrived. `recipients` are those of the envelope, in lower case; `size` is in bytes."""

    number: int
    received_at: datetime
    sender: str
    recipients: tuple[str, ...]
    subject: str
    text: str
    attachments: tuple[str, ...]
    headers: dict[str, str]
    size: int

    def write(self, path: Path) -> None:
        """Make the file at once or not at all."""
        unfinished = path.with_suffix(".unfinished")
        unfinished.write_bytes(_FILE.dump_json(self))
        unfinished.replace(path)

    @classmethod
    def read(cls, path: Path) -> "ReceivedMessage":
        """What `write` wrote."""
        return _FILE.validate_json(path.read_bytes())

    def as_json(self) -> dict[str, Any]:
        return {
            "number": self.number,
            "receivedAt": self.received_at.isoformat(),
            "from": self.sender,
            "to": list(self.recipients),
            "subject": self.subject,
            "text": self.text,
            "attachments": list(self.attachments),
            "headers": self.headers,
        }


_FILE = TypeAdapter(ReceivedMessage)


class Mailbox:
    """Receives mail on `port` of 127.0.0.1 and keeps the newest: at most MESSAGES_KEPT, at most BYTES_KEPT together.

    With a folder they are there again at the next start, also after a kill: a message is a file before SMTP says yes.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._kept: deque[ReceivedMessage] = deque()
        self._bytes = 0
        self._received = 0
        self._server: asyncio.Server | None = None
        self._folder = folder
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
            for path in sorted(folder.glob("*.json")):
                self._keep(ReceivedMessage.read(path))

    @classmethod
    async def start(cls, port: int = 0, folder: Path | None = None) -> Self:
        """Listen on `port` (0: a free one) in the running event loop. OSError if it is taken."""
        mailbox = cls(folder)
        mailbox._server = await asyncio.get_running_loop().create_server(mailbox._session, "127.0.0.1", port)
        return mailbox

    async def stop(self) -> None:
        """Take no more mail; what arrived can still be read."""
        if self._server is not None:
            self._server.close()
            self._server = None

    @property
    def port(self) -> int:
        if self._server is None:
            raise RuntimeError("the mailbox is not started")
        return int(self._server.sockets[0].getsockname()[1])

    @property
    def messages(self) -> list[ReceivedMessage]:
        """What is kept, oldest first."""
        return list(self._kept)

    def for_recipient(self, address: str) -> list[ReceivedMessage]:
        """What is kept for `address` (in any case), oldest first."""
        wanted = address.strip().lower()
        return [message for message in self._kept if wanted in message.recipients]

    def clear(self) -> None:
        """Forget every message."""
        while self._kept:
            self._forget()

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """aiosmtpd calls it for each message."""
        content = envelope.content if isinstance(envelope.content, bytes) else (envelope.content or "").encode()
        message = _received(self._received + 1, envelope, content)
        if self._folder is not None:
            message.write(self._file(message))
        self._keep(message)
        return "250 OK"

    def _session(self) -> SMTP:
        return SMTP(self, data_size_limit=MESSAGE_BYTES, enable_SMTPUTF8=True, hostname="localhost", timeout=30)

    def _keep(self, message: ReceivedMessage) -> None:
        self._received = message.number
        self._kept.append(message)
        self._bytes += message.size
        while len(self._kept) > MESSAGES_KEPT or self._bytes > BYTES_KEPT:
            self._forget()

    def _forget(self) -> None:
        gone = self._kept.popleft()
        self._bytes -= gone.size
        if self._folder is not None:
            self._file(gone).unlink(missing_ok=True)

    def _file(self, message: ReceivedMessage) -> Path:
        assert self._folder is not None
        return self._folder / f"{message.number:012}.json"


def _received(number: int, envelope: Envelope, content: bytes) -> ReceivedMessage:
    message = email.message_from_bytes(content, policy=email.policy.default)
    return ReceivedMessage(
        number=number,
        received_at=datetime.now(UTC),
        sender=envelope.mail_from or "",
        recipients=tuple(address.lower() for address in envelope.rcpt_tos),
        subject=str(message.get("subject", "")),
        text=_text(message),
        attachments=tuple(part.get_filename() or part.get_content_type() for part in message.iter_attachments()),
        headers={name: str(value) for name, value in message.items()},
        size=len(content),
    )


def _text(message: EmailMessage) -> str:
    """The plain text, or where there is none the source of the HTML, which is never shown as HTML."""
    body = message.get_body(("plain", "html"))
    try:
        return str(body.get_content()) if body else ""
    except (LookupError, ValueError):  # an unknown character set
        payload = body.get_payload(decode=True) if body else b""
        return payload.decode(errors="replace") if isinstance(payload, bytes) else ""


def mailbox_app(mailbox: Mailbox) -> ASGIApp:
    """A page (`/`) and a list (`/messages`) of what arrived, newest first; both take `?to=address`."""

    def chosen(request: Request) -> list[ReceivedMessage]:
        to = request.query_params.get("to", "").strip()
        return (mailbox.for_recipient(to) if to else mailbox.messages)[::-1]

    async def messages(request: Request) -> Response:
        found = [message.as_json() for message in chosen(request)]
        return JSONResponse({"messages": found}, headers={"cache-control": "no-store"})

    async def page(request: Request) -> Response:
        return HTMLResponse(_page(chosen(request)), headers=PAGE_HEADERS)

    return Methods(Starlette(routes=[Route("/", page), Route("/messages", messages)]))


def _page(messages: list[ReceivedMessage]) -> str:
    articles = "".join(map(_article, messages)) or "<p>No message has arrived.</p>"
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Mailbox</title>'
        f"<style>{_STYLE}</style></head><body><main><h1>Mailbox</h1>{articles}</main></body></html>"
    )


def _article(message: ReceivedMessage) -> str:
    when = html.escape(f"{message.received_at:%Y-%m-%d %H:%M:%S} UTC")
    attached = f"<p>Attached: {html.escape(', '.join(message.attachments))}</p>" if message.attachments else ""
    return (
        f"<article><h2>{html.escape(message.subject) or '(no subject)'}</h2>"
        f"<p>{when} · from {html.escape(message.sender)} · to {html.escape(', '.join(message.recipients))}</p>"
        f"<pre>{html.escape(message.text)}</pre>{attached}</article>"
    )
