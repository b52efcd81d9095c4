"""Idempotency-Key: the answer is stored in the effect's own transaction, and given again to the same request.

A key is held from the claim to the answer, so that the same request sent at once twice has its effect once: by the
transaction, or by a connection of its own where a request works in several. An answer may tell of people: it is
encrypted under the caller's own key, of which only a digest is kept. What may go better the next time is never kept.
"""

import hashlib
import hmac
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from fastapi import Request, Response
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from mentoring_common import vault
from mentoring_common.collected import Answer
from mentoring_common.db import Database, bind_tenant, tenant_of
from mentoring_common.driver import driver_of, refused
from mentoring_common.errors import IdempotencyKeyInUse, IdempotencyKeyReused, Rejected, Unavailable
from mentoring_common.tables import idempotency_keys

HEADER = "Idempotency-Key"
UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})
MAX_KEY = 255
_CLAIM = "SELECT * FROM claim_key($1, $2, $3)"


class InvalidIdempotencyKey(Rejected):
    """An Idempotency-Key has 1 to 255 visible characters."""


class AnswerKnown(Exception):
    """Not an error: the request was answered before, and this is the answer."""

    def __init__(self, response: Response) -> None:
        super().__init__()
        self.response = response


@dataclass(frozen=True)
class Claim:
    """The right to answer for a key."""

    tenant: UUID
    key_digest: bytes
    request_digest: bytes
    answer_key: bytes

    @property
    def number(self) -> int:
        """What the key is locked by."""
        return int.from_bytes(self.key_digest[:8], "big", signed=True)

    def check(self, row: Any | None) -> None:
        """What is stored under the key: AnswerKnown, or IdempotencyKeyReused (422) if it was for another request."""
        if row is None or row["request_digest"] is None:
            return
        if row["request_digest"] != self.request_digest:
            raise IdempotencyKeyReused()
        body = vault.decrypt(self.answer_key, row["body"], self.key_digest)
        raise AnswerKnown(Response(body, row["status"], {"Idempotency-Replayed": "true"}, row["content_type"]))

    async def store(self, db: AsyncSession, response: Response) -> None:
        """Keep the answer; it becomes visible with the effect, or not at all. A failure of ours is not kept."""
        if response.status_code >= 500:
            return
        body = vault.encrypt(self.answer_key, bytes(response.body), self.key_digest)
        kind = response.headers.get("content-type")
        await bind_tenant(db, self.tenant)  # a command that makes a tenant is bound to that by now
        db.info["answer"] = Answer(self.key_digest, self.request_digest, response.status_code, kind, body)


# The lock and the look are statements of their own: the look sees what was committed before the lock was free.
FUNCTION = """
CREATE OR REPLACE FUNCTION claim_key(tenant uuid, digest bytea, number bigint)
RETURNS TABLE (free boolean, request_digest bytea, status integer, content_type text, body bytea)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
BEGIN
    IF pg_try_advisory_xact_lock(number) THEN
        RETURN QUERY SELECT true, k.request_digest, k.status, k.content_type, k.body
        FROM (SELECT) AS one LEFT JOIN idempotency_keys k ON k.tenant_id = tenant AND k.key_digest = digest;
    ELSE
        RETURN QUERY SELECT false, NULL::bytea, NULL::integer, NULL::text, NULL::bytea;
    END IF;
END $$
"""


async def claim(db: AsyncSession, request: Request, caller: str) -> Claim | None:
    """Claim the request's key until the transaction ends; None without one.

    AnswerKnown if it was answered, IdempotencyKeyInUse (409) while it runs elsewhere, IdempotencyKeyReused (422) for
    another request under the same key.
    """
    wanted = await _wanted(request, tenant_of(db), caller)
    if wanted is None:
        return None
    assert isinstance(db.bind, AsyncConnection)
    with refused():
        row = await driver_of(db.bind).fetchrow(_CLAIM, wanted.tenant, wanted.key_digest, wanted.number)
    if not row["free"]:
        raise IdempotencyKeyInUse()
    wanted.check(row)
    return wanted


async def hold(stack: AsyncExitStack, database: Database, tenant: UUID, request: Request, caller: str) -> Claim | None:
    """As `claim`, for a request that works in several transactions: until the stack is left.

    The lock is that of a connection, and goes with it: a process that is killed holds nothing.
    """
    wanted = await _wanted(request, tenant, caller)
    if wanted is None:
        return None
    await stack.enter_async_context(_locked(database, wanted.number))
    c = idempotency_keys.c
    known = sa.select(idempotency_keys).where(c.tenant_id == tenant, c.key_digest == wanted.key_digest)
    async with database.transaction(tenant) as db:
        wanted.check((await db.execute(known)).mappings().first())
    return wanted


@asynccontextmanager
async def _locked(database: Database, number: int) -> AsyncIterator[None]:
    async with _connection(database) as connection:
        try:
            held = await connection.scalar(sa.select(sa.func.pg_try_advisory_lock(number)))
        except (OSError, DBAPIError) as error:  # lost since it was used last
            raise Unavailable() from error
        if not held:
            raise IdempotencyKeyInUse()
        try:
            yield
        finally:
            await _unlock(connection, number)


@asynccontextmanager
async def _connection(database: Database) -> AsyncIterator[AsyncConnection]:
    async with AsyncExitStack() as stack:
        try:
            connection = await stack.enter_async_context(database.claims.connect())
        except (PoolTimeout, OSError, TimeoutError, DBAPIError) as error:
            raise Unavailable() from error
        yield connection


async def _unlock(connection: AsyncConnection, number: int) -> None:
    try:
        await connection.execute(sa.select(sa.func.pg_advisory_unlock(number)))
    except BaseException as error:
        await connection.invalidate(error)  # the server unlocks what a closed connection held
        if not isinstance(error, OSError | DBAPIError):
            raise


async def _wanted(request: Request, tenant: UUID, caller: str) -> Claim | None:
    key = request.headers.get(HEADER)
    if key is None or request.method not in UNSAFE:
        return None
    if not 0 < len(key) <= MAX_KEY or not key.isprintable():
        raise InvalidIdempotencyKey()
    key_digest = _digest(caller, request.method, request.url.path, key)
    # Under the caller's own key: a plain digest of a short body (a survey's answers, say) could be found by trying.
    request_digest = hmac.digest(key.encode(), request.url.query.encode() + b"\0" + await request.body(), "sha256")
    return Claim(tenant, key_digest, request_digest, hmac.digest(key.encode(), b"answer" + key_digest, "sha256"))


def _digest(*parts: str) -> bytes:
    return hashlib.sha256(b"".join(len(p.encode()).to_bytes(4, "big") + p.encode() for p in parts)).digest()
