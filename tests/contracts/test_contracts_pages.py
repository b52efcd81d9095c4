"""The pages that come with the services load nothing from elsewhere, and work behind a prefix, cut off or not."""

import asyncio
import re
import shutil
import socket
import tempfile
from contextlib import asynccontextmanager

import httpx
import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.routing import Mount

from mentoring_allinone import generate
from mentoring_gateway.app import create_app

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
QUIET = ("--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--virtual-time-budget=20000")


def cut_off(app, prefix):
    """An ingress that strips the prefix and tells the service nothing of it."""

    async def served(scope, receive, send):
        if scope["type"] == "http":
            path = scope["path"].removeprefix(prefix)
            scope = {**scope, "root_path": "", "path": path, "raw_path": path.encode()}
        await app(scope, receive, send)

    return served


@pytest.fixture(scope="module")
def front():
    built = generate.services()
    settings = generate.blank_settings().model_copy(update={"open_introspection": True})
    return Starlette(
        routes=[
            Mount("/applications", built["applications"].asgi),
            Mount("/ingress/matching", cut_off(built["matching"].asgi, "/ingress/matching")),
            Mount("/", create_app(settings).asgi),
        ]
    )


PAGES = ["/applications/docs", "/ingress/matching/docs", "/graphql", "/docs"]


@pytest.mark.parametrize("path", PAGES)
async def test_what_a_page_names_is_served_beside_it(front, path):
    transport = httpx.ASGITransport(app=front)
    async with httpx.AsyncClient(transport=transport, base_url="http://front.test") as http:
        page = await http.get(path, headers={"Accept": "text/html"})
        policy = page.headers["content-security-policy"]
        assert "default-src 'self'" in policy
        assert "frame-ancestors 'none'" in policy
        assert page.headers["x-content-type-options"] == "nosniff"
        assert page.headers["cache-control"] == "no-store"
        named = re.findall(r'(?:src|href)="([^"]+)"', page.text)
        assert len(named) > 3
        for address in named:
            assert not re.match(r"([a-z]+:)?//", address)
            found = await http.get(page.url.join(address))
            assert (found.status_code, "max-age" in found.headers["cache-control"]) == (200, True), address


async def test_the_document_calls_the_address_it_was_read_from(front):
    transport = httpx.ASGITransport(app=front)
    async with httpx.AsyncClient(transport=transport, base_url="http://front.test") as http:
        document = (await http.get("/ingress/matching/openapi.json")).json()
    assert document["servers"] == [{"url": "."}]
    assert "/matches" in document["paths"]


@asynccontextmanager
async def served(app):
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(app, log_config=None, lifespan="off"))
        running = asyncio.create_task(server.serve(sockets=[listener]))
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        server.should_exit = True
        await running


async def shown(address):
    """What a browser makes of a page, and what it has to complain of: each thing that the policy kept out, for one."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        command = [*QUIET, "--enable-logging=stderr", f"--user-data-dir={profile}", "--dump-dom", address]
        pipe = asyncio.subprocess.PIPE
        browser = await asyncio.create_subprocess_exec(str(CHROMIUM), *command, stdout=pipe, stderr=pipe)
        page, said = await browser.communicate()
    return page.decode(), [line for line in said.decode().splitlines() if "CONSOLE" in line]


@pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium")
@pytest.mark.parametrize(
    ("path", "sign"),
    [
        *zip(
            PAGES,
            ("People of the organisation", "Pairs on their way", "graphiql-container", "Pairs on their way"),
            strict=True,
        )
    ],
)
async def test_a_browser_shows_the_page_and_misses_nothing(front, path, sign):
    async with served(front) as base:
        page, complaints = await shown(base + path)
    assert sign in page
    assert complaints == []


async def test_the_page_of_events_says_everything_and_loads_nothing(front):
    transport = httpx.ASGITransport(app=front)
    async with httpx.AsyncClient(transport=transport, base_url="http://front.test") as http:
        page = await http.get("/events")
        document = (await http.get("/asyncapi.json")).json()
    assert page.status_code == 200
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert re.findall(r'(?:src|href)="|<script', page.text) == []
    for message in document["components"]["messages"].values():
        assert f'id="{message["name"]}"' in page.text
        assert message["payload"]["schema"]["properties"], message["name"]
    assert "ce_aggregateversion" in page.text
