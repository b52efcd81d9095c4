"""A REST write and a read of the applications service, against a FastAPI route that does nothing."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from uuid import uuid4

import httpx
from fastapi import FastAPI

from bench.parts import Row
from mentoring_applications.app import create_app
from mentoring_common.testing.harness import Servers, running

COUNT = 400


async def requests(servers: Servers) -> list[Row]:
    """Rows on one write with its event, audit entry and transaction, and on one read by id."""
    floor = await _floor()
    tenant = uuid4()
    async with running(servers, create_app, "applications") as service:
        office = service.caller("applications:write", "organisation:admin", tenant=tenant)
        made: list[str] = []

        async def write(number: int) -> None:
            body = {"name": "Ada Byron", "email": f"ada{number}@example.org"}
            made.append((await office.post("/people", json=body)).raise_for_status().json()["id"])

        async def read(number: int) -> None:
            (await office.get(f"/people/{made[number]}")).raise_for_status()

        written, known = await _rate(write), await _rate(read)
    return [
        Row("REST write (person, event, audit)", "requests/s", written, "empty FastAPI route", floor),
        Row("REST read by id", "requests/s", known, "empty FastAPI route", floor),
    ]


async def _floor() -> float:
    app = FastAPI()

    @app.get("/")
    async def nothing() -> dict[str, str]:
        return {}

    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://floor") as client:

        async def call(_: int) -> None:
            await client.get("/")

        return await _rate(call)


async def _rate(call: Callable[[int], Awaitable[None]]) -> float:
    began = time.perf_counter()
    for number in range(COUNT):
        await call(number)
    return COUNT / (time.perf_counter() - began)
