"""What our other services read of applications; people's tokens do not open it."""

from uuid import UUID

from fastapi import APIRouter

from mentoring_applications.applications.api import views
from mentoring_applications.applications.schemas import ApplicationIds, PooledApplications, Statistics
from mentoring_applications.programmes import queries as programmes
from mentoring_applications.programmes.access import OwnService
from mentoring_common.unit_of_work import Db, Route

router = APIRouter(prefix="/internal", route_class=Route, tags=["internal"])


@router.post("/applications")
async def read_pooled_applications(wanted: ApplicationIds, _: OwnService, db: Db) -> PooledApplications:
    """What matching needs to know of applications; those of erased people are left out."""
    return PooledApplications(items=await views.pooled(db, wanted.application_ids))


@router.get("/programmes/{programme_id}/statistics")
async def read_statistics(programme_id: UUID, _: OwnService, db: Db) -> Statistics:
    """Counts from the records of a programme."""
    await programmes.programme(db, programme_id)
    return await views.statistics(db, programme_id)
