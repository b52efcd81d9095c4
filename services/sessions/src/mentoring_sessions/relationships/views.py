"""Pieces of answers: what several capabilities show."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common.audit import audit
from mentoring_common.auth import Principal
from mentoring_sessions.relationships.models import Correction
from mentoring_sessions.relationships.sealed import unseal


async def reason(db: AsyncSession, row: Correction, shown: bool) -> str | None:
    """Why something was corrected; None where it is not shown, or its writer was erased."""
    return await unseal(db, row.made_by, row.reason_sealed) if shown else None


def audit_reading(db: AsyncSession, by: Principal, writer_id: UUID, kind: str, id_: UUID) -> None:
    """Keep in the audit log that somebody read what another wrote."""
    if by.person != writer_id:
        audit(db, by.subject, f"read_{kind}", kind, id_)
