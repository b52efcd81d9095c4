"""Applications: made."""

from uuid import UUID

from fastapi import APIRouter

from mentoring_applications.applying.api import views
from mentoring_applications.applying.commands import submission
from mentoring_applications.applying.schemas import NewApplication, SubmittedView
from mentoring_applications.programmes.access import Writer
from mentoring_common.unit_of_work import Db, Route

router = APIRouter(route_class=Route, tags=["applications"])


@router.post("/programmes/{programme_id}/applications", status_code=201)
async def submit_application(programme_id: UUID, new: NewApplication, by: Writer, db: Db) -> SubmittedView:
    """Ask to join the programme as mentor or mentee, in one of its rounds or in a later one.

    `ignored` names the answers in whose place another value is on record.
    """
    return views.submitted(await submission.submit_application(db, programme_id, new, by))
