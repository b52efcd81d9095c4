"""Applications: made."""

from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Query

from mentoring_applications.applying.api import views
from mentoring_applications.applying.commands import batch, submission
from mentoring_applications.applying.schemas import ApplicationBatch, ApplicationItems, NewApplication, SubmittedView
from mentoring_applications.programmes.access import Writer
from mentoring_common.unit_of_work import Db, Route

UPLOADS: Final = {"/applications/batch": (10_000_000, frozenset({"application/json"}))}
router = APIRouter(route_class=Route, tags=["applications"])


@router.post("/programmes/{programme_id}/applications", status_code=201)
async def submit_application(programme_id: UUID, new: NewApplication, by: Writer, db: Db) -> SubmittedView:
    """Ask to join the programme as mentor or mentee, in one of its rounds or in a later one.

    `ignored` names the answers in whose place another value is on record.
    """
    return views.submitted(await submission.submit_application(db, programme_id, new, by))


@router.post("/programmes/{programme_id}/applications/batch")
async def submit_applications(
    programme_id: UUID,
    given: ApplicationBatch,
    by: Writer,
    db: Db,
    dry_run: Annotated[bool, Query(description="say what each row would do, and do nothing")] = False,
) -> ApplicationItems:
    """Apply for up to 500 people in their names (`proxy`), as in a file; each has its own answer."""
    items = await batch.submit_applications(db, programme_id, given.applications, by, dry_run=dry_run)
    return ApplicationItems(dry_run=dry_run, items=items)
