"""Programmes and the roles people hold in them."""

from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_applications import blueprint, queries
from mentoring_applications.access import person_of, reached_person
from mentoring_applications.errors import RoleAlreadyHeld, RoleNotFound
from mentoring_applications.models import Programme, ProgrammeRole
from mentoring_applications.schemas import NewProgramme, NewRole
from mentoring_common import roles
from mentoring_common.audit import audit
from mentoring_common.auth import InsufficientScope, Principal
from mentoring_common.db import now
from mentoring_common.ids import new_id
from mentoring_common.outbox import emit
from mentoring_contracts.applications import ProgrammeCreated, RoleGranted, RoleRevoked


async def create_programme(db: AsyncSession, new: NewProgramme, by: Principal) -> Programme:
    """Make a programme from a blueprint; whoever makes it manages it. BlueprintNotFound, BlueprintInvalid."""
    if not by.is_admin:
        raise InsufficientScope(needed=["organisation:admin"])
    content = _content(new)
    checked = blueprint.check(content)
    name = new.blueprint if isinstance(new.blueprint, str) else checked.id
    programme = Programme(
        id=new_id(),
        title=checked.title,
        direction=checked.direction,
        blueprint_name=name,
        blueprint=content,
        created_at=now(db),
    )
    db.add(programme)
    await db.flush()
    audit(db, by.subject, "create_programme", "programme", programme.id)
    emit(db, ProgrammeCreated(programme_id=programme.id, direction=checked.direction, blueprint=content))
    me = person_of(by)
    if me is not None and await queries.person_exists(db, me):
        await _grant(db, programme.id, me, "programme_manager")
    return programme


def _content(new: NewProgramme) -> dict[str, Any]:
    content = blueprint.load(new.blueprint) if isinstance(new.blueprint, str) else new.blueprint
    return content | ({"title": new.title} if new.title else {})


async def grant_role(db: AsyncSession, programme_id: UUID, new: NewRole, by: Principal) -> ProgrammeRole:
    """Let a person act for a programme; RoleNeeded unless the caller manages it, PersonNotFound, RoleAlreadyHeld."""
    await queries.programme(db, programme_id)
    await roles.require_role(db, by, programme_id, "programme_manager")
    await reached_person(db, new.person_id, by)
    held = await _grant(db, programme_id, new.person_id, new.role)
    audit(db, by.subject, "grant_role", "role", held.id)
    return held


async def _grant(db: AsyncSession, programme_id: UUID, person_id: UUID, role: Any) -> ProgrammeRole:
    values = {"id": new_id(), "programme_id": programme_id, "person_id": person_id, "role": role}
    statement = insert(ProgrammeRole).values(values).on_conflict_do_nothing().returning(ProgrammeRole)
    held = await db.scalar(statement)
    if held is None:
        raise RoleAlreadyHeld()
    await roles.grant(db, held.id, programme_id, person_id, role)
    emit(db, RoleGranted(role_id=held.id, programme_id=programme_id, person_id=person_id, role=role))
    return held


async def revoke_role(db: AsyncSession, role_id: UUID, by: Principal) -> None:
    """Take a role from a person; RoleNotFound, RoleNeeded unless the caller manages the programme."""
    held = await queries.role(db, role_id)
    await roles.require_role(db, by, held.programme_id, "programme_manager")
    await revoke(db, held)
    audit(db, by.subject, "revoke_role", "role", role_id)


async def revoke(db: AsyncSession, held: ProgrammeRole) -> None:
    """Take a role away and announce it; RoleNotFound if somebody was quicker."""
    gone = sa.delete(ProgrammeRole).where(ProgrammeRole.id == held.id).returning(ProgrammeRole.id)
    if await db.scalar(gone.execution_options(synchronize_session=False)) is None:
        raise RoleNotFound()
    await roles.revoke(db, held.id)
    members: dict[str, Any] = {"programme_id": held.programme_id, "person_id": held.person_id, "role": held.role}
    emit(db, RoleRevoked(role_id=held.id, **members))
