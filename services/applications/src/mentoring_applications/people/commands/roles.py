"""People are given roles in a programme."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_applications.errors import HasLeft, NoteNotAsked, RoleIsOver, RoleUnknown
from mentoring_applications.people.access import reached_person
from mentoring_applications.people.schemas import NewRole
from mentoring_applications.programmes import blueprint
from mentoring_applications.programmes import queries as programmes
from mentoring_applications.programmes.commands import give
from mentoring_applications.programmes.models import Programme, ProgrammeRole
from mentoring_common import roles, vault
from mentoring_common.audit import audit
from mentoring_common.auth import Principal
from mentoring_common.db import now
from mentoring_common.faults import fault
from mentoring_contracts.blueprint.roles import ProgrammesRole, given_by_hand
from mentoring_contracts.rights import ALIASES


async def grant_role(db: AsyncSession, programme_id: UUID, new: NewRole, by: Principal) -> ProgrammeRole:
    """Let a person act for a programme; RoleNeeded unless the caller manages it, PersonNotFound, RoleAlreadyHeld.

    HasLeft, RoleUnknown, NoteNotAsked, RoleIsOver for one that would have ended already.
    """
    programme = await programmes.programme(db, programme_id)
    await roles.require_right(db, by, programme_id, "manage_programme")
    if (await reached_person(db, new.person_id, by)).left_at is not None:
        raise HasLeft()
    kind = _kind(programme, new)
    if new.until is not None and new.until <= now(db):
        raise RoleIsOver(errors=[fault("role_is_over", "the role would be over already", "body", "until")])
    note = None if new.note is None else await vault.seal(db, new.person_id, new.note)
    held = await give(db, programme_id, new.person_id, kind, until=new.until, note=note)
    audit(db, by.subject, "grant_role", "role", held.id)
    return held


def _kind(programme: Programme, new: NewRole) -> ProgrammesRole:
    kinds = given_by_hand(blueprint.plan_of(programme).roles)
    kind = kinds.get(ALIASES.get(new.role, new.role))
    if kind is None:
        raise RoleUnknown(roles=sorted(kinds))
    if new.note is not None and kind.note is None:
        raise NoteNotAsked()
    return kind
