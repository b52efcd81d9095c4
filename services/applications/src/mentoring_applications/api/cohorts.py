"""Cohorts, their ledger and the totals of equality monitoring."""

from collections.abc import Sequence
from uuid import UUID

from fastapi import APIRouter
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_applications import blueprint, equality, forms, queries
from mentoring_applications.access import require_team
from mentoring_applications.api import views
from mentoring_applications.api.callers import Reader, Writer
from mentoring_applications.commands import cohorts as commands
from mentoring_applications.errors import CohortStillOpen
from mentoring_applications.models import Cohort
from mentoring_applications.schemas import CohortChanges, CohortList, CohortView, EqualityTotals, LedgerView, NewCohort
from mentoring_common import vault
from mentoring_common.audit import audit
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
    return _listed(await commands.plan_cohorts(db, programme_id, by))


@router.get("/programmes/{programme_id}/cohorts")
async def list_cohorts(programme_id: UUID, _: Reader, db: Db) -> CohortList:
    """The programme's rounds by number."""
    await queries.programme(db, programme_id)
    return _listed(await queries.cohorts(db, programme_id))


@router.get("/cohorts/{cohort_id}")
async def read_cohort(cohort_id: UUID, _: Reader, db: Db) -> CohortView:
    """One round."""
    return CohortView.model_validate(await queries.cohort(db, cohort_id))


@router.patch("/cohorts/{cohort_id}")
async def change_cohort(
    cohort_id: UUID, changes: CohortChanges, by: Writer, db: Db, expected: IfMatchRequired
) -> CohortView:
    """Change places or milestones."""
    await expected.hold(db, await _of_team(db, by, cohort_id))
    return CohortView.model_validate(await commands.change_cohort(db, cohort_id, changes, by))


@router.post("/cohorts/{cohort_id}/close")
async def close_cohort(cohort_id: UUID, by: Writer, db: Db, expected: IfMatch) -> CohortView:
    """End recruitment: whoever is still open is unmatched."""
    await expected.hold(db, await _of_team(db, by, cohort_id))
    return CohortView.model_validate(await commands.close_cohort(db, cohort_id, by))


@router.get("/cohorts/{cohort_id}/ledger")
async def read_cohort_ledger(cohort_id: UUID, by: Reader, db: Db) -> LedgerView:
    """What came in and what became of it, for both roles, and the over-subscription."""
    cohort = await queries.cohort(db, cohort_id)
    await require_team(db, by, cohort.programme_id)
    return await views.ledger_of_cohort(db, cohort)


@router.get("/cohorts/{cohort_id}/equality-totals")
async def read_equality_totals(cohort_id: UUID, by: Reader, db: Db) -> EqualityTotals:
    """Totals of equality monitoring of a closed cohort; rows are shown to nobody, the reading is on record.

    Before the end the totals before and after one application would tell that person's answers: CohortStillOpen.
    """
    cohort = await queries.cohort(db, cohort_id)
    await require_team(db, by, cohort.programme_id)
    if cohort.closed_at is None:
        raise CohortStillOpen()
    monitoring = blueprint.check((await queries.programme(db, cohort.programme_id)).blueprint).form.equality_monitoring
    rows = await queries.sealed_equality(db, cohort_id)
    answers = [forms.from_text(await vault.unseal(db, row.person_id, row.sealed)) for row in rows]
    audit(db, by.subject, "read_equality_totals", "cohort", cohort_id)
    return EqualityTotals(
        hidden_under=equality.HIDDEN_UNDER, rounded_to=equality.ROUNDED_TO, totals=equality.totals(monitoring, answers)
    )


async def _of_team(db: AsyncSession, by: Principal, cohort_id: UUID) -> Cohort:
    """The cohort, if the caller is of its programme's team: who may not is refused before versions are compared."""
    cohort = await queries.cohort(db, cohort_id)
    await require_team(db, by, cohort.programme_id)
    return cohort


def _listed(cohorts: Sequence[Cohort]) -> CohortList:
    return CohortList(items=[CohortView.model_validate(cohort) for cohort in cohorts])
