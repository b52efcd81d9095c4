"""What arguments about applications take."""

from enum import Enum
from uuid import UUID

import strawberry


@strawberry.enum(description="What a programme team answers to an application")
class Decision(Enum):
    ACCEPT = "accept"
    WAITLIST = "waitlist"
    REFUSE = "refuse"


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
    name: str
    email: str
