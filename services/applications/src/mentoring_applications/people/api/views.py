"""How roles, handovers of teams and changes of address are shown."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_applications.people import queries
from mentoring_applications.people.models import EmailChange, HandedRole, TeamHandover
from mentoring_applications.people.schemas import (
    EmailChangeToTell,
    HandedRoleView,
    HeldRole,
    RoleStateView,
    RoleView,
    TeamHandoverState,
    TeamHandoverView,
)
from mentoring_applications.programmes import blueprint
from mentoring_applications.programmes import queries as programmes
from mentoring_applications.programmes.models import ProgrammeRole
from mentoring_common import vault
from mentoring_contracts.blueprint.roles import ProgrammesRole, given_by_hand
from mentoring_contracts.rights import RIGHTS, rights_of_role


def role_state(row: ProgrammeRole) -> RoleStateView:
    """A role that somebody holds, without its note."""
    return RoleStateView.model_validate(_held(row))


async def roles(db: AsyncSession, rows: Sequence[ProgrammeRole]) -> list[RoleView]:
    """Roles with their notes."""
    notes = await _notes(db, rows)
    return [RoleView.model_validate(_held(row) | {"note": notes.get(row.id)}) for row in rows]


async def held_roles(db: AsyncSession, rows: Sequence[ProgrammeRole]) -> list[HeldRole]:
    """The roles of a person as they see them, with the words of each programme."""
    plans = {row.programme_id: await programmes.programme_row(db, row.programme_id) for row in rows}
    kinds = {id_: given_by_hand(blueprint.plan_of(plan).roles) for id_, plan in plans.items()}
    notes = await _notes(db, rows)
    return [
        HeldRole.model_validate(
            _held(row) | {"note": notes.get(row.id), "title": _title(kinds[row.programme_id], row.role)}
        )
        for row in rows
    ]


def _title(kinds: Mapping[str, ProgrammesRole], role: str) -> str:
    return kinds[role].words([]) if role in kinds else role.replace("_", " ")


def _held(row: ProgrammeRole) -> dict[str, Any]:
    names = ("id", "programme_id", "person_id", "role", "until")
    rights = rights_of_role(row.role, row.rights)
    return {name: getattr(row, name) for name in names} | {"rights": [r for r in RIGHTS if r in rights]}


async def _notes(db: AsyncSession, rows: Sequence[ProgrammeRole]) -> dict[UUID, str]:
    noted = [(row, row.sealed_note) for row in rows if row.sealed_note is not None]
    texts = await vault.unseal_all(db, [(row.person_id, sealed) for row, sealed in noted])
    return {row.id: text for (row, _), text in zip(noted, texts, strict=True)}


def team_handover(row: TeamHandover, handed: Sequence[HandedRole]) -> TeamHandoverState:
    """A handover, without its note."""
    return TeamHandoverState.model_validate(_of_handover(row, handed))


async def team_handovers(db: AsyncSession, rows: Sequence[TeamHandover]) -> list[TeamHandoverView]:
    """Handovers with their notes."""
    noted = [(row, row.sealed_note) for row in rows if row.sealed_note is not None]
    texts = await vault.unseal_all(db, [(row.made_by or row.programme_id, sealed) for row, sealed in noted])
    notes = {row.id: text for (row, _), text in zip(noted, texts, strict=True)}
    handed = await queries.handed_roles(db, [row.id for row in rows])
    return [
        TeamHandoverView.model_validate(_of_handover(row, handed.get(row.id, [])) | {"note": notes.get(row.id)})
        for row in rows
    ]


def _of_handover(row: TeamHandover, handed: Sequence[HandedRole]) -> dict[str, Any]:
    given = [HandedRoleView.model_validate(one) for one in handed if one.given]
    taken = [HandedRoleView.model_validate(one) for one in handed if not one.given]
    names = ("id", "programme_id", "made_at", "made_by")
    return {name: getattr(row, name) for name in names} | {"given": given, "taken": taken}


def email_change(row: EmailChange, name: str, taken: bool, token: str) -> EmailChangeToTell:
    """A change of address as the letters need it."""
    addresses = {"old_email": row.old_email, "new_email": row.new_email, "expires_at": row.expires_at}
    return EmailChangeToTell(change_id=row.id, name=name, token=None if taken else token, **addresses)
