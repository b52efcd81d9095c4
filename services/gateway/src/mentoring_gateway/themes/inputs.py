"""What arguments about themes take."""

from enum import Enum

import strawberry


@strawberry.enum(description="Whose goal it is")
class GoalOf(Enum):
    PROGRAMME = "programme"
    ORGANISATION = "organisation"


@strawberry.enum(description="Texts that themes are found in: quotes of interviews, comments of surveys")
class TextKind(Enum):
    QUOTE = "quote"
    COMMENT = "comment"


@strawberry.enum(description="What becomes of a recommendation")
class RecommendationAct(Enum):
    START = "start"
    FINISH = "finish"
    DROP = "drop"
    REOPEN = "reopen"


@strawberry.enum(description="What a committee decides about")
class DecidedAbout(Enum):
    PROGRAMME = "programme"
    THEME = "theme"
    RECOMMENDATION = "recommendation"
    APPLICATION = "application"
