"""The rounds of a programme, read."""

from collections.abc import Sequence
from uuid import UUID

from fastapi import APIRouter

from mentoring_applications.programmes import queries
from mentoring_applications.programmes.access import Reader
from mentoring_applications.programmes.models import Cohort
from mentoring_applications.programmes.schemas import CohortList, CohortView
from mentoring_common.unit_of_work import Db, Route

router = APIRouter(route_class=Route, tags=["cohorts"])


@router.get("/programmes/{programme_id}/cohorts")
async def list_cohorts(programme_id: UUID, _: Reader, db: Db) -> CohortList:
    """The programme's rounds by number."""
    await queries.programme_row(db, programme_id)
    return listed(await queries.cohort_rows(db, programme_id))


@router.get("/cohorts/{cohort_id}")
async def read_cohort(cohort_id: UUID, _: Reader, db: Db) -> CohortView:
    """One round."""
    return CohortView.model_validate(await queries.cohort_row(db, cohort_id))


def listed(cohorts: Sequence[Cohort]) -> CohortList:
    return CohortList(items=[CohortView.model_validate(cohort) for cohort in cohorts])
