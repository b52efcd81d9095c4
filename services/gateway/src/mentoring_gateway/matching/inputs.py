"""What arguments about matching take."""

from datetime import date
from enum import Enum
from uuid import UUID

import strawberry


@strawberry.enum(description="Whom a run matches: everybody in the pool, or people of matches that ended early")
class RunKind(Enum):
    FULL = "full"
    REMATCH = "rematch"


@strawberry.enum(description="Why somebody declines an offer, leaves or ends; what is none of these is said in words")
class ReasonCode(Enum):
    NO_TIME = "no_time"
    NO_CONTACT = "no_contact"
    FINISHED = "finished"
    FINISHED_EARLY = "finished_early"
    NOT_A_GOOD_FIT = "not_a_good_fit"
    CHANGED_JOB = "changed_job"
    ILLNESS = "illness"
    CONFLICT_OF_INTEREST = "conflict_of_interest"
    OTHER = "other"


@strawberry.input(description="A pair that must be matched (pinned) or must not be (barred), and why")
class PairChoice:
    mentor_id: UUID
    mentee_id: UUID
    reason: str


@strawberry.input(description="A relationship that stood before it came into the system, and since when")
class StandingRelationship:
    member_ids: list[UUID]
    starts_on: date
    lead_id: UUID | None = None
    kind: str = "mentoring"
    title: str | None = None
