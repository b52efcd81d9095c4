"""Decisions, one by one and in bulk, told and undone."""

from uuid import UUID

from fastapi import APIRouter

from mentoring_applications.applications.access import visible_application
from mentoring_applications.applications.api.applications import compare
from mentoring_applications.applications.api.views import whole
from mentoring_applications.applications.schemas import ApplicationView
from mentoring_applications.decisions.commands import decisions, undoing
from mentoring_applications.decisions.schemas import DecidedItems, Decision, Decisions, Telling, Told, Undoing
from mentoring_applications.programmes.access import Writer
from mentoring_common.unit_of_work import Db, Route
from mentoring_common.versions import IfMatch

router = APIRouter(route_class=Route)


@router.post("/programmes/{programme_id}/decisions", tags=["decisions"])
async def decide_applications(programme_id: UUID, given: Decisions, by: Writer, db: Db) -> DecidedItems:
    """Decide many applications in one call; each has its own answer."""
    return DecidedItems(items=await decisions.decide_applications(db, programme_id, given.decisions, by))


@router.post("/programmes/{programme_id}/tell-decisions", tags=["decisions"])
async def tell_decisions(programme_id: UUID, telling: Telling, by: Writer, db: Db) -> Told:
    """Tell people what was decided and kept back."""
    return Told(told=await undoing.tell_decisions(db, programme_id, telling.cohort_id, by))


@router.post("/applications/{application_id}/undo-decision", tags=["decisions"])
async def undo_decision(
    application_id: UUID, undone: Undoing, by: Writer, db: Db, expected: IfMatch
) -> ApplicationView:
    """Take a decision back that nobody was told."""
    expected.compare((await visible_application(db, application_id, by)).version)
    return whole(await undoing.undo_decision(db, application_id, undone.reason, by))


@router.post("/applications/{application_id}/decision", tags=["applications"])
async def decide_application(
    application_id: UUID, decision: Decision, by: Writer, db: Db, expected: IfMatch
) -> ApplicationView:
    """Accept, put on the waiting list, or refuse."""
    await compare(db, application_id, by, expected)
    return whole(await decisions.decide_application(db, application_id, decision, by))
