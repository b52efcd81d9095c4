"""The floor: Starlette and asyncpg doing the same work with nothing around it; a process of its own.

`python -m bench.requests.floor '{"dsn": …, "fd": …}'` serves GET /row/{id}, GET /rows and POST /rows.
"""

from __future__ import annotations

import json
import socket
import sys
import uuid
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import orjson
import uvicorn
import uvloop
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

TABLES = """
CREATE TABLE floor_rows (tenant_id uuid, id uuid, name text, email text, employer_id uuid, PRIMARY KEY (tenant_id, id));
CREATE TABLE floor_outbox (seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, topic text, payload bytea);
"""


def app(dsn: dict[str, str]) -> Starlette:
    """One SELECT by key and JSON; fifty rows and JSON; a row and an outbox row in one transaction."""
    pool: Any = None

    @asynccontextmanager
    async def lifespan(_: Starlette) -> Any:
        nonlocal pool
        pool = await asyncpg.create_pool(**dsn, min_size=5, max_size=5)
        yield
        await pool.close()

    async def read(request: Request) -> Response:
        row = await pool.fetchrow("SELECT * FROM floor_rows WHERE id = $1", uuid.UUID(request.path_params["id"]))
        return Response(orjson.dumps(dict(row), default=str), media_type="application/json")

    async def read_fifty(_: Request) -> Response:
        rows = await pool.fetch("SELECT * FROM floor_rows ORDER BY id LIMIT 50")
        return Response(orjson.dumps([dict(row) for row in rows], default=str), media_type="application/json")

    async def write(request: Request) -> Response:
        new, id_ = orjson.loads(await request.body()), uuid.uuid4()
        async with pool.acquire() as connection, connection.transaction():
            made = "INSERT INTO floor_rows (tenant_id, id, name, email) VALUES ($1, $2, $3, $4)"
            await connection.execute(made, id_, id_, new["name"], new["email"])
            await connection.execute("INSERT INTO floor_outbox (topic, payload) VALUES ($1, $2)", "t", id_.bytes)
        return Response(orjson.dumps({"id": str(id_)}), status_code=201, media_type="application/json")

    routes = [Route("/rows", read_fifty), Route("/rows", write, methods=["POST"]), Route("/rows/{id}", read)]
    return Starlette(routes=routes, lifespan=lifespan)


def main() -> None:
    told = json.loads(sys.argv[1])
    config = uvicorn.Config(app(told["dsn"]), log_config=None, access_log=False)
    listener = socket.socket(fileno=told["fd"])
    uvloop.run(uvicorn.Server(config).serve(sockets=[listener]))


if __name__ == "__main__":
    main()
