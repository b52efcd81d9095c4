"""What arguments about outcomes take."""

from enum import Enum

import strawberry


@strawberry.enum(description="What HR data tell of people")
class HrOutcomeKind(Enum):
    PROMOTION = "promotion"
    RETENTION = "retention"
    INTERNAL_MOVE = "internal_move"
    PAY_PROGRESSION = "pay_progression"
    SICKNESS_ABSENCE = "sickness_absence"
    ENGAGEMENT = "engagement"
    OTHER = "other"


@strawberry.enum(description="Whom participants are compared with")
class Selection(Enum):
    ALL_OTHERS = "all_others"
    SIMILAR_PEOPLE = "similar_people"
    EARLIER_PERIOD = "earlier_period"
    APPLIED_NOT_MATCHED = "applied_not_matched"


@strawberry.input(description="Whom participants are compared with, as totals")
class ComparisonGroup:
    selection: Selection
    people: int
    with_outcome: int
