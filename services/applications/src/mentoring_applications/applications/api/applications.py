"""Applications: read, moved, withdrawn, carried over."""

from collections.abc import Collection, Sequence
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
    ApplicationDetails,
    ApplicationView,
    CarryOver,
    CohortMove,
    Withdrawal,
)
from mentoring_applications.lifecycle import State
from mentoring_applications.programmes.access import Reader, Writer, visible_programmes
from mentoring_common.auth import Principal
from mentoring_common.pagination import ByIds, Cursor, Ids, Limit, Page, page, page_by, page_of
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
    people: Annotated[list[UUID] | None, Query(max_length=200, description="those of these people")] = None,
    ids: ByIds = None,
    updated_since: UpdatedSince = None,
    order_by: Annotated[
        queries.Order | None, Query(description="what comes first: submitted first, or changed longest ago")
    ] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[ApplicationView]:
    """One's own applications and those of the programmes in whose team one is, in order of creation or in another.

    An HR client (with an `employer` claim) gets those of its employer's people.
    """
    filters = {"programme_id": programme_id, "role": role, "state": state, "person_id": person_id}
    seen = await applications_seen(db, by, cohort_id=cohort_id, people=people, ids=ids, **filters)
    rows = queries.changed_since(seen, updated_since)
    if order_by is None:
        shown, following = await page(db, rows, Application.id, cursor, limit)
    else:
        key = queries.ORDER_KEYS[order_by]
        shown, following = await page_by(db, rows, key, Application.id, cursor, limit)
    teams = await visible_programmes(db, by)
    return page_of(shown, following, lambda row: _seen(row, by, teams))


@router.get("/application-details")
async def list_application_details(
    by: Reader,
    db: Db,
    ids: Annotated[Ids, Query(description="up to 200, separated by commas; those that one does not see are left out")],
) -> ApplicationDetails:
    """Applications by their ids, each with its answers, as `GET /applications/{application_id}` shows it."""
    rows = await applications_seen(db, by, cohort_id=None, programme_id=None, person_id=None, ids=ids)
    found = (await db.scalars(rows.order_by(Application.id))).all()
    return ApplicationDetails(items=await _details(db, found, by))


@router.get("/applications/{application_id}")
async def read_application(application_id: UUID, by: Reader, db: Db) -> ApplicationDetail:
    """One application with its answers; an HR client sees its state alone."""
    return (await _details(db, [await readable_application(db, application_id, by)], by))[0]


async def _details(db: AsyncSession, rows: Sequence[Application], by: Principal) -> list[ApplicationDetail]:
    """Each whole for the team, as far as they were told for the applicant, and its state alone for an HR client."""
    teams = await visible_programmes(db, by)
    for_team = {row.id for row in rows if by.is_admin or row.programme_id in teams}
    readable = [row for row in rows if row.id in for_team or row.person_id == by.person]
    whole = {one.id: one for one in await views.applications(db, readable, for_team)}
    return [whole[row.id] if row.id in whole else views.application_of_employee(row) for row in rows]


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
