"""What arguments about interviews take."""

from enum import Enum

import strawberry


@strawberry.input(description="A titled text; in a report `{figure:name,cohort,role,wave}` stands for a figure")
class TitledText:
    title: str
    text: str


@strawberry.enum(description="When a focus group is held")
class FocusGroupOccasion(Enum):
    BEFORE = "before"
    DURING = "during"
    AFTER = "after"
