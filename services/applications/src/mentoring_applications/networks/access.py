"""Who may what in networks: who administers an organisation speaks for it, and reads what it has of networks.

Who manages a programme that was made from a blueprint of a network reads that blueprint's versions: they are to take
them. Nobody else does: a blueprint says by what people are chosen, assessed and matched.
"""

from typing import Annotated, Final

import sqlalchemy as sa
from fastapi import Depends
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_applications.networks import queries
from mentoring_common import roles
from mentoring_common.auth import Allow, InsufficientScope, Principal, require_admin
from mentoring_common.db import tenant_of
from mentoring_contracts.rights import Right

MANAGES: Final[Right] = "manage_programme"
OfficeOrOperator = Annotated[
    Principal, Depends(Allow("applications:read", "applications:write", "platform:admin", tenant=False))
]


def require_office_or_operator(by: Principal) -> None:
    """InsufficientScope unless the caller administers an organisation, or is the operator, who belongs to none."""
    if by.tenant is None:
        if "platform:admin" not in by.scopes:
            raise InsufficientScope(needed=["platform:admin"])
    else:
        require_admin(by)


async def readable_blueprints(db: AsyncSession, by: Principal) -> sa.ColumnElement[bool]:
    """Of a version: whether the caller reads it. RoleNeeded for who manages no programme at all."""
    if by.is_admin:
        return sa.true()
    if not await roles.may_anywhere(db, by, MANAGES):
        raise roles.RoleNeeded(needed=[MANAGES])
    return queries.is_origin_of(roles.scopes_with(tenant_of(db), by.person, MANAGES))
