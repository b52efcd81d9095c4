"""What our other services read; people's tokens do not open it."""

from uuid import UUID

from fastapi import APIRouter

from mentoring_applications import queries
from mentoring_applications.api import views
from mentoring_applications.api.callers import OwnService
from mentoring_applications.internal_schemas import ApplicationIds, PersonIds, PooledApplications, Profiles, Statistics
from mentoring_common.unit_of_work import Db, Route

router = APIRouter(prefix="/internal", route_class=Route, tags=["internal"])


@router.post("/profiles")
async def read_profiles(wanted: PersonIds, _: OwnService, db: Db) -> Profiles:
    """The profiles of people; those who are erased are left out."""
    rows = await queries.profiles(db, wanted.person_ids)
    return Profiles(items=[views.profile(person, manager) for person, manager in rows])


@router.post("/applications")
async def read_pooled_applications(wanted: ApplicationIds, _: OwnService, db: Db) -> PooledApplications:
    """What matching needs to know of applications; those of erased people are left out."""
    return PooledApplications(items=await views.pooled(db, wanted.application_ids))


@router.get("/programmes/{programme_id}/statistics")
async def read_statistics(programme_id: UUID, _: OwnService, db: Db) -> Statistics:
    """Counts from the records of a programme."""
    await queries.programme(db, programme_id)
    return await views.statistics(db, programme_id)
