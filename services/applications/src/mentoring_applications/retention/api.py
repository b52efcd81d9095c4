"""People erased, and the totals that are all that is read of a cohort's answers."""

from uuid import UUID

from fastapi import APIRouter

from mentoring_applications.errors import CohortStillOpen
from mentoring_applications.people.access import erasable_person
from mentoring_applications.programmes import queries as programmes
from mentoring_applications.programmes.access import LEDGER, Reader, Writer, require_team
from mentoring_applications.retention import equality
from mentoring_applications.retention.commands import erasure, retention
from mentoring_applications.retention.schemas import EqualityTotals, FormCounts
from mentoring_common.audit import audit
from mentoring_common.unit_of_work import Db, Route
from mentoring_common.versions import IfMatch

router = APIRouter(route_class=Route)


@router.delete("/people/{person_id}", status_code=204, tags=["people"])
async def erase_person(person_id: UUID, by: Writer, db: Db, expected: IfMatch) -> None:
    """Erase a person here and have every service erase what it holds of them."""
    await expected.hold(db, await erasable_person(db, person_id, by))
    await erasure.erase_person(db, person_id, by)


@router.get("/cohorts/{cohort_id}/equality-totals", tags=["cohorts"])
async def read_equality_totals(cohort_id: UUID, by: Reader, db: Db) -> EqualityTotals:
    """Totals of equality monitoring of a closed cohort; rows are shown to nobody, the reading is on record.

    Before the end the totals before and after one application would tell that person's answers: CohortStillOpen.
    """
    cohort = await programmes.cohort(db, cohort_id)
    await require_team(db, by, cohort.programme_id)
    if cohort.closed_at is None:
        raise CohortStillOpen()
    totals = await retention.equality_totals(db, cohort)
    audit(db, by.subject, "read_equality_totals", "cohort", cohort_id)
    return EqualityTotals(hidden_under=equality.HIDDEN_UNDER, rounded_to=equality.ROUNDED_TO, totals=totals)


@router.get("/cohorts/{cohort_id}/form-counts", tags=["cohorts"])
async def read_form_counts(cohort_id: UUID, by: Reader, db: Db) -> FormCounts:
    """How often each answer was given to the questions that the programme counts, by role; small numbers are hidden."""
    cohort = await programmes.cohort(db, cohort_id)
    await require_team(db, by, cohort.programme_id, *LEDGER)
    counts = await retention.form_counts(db, cohort)
    return FormCounts(hidden_under=equality.HIDDEN_UNDER, rounded_to=equality.ROUNDED_TO, counts=counts)
