"""Texts that people write, sealed under their writer's key."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common import vault


async def seal(db: AsyncSession, writer_id: UUID, text: str | None) -> bytes | None:
    """The sealed text; None for no text."""
    return None if text is None else await vault.seal(db, writer_id, text)


async def unseal_many(db: AsyncSession, sealed: Sequence[tuple[UUID, bytes | None]]) -> list[str | None]:
    """As `unseal`, for many (writer, sealed) in one statement."""
    given = [(writer, text) for writer, text in sealed if text is not None]
    try:
        texts = iter(await vault.unseal_all(db, given) if given else [])
    except vault.Erased:  # somebody was erased since the rows were read: the others are still there
        return [await unseal(db, writer, text) for writer, text in sealed]
    return [None if text is None else next(texts) for _, text in sealed]


async def unseal(db: AsyncSession, writer_id: UUID, sealed: bytes | None) -> str | None:
    """The text; None where there is none, or none any more because its writer was erased."""
    if sealed is None:
        return None
    try:
        return await vault.unseal(db, writer_id, sealed)
    except vault.Erased:
        return None
