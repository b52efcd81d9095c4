"""What mutations and arguments take."""

from enum import Enum
from uuid import UUID

import strawberry


@strawberry.enum(description="For whom figures are: the programme team's own view is exact, the public one suppressed")
class Audience(Enum):
    PROGRAMME_TEAM = "programme_team"
    PUBLIC = "public"


@strawberry.enum(description="What a programme team answers to an application")
class Decision(Enum):
    ACCEPT = "accept"
    WAITLIST = "waitlist"
    REFUSE = "refuse"


@strawberry.enum(description="Whom a run matches: everybody in the pool, or people of matches that ended early")
class RunKind(Enum):
    FULL = "full"
    REMATCH = "rematch"


@strawberry.enum(description="How people met")
class MeetingMode(Enum):
    ONLINE = "online"
    IN_PERSON = "in_person"
    PHONE = "phone"


@strawberry.enum(description="Who may read a note")
class Visibility(Enum):
    MINE = "mine"
    PAIR = "pair"
    PROGRAMME_TEAM = "programme_team"


@strawberry.input(description="An eligibility rule that is set aside, and why; both are recorded")
class Override:
    rule: str
    reason: str


@strawberry.input(description="A pair that must be matched (pinned) or must not be (barred), and why")
class PairChoice:
    mentor_id: UUID
    mentee_id: UUID
    reason: str
