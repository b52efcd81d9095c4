"""Who acts for a programme."""

from uuid import UUID

from fastapi import APIRouter

from mentoring_applications.people.api import views
from mentoring_applications.people.commands import roles as commands
from mentoring_applications.people.schemas import NewRole, RoleStateView, RoleView
from mentoring_applications.programmes import commands as roles_given
from mentoring_applications.programmes import queries as programmes
from mentoring_applications.programmes.access import LEDGER, Reader, Writer, require_team
from mentoring_applications.programmes.models import ProgrammeRole
from mentoring_common.pagination import Cursor, Limit, Page, page
from mentoring_common.unit_of_work import Db, Route

router = APIRouter(route_class=Route, tags=["programmes"])


@router.get("/programmes/{programme_id}/roles")
async def list_roles(
    programme_id: UUID, by: Reader, db: Db, cursor: Cursor = None, limit: Limit = 50
) -> Page[RoleView]:
    """Who may act for the programme."""
    await programmes.programme(db, programme_id)
    await require_team(db, by, programme_id, "manage_programme", *LEDGER)
    shown, following = await page(db, programmes.programme_roles(programme_id), ProgrammeRole.id, cursor, limit)
    return Page(items=await views.roles(db, shown), next_cursor=following)


@router.post("/programmes/{programme_id}/roles", status_code=201)
async def grant_role(programme_id: UUID, new: NewRole, by: Writer, db: Db) -> RoleStateView:
    """Let a person act for the programme, for a time or until it is taken back."""
    return views.role_state(await commands.grant_role(db, programme_id, new, by))


@router.delete("/roles/{role_id}", status_code=204)
async def revoke_role(role_id: UUID, by: Writer, db: Db) -> None:
    """Take a role from a person."""
    await roles_given.revoke_role(db, role_id, by)
