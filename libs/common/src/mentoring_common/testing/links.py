"""A bad network between a service and a server on this machine: bytes are late, stay away, or are cut off."""

import asyncio
import contextlib
import random

from mentoring_common.embedded.child_process import free_port

_PIECE = 1 << 16
_FIRST_WAIT_S = 0.2  # until what was lost is sent again; then twice as long (RFC 6298 lets Linux begin with this)


class Link:
    """A TCP door to a server, whose address is HOST:PORT or the path of a Unix socket.

    Set while it serves: `delay_s` on average for every piece, each way; `loss`, the share of pieces that are lost and
    come when they were sent again; `cut`, the share of answers that end in their middle, and the connection with them.
    """

    def __init__(self, server: str, *, port: int | None = None) -> None:
        self._server = server
        self.port = port or free_port()
        self.delay_s = self.loss = self.cut = 0.0
        self.cuts = 0
        self._flows = asyncio.Event()
        self._flows.set()
        self._connections: set[_Connection] = set()
        self._listening: asyncio.Server | None = None

    @property
    def server_port(self) -> int:
        return int(self._server.rsplit(":", 1)[1])

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    async def open(self) -> "Link":
        self._listening = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        return self

    async def close(self) -> None:
        """End it and every connection."""
        if self._listening is not None:
            self._listening.close()
        for connection in list(self._connections):
            connection.end()
        await asyncio.gather(*(connection.ended.wait() for connection in list(self._connections)))

    def stall(self) -> None:
        """From now on nothing comes through and no connection ends: neither side is told anything."""
        self._flows.clear()

    def flow(self) -> None:
        """What waited comes through, and what follows."""
        self._flows.set()

    def forget(self) -> None:
        """The connections of now are dead for ever, and neither side is told; new ones work."""
        for connection in self._connections:
            connection.forgotten = True

    def good(self) -> None:
        """A network without fault, for connections that were not forgotten."""
        self.delay_s = self.loss = self.cut = 0.0
        self.flow()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = _Connection(self)
        self._connections.add(connection)
        try:
            await connection.run(self._server, reader, writer)
        finally:
            self._connections.discard(connection)
            connection.ended.set()

    async def _come_through(self, connection: "_Connection") -> None:
        """Return when a piece that was sent now is there."""
        if self.delay_s:
            await asyncio.sleep(random.uniform(0, 2 * self.delay_s))
        wait_s = _FIRST_WAIT_S
        while random.random() < self.loss:
            await asyncio.sleep(wait_s)
            wait_s *= 2
        await self._flows.wait()
        if connection.forgotten:
            await asyncio.Event().wait()


class _Connection:
    def __init__(self, link: Link) -> None:
        self._link = link
        self._work: asyncio.Task[None] | None = None
        self.forgotten = False
        self.ended = asyncio.Event()

    def end(self) -> None:
        if self._work is not None:
            self._work.cancel()

    async def run(self, server: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._work = asyncio.ensure_future(self._pipe_both(server, reader, writer))
        await asyncio.wait([self._work])
        writer.transport.abort()
        if not self._work.cancelled():
            self._work.exception()  # looked at: a connection that cannot be made ends this one, which says enough

    async def _pipe_both(self, server: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await self._link._come_through(self)
        answers, asks = await _connect(server)
        pipes = [
            asyncio.ensure_future(self._pipe(reader, asks, answers=False)),
            asyncio.ensure_future(self._pipe(answers, writer, answers=True)),
        ]
        try:
            await asyncio.wait(pipes, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for pipe in pipes:
                pipe.cancel()
            await asyncio.gather(*pipes, return_exceptions=True)
            asks.transport.abort()

    async def _pipe(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, answers: bool) -> None:
        """Hand on what comes until one side ends, or this connection is cut."""
        with contextlib.suppress(ConnectionError):
            while piece := await reader.read(_PIECE):
                await self._link._come_through(self)
                cut = answers and random.random() < self._link.cut
                writer.write(piece[: len(piece) // 2] if cut else piece)
                await writer.drain()
                if cut:
                    self._link.cuts += 1
                    return
        await self._link._come_through(self)


async def _connect(server: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    if server.startswith("/"):
        return await asyncio.open_unix_connection(server)
    host, port = server.rsplit(":", 1)
    return await asyncio.open_connection(host, int(port))
