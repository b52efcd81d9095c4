"""Roles that a subject holds in a scope (a programme, say), kept by each service from the owner's events."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common.auth import Principal
from mentoring_common.db import tenant_of
from mentoring_common.erased import is_nobody
from mentoring_common.errors import Forbidden
from mentoring_common.reading import Reading
from mentoring_common.tables import scoped_roles

# Asked for at nearly every request of a person's.
_HELD = Reading(
    sa.select(scoped_roles.c.role).where(
        scoped_roles.c.scope_id == sa.bindparam("scope"), scoped_roles.c.subject_id == sa.bindparam("subject")
    )
)


class RoleNeeded(Forbidden):
    """This needs a role that you do not hold here."""


async def grant(db: AsyncSession, grant_id: UUID, scope_id: UUID, subject_id: UUID, role: str) -> None:
    """Let the subject hold the role in the scope, by this grant: another of the same role stands on its own.

    Grants are aggregates of their own, so the end of one may be heard of after the next has begun, and one of somebody
    who is erased after the erasure: nobody holds a role.
    """
    if is_nobody(subject_id):
        return
    values = {"tenant_id": tenant_of(db), "grant_id": grant_id, "scope_id": scope_id, "subject_id": subject_id}
    await db.execute(insert(scoped_roles).values(**values, role=role).on_conflict_do_nothing())


async def revoke(db: AsyncSession, grant_id: UUID) -> None:
    """Take back what was granted."""
    c = scoped_roles.c
    await db.execute(sa.delete(scoped_roles).where(c.tenant_id == tenant_of(db), c.grant_id == grant_id))


async def roles_of(db: AsyncSession, caller: Principal, scope_id: UUID) -> frozenset[str]:
    """The roles the caller holds in the scope; none for a machine."""
    try:
        subject_id = UUID(caller.subject)
    except ValueError:
        return frozenset()
    return frozenset(row.role for row in await _HELD.all(db, scope=scope_id, subject=subject_id))


async def holds_anywhere(db: AsyncSession, caller: Principal, *roles: str) -> bool:
    """Whether the caller holds one of the roles in any scope."""
    try:
        subject_id = UUID(caller.subject)
    except ValueError:
        return False
    c = scoped_roles.c
    mine = (c.tenant_id == tenant_of(db), c.subject_id == subject_id, c.role.in_(roles))
    return (await db.execute(sa.select(c.role).where(*mine).limit(1))).first() is not None


async def require_part(
    db: AsyncSession, caller: Principal, scope_id: UUID | None, roles: Collection[str], own: sa.Select[Any]
) -> None:
    """RoleNeeded unless the caller may ask for a list: an empty one is the truth, never a refusal.

    They administer the organisation, hold one of the roles in the scope (in any, if None), or have a row of their own
    among `own`.
    """
    if caller.is_admin:
        return
    if scope_id is None:
        held = await holds_anywhere(db, caller, *roles)
    else:
        held = bool(await roles_of(db, caller, scope_id) & set(roles))
    if not held and (await db.execute(own.limit(1))).first() is None:
        raise RoleNeeded(needed=sorted(roles))


async def require_role(db: AsyncSession, caller: Principal, scope_id: UUID, *roles: str) -> None:
    """RoleNeeded unless the caller holds one of the roles in the scope or administers the organisation."""
    if caller.is_admin or await roles_of(db, caller, scope_id) & set(roles):
        return
    raise RoleNeeded(needed=sorted(roles))
