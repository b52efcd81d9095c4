"""What arguments about reviews take."""

from enum import Enum

import strawberry


@strawberry.enum(description="What somebody wishes: go on as it is, go on otherwise, with somebody else, or end")
class ReviewWish(Enum):
    CONTINUE = "continue"
    CHANGE = "change"
    REMATCH = "rematch"
    CLOSE = "close"


@strawberry.enum(description="What follows from a review: go on, start afresh with a plan, another match, or close")
class ReviewOutcome(Enum):
    CONTINUE = "continue"
    RE_ENERGISE = "re_energise"
    REMATCH = "rematch"
    CLOSE = "close"
