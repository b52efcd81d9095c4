"""Reviews and last words."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from mentoring_common.pagination import Cursor, Limit, Page, page
from mentoring_common.unit_of_work import Db, Route
from mentoring_common.versions import IfMatch
from mentoring_sessions.relationships.access import Reader, Writer, require_team, to_relationship
from mentoring_sessions.relationships.parts import STEERS
from mentoring_sessions.reviews import access, commands, queries, views
from mentoring_sessions.reviews.models import Farewell, Review
from mentoring_sessions.reviews.schemas import (
    FarewellStateView,
    FarewellsView,
    FutureMentorView,
    NewFarewell,
    NewOutcome,
    NewReviewAnswer,
    ReviewStateView,
    ReviewView,
)

IsMentor = Annotated[bool | None, Query(description="only those who are a mentor by now, or only those who are not")]

router = APIRouter(route_class=Route, tags=["records"])


@router.get("/relationships/{match_id}/reviews")
async def list_reviews(
    match_id: UUID, by: Reader, db: Db, cursor: Cursor = None, limit: Limit = 50
) -> Page[ReviewView]:
    """The reviews of a relationship: your own answers, and whether you differ; for the team what waits for it."""
    mine = await to_relationship(db, by, match_id)
    shown, following = await page(db, queries.reviews(match_id), Review.id, cursor, limit)
    return Page(items=await views.reviews(db, by, mine, shown), next_cursor=following)


@router.get("/reviews/{review_id}")
async def read_review(review_id: UUID, by: Reader, db: Db) -> ReviewView:
    """One review."""
    review, mine = await access.review(db, by, review_id)
    return (await views.reviews(db, by, mine, [review]))[0]


@router.post("/reviews/{review_id}/answer")
async def answer_review(review_id: UUID, new: NewReviewAnswer, by: Writer, db: Db) -> ReviewStateView:
    """Say how it goes on, or say it anew until it is concluded. The other never sees it."""
    review, mine = await access.review(db, by, review_id)
    return ReviewStateView.model_validate(await commands.answer(db, mine, review, new))


@router.post("/reviews/{review_id}/outcome")
async def conclude_review(review_id: UUID, new: NewOutcome, by: Writer, db: Db, expected: IfMatch) -> ReviewStateView:
    """Say what follows from a review, and do it (who makes matches): go on, start afresh, rematch or close."""
    review, mine = await access.review(db, by, review_id, STEERS)
    return ReviewStateView.model_validate(await commands.conclude(db, by, mine, review, new, expected))


@router.post("/relationships/{match_id}/farewell")
async def say_farewell(match_id: UUID, new: NewFarewell, by: Writer, db: Db, expected: IfMatch) -> FarewellStateView:
    """Leave last words and thanks for the other, at the end or later; say whether you would be a mentor next time."""
    mine = await to_relationship(db, by, match_id)
    return FarewellStateView.model_validate(await commands.say_farewell(db, mine, new, expected))


@router.get("/relationships/{match_id}/farewells")
async def list_farewells(match_id: UUID, by: Reader, db: Db) -> FarewellsView:
    """What those in a relationship left for each other; for them alone."""
    return await views.farewells(db, await to_relationship(db, by, match_id))


@router.get("/programmes/{programme_id}/future-mentors")
async def list_future_mentors(
    programme_id: UUID, by: Reader, db: Db, is_mentor: IsMentor = None, cursor: Cursor = None, limit: Limit = 50
) -> Page[FutureMentorView]:
    """Who said that they would be a mentor next time, for the programme team; with `is_mentor` those who are by now."""
    await require_team(db, by, programme_id)
    shown, following = await page(db, queries.future_mentors(programme_id, is_mentor), Farewell.id, cursor, limit)
    return Page(items=await views.future_mentors(db, shown), next_cursor=following)
