"""Check-ins."""

from uuid import UUID

from fastapi import APIRouter

from mentoring_common.pagination import Cursor, Limit, Page, page, page_of
from mentoring_common.unit_of_work import Db, Route
from mentoring_sessions.check_ins import commands, queries, views
from mentoring_sessions.check_ins.models import CheckIn, Comparison
from mentoring_sessions.check_ins.schemas import (
    CheckInStateView,
    CheckInView,
    ComparisonOfPair,
    ComparisonView,
    NewCheckIn,
)
from mentoring_sessions.relationships.access import Reader, Writer, require_team, to_relationship

router = APIRouter(route_class=Route, tags=["records"])


@router.post("/relationships/{match_id}/check-ins", status_code=201)
async def record_check_in(match_id: UUID, new: NewCheckIn, by: Writer, db: Db) -> CheckInStateView:
    """Tell the programme team how it goes; with `needs_help` whoever is on duty is told at once."""
    mine = await to_relationship(db, by, match_id)
    return CheckInStateView.model_validate(await commands.record_check_in(db, mine, new))


@router.get("/relationships/{match_id}/check-ins")
async def list_check_ins(
    match_id: UUID, by: Reader, db: Db, cursor: Cursor = None, limit: Limit = 50
) -> Page[CheckInView]:
    """Your own check-ins, or for the programme team those of both."""
    mine = await to_relationship(db, by, match_id)
    shown, following = await page(db, queries.check_ins(mine), CheckIn.id, cursor, limit)
    return Page(items=await views.check_ins(db, by, mine, shown), next_cursor=following)


@router.get("/relationships/{match_id}/check-ins/compared")
async def compare_check_ins(match_id: UUID, by: Reader, db: Db) -> ComparisonOfPair:
    """Whether those in the relationship say differently how it goes, for them and the team; not who said what."""
    await to_relationship(db, by, match_id)
    return views.comparison(await queries.comparison(db, match_id))


@router.get("/programmes/{programme_id}/check-ins/compared")
async def list_compared_check_ins(
    programme_id: UUID, by: Reader, db: Db, differs: bool | None = None, cursor: Cursor = None, limit: Limit = 50
) -> Page[ComparisonView]:
    """The programme's relationships in which several have answered, and whether they differ (programme team)."""
    await require_team(db, by, programme_id)
    shown, following = await page(db, queries.comparisons(programme_id, differs), Comparison.id, cursor, limit)
    return page_of(shown, following, ComparisonView.model_validate)
