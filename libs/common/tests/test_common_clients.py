"""Calls over the network, as services make them."""

import asyncio

import httpx
import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from mentoring_common.clients import ask, http_client


async def _echo(request: Request) -> Response:
    body = (await request.body()).decode()
    told = {"path": request.url.path, "query": request.query_params.multi_items(), "body": body}
    return JSONResponse(told | {"type": request.headers.get("content-type")}, 201)


async def _slow(_: Request) -> Response:
    await asyncio.sleep(5)
    return Response()


@pytest.fixture
async def server():
    """The address of a server that says what it was asked."""
    routes = [
        Route("/echo/{rest:path}", _echo, methods=["GET", "POST"]),
        Route("/slow", _slow),
        Route("/away", lambda _: RedirectResponse("/echo/there")),
    ]
    serving = uvicorn.Server(uvicorn.Config(Starlette(routes=routes), port=0, log_config=None, lifespan="off"))
    task = asyncio.create_task(serving.serve())
    while not serving.started:  # noqa: ASYNC110  uvicorn has no event to wait for
        await asyncio.sleep(0.01)
    yield f"http://127.0.0.1:{serving.servers[0].sockets[0].getsockname()[1]}"
    serving.should_exit = True
    await task


@pytest.fixture
async def client():
    async with http_client(0.5) as http:
        yield http


async def test_query_and_body_come_as_they_were_given(server, client):
    params = {"q": "a&b=c d/ż", "id": ["1", "2"]}
    answer = await ask(client, "POST", f"{server}/echo/x%2Fy", {}, params=params, json={"name": "Ż", "n": None})
    assert (answer.status_code, answer.is_error) == (201, False)
    told = answer.json()
    assert told["query"] == [["q", "a&b=c d/ż"], ["id", "1"], ["id", "2"]]
    assert (told["path"], told["body"], told["type"]) == ("/echo/x/y", '{"name":"Ż","n":null}', "application/json")


async def test_a_path_breaks_out_of_no_request(server, client):
    answer = await ask(client, "GET", f"{server}/echo/a b\r\nX-Evil: 1", {})
    assert answer.json()["path"].startswith("/echo/a b")


async def test_a_redirect_is_an_answer(server, client):
    assert (await ask(client, "GET", f"{server}/away", {})).status_code == 307


async def test_no_answer_is_an_error_of_httpx(server, client):
    with pytest.raises(httpx.TimeoutException):
        await ask(client, "GET", f"{server}/slow", {})
    with pytest.raises(httpx.ConnectError):
        await ask(client, "GET", "http://127.0.0.1:9/", {})
