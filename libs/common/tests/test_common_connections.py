"""Connections as servers meet them: silent, half-sent, with heads without end; and the legal ones beside them."""

import asyncio
import contextlib
import os
import sys
from pathlib import Path

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route, WebSocketRoute
from websockets.asyncio.client import connect

from mentoring_common.edge import Edge
from mentoring_common.embedded.child_process import free_port
from mentoring_common.http_server import GuardedProtocol, server_config
from mentoring_common.testing import eventually

HEAD = b"GET /count HTTP/1.1\r\nHost: here\r\n"
SERVER = (
    "import sys, uvicorn; from mentoring_common.http_server import server_config as c; from mentoring_common.commands "
)
SERVER += "import *\nasync def app(scope, receive, send): pass\nuvicorn.Server(c(app, port=int(sys.argv[1]))).run()"


class Impatient(GuardedProtocol):
    head_timeout_s = 0.5
    linger_s = 0.2


async def count(request: Request) -> JSONResponse:
    return JSONResponse(len(await request.body()))


async def echo(websocket) -> None:
    await websocket.accept()
    async for text in websocket.iter_text():
        await websocket.send_text(text)


@contextlib.asynccontextmanager
async def serving(**options):
    routes = [Route("/count", count, methods=["GET", "POST"]), WebSocketRoute("/echo", echo)]
    app = Edge(Starlette(routes=routes), service="toy", body_limit=1_000_000, body_timeout_s=30)
    server = uvicorn.Server(server_config(app, port=free_port(), http=Impatient, **options))
    running = asyncio.create_task(server._serve())
    await eventually(lambda: asyncio.sleep(0, server.started), what="the server")
    try:
        yield server.config.port
    finally:
        server.should_exit = True
        await running


@pytest.fixture
async def port():
    async with serving() as port:
        yield port


async def opened(port, *pieces):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for piece in pieces:
        writer.write(piece)
        await writer.drain()
    return reader, writer


async def until_closed(reader):
    """What the server says before it closes; TimeoutError if it does not close."""
    async with asyncio.timeout(30):
        return await reader.read()


async def answer(reader):
    head = await reader.readuntil(b"\r\n\r\n")
    length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length"))
    return head.split()[1], await reader.readexactly(int(length.partition(b":")[2]))


async def test_a_silent_connection_is_closed_without_a_word(port):
    reader, _ = await opened(port)
    assert await until_closed(reader) == b""


@pytest.mark.parametrize("half", [b"G", HEAD, HEAD + b"Cookie: a", b"\r\n\r\n"])
async def test_half_a_head_is_refused_and_closed(port, half):
    reader, _ = await opened(port, half)
    said = await until_closed(reader)
    assert said.startswith(b"HTTP/1.1 408 ")
    assert b'"code":"head_too_slow"' in said


async def test_half_a_head_after_an_answer_is_refused(port):
    reader, writer = await opened(port, HEAD + b"\r\n")
    assert await answer(reader) == (b"200", b"0")
    writer.write(HEAD)
    assert (await until_closed(reader)).startswith(b"HTTP/1.1 408 ")


async def test_a_head_by_drops_does_not_win_time(port):
    reader, writer = await opened(port)

    async def drip():
        with contextlib.suppress(ConnectionError):
            for byte in HEAD * 1000:
                writer.write(bytes([byte]))
                await asyncio.sleep(0.02)

    dripping = asyncio.create_task(drip())
    assert (await until_closed(reader)).startswith(b"HTTP/1.1 408 ")
    dripping.cancel()


async def test_a_body_nobody_waits_for_does_not_keep_the_connection(port):
    post = b"POST /nowhere HTTP/1.1\r\nHost: here\r\nTransfer-Encoding: chunked\r\nContent-Type: text/odd\r\n\r\n"
    reader, _ = await opened(port, post)
    assert (await answer(reader))[0] == b"415"
    assert await until_closed(reader) == b""


@pytest.mark.parametrize(
    "endless",
    [
        b"GET /" + b"a" * 60_000,
        HEAD + b"Cookie: " + b"a" * 60_000,
        HEAD + b"a: b\r\n" * 10_000,
        b"\r\n" * 30_000,
        HEAD + b"Cookie: " + b"a" * 60_000 + b"\r\n\r\n",
    ],
    ids=["address", "header", "headers", "empty lines", "complete"],
)
async def test_a_head_over_the_limit_is_refused(port, endless):
    reader, _ = await opened(port, endless)
    said = await until_closed(reader)
    assert said.startswith(b"HTTP/1.1 431 ")
    assert b'"code":"head_too_large"' in said


