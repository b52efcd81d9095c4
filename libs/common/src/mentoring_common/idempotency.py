"""Idempotency-Key: the answer is stored in the effect's own transaction, and given again to the same request.

An answer may tell of people: it is encrypted under the caller's own key, of which only a digest is kept.
"""

import hashlib
import hmac
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from fastapi import Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common import vault
from mentoring_common.db import bind_tenant, tenant_of
from mentoring_common.errors import IdempotencyKeyInUse, IdempotencyKeyReused, Rejected
from mentoring_common.tables import idempotency_keys

HEADER = "Idempotency-Key"
UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})
MAX_KEY = 255


class InvalidIdempotencyKey(Rejected):
    """An Idempotency-Key has 1 to 255 visible characters."""


class AnswerKnown(Exception):
    """Not an error: the request was answered before, and this is the answer."""

    def __init__(self, response: Response) -> None:
        super().__init__()
        self.response = response


@dataclass(frozen=True)
class Claim:
    """The right of this transaction to answer for a key."""

    db: AsyncSession
    tenant: UUID
    key_digest: bytes
    request_digest: bytes
    answer_key: bytes

    async def store(self, response: Response) -> None:
        """Keep the answer; it becomes visible with the effect, or not at all."""
        row = {
            "tenant_id": self.tenant,
            "key_digest": self.key_digest,
            "request_digest": self.request_digest,
            "status": response.status_code,
            "content_type": response.headers.get("content-type"),
            "body": vault.encrypt(self.answer_key, bytes(response.body), self.key_digest),
        }
        await bind_tenant(self.db, self.tenant)  # a command that makes a tenant is bound to that by now
        await self.db.execute(sa.insert(idempotency_keys).values(row))


async def claim(db: AsyncSession, request: Request, caller: str) -> Claim | None:
    """Claim the request's key; None without one.

    AnswerKnown if it was answered, IdempotencyKeyInUse (409) while it runs elsewhere, IdempotencyKeyReused (422) for
    another request under the same key.
    """
    key = request.headers.get(HEADER)
    if key is None or request.method not in UNSAFE:
        return None
    if not 0 < len(key) <= MAX_KEY or not key.isprintable():
        raise InvalidIdempotencyKey()
    path = request.url.path
    key_digest = _digest(caller, request.method, path, key)
    # Under the caller's own key: a plain digest of a short body (a survey's answers, say) could be found by trying.
    request_digest = hmac.digest(key.encode(), request.url.query.encode() + b"\0" + await request.body(), "sha256")
    answer_key = hmac.digest(key.encode(), b"answer" + key_digest, "sha256")
    number = int.from_bytes(key_digest[:8], "big", signed=True)
    if not await db.scalar(sa.select(sa.func.pg_try_advisory_xact_lock(number))):
        raise IdempotencyKeyInUse()
    c = idempotency_keys.c
    known = sa.select(idempotency_keys).where(c.tenant_id == tenant_of(db), c.key_digest == key_digest)
    row = (await db.execute(known)).first()
    if row is None:
        return Claim(db, tenant_of(db), key_digest, request_digest, answer_key)
    if row.request_digest != request_digest:
        raise IdempotencyKeyReused()
    body = vault.decrypt(answer_key, row.body, key_digest)
    raise AnswerKnown(Response(body, row.status, {"Idempotency-Replayed": "true"}, row.content_type))


def _digest(*parts: str) -> bytes:
    return hashlib.sha256(b"".join(len(p.encode()).to_bytes(4, "big") + p.encode() for p in parts)).digest()
