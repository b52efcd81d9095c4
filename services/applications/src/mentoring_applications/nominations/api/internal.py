"""What the service that writes letters reads of nominations."""

from fastapi import APIRouter

from mentoring_applications.nominations.api import views
from mentoring_applications.nominations.schemas import NominationIds, NominationsToTell
from mentoring_applications.programmes.access import OwnService
from mentoring_common.unit_of_work import Db, Route

router = APIRouter(prefix="/internal", route_class=Route, tags=["internal"])


@router.post("/nominations")
async def read_nominations(wanted: NominationIds, _: OwnService, db: Db) -> NominationsToTell:
    """Nominations for the service that writes letters; those of erased people are left out."""
    return NominationsToTell(items=await views.nominations_to_tell(db, wanted.nomination_ids))
