"""Who may what: the rights in a programme that routes ask for, and the scopes of tokens."""

from collections.abc import Collection
from typing import Annotated, Any
from uuid import UUID

import sqlalchemy as sa
from fastapi import Depends
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common.auth import Allow, Principal, internal
from mentoring_common.roles import RoleNeeded, may, require_right, rights_of, roles_of
from mentoring_contracts.rights import BUILT_IN, Right
from mentoring_evaluation.programmes import queries
from mentoring_evaluation.programmes.schemas import ActingRole

TEAM: tuple[Right, ...] = ("run_evaluation",)
READERS: tuple[Right, ...] = (*TEAM, "read_reports")
APPROVERS: tuple[Right, ...] = ("approve_reports",)  # of what leaves the programme in the team's own words

HR = "hr:provision"

Reader = Annotated[Principal, Depends(Allow("evaluation:read", "evaluation:write"))]
Writer = Annotated[Principal, Depends(Allow("evaluation:write"))]
Internal = Annotated[Principal, Depends(Allow(internal("evaluation")))]


async def require_team(db: AsyncSession, by: Principal, programme_id: UUID) -> None:
    """RoleNeeded unless the caller runs the programme."""
    await require_right(db, by, programme_id, *TEAM)


async def sees_all(
    db: AsyncSession, by: Principal, programme_id: UUID, rights: Collection[str], own: sa.Select[Any] | None = None
) -> bool:
    """Whether the caller lists everybody's, by one of the rights, or else their own.

    RoleNeeded for somebody with no part in the programme: neither a role nor a match, nor among `own`.
    """
    if await may(db, by, programme_id, *rights):
        return True
    held = await roles_of(db, by, programme_id)
    matched = own is not None and await db.scalar(own.limit(1)) is not None
    if not held and not matched and not await queries.is_matched(db, programme_id, by.person_id):
        raise RoleNeeded(needed=sorted(rights))
    return False


async def role_for(db: AsyncSession, by: Principal, programme_id: UUID, *rights: str) -> ActingRole:
    """The role under which the caller, who has one of the rights, acts: of several the one that answers for more."""
    held = await roles_of(db, by, programme_id, *rights)
    return next((role for role in BUILT_IN if role in held), min(held, default="organisation_admin"))


async def require_team_or_hr(db: AsyncSession, by: Principal, programme_id: UUID) -> UUID | None:
    """The employer whose outcomes the caller may keep, None for everybody's; RoleNeeded for neither team nor HR.

    An HR client without an employer speaks for the whole organisation.
    """
    if HR not in by.scopes:
        await require_team(db, by, programme_id)
    return by.employer


async def team_role(db: AsyncSession, by: Principal, programme_id: UUID) -> ActingRole:
    """The role under which the caller, whom `require_team` let through, acts for the programme; `hr` for a client."""
    if HR in by.scopes and not by.is_admin:
        return "hr"
    return await role_for(db, by, programme_id, *TEAM)


async def is_team(db: AsyncSession, by: Principal, programme_id: UUID) -> bool:
    """Whether the caller runs the programme's evaluation or administers the organisation."""
    return await may(db, by, programme_id, *TEAM)


async def require_own_right(db: AsyncSession, by: Principal, programme_id: UUID, *rights: str) -> None:
    """RoleNeeded unless the caller has one of the rights: administrators of the organisation do not read texts."""
    if not await rights_of(db, by, programme_id) & set(rights):
        raise RoleNeeded(needed=sorted(rights))
