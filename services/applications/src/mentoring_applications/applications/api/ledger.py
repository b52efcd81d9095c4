"""The ledger: what came in and what became of it."""

from uuid import UUID

from fastapi import APIRouter

from mentoring_applications.applications.api import views
from mentoring_applications.applications.schemas import LedgerView
from mentoring_applications.programmes import queries as programmes
from mentoring_applications.programmes.access import LEDGER, Reader, require_team
from mentoring_common.unit_of_work import Db, Route

router = APIRouter(route_class=Route)


@router.get("/programmes/{programme_id}/ledger", tags=["programmes"])
async def read_programme_ledger(programme_id: UUID, by: Reader, db: Db) -> LedgerView:
    """What came in and what became of it, for every cohort and role, and the over-subscription."""
    await programmes.programme(db, programme_id)
    await require_team(db, by, programme_id, *LEDGER)
    return await views.ledger_of_programme(db, programme_id)


@router.get("/cohorts/{cohort_id}/ledger", tags=["cohorts"])
async def read_cohort_ledger(cohort_id: UUID, by: Reader, db: Db) -> LedgerView:
    """What came in and what became of it, for both roles, and the over-subscription."""
    cohort = await programmes.cohort(db, cohort_id)
    await require_team(db, by, cohort.programme_id, *LEDGER)
    return await views.ledger_of_cohort(db, cohort)
