"""What arguments about habits take."""

from enum import Enum

import strawberry


@strawberry.enum(description="Who is asked how they see a habit")
class AskedAboutHabit(Enum):
    MANAGER = "manager"
    PEER = "peer"
