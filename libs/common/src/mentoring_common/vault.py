"""Special-category data and notes, encrypted under a key of the person they are about; erasure destroys the key."""

import os
from collections.abc import Iterable, Sequence
from typing import NamedTuple
from uuid import UUID

import sqlalchemy as sa
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common.db import tenant_of
from mentoring_common.errors import NotFound, Unavailable
from mentoring_common.masters import Masters
from mentoring_common.reading import Reading, among
from mentoring_common.tables import subject_keys

_NONCE = 12


class Erased(NotFound):
    """What was kept of this person is erased."""


class MasterKeyWrong(Unavailable):
    """Sealed data cannot be opened now."""


_KEY = Reading(sa.select(subject_keys.c.wrapped_key).where(subject_keys.c.subject_id == sa.bindparam("subject")))
_KEYS = Reading(
    sa.select(subject_keys.c.subject_id, subject_keys.c.wrapped_key).where(among(subject_keys.c.subject_id))
)


async def seal(db: AsyncSession, subject_id: UUID, text: str) -> bytes:
    """Encrypt `text` (AES-256-GCM) under the subject's key, which is made on first use; Erased after erasure."""
    return await seal_bytes(db, subject_id, text.encode())


async def seal_bytes(db: AsyncSession, subject_id: UUID, data: bytes) -> bytes:
    """As `seal`, for data that is no text."""
    key = await _key(db, subject_id, create=True)
    return encrypt(key, data, subject_id.bytes)


async def unseal(db: AsyncSession, subject_id: UUID, sealed: bytes) -> str:
    """Decrypt what `seal` gave for the same subject; Erased after erasure."""
    return (await unseal_bytes(db, subject_id, sealed)).decode()


async def unseal_bytes(db: AsyncSession, subject_id: UUID, sealed: bytes) -> bytes:
    """Decrypt what `seal_bytes` gave for the same subject; Erased after erasure."""
    key = await _key(db, subject_id, create=False)
    return decrypt(key, sealed, subject_id.bytes)


async def unseal_all(db: AsyncSession, sealed: Sequence[tuple[UUID, bytes]]) -> list[str]:
    """Decrypt many (subject, sealed) at once, in their order; Erased if one of the subjects is."""
    about = {subject_id for subject_id, _ in sealed}
    wrapped = dict(await _KEYS.all(db, ids=list(about))) if about else {}
    keys = {subject_id: _unwrapped(db, subject_id, wrapped.get(subject_id)) for subject_id in about}
    return [decrypt(keys[subject_id], data, subject_id.bytes).decode() for subject_id, data in sealed]


async def destroy_key(db: AsyncSession, subject_id: UUID) -> None:
    """Make everything sealed for the subject unreadable, for ever."""
    values = {"tenant_id": tenant_of(db), "subject_id": subject_id, "wrapped_key": None, "destroyed": True}
    gone = {"wrapped_key": None, "destroyed": True}
    statement = insert(subject_keys).values(values)
    await db.execute(statement.on_conflict_do_update(index_elements=["tenant_id", "subject_id"], set_=gone))


async def _key(db: AsyncSession, subject_id: UUID, *, create: bool) -> bytes:
    row = await _KEY.first(db, subject=subject_id)
    if row is None and create:
        masters: Masters = db.info["masters"]
        wrapped = encrypt(masters.current, AESGCM.generate_key(256), subject_id.bytes)
        values = {"tenant_id": tenant_of(db), "subject_id": subject_id, "wrapped_key": wrapped}
        added = insert(subject_keys).values(values).on_conflict_do_nothing().returning(subject_keys.c.wrapped_key)
        row = (await db.execute(added)).first() or await _KEY.first(db, subject=subject_id)
    return _unwrapped(db, subject_id, None if row is None else row.wrapped_key)


def _unwrapped(db: AsyncSession, subject_id: UUID, wrapped: bytes | None) -> bytes:
    if wrapped is None:
        raise Erased()
    masters: Masters = db.info["masters"]
    found = unwrap(masters.all, wrapped, subject_id)
    if found is None:
        # The key is there and does not unwrap: the configuration is wrong, nobody was erased.
        raise MasterKeyWrong()
    return found


def unwrap(masters: Iterable[bytes], wrapped: bytes, subject_id: UUID) -> bytes | None:
    """A subject's key by the first master key that opens it; None where none does."""
    for master in masters:
        try:
            return decrypt(master, wrapped, subject_id.bytes)
        except Erased:
            continue
    return None


class Rewrapped(NamedTuple):
    """Keys of people by what became of them: brought over, under the current key already, opened by no key."""

    brought_over: int = 0
    current: int = 0
    unopened: int = 0


async def rewrap(db: AsyncSession, after: UUID | None, limit: int) -> tuple[Rewrapped, UUID | None]:
    """Bring the tenant's next `limit` keys behind `after` under the current master key; where the next begin, or None.

    Nobody waits for long: a page is a transaction, and what is sealed stays as it is.
    """
    masters: Masters = db.info["masters"]
    c = subject_keys.c
    mine = sa.select(c.subject_id, c.wrapped_key).where(c.tenant_id == tenant_of(db), c.wrapped_key.is_not(None))
    page = (mine if after is None else mine.where(c.subject_id > after)).order_by(c.subject_id).limit(limit)
    rows = (await db.execute(page.with_for_update())).all()
    old = [row for row in rows if unwrap([masters.current], row.wrapped_key, row.subject_id) is None]
    unopened = 0
    for row in old:
        key = unwrap(masters.others, row.wrapped_key, row.subject_id)
        if key is None:
            unopened += 1
            continue
        this = sa.update(subject_keys).where(c.tenant_id == tenant_of(db), c.subject_id == row.subject_id)
        await db.execute(this.values(wrapped_key=encrypt(masters.current, key, row.subject_id.bytes)))
    found = Rewrapped(len(old) - unopened, len(rows) - len(old), unopened)
    return found, rows[-1].subject_id if len(rows) == limit else None


def encrypt(key: bytes, data: bytes, about: bytes) -> bytes:
    """AES-GCM under a key of 32 bytes, bound to what the data is about."""
    nonce = os.urandom(_NONCE)
    return nonce + AESGCM(key).encrypt(nonce, data, about)


def decrypt(key: bytes, sealed: bytes, about: bytes) -> bytes:
    """What `encrypt` was given; Erased under any other key."""
    try:
        return AESGCM(key).decrypt(sealed[:_NONCE], sealed[_NONCE:], about)
    except InvalidTag:
        raise Erased() from None
