"""Programmes: made, amended and closed."""

from uuid import UUID

from fastapi import APIRouter

from mentoring_applications.planning.api import views
from mentoring_applications.planning.commands import amending, closing
from mentoring_applications.planning.commands import programmes as commands
from mentoring_applications.planning.schemas import (
    Amendment,
    BlueprintInUse,
    ClosingView,
    NewBlueprint,
    NewClosing,
    NewProgramme,
)
from mentoring_applications.programmes import blueprint
from mentoring_applications.programmes.access import Reader, Writer
from mentoring_applications.programmes.api.views import programme as shown
from mentoring_applications.programmes.schemas import ProgrammeView
from mentoring_common.unit_of_work import Db, Route
from mentoring_common.versions import IfMatch, IfMatchRequired

router = APIRouter(route_class=Route, tags=["programmes"])


@router.post("/programmes", status_code=201)
async def create_programme(new: NewProgramme, by: Writer, db: Db) -> ProgrammeView:
    """Make a programme from a shipped blueprint or one of one's own."""
    return shown(await commands.create_programme(db, new, by))


@router.get("/programmes/{programme_id}/blueprint")
async def read_blueprint_in_use(programme_id: UUID, by: Reader, db: Db) -> BlueprintInUse:
    """The blueprint that the programme runs by, for who manages it."""
    return views.blueprint_in_use(await amending.may_amend(db, programme_id, by))


@router.put("/programmes/{programme_id}/blueprint")
async def amend_blueprint(
    programme_id: UUID, new: NewBlueprint, by: Writer, db: Db, expected: IfMatchRequired
) -> Amendment:
    """Change what a running programme may change; what would rewrite the past is refused by name, and nothing is done.

    `POST …/blueprint/preview` says before what each change touches.
    """
    programme = await amending.may_amend(db, programme_id, by)
    await expected.hold(db, programme)
    return views.amendment(programme, await amending.amend(db, programme, new.blueprint, by))


@router.post("/programmes/{programme_id}/blueprint/preview")
async def preview_amendment(programme_id: UUID, new: NewBlueprint, by: Reader, db: Db) -> Amendment:
    """Say what another blueprint would change and touch, and what of it cannot be; nothing is done."""
    programme = await amending.may_amend(db, programme_id, by)
    _, plan, _ = commands.given(new.blueprint)
    return views.amendment(programme, await amending.touched(db, programme, blueprint.plan_of(programme), plan))


@router.get("/programmes/{programme_id}/closing")
async def read_closing(programme_id: UUID, by: Reader, db: Db) -> ClosingView:
    """What closing the programme would end; once it is closed, by whom and why."""
    return await views.closing(db, await closing.may_close(db, programme_id, by))


@router.post("/programmes/{programme_id}/close")
async def close_programme(programme_id: UUID, new: NewClosing, by: Writer, db: Db, expected: IfMatch) -> ProgrammeView:
    """Close a programme and every cohort of it, for good: whoever is still open is unmatched.

    Offers are withdrawn and nobody is matched by itself; relationships that stand have run their course, and activities
    that have not begun are called off. Surveys stay as they are planned.
    """
    programme = await closing.may_close(db, programme_id, by)
    await expected.hold(db, programme)
    return shown(await closing.close_programme(db, programme, new, by))
