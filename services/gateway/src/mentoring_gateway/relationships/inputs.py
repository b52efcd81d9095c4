"""What arguments about relationships take."""

from enum import Enum
from uuid import UUID

import strawberry


@strawberry.enum(
    description="Which relationships come first: that lack most hours, have not met for longest, end soonest, or met "
    "longest ago"
)
class RelationshipOrder(Enum):
    BEHIND = "behind"
    QUIET = "quiet"
    ENDS = "ends"
    LAST_MET = "last_met"


@strawberry.input(description="Which relationships are wanted; what is left out does not matter")
class RelationshipFilter:
    state: str | None = strawberry.field(default=None, description="where they stand")
    kind: str | None = strawberry.field(default=None, description="mentoring, or another kind of the programme")
    cohort_id: UUID | None = strawberry.field(default=None, description="those of one cohort")
    called: str | None = strawberry.field(
        default=None, description="somebody in them has this in their name; of many such people, the first 200"
    )
    behind: bool | None = strawberry.field(
        default=None, description="whether they lack as much as is expected in a month, or more"
    )
    quiet_days: int | None = strawberry.field(default=None, description="they have not met for so many days")
    open_concern: bool | None = strawberry.field(
        default=None, description="whether they have a concern that is not settled; for those who take concerns"
    )
    review_due: bool | None = strawberry.field(
        default=None, description="whether a review waits for the programme team"
    )
    paused: bool | None = strawberry.field(default=None, description="whether they have a break")
    ends_within_days: int | None = strawberry.field(default=None, description="they end within so many days")


@strawberry.input(description="What an agreement says to a question of the programme")
class NewAgreementAnswer:
    question: str = strawberry.field(description="the question of the programme, by its id")
    answer: str = strawberry.field(description="what the two agree on")
