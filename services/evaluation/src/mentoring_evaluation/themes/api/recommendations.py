"""Recommendations and how they are followed up."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common.auth import Principal
from mentoring_common.pagination import Cursor, Limit, Page, page, page_of
from mentoring_common.roles import require_right
from mentoring_common.unit_of_work import Db, Route
from mentoring_common.versions import IfMatch, IfMatchRequired
from mentoring_evaluation.interviews.schemas import WordingApproval
from mentoring_evaluation.programmes import queries as programmes
from mentoring_evaluation.programmes.access import APPROVERS, READERS, TEAM, Reader, Writer, require_team, sees_all
from mentoring_evaluation.themes import queries
from mentoring_evaluation.themes.commands import recommendations
from mentoring_evaluation.themes.models import Recommendation
from mentoring_evaluation.themes.schemas import (
    FollowUpView,
    NewFollowUp,
    NewRecommendation,
    RecommendationChange,
    RecommendationView,
    RecommendationWithFollowUps,
)

router = APIRouter(route_class=Route, tags=["recommendations"])
Overdue = Annotated[bool | None, Query(description="only those that are overdue, or only those that are not")]


@router.post("/programmes/{programme_id}/recommendations", status_code=201)
async def make_recommendation(programme_id: UUID, new: NewRecommendation, by: Writer, db: Db) -> RecommendationView:
    """Recommend something, with an owner and a date. For the programme team."""
    await programmes.programme(db, programme_id)
    await require_team(db, by, programme_id)
    return RecommendationView.model_validate(await recommendations.recommend(db, programme_id, new, by))


@router.get("/programmes/{programme_id}/recommendations")
async def list_recommendations(
    programme_id: UUID, by: Reader, db: Db, overdue: Overdue = None, cursor: Cursor = None, limit: Limit = 50
) -> Page[RecommendationView]:
    """All recommendations for the programme team and the steering group; one's own for everybody else."""
    await programmes.programme(db, programme_id)
    own = None if by.is_admin else queries.recommendations(programme_id, by.person_id, None)
    all_of_them = await sees_all(db, by, programme_id, READERS, own)
    rows = queries.recommendations(programme_id, None if all_of_them else by.person_id, overdue)
    shown, following = await page(db, rows, Recommendation.id, cursor, limit)
    return page_of(shown, following, RecommendationView.model_validate)


@router.get("/recommendations/{recommendation_id}")
async def read_recommendation(recommendation_id: UUID, by: Reader, db: Db) -> RecommendationWithFollowUps:
    """One recommendation and what was reported of it. For its owner, the programme team and the steering group."""
    kept = await _for(db, recommendation_id, by, *READERS)
    reported = [FollowUpView.model_validate(row) for row in await queries.follow_ups(db, kept.id)]
    return RecommendationWithFollowUps(**RecommendationView.model_validate(kept).model_dump(), follow_ups=reported)


@router.patch("/recommendations/{recommendation_id}")
async def change_recommendation(
    recommendation_id: UUID, change: RecommendationChange, by: Writer, db: Db, expected: IfMatchRequired
) -> RecommendationView:
    """Give a recommendation another owner, team or date, with a reason. For the programme team."""
    kept = await queries.recommendation(db, recommendation_id)
    await require_team(db, by, kept.programme_id)
    await expected.hold(db, kept)
    return RecommendationView.model_validate(await recommendations.change_recommendation(db, kept, change, by))


@router.post("/recommendations/{recommendation_id}/approve")
async def approve_recommendation(
    recommendation_id: UUID, approval: WordingApproval, by: Writer, db: Db, expected: IfMatch
) -> RecommendationView:
    """Let the text and team that one has read stand in public reports; another team lapses it. For the programme
    manager."""
    kept = await queries.recommendation(db, recommendation_id)
    await require_right(db, by, kept.programme_id, *APPROVERS)
    await expected.hold(db, kept)
    return RecommendationView.model_validate(await recommendations.approve_recommendation(db, kept, approval.read, by))


@router.post("/recommendations/{recommendation_id}/follow-ups", status_code=201)
async def follow_up_recommendation(
    recommendation_id: UUID, new: NewFollowUp, by: Writer, db: Db, expected: IfMatch
) -> RecommendationView:
    """Report how it goes and start, finish, drop or reopen it. For its owner and the programme team."""
    kept = await _for(db, recommendation_id, by, *TEAM)
    await expected.hold(db, kept)
    return RecommendationView.model_validate(await recommendations.follow_up(db, kept, new, by))


async def _for(db: AsyncSession, recommendation_id: UUID, by: Principal, *rights: str) -> Recommendation:
    """A recommendation, for its owner or whoever has one of the rights."""
    kept = await queries.recommendation(db, recommendation_id)
    if by.subject != str(kept.owner_id):
        await require_right(db, by, kept.programme_id, *rights)
    return kept
