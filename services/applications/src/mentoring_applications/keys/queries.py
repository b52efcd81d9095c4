"""The SELECTs of API keys."""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_applications.errors import ApiKeyNotFound
from mentoring_applications.keys.models import Key
from mentoring_applications.tables import one


def keys() -> sa.Select[Key]:
    """All keys of the organisation."""
    return sa.select(Key)


async def key(db: AsyncSession, key_id: UUID) -> Key:
    """One of them; ApiKeyNotFound."""
    return await one(db, keys().where(Key.id == key_id), ApiKeyNotFound)


async def known(db: AsyncSession, key_id: UUID) -> Key | None:
    """One of them, if it is there."""
    return await db.scalar(keys().where(Key.id == key_id))


async def is_revoked(db: AsyncSession, key: Key) -> bool:
    """Whether the key, or the one that it was made with, was taken back."""
    either = sa.select(Key.id).where(Key.id.in_((key.id, key.parent_id)), Key.revoked_at.is_not(None))
    return await db.scalar(either.limit(1)) is not None