async def test_trailers_and_chunk_lines_without_end_are_cut(port):
    post = b"POST /count HTTP/1.1\r\nHost: here\r\nTransfer-Encoding: chunked\r\nContent-Type: application/json\r\n\r\n"
    for endless in (b"0\r\n" + b"a: b\r\n" * 100_000, b"1;" + b"a" * 600_000):
        reader, _ = await opened(port, post, endless)
        with contextlib.suppress(ConnectionResetError):  # what it had not read yet is dropped
            assert await until_closed(reader) == b""


async def test_what_is_no_http_is_a_problem_document(port):
    reader, _ = await opened(port, b"hello\r\n\r\n")
    said = await until_closed(reader)
    assert said.startswith(b"HTTP/1.1 400 ")
    assert b'"code":"malformed_request"' in said


async def test_600_bad_connections_go_while_good_ones_are_served(port):
    bad = await asyncio.gather(*(opened(port, *([HEAD] * (n % 2))) for n in range(600)))
    reader, _ = await opened(port, HEAD + b"\r\n")
    assert await answer(reader) == (b"200", b"0")
    said = await asyncio.gather(*(until_closed(reader) for reader, _ in bad))
    assert {words[:12] for words in said} == {b"", b"HTTP/1.1 408"}


async def test_a_kept_connection_serves_request_after_request(port):
    reader, writer = await opened(port)
    for _ in range(3):
        writer.write(HEAD + b"\r\n" + HEAD + b"\r\n")
        assert [await answer(reader), await answer(reader)] == [(b"200", b"0")] * 2
        await asyncio.sleep(Impatient.head_timeout_s * 1.5)  # idle for longer than a head may take
    writer.close()


async def test_a_slow_body_takes_its_time(port):
    post = b"POST /count HTTP/1.1\r\nHost: here\r\nContent-Length: 8\r\nContent-Type: application/json\r\n\r\n"
    reader, writer = await opened(port, post)
    for _ in range(4):
        await asyncio.sleep(Impatient.head_timeout_s / 2)
        writer.write(b"12")
    assert await answer(reader) == (b"200", b"8")
    writer.close()


async def test_a_large_body_is_no_large_head(port):
    post = b"POST /count HTTP/1.1\r\nHost: here\r\nContent-Length: 900000\r\nContent-Type: application/json\r\n\r\n"
    reader, writer = await opened(port, post + b" " * 900_000 + HEAD + b"\r\n")
    assert [await answer(reader), await answer(reader)] == [(b"200", b"900000"), (b"200", b"0")]
    writer.close()


async def test_a_websocket_stays_open(port):
    async with connect(f"ws://127.0.0.1:{port}/echo") as websocket:
        await asyncio.sleep(Impatient.head_timeout_s * 2)
        await websocket.send("still here")
        assert await websocket.recv() == "still here"


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="reads a process's memory from /proc")
async def test_40_mb_of_headers_leave_memory_flat():
    port = free_port()
    server = await asyncio.create_subprocess_exec(sys.executable, "-c", SERVER, str(port), env=dict(os.environ))
    try:
        await eventually(lambda: _accepts(port), what="the server")
        before = _most_memory(server.pid)
        reader, writer = await opened(port, HEAD + b"Cookie: ")
        sending = asyncio.create_task(_pour(writer, 40_000_000))
        assert (await reader.readuntil(b"\r\n")).startswith(b"HTTP/1.1 431 ")
        await sending
        assert _most_memory(server.pid) - before < 8_000_000
    finally:
        server.terminate()
        await server.wait()


async def _accepts(port):
    with contextlib.suppress(OSError):
        _, writer = await opened(port)
        writer.close()
        return True


async def _pour(writer, size):
    with contextlib.suppress(ConnectionError):
        for _ in range(size // 100_000):
            writer.write(b"a" * 100_000)
            await writer.drain()


def _most_memory(pid):
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM"))


async def test_an_offer_of_http_2_is_passed_over_and_the_body_is_read(port):
    """As Java's HttpClient sends it, to whoever speaks no TLS."""
    head = b"POST /count HTTP/1.1\r\nHost: here\r\nConnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AAEAAEAA\r\n"
    head += b"Upgrade: h2c\r\nContent-Type: application/json\r\nContent-Length: 5\r\n\r\n"
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for _ in range(2):  # over one connection
        writer.write(head)
        await writer.drain()
        await asyncio.sleep(0.05)
        writer.write(b"[1,2]")
        answer = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 5)
        assert answer.startswith(b"HTTP/1.1 200")
        assert await reader.readexactly(1) == b"5"
    writer.close()
