"""Who may what: the roles in a programme that routes ask for, and the scopes of tokens."""

from collections.abc import Collection
from typing import Annotated, Any
from uuid import UUID

import sqlalchemy as sa
from fastapi import Depends
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common.auth import Allow, Principal, internal
from mentoring_common.roles import RoleNeeded, require_role, roles_of
from mentoring_evaluation.programmes import queries
from mentoring_evaluation.programmes.schemas import ExtendingRole

TEAM = ("programme_manager", "coordinator")
READERS = (*TEAM, "steering_group")
APPROVERS = ("programme_manager",)  # of what leaves the programme in the team's own words

Reader = Annotated[Principal, Depends(Allow("evaluation:read", "evaluation:write"))]
Writer = Annotated[Principal, Depends(Allow("evaluation:write"))]
Internal = Annotated[Principal, Depends(Allow(internal("evaluation")))]


async def require_team(db: AsyncSession, by: Principal, programme_id: UUID) -> None:
    """RoleNeeded unless the caller runs the programme."""
    await require_role(db, by, programme_id, *TEAM)


async def sees_all(
    db: AsyncSession, by: Principal, programme_id: UUID, roles: Collection[str], own: sa.Select[Any] | None = None
) -> bool:
    """Whether the caller lists everybody's, by one of the roles, or else their own.

    RoleNeeded for somebody with no part in the programme: neither a role nor a match, nor among `own`.
    """
    held = await roles_of(db, by, programme_id)
    if by.is_admin or held & set(roles):
        return True
    matched = own is not None and await db.scalar(own.limit(1)) is not None
    if not held and not matched and not await queries.is_matched(db, programme_id, by.person_id):
        raise RoleNeeded(needed=sorted(roles))
    return False


async def team_role(db: AsyncSession, by: Principal, programme_id: UUID) -> ExtendingRole:
    """The role under which the caller, whom `require_team` let through, acts for the programme."""
    held = await roles_of(db, by, programme_id)
    if "programme_manager" in held:
        return "programme_manager"
    return "coordinator" if "coordinator" in held else "organisation_admin"


async def require_own_role(db: AsyncSession, by: Principal, programme_id: UUID, *roles: str) -> None:
    """RoleNeeded unless the caller holds one of the roles: administrators of the organisation do not read texts."""
    if not await roles_of(db, by, programme_id) & set(roles):
        raise RoleNeeded(needed=sorted(roles))
