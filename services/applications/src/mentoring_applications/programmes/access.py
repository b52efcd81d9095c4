"""Who may what in a programme, and what the caller's token must hold."""

from collections.abc import Collection
from typing import Annotated, Final
from uuid import UUID

from fastapi import Depends
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_applications.programmes import queries
from mentoring_applications.programmes.queries import TEAM
from mentoring_common.auth import Allow, Principal, internal
from mentoring_common.roles import may, require_right
from mentoring_contracts.rights import Right

Reader = Annotated[Principal, Depends(Allow("applications:read", "applications:write"))]
Writer = Annotated[Principal, Depends(Allow("applications:write"))]
Operator = Annotated[Principal, Depends(Allow("platform:admin", tenant=False))]
OwnService = Annotated[Principal, Depends(Allow(internal("applications")))]
LEDGER: Final[tuple[Right, ...]] = ("decide_applications", "plan_cohorts")
"""The rights of who reads what came in and what became of it."""


async def require_team(db: AsyncSession, by: Principal, programme_id: UUID, *rights: Right) -> None:
    """RoleNeeded unless the caller has one of the rights (decides applications) or administers the organisation."""
    await require_right(db, by, programme_id, *(rights or (TEAM,)))


async def is_team(db: AsyncSession, by: Principal, programme_id: UUID) -> bool:
    """Whether the caller decides the programme's applications or administers the organisation."""
    return await may(db, by, programme_id, TEAM)


async def visible_programmes(db: AsyncSession, by: Principal) -> Collection[UUID]:
    """The programmes in whose team the caller is."""
    me = by.person
    return await queries.team_programmes(db, me) if me is not None else ()
