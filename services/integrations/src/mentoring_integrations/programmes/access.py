"""Who may what: the scopes of tokens, and the rights in a programme that routes ask for."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common.auth import Allow, InsufficientScope, Principal
from mentoring_common.roles import RoleNeeded, may_anywhere, require_right
from mentoring_contracts.rights import Right

Reader = Annotated[Principal, Depends(Allow("integrations:read", "integrations:write"))]
Writer = Annotated[Principal, Depends(Allow("integrations:write"))]
PROVISIONING = "hr:provision"
TEAM: Right = "decide_applications"
"""The right of who imports, and reads what was sent."""


async def require_team(db: AsyncSession, by: Principal, programme_id: UUID) -> None:
    """RoleNeeded unless the caller decides the programme's applications or administers the organisation."""
    await require_right(db, by, programme_id, TEAM)


async def require_importer(db: AsyncSession, by: Principal) -> None:
    """RoleNeeded unless the caller may bring people in: an HR system, any programme's team, the administration."""
    if by.is_admin or PROVISIONING in by.scopes or await may_anywhere(db, by, TEAM):
        return
    raise RoleNeeded(needed=[TEAM])


def require_integrator(by: Principal) -> UUID:
    """The caller's organisation; InsufficientScope unless they are its administration or an HR client."""
    if by.tenant is None or not (by.is_admin or PROVISIONING in by.scopes):
        raise InsufficientScope(needed=["organisation:admin", PROVISIONING])
    return by.tenant


def audience_of(by: Principal) -> UUID | None:
    """The employer whose people alone the caller is told of; None for whoever speaks for the whole organisation."""
    return None if by.is_admin else by.employer
