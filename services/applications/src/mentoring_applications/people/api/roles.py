"""Who acts for a programme."""

from uuid import UUID

from fastapi import APIRouter

from mentoring_applications.people import queries
from mentoring_applications.people.api import views
from mentoring_applications.people.commands import roles as commands
from mentoring_applications.people.models import TeamHandover
from mentoring_applications.people.schemas import (
    NewRole,
    NewTeamHandover,
    RoleStateView,
    RoleView,
    TeamHandoverState,
    TeamHandoverView,
)
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
    """Take a role from a person; 409 `last_manager` where nobody could manage the programme any more.

    Then the team is handed over, or an administrator of the organisation takes it.
    """
    await roles_given.revoke_role(db, role_id, by)


@router.post("/programmes/{programme_id}/team-handovers", status_code=201)
async def hand_over_team(programme_id: UUID, new: NewTeamHandover, by: Writer, db: Db) -> TeamHandoverState:
    """Let another team run the programme: roles of those who leave end and those of the new team begin, all at once.

    Somebody of the new team has to be able to manage the programme; who hands over may be the last who does.
    """
    return views.team_handover(*await commands.hand_over_team(db, programme_id, new, by))


@router.get("/programmes/{programme_id}/team-handovers")
async def list_team_handovers(
    programme_id: UUID, by: Reader, db: Db, cursor: Cursor = None, limit: Limit = 50
) -> Page[TeamHandoverView]:
    """When the programme's team was handed over, by whom, from whom and to whom."""
    await programmes.programme(db, programme_id)
    await require_team(db, by, programme_id, "manage_programme", *LEDGER)
    shown, following = await page(db, queries.team_handovers(programme_id), TeamHandover.id, cursor, limit)
    return Page(items=await views.team_handovers(db, shown), next_cursor=following)
