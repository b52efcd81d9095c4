"""What arguments about applications take."""

from datetime import datetime
from enum import Enum
from uuid import UUID

import strawberry

from mentoring_gateway.values import Role


@strawberry.enum(description="What a programme team answers to an application")
class Decision(Enum):
    ACCEPT = "accept"
    WAITLIST = "waitlist"
    REFUSE = "refuse"


@strawberry.enum(description="Where an application stands")
class ApplicationState(Enum):
    AWAITING_ENDORSEMENT = "awaiting_endorsement"
    SUBMITTED = "submitted"
    WAITLISTED = "waitlisted"
    PLACE_OFFERED = "place_offered"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    MATCHED = "matched"
    CARRIED_OVER = "carried_over"
    UNMATCHED = "unmatched"


@strawberry.enum(description="Which applications come first: what was submitted first, or what was changed longest ago")
class ApplicationOrder(Enum):
    SUBMITTED = "submitted"
    CHANGED = "changed"


@strawberry.input(description="Which applications are wanted; what is left out does not matter")
class ApplicationFilter:
    state: ApplicationState | None = strawberry.field(default=None, description="where they stand")
    role: Role | None = strawberry.field(default=None, description="the side that was applied for")
    cohort_id: UUID | None = strawberry.field(default=None, description="those of one cohort")
    called: str | None = strawberry.field(
        default=None, description="who applied has this in their name; of many such people, the first 200"
    )
    updated_since: datetime | None = strawberry.field(
        default=None, description="those that were made or changed then or later"
    )


@strawberry.input(description="An eligibility rule that is set aside, and why; both are recorded")
class Override:
    rule: str
    reason: str


@strawberry.input(description="One decision among many; with `expectedVersion` only if it was not changed since")
class NewDecision:
    application_id: UUID
    decision: Decision
    overrides: list[Override] | None = None
    reason: str | None = None
    expected_version: int | None = None
    version: int | None = strawberry.field(default=None, deprecation_reason="say `expectedVersion`")


@strawberry.input(description="Who is asked to stand behind an application")
class Nominator:
    name: str | None = None
    email: str | None = None
    hr: bool = False
