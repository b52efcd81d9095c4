"""What arguments about goals take."""

from enum import Enum

import strawberry


@strawberry.enum(description="What becomes of a goal")
class GoalState(Enum):
    OPEN = "open"
    REACHED = "reached"
    DROPPED = "dropped"
