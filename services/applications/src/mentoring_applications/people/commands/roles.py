"""People are given roles in a programme, one by one or as a team that takes over from another."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_applications.errors import (
    HasLeft,
    NobodyManages,
    NoteNeeded,
    NoteNotAsked,
    NotOfTeam,
    RoleIsOver,
    RoleUnknown,
)
from mentoring_applications.people.access import reached_person
from mentoring_applications.people.models import HandedRole, TeamHandover
from mentoring_applications.people.schemas import NewRole, NewTeamHandover
from mentoring_applications.programmes import blueprint
from mentoring_applications.programmes import queries as programmes
from mentoring_applications.programmes.commands import give, revoke
from mentoring_applications.programmes.models import Programme, ProgrammeRole
from mentoring_common import roles, vault
from mentoring_common.audit import audit
from mentoring_common.auth import Principal
from mentoring_common.db import now
from mentoring_common.faults import fault
from mentoring_common.ids import new_id
from mentoring_contracts.blueprint.roles import ProgrammesRole, given_by_hand
from mentoring_contracts.rights import ALIASES

At = tuple[str | int, ...]
"""Where in the request a role stands."""


async def grant_role(db: AsyncSession, programme_id: UUID, new: NewRole, by: Principal) -> ProgrammeRole:
    """Let a person act for a programme; RoleNeeded unless the caller manages it, PersonNotFound, RoleAlreadyHeld.

    HasLeft, RoleUnknown, NoteNeeded, NoteNotAsked, RoleIsOver for one that would have ended already.
    """
    programme = await programmes.programme(db, programme_id)
    await roles.require_right(db, by, programme_id, "manage_programme")
    kind = await _checked(db, programme, new, by, ("body",))
    return await _begin(db, programme, new, kind, by)


async def hand_over_team(
    db: AsyncSession, programme_id: UUID, new: NewTeamHandover, by: Principal
) -> tuple[TeamHandover, list[HandedRole]]:
    """End the roles of those who leave and begin those of the new team, at once, and keep who did so.

    RoleNeeded, NotOfTeam, NobodyManages, and what `grant_role` refuses. Who hands over may be the last manager.
    """
    programme = await programmes.programme(db, programme_id)
    await roles.require_right(db, by, programme_id, "manage_programme")
    await programmes.hold_team(db, programme_id)
    # Before anything is taken: whom the caller reaches hangs on their own role.
    kinds = [await _checked(db, programme, one, by, ("body", "to", place)) for place, one in enumerate(new.to)]
    if not any("manage_programme" in kind.held for kind in kinds):
        said = "none of these roles lets anybody manage the programme"
        raise NobodyManages(errors=[fault("nobody_manages", said, "body", "to")])
    leaving = await programmes.team_roles(db, programme_id, new.from_ids)
    _check_leaving(new.from_ids or [], leaving)
    for held in leaving:
        await revoke(db, held)
        audit(db, by.subject, "revoke_role", "role", held.id)
    begun = [await _begin(db, programme, one, kind, by) for one, kind in zip(new.to, kinds, strict=True)]
    note = None if new.note is None else await vault.seal(db, by.person or programme_id, new.note)
    handover = TeamHandover(
        id=new_id(), programme_id=programme_id, made_at=now(db), made_by=by.person, sealed_note=note
    )
    db.add(handover)
    await db.flush()
    handed = [_handed(handover, one, given=False) for one in leaving]
    handed += [_handed(handover, one, given=True) for one in begun]
    db.add_all(handed)
    await db.flush()
    audit(db, by.subject, "hand_over_team", "programme", programme_id, reason=f"{len(leaving)} roles to {len(begun)}")
    return handover, handed


def _handed(handover: TeamHandover, role: ProgrammeRole, *, given: bool) -> HandedRole:
    return HandedRole(id=new_id(), handover_id=handover.id, person_id=role.person_id, role=role.role, given=given)


def _check_leaving(from_ids: Sequence[UUID], leaving: Sequence[ProgrammeRole]) -> None:
    holders = {held.person_id for held in leaving}
    said = "holds no role in the programme"
    wrong = [
        fault("not_of_team", said, "body", "from_ids", place)
        for place, id_ in enumerate(from_ids)
        if id_ not in holders
    ]
    if wrong:
        raise NotOfTeam(errors=wrong)


async def _checked(db: AsyncSession, programme: Programme, new: NewRole, by: Principal, at: At) -> ProgrammesRole:
    if (await reached_person(db, new.person_id, by)).left_at is not None:
        raise HasLeft()
    kind = _kind(programme, new, at)
    if new.until is not None and new.until <= now(db):
        raise RoleIsOver(errors=[fault("role_is_over", "the role would be over already", *at, "until")])
    return kind


async def _begin(
    db: AsyncSession, programme: Programme, new: NewRole, kind: ProgrammesRole, by: Principal
) -> ProgrammeRole:
    note = None if new.note is None else await vault.seal(db, new.person_id, new.note)
    held = await give(db, programme.id, new.person_id, kind, until=new.until, note=note)
    audit(db, by.subject, "grant_role", "role", held.id)
    return held


def _kind(programme: Programme, new: NewRole, at: At) -> ProgrammesRole:
    kinds = given_by_hand(blueprint.plan_of(programme).roles)
    kind = kinds.get(ALIASES.get(new.role, new.role))
    if kind is None:
        said = "the programme has no such role that is given by hand"
        raise RoleUnknown(roles=sorted(kinds), errors=[fault("role_unknown", said, *at, "role")])
    if new.note is not None and kind.note is None:
        raise NoteNotAsked(errors=[fault("note_not_asked", "nothing is noted of who holds this role", *at, "note")])
    if new.note is None and kind.note is not None:
        raise NoteNeeded(errors=[fault("note_needed", "the role asks for a note on who holds it", *at, "note")])
    return kind
