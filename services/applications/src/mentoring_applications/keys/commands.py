"""API keys made, rotated, revoked, and looked at when somebody comes with one."""

import hmac
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_applications.directory import queries as directory
from mentoring_applications.errors import ApiKeyRevoked, ExpiryOutOfRange, UnknownEmployer
from mentoring_applications.keys import queries
from mentoring_applications.keys.models import Key
from mentoring_applications.keys.schemas import NewApiKey, NewUploadKey
from mentoring_common.api_keys import ApiKey, KeyHolder
from mentoring_common.audit import audit
from mentoring_common.auth import InsufficientScope, Principal
from mentoring_common.db import tenant_of
from mentoring_common.ids import new_id

VALID: Final = timedelta(days=365)
MOST: Final = timedelta(days=731)
NOTED_EVERY: Final = timedelta(minutes=1)
UPLOADS: Final = ("hr:provision", "applications:write")
"""What the key of an upload link may do."""


def require_admin(by: Principal) -> None:
    """InsufficientScope unless the caller administers the organisation; no key does."""
    if not by.is_admin:
        raise InsufficientScope(needed=["organisation:admin"])


async def make_key(db: AsyncSession, new: NewApiKey, by: Principal) -> tuple[Key, ApiKey]:
    """A key, and what is sent of it. UnknownEmployer, ExpiryOutOfRange."""
    expires_at = new.expires_at or datetime.now(UTC) + VALID
    made, fresh = await _made(db, new.name, new.employer_id, new.scopes, expires_at, by.subject)
    audit(db, by.subject, "make_api_key", "api_key", made.id)
    return made, fresh


async def make_upload_key(db: AsyncSession, new: NewUploadKey) -> tuple[Key, ApiKey]:
    """A key for an upload link of whoever `made_by` is; made with a key, it counts no longer than that one.

    ApiKeyNotFound, UnknownEmployer, ExpiryOutOfRange.
    """
    parent = await queries.key(db, new.made_with) if new.made_with else None
    expires_at = min(new.expires_at, parent.expires_at) if parent else new.expires_at
    made, fresh = await _made(db, new.name, new.employer_id, UPLOADS, expires_at, new.made_by, parent)
    audit(db, new.made_by, "make_upload_key", "api_key", made.id)
    return made, fresh


async def _made(
    db: AsyncSession,
    name: str,
    employer_id: UUID | None,
    scopes: Iterable[str],
    expires_at: datetime,
    made_by: str,
    parent: Key | None = None,
) -> tuple[Key, ApiKey]:
    moment = datetime.now(UTC)  # keys live on real time, as tokens do
    if not moment < expires_at <= moment + MOST:
        raise ExpiryOutOfRange()
    if employer_id is not None and not await directory.employer_exists(db, employer_id):
        raise UnknownEmployer()
    fresh = ApiKey.fresh(tenant_of(db), new_id())
    made = Key(
        id=fresh.id, name=name, employer_id=employer_id, scopes=sorted(set(scopes)), digest=fresh.digest,
        made_by=made_by, made_at=moment, expires_at=expires_at, parent_id=parent.id if parent else None,
    )  # fmt: skip
    db.add(made)
    await db.flush()
    return made, fresh


async def rotate_key(db: AsyncSession, key: Key, overlap_hours: int, by: Principal) -> ApiKey:
    """Another secret; the one before counts for some hours. ApiKeyRevoked."""
    if key.revoked_at is not None:
        raise ApiKeyRevoked()
    fresh = ApiKey.fresh(tenant_of(db), key.id)
    until = datetime.now(UTC) + timedelta(hours=overlap_hours) if overlap_hours else None
    key.previous_digest, key.previous_until, key.digest = (key.digest if until else None), until, fresh.digest
    audit(db, by.subject, "rotate_api_key", "api_key", key.id)
    await db.flush()
    return fresh


async def revoke_key(db: AsyncSession, key: Key, by: str) -> None:
    """It counts no more, within half a minute, and nor do keys that were made with it."""
    if key.revoked_at is None:
        key.revoked_at = datetime.now(UTC)
        audit(db, by, "revoke_api_key", "api_key", key.id)
        await db.flush()


async def holder_of(db: AsyncSession, sent: ApiKey) -> KeyHolder | None:
    """Whom a key stands for, and that it was used; None for what is no key, or not any more."""
    key, moment = await queries.known(db, sent.id), datetime.now(UTC)
    if key is None or key.expires_at <= moment or await queries.is_revoked(db, key):
        return None
    before = key.previous_digest if key.previous_until is not None and key.previous_until > moment else None
    if not any(hmac.compare_digest(sent.digest, digest) for digest in (key.digest, before) if digest is not None):
        return None
    if key.last_used_at is None or key.last_used_at < moment - NOTED_EVERY:
        used = sa.update(Key).where(Key.id == key.id).values(last_used_at=moment)
        await db.execute(used, execution_options={"synchronize_session": False})
    return KeyHolder(
        subject=f"key:{key.id}", scopes=key.scopes, employer=key.employer_id, expires_at=key.expires_at.timestamp()
    )


async def find_holder(service: Any, sent: ApiKey) -> KeyHolder | None:
    """As `holder_of`, for this service's own requests."""
    async with service.database.transaction(sent.tenant) as db:
        return await holder_of(db, sent)
