"""Places that are offered to who waits, taken and left."""

from uuid import UUID

from fastapi import APIRouter

from mentoring_applications.applications.access import visible_application
from mentoring_applications.applications.api import views
from mentoring_applications.applications.commands import waiting_list
from mentoring_applications.applications.schemas import ApplicationView, PlacesOffered
from mentoring_applications.programmes.access import Writer
from mentoring_common.unit_of_work import Db, Route
from mentoring_common.versions import IfMatch

router = APIRouter(route_class=Route, tags=["decisions"])


@router.post("/cohorts/{cohort_id}/offer-places")
async def offer_places(cohort_id: UUID, by: Writer, db: Db) -> PlacesOffered:
    """Offer the free places of a cohort to who is next on its waiting list."""
    offered = await waiting_list.offer_places(db, cohort_id, by)
    return PlacesOffered(application_ids=[application.id for application in offered])


@router.post("/applications/{application_id}/accept-place")
async def accept_place(application_id: UUID, by: Writer, db: Db, expected: IfMatch) -> ApplicationView:
    """Take the place that one is offered."""
    expected.compare((await visible_application(db, application_id, by)).version)
    return views.whole(await waiting_list.accept_place(db, application_id, by))


@router.post("/applications/{application_id}/decline-place")
async def decline_place(application_id: UUID, by: Writer, db: Db, expected: IfMatch) -> ApplicationView:
    """Leave the place to the next; one stays on the list, behind the others."""
    expected.compare((await visible_application(db, application_id, by)).version)
    return views.whole(await waiting_list.decline_place(db, application_id, by))
