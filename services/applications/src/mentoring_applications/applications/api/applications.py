"""Applications: read, moved, withdrawn, carried over."""

from collections.abc import Collection
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_applications.applications import queries
from mentoring_applications.applications.access import applications_seen, readable_application, visible_application
from mentoring_applications.applications.api import views
from mentoring_applications.applications.commands import applications as commands
from mentoring_applications.applications.models import Application
from mentoring_applications.applications.schemas import (
    ApplicationDetail,
    ApplicationView,
    CarryOver,
    CohortMove,
    Withdrawal,
)
from mentoring_applications.lifecycle import State
from mentoring_applications.programmes.access import Reader, Writer, is_team, visible_programmes
from mentoring_common.auth import Principal
from mentoring_common.pagination import Cursor, Limit, Page, page, page_of
from mentoring_common.unit_of_work import Db, Route
from mentoring_common.versions import IfMatch, Precondition, UpdatedSince
from mentoring_contracts.words import Side

router = APIRouter(route_class=Route, tags=["applications"])
_view = ApplicationView.model_validate


@router.get("/applications")
async def list_applications(
    by: Reader,
    db: Db,
    programme_id: UUID | None = None,
    cohort_id: UUID | None = None,
    role: Side | None = None,
    state: State | None = None,
    person_id: Annotated[UUID | None, Query()] = None,
    updated_since: UpdatedSince = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[ApplicationView]:
    """One's own applications and those of the programmes in whose team one is, in order of creation.

    An HR client (with an `employer` claim) gets those of its employer's people.
    """
    filters = {"programme_id": programme_id, "role": role, "state": state, "person_id": person_id}
    rows = queries.changed_since(await applications_seen(db, by, cohort_id=cohort_id, **filters), updated_since)
    shown, following = await page(db, rows, Application.id, cursor, limit)
    teams = await visible_programmes(db, by)
    return page_of(shown, following, lambda row: _seen(row, by, teams))


@router.get("/applications/{application_id}")
async def read_application(application_id: UUID, by: Reader, db: Db) -> ApplicationDetail:
    """One application with its answers; an HR client sees its state alone."""
    application = await readable_application(db, application_id, by)
    team = await is_team(db, by, application.programme_id)
    if not team and application.person_id != by.person:
        return views.application_of_employee(application)
    return await views.application(db, application, for_team=team)


def _seen(row: Application, by: Principal, teams: Collection[UUID]) -> ApplicationView:
    return views.whole(row) if by.is_admin or row.programme_id in teams else views.told(row)


async def compare(db: AsyncSession, application_id: UUID, by: Principal, expected: Precondition) -> None:
    """PreconditionFailed if it is another version: the command's statement looks again at the one that was read here.

    It is not locked here: whoever takes a place locks the cohort's row first.
    """
    if expected.given:
        expected.compare((await visible_application(db, application_id, by)).version)


@router.post("/applications/{application_id}/withdraw")
async def withdraw_application(
    application_id: UUID, by: Writer, db: Db, expected: IfMatch, withdrawal: Withdrawal | None = None
) -> ApplicationView:
    """Withdraw, also after matching."""
    await compare(db, application_id, by, expected)
    reason = withdrawal.reason if withdrawal else None
    return _view(await commands.withdraw_application(db, application_id, reason, by))


@router.post("/applications/{application_id}/move")
async def move_application(
    application_id: UUID, move: CohortMove, by: Writer, db: Db, expected: IfMatch
) -> ApplicationView:
    """Move to another cohort of the programme."""
    await compare(db, application_id, by, expected)
    return _view(await commands.move_application(db, application_id, move, by))


@router.post("/applications/{application_id}/carry-over")
async def carry_over_application(
    application_id: UUID, why: CarryOver, by: Writer, db: Db, expected: IfMatch
) -> ApplicationView:
    """Let it go on in a later round of the programme."""
    await compare(db, application_id, by, expected)
    return _view(await commands.carry_over_application(db, application_id, why.reason, by))
