"""Roles that people hold in a programme: given, ended, taken back."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_applications.errors import LastManager, RoleAlreadyHeld, RoleNotFound
from mentoring_applications.programmes import queries
from mentoring_applications.programmes.models import ProgrammeRole
from mentoring_common import roles
from mentoring_common.audit import audit
from mentoring_common.auth import Principal
from mentoring_common.deadlines import cancel, schedule
from mentoring_common.ids import new_id
from mentoring_common.outbox import emit
from mentoring_contracts.applications import RoleGranted, RoleRevoked
from mentoring_contracts.blueprint.roles import ProgrammesRole

ENDS: Final = "role_ends"
SYSTEM: Final = "system"  # who acts where a deadline does
_HAND_OVER: Final = (
    "nobody else could manage the programme then: hand the team over (POST /programmes/{programme_id}/team-handovers), "
    "or let who administers the organisation do it"
)


async def give(
    db: AsyncSession,
    programme_id: UUID,
    person_id: UUID,
    kind: ProgrammesRole,
    *,
    until: datetime | None = None,
    note: bytes | None = None,
) -> ProgrammeRole:
    """Let a person act for a programme and announce it; RoleAlreadyHeld. `note` is sealed under their key."""
    rights = sorted(kind.held)
    values = {"id": new_id(), "programme_id": programme_id, "person_id": person_id, "role": kind.id}
    values |= {"rights": rights, "until": until, "sealed_note": note}
    statement = insert(ProgrammeRole).values(values).on_conflict_do_nothing().returning(ProgrammeRole)
    held = await db.scalar(statement)
    if held is None:
        raise RoleAlreadyHeld()
    await roles.grant(db, held.id, programme_id, person_id, kind.id, rights)
    if until is not None:
        await schedule(db, ENDS, held.id, until)
    members: dict[str, Any] = {"programme_id": programme_id, "person_id": person_id, "role": kind.id}
    emit(db, RoleGranted(role_id=held.id, **members, rights=rights, until=until))
    return held


async def end_role(db: AsyncSession, role_id: UUID) -> None:
    """Deadline: the time for which the role was given is over."""
    held = await queries.role_if_held(db, role_id)
    if held is not None:
        await revoke(db, held)
        audit(db, SYSTEM, "role_ended", "role", role_id)


async def revoke_role(db: AsyncSession, role_id: UUID, by: Principal) -> None:
    """Take a role from a person; RoleNotFound, RoleNeeded unless the caller manages the programme.

    LastManager where nobody would any more; an administrator of the organisation may leave it so.
    """
    held = await queries.role(db, role_id)
    await roles.require_right(db, by, held.programme_id, "manage_programme")
    if not by.is_admin:
        await queries.hold_team(db, held.programme_id)
        if not await queries.is_managed_without(db, held):
            raise LastManager(_HAND_OVER)
    await revoke(db, held)
    audit(db, by.subject, "revoke_role", "role", role_id)


async def revoke(db: AsyncSession, held: ProgrammeRole) -> None:
    """Take a role away and announce it; RoleNotFound if somebody was quicker."""
    gone = sa.delete(ProgrammeRole).where(ProgrammeRole.id == held.id).returning(ProgrammeRole.id)
    if await db.scalar(gone.execution_options(synchronize_session=False)) is None:
        raise RoleNotFound()
    await roles.revoke(db, held.id)
    await cancel(db, ENDS, held.id)
    members: dict[str, Any] = {"programme_id": held.programme_id, "person_id": held.person_id, "role": held.role}
    emit(db, RoleRevoked(role_id=held.id, **members))
