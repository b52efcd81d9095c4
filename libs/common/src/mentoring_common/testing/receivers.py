"""Receivers of webhooks: real HTTP servers on this machine, whose answers a test chooses."""

import asyncio
import json
import time
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web


@dataclass
class Message:
    """One request that came: its path, headers, body, and when."""

    path: str
    headers: dict[str, str]
    body: bytes
    at: float = field(default_factory=time.time)

    @property
    def event(self) -> dict[str, Any]:
        event: dict[str, Any] = json.loads(self.body)
        return event

    @property
    def verifies(self) -> bool:
        """Whether it asks for a challenge to be given back."""
        return "challenge" in self.event["data"]


class Receivers:
    """One server for any number of endpoints, a path each; `answers` makes one of them answer something else."""

    def __init__(self) -> None:
        self.messages: list[Message] = []
        self.answers: dict[str, Any] = {}
        self.port = 0
        self._runner: web.AppRunner | None = None

    async def start(self) -> "Receivers":
        app = web.Application()
        app.router.add_route("*", "/{tail:.*}", self._take)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.port = self._runner.addresses[0][1]
        return self

    async def stop(self) -> None:
        assert self._runner is not None
        await self._runner.cleanup()

    def url(self, path: str = "/hook") -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def at(self, path: str = "/hook") -> list[Message]:
        """What an endpoint was sent, the challenges left out."""
        return [m for m in self.messages if m.path == path and not m.verifies]

    async def _take(self, request: web.Request) -> web.StreamResponse:
        message = Message(request.path, dict(request.headers), await request.read())
        self.messages.append(message)
        answer = self.answers.get(request.path)
        if callable(answer):
            answered: web.StreamResponse = await answer(request)
            return answered
        if message.verifies and answer is None:
            return web.json_response({"challenge": message.event["data"]["challenge"]})
        return web.Response(status=answer or 204)


def headers_of(answer: int, **headers: str) -> Any:
    """An answer with headers."""

    async def give(_: web.Request) -> web.Response:
        return web.Response(status=answer, headers=headers)

    return give


async def hang(_: web.Request) -> web.Response:
    """No answer for as long as anybody waits."""
    await asyncio.sleep(3600)
    return web.Response()


async def endless(request: web.Request) -> web.StreamResponse:
    """An answer that does not end."""
    response = web.StreamResponse()
    await response.prepare(request)
    while True:
        await response.write(b"x" * 65536)
