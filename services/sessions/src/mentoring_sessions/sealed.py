"""Texts that people write, sealed under their writer's key."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common import vault


async def seal(db: AsyncSession, writer_id: UUID, text: str | None) -> bytes | None:
    """The sealed text; None for no text."""
    return None if text is None else await vault.seal(db, writer_id, text)


async def unseal(db: AsyncSession, writer_id: UUID, sealed: bytes | None) -> str | None:
    """The text; None where there is none, or none any more because its writer was erased."""
    if sealed is None:
        return None
    try:
        return await vault.unseal(db, writer_id, sealed)
    except vault.Erased:
        return None
