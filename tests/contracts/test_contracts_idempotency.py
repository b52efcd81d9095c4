"""Idempotency-Key on every unsafe operation of every document, whatever it does and whatever body it takes.

A key is claimed before anything else of a request is looked at. So a request under a key that is held must be refused,
and one under a key that was answered must be answered so again, also where the request itself would make no sense.
"""

import importlib
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
import sqlalchemy as sa
from starlette.requests import Request
from starlette.responses import Response

from mentoring_allinone.stack import WITH_DATABASE
from mentoring_common import idempotency, migrations
from mentoring_common.auth import internal
from mentoring_common.databases import provision
from mentoring_common.embedded.issuer import DevIssuer
from mentoring_common.testing.harness import ISSUER, Harness, issuer_only, settings_for
from mentoring_common.unit_of_work import PLATFORM

KEY, SUBJECT = "once", "machine"
ANSWER = b'{"answered": "before", "version": 7, "revision": 7}'


@dataclass(frozen=True)
class Operation:
    """An unsafe operation, and a request for it that need not make sense."""

    method: str
    path: str
    media_type: str
    tenant: UUID
    anonymous: bool

    @property
    def url(self) -> str:
        """The path with ids of nothing."""
        values = {"tenant_id": str(self.tenant), "name": "x", "version": "1", "indicator_id": "x"}
        parts = [values.get(p[1:-1], str(UUID(int=1))) if p.startswith("{") else p for p in self.path.split("/")]
        return "/".join(parts)

    @property
    def content(self) -> bytes:
        return b"{}" if self.media_type else b""

    async def send(self, client: httpx.AsyncClient) -> httpx.Response:
        headers = {"Idempotency-Key": KEY} | ({"Content-Type": self.media_type} if self.media_type else {})
        return await client.request(self.method, self.url, content=self.content, headers=headers)

    async def claim(self) -> idempotency.Claim:
        """What the service makes of the request's key."""
        headers = [(b"idempotency-key", KEY.encode())]
        scope: dict[str, Any] = {"type": "http", "method": self.method, "path": self.url, "query_string": b""}
        scope |= {"headers": headers, "server": ("service.test", 80), "scheme": "http"}

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": self.content, "more_body": False}

        found = await idempotency._wanted(Request(scope, receive), self.tenant, "" if self.anonymous else SUBJECT)
        assert found is not None
        return found


@dataclass
class Running:
    """A service that answers HTTP, with a client that may do anything."""

    harness: Harness
    operations: list[Operation]

    def client(self, operation: Operation) -> httpx.AsyncClient:
        name = self.harness.service.name
        scopes = (f"{name}:write", "organisation:admin", "platform:admin", internal(name))
        tenant = None if operation.tenant == PLATFORM else operation.tenant
        return self.harness.caller(*scopes, tenant=tenant, subject=SUBJECT)


@pytest.fixture(scope="module", params=sorted(WITH_DATABASE))
async def running(servers, request):
    name = request.param
    urls = await provision(servers.superuser_url, name, database=f"mentoring_{name}_{uuid4().hex[:8]}")
    await migrations.upgrade(urls.owner, name)
    issuer = DevIssuer(ISSUER, "mentoring")
    create_app = importlib.import_module(f"mentoring_{name}.app").create_app
    service = create_app(settings_for(servers, urls), http=issuer_only(issuer))
    yield Running(Harness(service, issuer, service.clock), operations(service.app.openapi()))
    await service.stop()


def operations(document: dict[str, Any]) -> list[Operation]:
    tenant = uuid4()
    return [
        Operation(
            method.upper(),
            path,
            next(iter(operation.get("requestBody", {}).get("content", {})), ""),
            PLATFORM if path == "/organisations" else tenant,
            "security" not in operation,
        )
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
        if method.upper() in idempotency.UNSAFE
    ]


@asynccontextmanager
async def held(running, claim):
    async with running.harness.service.system.connect() as connection:
        await connection.execute(sa.select(sa.func.pg_advisory_lock(claim.number)))
        yield
        await connection.execute(sa.select(sa.func.pg_advisory_unlock(claim.number)))


async def test_a_key_that_is_held_is_in_use_on_every_operation(running):
    assert len(running.operations) >= 4
    for operation in running.operations:
        client = running.client(operation)
        async with held(running, await operation.claim()):
            refused = await operation.send(client)
        assert (refused.status_code, refused.json()["code"]) == (409, "idempotency_key_in_use"), operation
        assert refused.headers["retry-after"] == "1"
        free = await operation.send(client)
        assert free.status_code < 500, (operation, free.text)
        assert free.status_code < 300 or free.json()["code"] != "idempotency_key_in_use", operation


async def test_an_answer_is_given_again_on_every_operation(running):
    for operation in running.operations:
        claim = await operation.claim()
        async with running.harness.service.database.transaction(operation.tenant) as db:
            await db.execute(sa.text("DELETE FROM idempotency_keys WHERE key_digest = :k"), {"k": claim.key_digest})
            await claim.store(db, Response(ANSWER, 299, media_type="application/json"))
        again = await operation.send(running.client(operation))
        assert (again.status_code, again.content) == (299, ANSWER), (operation, again.text)
        assert again.headers["idempotency-replayed"] == "true"
