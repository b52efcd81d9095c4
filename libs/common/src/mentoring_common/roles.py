"""Roles that a subject holds in a scope (a programme, say), kept by each service from the owner's events.

A role is a name and the rights that came with it. Checks ask for a right; a row without rights was written before
they were said, and the contracts know what its role may.
"""

from collections.abc import Collection, Sequence
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
from mentoring_contracts.rights import rights_of_role, roles_with

# Asked for at nearly every request of a person's.
_HELD = Reading(
    sa.select(scoped_roles.c.role, scoped_roles.c.rights).where(
        scoped_roles.c.scope_id == sa.bindparam("scope"), scoped_roles.c.subject_id == sa.bindparam("subject")
    )
)


class RoleNeeded(Forbidden):
    """This needs a right, or a role, that you do not have here; `needed` names those that would do."""


async def grant(
    db: AsyncSession, grant_id: UUID, scope_id: UUID, subject_id: UUID, role: str, rights: Collection[str] | None
) -> None:
    """Let the subject hold the role in the scope, by this grant: another of the same role stands on its own.

    Grants are aggregates of their own, so the end of one may be heard of after the next has begun, and one of somebody
    who is erased after the erasure: nobody holds a role.
    """
    if is_nobody(subject_id):
        return
    values: dict[str, Any] = {
        "tenant_id": tenant_of(db),
        "grant_id": grant_id,
        "scope_id": scope_id,
        "subject_id": subject_id,
    }
    values |= {"role": role, "rights": None if rights is None else sorted(rights)}
    await db.execute(insert(scoped_roles).values(values).on_conflict_do_nothing())


async def revoke(db: AsyncSession, grant_id: UUID) -> None:
    """Take back what was granted."""
    c = scoped_roles.c
    await db.execute(sa.delete(scoped_roles).where(c.tenant_id == tenant_of(db), c.grant_id == grant_id))


async def roles_of(db: AsyncSession, caller: Principal, scope_id: UUID, *giving: str) -> frozenset[str]:
    """The names of the roles the caller holds in the scope, or those that give one of the rights; none of a machine."""
    held = await _held(db, caller, scope_id)
    return frozenset(row.role for row in held if not giving or rights_of_role(row.role, row.rights) & set(giving))


async def is_held(db: AsyncSession, scope_id: UUID, role: str) -> bool:
    """Whether anybody holds a role of this name in the scope."""
    c = scoped_roles.c
    held = sa.exists().where(c.tenant_id == tenant_of(db), c.scope_id == scope_id, c.role == role)
    return bool(await db.scalar(sa.select(held)))


async def rights_of(db: AsyncSession, caller: Principal, scope_id: UUID) -> frozenset[str]:
    """What the caller's roles let them do in the scope; nothing for a machine."""
    held = await _held(db, caller, scope_id)
    return frozenset().union(*(rights_of_role(row.role, row.rights) for row in held))


async def _held(db: AsyncSession, caller: Principal, scope_id: UUID) -> Sequence[Any]:
    return [] if caller.person is None else await _HELD.all(db, scope=scope_id, subject=caller.person)


def gives(*rights: str) -> sa.ColumnElement[bool]:
    """Of a row of `scoped_roles`: whether it gives one of the rights."""
    c = scoped_roles.c
    # Compared one by one: a list of any length would be compiled anew at each request.
    before = sa.and_(c.rights.is_(None), sa.or_(sa.false(), *(c.role == role for role in roles_with(*rights))))
    return sa.or_(before, *(sa.literal(right) == sa.any_(c.rights) for right in rights))


def scopes_with(tenant_id: UUID, subject_id: UUID | None, *rights: str) -> sa.Select[UUID]:
    """The scopes in which the subject has one of the rights."""
    c = scoped_roles.c
    return sa.select(c.scope_id).where(c.tenant_id == tenant_id, c.subject_id == subject_id, gives(*rights))


async def holders(db: AsyncSession, scope_id: UUID, *rights: str) -> Sequence[UUID]:
    """Who has one of the rights in the scope, each once."""
    c = scoped_roles.c
    held = sa.select(c.subject_id).where(c.tenant_id == tenant_of(db), c.scope_id == scope_id, gives(*rights))
    return (await db.scalars(held.distinct().order_by(c.subject_id))).all()


async def may_anywhere(db: AsyncSession, caller: Principal, *rights: str) -> bool:
    """Whether the caller has one of the rights in any scope."""
    found = scopes_with(tenant_of(db), caller.person, *rights).limit(1)
    return (await db.execute(found)).first() is not None


async def may(db: AsyncSession, caller: Principal, scope_id: UUID, *rights: str) -> bool:
    """Whether the caller has one of the rights in the scope, or administers the organisation."""
    return caller.is_admin or bool(await rights_of(db, caller, scope_id) & set(rights))


async def require_part(
    db: AsyncSession, caller: Principal, scope_id: UUID | None, rights: Collection[str], own: sa.Select[Any]
) -> None:
    """RoleNeeded unless the caller may ask for a list: an empty one is the truth, never a refusal.

    They administer the organisation, have one of the rights in the scope (in any, if None), or have a row of their own
    among `own`.
    """
    if caller.is_admin:
        return
    held = await (may_anywhere(db, caller, *rights) if scope_id is None else may(db, caller, scope_id, *rights))
    if not held and (await db.execute(own.limit(1))).first() is None:
        raise RoleNeeded(needed=sorted(rights))


async def require_right(db: AsyncSession, caller: Principal, scope_id: UUID, *rights: str) -> None:
    """RoleNeeded unless the caller has one of the rights in the scope or administers the organisation."""
    if not await may(db, caller, scope_id, *rights):
        raise RoleNeeded(needed=sorted(rights))
