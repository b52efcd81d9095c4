"""Who holds interviews."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common.auth import Principal
from mentoring_contracts.rights import Right
from mentoring_evaluation.programmes.access import role_for
from mentoring_evaluation.programmes.schemas import ActingRole

INTERVIEWERS: tuple[Right, ...] = ("interview",)


async def interviewing_role(db: AsyncSession, by: Principal, programme_id: UUID) -> ActingRole:
    """The role under which the caller holds interviews of the programme."""
    return await role_for(db, by, programme_id, *INTERVIEWERS)
