"""What our other services read of people; people's tokens do not open it."""

from fastapi import APIRouter

from mentoring_applications.directory import queries
from mentoring_applications.directory.api import views
from mentoring_applications.directory.schemas import PersonIds, Profiles
from mentoring_applications.programmes.access import OwnService
from mentoring_common.unit_of_work import Db, Route

router = APIRouter(prefix="/internal", route_class=Route, tags=["internal"])


@router.post("/profiles")
async def read_profiles(wanted: PersonIds, _: OwnService, db: Db) -> Profiles:
    """The profiles of people; those who are erased are left out."""
    rows = await queries.profiles(db, wanted.person_ids)
    return Profiles(items=[views.profile(person, manager) for person, manager in rows])
