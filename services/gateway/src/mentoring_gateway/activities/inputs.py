"""What arguments about activities take."""

from enum import Enum

import strawberry


@strawberry.enum(description="How often something comes again")
class Every(Enum):
    WEEK = "week"
    MONTH = "month"
