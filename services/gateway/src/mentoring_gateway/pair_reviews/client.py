"""The sessions service: reviews and last words."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import strawberry
from pydantic import TypeAdapter

from mentoring_common.pagination import Page
from mentoring_gateway.upstream import PageRequest, Upstream
from mentoring_gateway.values import NOTHING, body


@strawberry.type(description="What I said in a review")
class ReviewAnswer:
    going_well: int
    wish: str
    answered_at: datetime
    for_team: str | None = None


@strawberry.type(description="What somebody wrote to the programme team in a review")
class ReviewWords:
    person_id: UUID
    text: str | None = None


@strawberry.type(
    description="A review of a pair: `answers` says whether they differ, never who said what; what is for the "
    "programme team is null for others"
)
class PairReview:
    id: UUID
    match_id: UUID
    programme_id: UUID
    kind: str
    opened_at: datetime
    answer_until: datetime
    version: int
    answers: str | None = None
    rematch_wished: bool | None = None
    awaits_team: bool | None = None
    outcome: str | None = None
    decided_at: datetime | None = None
    mine: ReviewAnswer | None = None
    for_team: list[ReviewWords] | None = None
    plan: str | None = None


@strawberry.type(description="What I left at the end of a relationship")
class Farewell:
    id: UUID
    match_id: UUID
    person_id: UUID
    said_at: datetime
    goes_on: bool
    mentor_next_time: bool
    version: int
    words: str | None = None


@strawberry.type(description="Last words of another")
class LastWords:
    person_id: UUID
    said_at: datetime
    words: str | None = None


@strawberry.type(description="What those in a relationship left for each other; `goingOn` once all say so")
class Farewells:
    others: list[LastWords]
    going_on: bool
    mine: Farewell | None = None


@strawberry.type(description="Somebody who would be a mentor next time, and whether they are by now")
class FutureMentor:
    id: UUID
    person_id: UUID
    match_id: UUID
    cohort_id: UUID
    said_at: datetime
    is_mentor: bool


_review = TypeAdapter(PairReview)
_reviews = TypeAdapter(Page[PairReview])
_farewells = TypeAdapter(Farewells)
_future_mentors = TypeAdapter(Page[FutureMentor])


@dataclass(frozen=True)
class PairReviewsApi:
    """Reviews and last words for one caller."""

    api: Upstream

    async def reviews(self, match_id: UUID, wanted: PageRequest) -> Page[PairReview]:
        """The reviews of a relationship."""
        return await self.api.page(f"/relationships/{match_id}/reviews", _reviews, {}, wanted)

    async def review(self, review_id: UUID) -> PairReview:
        """One review."""
        return await self.api.get(f"/reviews/{review_id}", _review)

    async def answer(self, review_id: UUID, **said: object) -> None:
        """Say how it goes on."""
        await self.api.send("POST", f"/reviews/{review_id}/answer", NOTHING, body(**said))

    async def conclude(self, review_id: UUID, **outcome: object) -> None:
        """Say what follows from a review."""
        await self.api.send("POST", f"/reviews/{review_id}/outcome", NOTHING, body(**outcome))

    async def farewells(self, match_id: UUID) -> Farewells:
        """What was left at the end of a relationship."""
        return await self.api.get(f"/relationships/{match_id}/farewells", _farewells)

    async def say_farewell(self, match_id: UUID, **said: object) -> None:
        """Leave last words."""
        await self.api.send("POST", f"/relationships/{match_id}/farewell", NOTHING, body(**said))

    async def future_mentors(
        self, programme_id: UUID, wanted: PageRequest, *, is_mentor: bool | None
    ) -> Page[FutureMentor]:
        """Who would be a mentor next time."""
        path = f"/programmes/{programme_id}/future-mentors"
        return await self.api.page(path, _future_mentors, {"is_mentor": is_mentor}, wanted)
