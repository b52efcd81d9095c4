"""Programmes, their roles, form and ledger."""

from uuid import UUID

from fastapi import APIRouter

from mentoring_applications import blueprint, queries
from mentoring_applications.access import require_team
from mentoring_applications.api import views
from mentoring_applications.api.callers import Reader, Writer
from mentoring_applications.commands import programmes as commands
from mentoring_applications.models import Programme, ProgrammeRole
from mentoring_applications.schemas import FormView, LedgerView, NewProgramme, NewRole, ProgrammeView, RoleView
from mentoring_common.pagination import Cursor, Limit, Page, page, page_of
from mentoring_common.unit_of_work import Db, Route

router = APIRouter(route_class=Route, tags=["programmes"])


@router.post("/programmes", status_code=201)
async def create_programme(new: NewProgramme, by: Writer, db: Db) -> ProgrammeView:
    """Make a programme from a shipped blueprint or one of one's own."""
    return views.programme(await commands.create_programme(db, new, by))


@router.get("/programmes")
async def list_programmes(_: Reader, db: Db, cursor: Cursor = None, limit: Limit = 50) -> Page[ProgrammeView]:
    """The organisation's programmes."""
    shown, following = await page(db, queries.programmes(), Programme.id, cursor, limit)
    return page_of(shown, following, views.programme)


@router.get("/programmes/{programme_id}")
async def read_programme(programme_id: UUID, _: Reader, db: Db) -> ProgrammeView:
    """One programme."""
    return views.programme(await queries.programme(db, programme_id))


@router.get("/programmes/{programme_id}/form")
async def read_form(programme_id: UUID, _: Reader, db: Db) -> FormView:
    """The application form."""
    programme = await queries.programme(db, programme_id)
    return views.form(programme.id, blueprint.check(programme.blueprint))


@router.get("/programmes/{programme_id}/roles")
async def list_roles(
    programme_id: UUID, by: Reader, db: Db, cursor: Cursor = None, limit: Limit = 50
) -> Page[RoleView]:
    """Who may act for the programme."""
    await queries.programme(db, programme_id)
    await require_team(db, by, programme_id)
    shown, following = await page(db, queries.programme_roles(programme_id), ProgrammeRole.id, cursor, limit)
    return page_of(shown, following, RoleView.model_validate)


@router.post("/programmes/{programme_id}/roles", status_code=201)
async def grant_role(programme_id: UUID, new: NewRole, by: Writer, db: Db) -> RoleView:
    """Let a person act for the programme."""
    return RoleView.model_validate(await commands.grant_role(db, programme_id, new, by))


@router.delete("/roles/{role_id}", status_code=204)
async def revoke_role(role_id: UUID, by: Writer, db: Db) -> None:
    """Take a role from a person."""
    await commands.revoke_role(db, role_id, by)


@router.get("/programmes/{programme_id}/ledger")
async def read_programme_ledger(programme_id: UUID, by: Reader, db: Db) -> LedgerView:
    """What came in and what became of it, for every cohort and role, and the over-subscription."""
    await queries.programme(db, programme_id)
    await require_team(db, by, programme_id)
    return await views.ledger_of_programme(db, programme_id)
