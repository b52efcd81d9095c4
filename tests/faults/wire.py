"""A door to a PostgreSQL server that cuts the answers to COMMIT."""

import asyncio
import contextlib
import random
import struct
from pathlib import Path

from sqlalchemy.engine import make_url

from mentoring_common.embedded.folders import TemporaryFolder

CUT = 0.1  # of all commits
SOCKET = ".s.PGSQL.5432"


class Wire:
    """A door to a PostgreSQL server that, while `cutting`, ends connections right after it has handed a COMMIT on."""

    def __init__(self, server):
        self._server = server
        self._folder = TemporaryFolder("mentoring-wire-")
        self.cutting, self.cut = False, 0

    async def open(self):
        self._folder.path.chmod(0o755)
        self._listening = await asyncio.start_unix_server(self._serve, str(self._folder.path / SOCKET))
        return self

    async def close(self):
        self._listening.close()
        self._folder.close()

    def dsn(self, database):
        url = make_url(self._server.dsn(database))
        return url.set(query={"host": str(self._folder.path)}).render_as_string(hide_password=False)

    async def _serve(self, reader, writer):
        to_server = await asyncio.open_unix_connection(str(Path(self._server.socket_dir) / SOCKET))
        answers = asyncio.create_task(self._copy(to_server[0], writer))
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            await self._hand_on(reader, to_server[1], answers)
        for end in (to_server[1], writer):
            end.close()
        await answers

    async def _hand_on(self, reader, server, answers):
        """Message by message (protocol 3.0): the first has no kind, a simple query is a Q."""
        kind = b""
        while True:
            length = await reader.readexactly(4)
            body = await reader.readexactly(struct.unpack("!i", length)[0] - 4)
            server.write(kind + length + body)
            await server.drain()
            if kind == b"Q" and body.startswith(b"COMMIT") and self.cutting and random.random() < CUT:
                answers.cancel()
                await asyncio.sleep(0.05)  # in which the server commits
                self.cut += 1
                return
            kind = await reader.readexactly(1)

    async def _copy(self, reader, writer):
        with contextlib.suppress(ConnectionError, asyncio.CancelledError):
            while data := await reader.read(1 << 16):
                writer.write(data)
                await writer.drain()
        writer.close()
