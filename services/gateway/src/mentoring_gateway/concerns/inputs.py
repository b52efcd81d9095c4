"""What arguments about concerns take."""

from enum import Enum

import strawberry


@strawberry.enum(description="How soon somebody has to take a concern")
class Severity(Enum):
    NORMAL = "normal"
    SERIOUS = "serious"
    URGENT = "urgent"


@strawberry.enum(description="What the programme team says of a concern")
class ConcernState(Enum):
    RAISED = "raised"
    ACKNOWLEDGED = "acknowledged"
    RESOLVED = "resolved"
