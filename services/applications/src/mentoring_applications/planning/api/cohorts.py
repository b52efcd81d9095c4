"""Rounds: planned, changed, closed."""

from uuid import UUID

from fastapi import APIRouter
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_applications.planning.commands import cohorts as commands
from mentoring_applications.planning.schemas import CohortChanges, NewCohort
from mentoring_applications.programmes import queries as programmes
from mentoring_applications.programmes.access import Writer, require_team
from mentoring_applications.programmes.api.cohorts import listed
from mentoring_applications.programmes.models import Cohort
from mentoring_applications.programmes.schemas import CohortList, CohortView
from mentoring_common.auth import Principal
from mentoring_common.unit_of_work import Db, Route
from mentoring_common.versions import IfMatch, IfMatchRequired

router = APIRouter(route_class=Route, tags=["cohorts"])


@router.post("/programmes/{programme_id}/cohorts", status_code=201)
async def plan_cohort(programme_id: UUID, new: NewCohort, by: Writer, db: Db) -> CohortView:
    """Plan one round."""
    return CohortView.model_validate(await commands.plan_cohort(db, programme_id, new, by))


@router.post("/programmes/{programme_id}/cohorts/from-blueprint", status_code=201)
async def plan_cohorts(programme_id: UUID, by: Writer, db: Db) -> CohortList:
    """Plan the rounds that the blueprint plans."""
    return listed(await commands.plan_cohorts(db, programme_id, by))


@router.patch("/cohorts/{cohort_id}")
async def change_cohort(
    cohort_id: UUID, changes: CohortChanges, by: Writer, db: Db, expected: IfMatchRequired
) -> CohortView:
    """Change places or milestones."""
    cohort = await _of_team(db, by, cohort_id)
    await programmes.open_programme(db, cohort.programme_id)
    await expected.hold(db, cohort)
    return CohortView.model_validate(await commands.change_cohort(db, cohort_id, changes, by))


@router.post("/cohorts/{cohort_id}/close")
async def close_cohort(cohort_id: UUID, by: Writer, db: Db, expected: IfMatch) -> CohortView:
    """End recruitment: whoever is still open is unmatched."""
    await expected.hold(db, await _of_team(db, by, cohort_id))
    return CohortView.model_validate(await commands.close_cohort(db, cohort_id, by))


async def _of_team(db: AsyncSession, by: Principal, cohort_id: UUID) -> Cohort:
    """The cohort, if the caller plans the programme's cohorts: who may not is refused before versions are compared."""
    cohort = await programmes.cohort(db, cohort_id)
    await require_team(db, by, cohort.programme_id, "plan_cohorts")
    return cohort
