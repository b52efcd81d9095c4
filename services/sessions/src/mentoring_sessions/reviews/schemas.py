"""Reviews and last words as the REST API takes and gives them."""

from datetime import datetime
from typing import ClassVar, Literal
from uuid import UUID

from pydantic import Field

from mentoring_common.bodies import Body
from mentoring_common.versions import VersionedView
from mentoring_common.views import View
from mentoring_sessions.fields import Text
from mentoring_sessions.relationships.commands.reviewing import ReviewKind

Outcome = Literal["continue", "re_energise", "rematch", "close"]
Wish = Literal["continue", "change", "rematch", "close"]


class NewReviewAnswer(Body):
    going_well: int = Field(ge=1, le=5, description="from 1 to 5; neither the other nor the team sees it")
    wish: Wish = Field(
        description="go on as it is, go on otherwise, with somebody else, or end; nobody sees whose it is"
    )
    for_team: Text | None = Field(None, description="words for the programme team, never for the other")


class NewOutcome(Body):
    outcome: Outcome = Field(
        description="go on; start afresh with a plan; both look for somebody else, nobody to blame; or close it"
    )
    plan: Text | None = Field(None, description="what changes, for the pair: wanted where it starts afresh")


class ReviewAnswerView(View):
    going_well: int
    wish: Wish = Field(description="go on as it is, go on otherwise, with somebody else, or end")
    for_team: str | None = Field(description="null where nothing was written, or it was erased")
    answered_at: datetime


class ForTeamView(View):
    person_id: UUID
    text: str | None = Field(description="null once its writer was erased")


class ReviewStateView(View, VersionedView):
    id: UUID
    match_id: UUID = Field(validation_alias="relationship_id")
    programme_id: UUID
    kind: ReviewKind = Field(description="after the first meeting, in the middle, or before the end")
    opened_at: datetime = Field(description="when both were asked")
    answer_until: datetime = Field(description="until when they answer; later answers are taken until it is concluded")
    outcome: Outcome | None = Field(description="what followed; null: nothing yet")
    decided_at: datetime | None


class ReviewView(ReviewStateView):
    MADE_AT: ClassVar = "/reviews/{id}"
    answers: Literal["waiting", "agree", "differ"] | None = Field(
        description="whether those in it say differently how it goes, never who said what; null for the pair where it "
        "is about whether they fit"
    )
    rematch_wished: bool | None = Field(
        description="whether somebody would rather have another; for the programme team, null for others"
    )
    awaits_team: bool | None = Field(
        description="whether it waits for the programme team: all answered, a rematch is wished, or the time is over; "
        "null for others"
    )
    mine: ReviewAnswerView | None = Field(description="what the caller said")
    for_team: list[ForTeamView] | None = Field(description="what was written to the team; null for others")
    plan: str | None = Field(description="what changes, for the pair and the team; null where there is none")


class NewFarewell(Body):
    words: Text | None = Field(None, description="last words and thanks, for the other")
    goes_on: bool = Field(False, description="whether you would go on informally; shown once the other says so too")
    mentor_next_time: bool = Field(False, description="whether you would be a mentor in a later cohort")


class FarewellStateView(View, VersionedView):
    MADE_AT: ClassVar = "/relationships/{match_id}/farewells"
    id: UUID
    match_id: UUID = Field(validation_alias="relationship_id")
    person_id: UUID
    said_at: datetime
    goes_on: bool = Field(description="whether they would go on informally")
    mentor_next_time: bool = Field(description="whether they would be a mentor in a later cohort")


class FarewellView(FarewellStateView):
    words: str | None = Field(description="last words; null where there are none, or their writer was erased")


class LastWordsView(View):
    person_id: UUID
    said_at: datetime
    words: str | None = Field(description="null once their writer was erased")


class FarewellsView(View):
    mine: FarewellView | None = Field(description="what the caller left; null: nothing yet")
    others: list[LastWordsView] = Field(description="the last words of the others")
    going_on: bool = Field(description="whether all say that they go on informally")


class FutureMentorView(View):
    id: UUID
    person_id: UUID
    match_id: UUID = Field(validation_alias="relationship_id", description="the relationship in which they said so")
    cohort_id: UUID
    said_at: datetime
    is_mentor: bool = Field(description="whether they were accepted as a mentor of the programme since")
