"""Reviews and last words."""

from uuid import UUID

import strawberry

from mentoring_gateway.context import Info
from mentoring_gateway.fields import command
from mentoring_gateway.pair_reviews.client import Farewells, PairReview
from mentoring_gateway.pair_reviews.inputs import ReviewOutcome, ReviewWish


@strawberry.type
class PairReviews:
    @command("Say how it goes on, or say it anew until the review is concluded; the other never sees it")
    async def answer_review(
        self, info: Info, review_id: UUID, going_well: int, wish: ReviewWish, for_team: str | None = None
    ) -> PairReview:
        api = info.context.commands(info).pair_reviews
        await api.answer(review_id, going_well=going_well, wish=wish, for_team=for_team)
        return await info.context.services.pair_reviews.review(review_id)

    @command("Say what follows from a review, and do it; for the programme team")
    async def conclude_review(
        self,
        info: Info,
        review_id: UUID,
        outcome: ReviewOutcome,
        plan: str | None = None,
        expected_version: int | None = None,
    ) -> PairReview:
        api = info.context.commands(info, expected_version).pair_reviews
        await api.conclude(review_id, outcome=outcome, plan=plan)
        return await info.context.services.pair_reviews.review(review_id)

    @command("Leave last words and thanks for the other, who is told; say whether you would be a mentor next time")
    async def say_farewell(
        self,
        info: Info,
        match_id: UUID,
        words: str | None = None,
        goes_on: bool = False,
        mentor_next_time: bool = False,
        expected_version: int | None = None,
    ) -> Farewells:
        api = info.context.commands(info, expected_version).pair_reviews
        said = {"words": words, "goes_on": goes_on, "mentor_next_time": mentor_next_time}
        await api.say_farewell(match_id, **said)
        return await info.context.services.pair_reviews.farewells(match_id)
