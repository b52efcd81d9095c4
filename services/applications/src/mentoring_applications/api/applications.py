"""Applications: made, read, decided, moved, withdrawn, carried over."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_applications.access import (
    applications_seen,
    is_team,
    person_of,
    readable_application,
    visible_application,
)
from mentoring_applications.api import views
from mentoring_applications.api.callers import Reader, Writer
from mentoring_applications.commands import applications as commands
from mentoring_applications.commands import decisions, submission
from mentoring_applications.lifecycle import State
from mentoring_applications.models import Application
from mentoring_applications.schemas import (
    ApplicationDetail,
    ApplicationView,
    CarryOver,
    CohortMove,
    Decision,
    NewApplication,
    Withdrawal,
)
from mentoring_common.auth import Principal
from mentoring_common.pagination import Cursor, Limit, Page, page, page_of
from mentoring_common.unit_of_work import Db, Route
from mentoring_common.versions import IfMatch, Precondition
from mentoring_contracts.applications import Role

router = APIRouter(route_class=Route, tags=["applications"])
_view = ApplicationView.model_validate


@router.post("/programmes/{programme_id}/applications", status_code=201)
async def submit_application(programme_id: UUID, new: NewApplication, by: Writer, db: Db) -> ApplicationView:
    """Ask to join the programme as mentor or mentee, in one of its rounds or in a later one."""
    return _view(await submission.submit_application(db, programme_id, new, by))


@router.get("/applications")
async def list_applications(
    by: Reader,
    db: Db,
    programme_id: UUID | None = None,
    cohort_id: UUID | None = None,
    role: Role | None = None,
    state: State | None = None,
    person_id: Annotated[UUID | None, Query()] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[ApplicationView]:
    """One's own applications and those of the programmes in whose team one is, in order of creation.

    An HR client (with an `employer` claim) gets those of its employer's people.
    """
    filters = {"programme_id": programme_id, "role": role, "state": state, "person_id": person_id}
    rows = await applications_seen(db, by, cohort_id=cohort_id, **filters)
    shown, following = await page(db, rows, Application.id, cursor, limit)
    return page_of(shown, following, _view)


@router.get("/applications/{application_id}")
async def read_application(application_id: UUID, by: Reader, db: Db) -> ApplicationDetail:
    """One application with its answers; an HR client sees its state alone."""
    application = await readable_application(db, application_id, by)
    team = await is_team(db, by, application.programme_id)
    if not team and application.person_id != person_of(by):
        return views.application_of_employee(application)
    return await views.application(db, application, for_team=team)


async def _compare(db: AsyncSession, application_id: UUID, by: Principal, expected: Precondition) -> None:
    """PreconditionFailed if it is another version: the command's statement looks again at the one that was read here.

    It is not locked here: whoever takes a place locks the cohort's row first.
    """
    if expected.given:
        expected.compare((await visible_application(db, application_id, by)).version)


@router.post("/applications/{application_id}/decision")
async def decide_application(
    application_id: UUID, decision: Decision, by: Writer, db: Db, expected: IfMatch
) -> ApplicationView:
    """Accept, put on the waiting list, or refuse."""
    await _compare(db, application_id, by, expected)
    return _view(await decisions.decide_application(db, application_id, decision, by))


@router.post("/applications/{application_id}/withdraw")
async def withdraw_application(
    application_id: UUID, by: Writer, db: Db, expected: IfMatch, withdrawal: Withdrawal | None = None
) -> ApplicationView:
    """Withdraw, also after matching."""
    await _compare(db, application_id, by, expected)
    reason = withdrawal.reason if withdrawal else None
    return _view(await commands.withdraw_application(db, application_id, reason, by))


@router.post("/applications/{application_id}/move")
async def move_application(
    application_id: UUID, move: CohortMove, by: Writer, db: Db, expected: IfMatch
) -> ApplicationView:
    """Move to another cohort of the programme."""
    await _compare(db, application_id, by, expected)
    return _view(await commands.move_application(db, application_id, move, by))


@router.post("/applications/{application_id}/carry-over")
async def carry_over_application(
    application_id: UUID, why: CarryOver, by: Writer, db: Db, expected: IfMatch
) -> ApplicationView:
    """Let it go on in a later round of the programme."""
    await _compare(db, application_id, by, expected)
    return _view(await commands.carry_over_application(db, application_id, why.reason, by))
