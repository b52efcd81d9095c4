"""What arguments about programmes take."""

from datetime import datetime
from enum import Enum
from uuid import UUID

import strawberry


@strawberry.enum(description="What a person may do in a programme, apart from mentoring and being mentored")
class ProgrammeRole(Enum):
    PROGRAMME_MANAGER = "programme_manager"
    COORDINATOR = "coordinator"
    STEERING_GROUP = "steering_group"
    INTERVIEWER = "interviewer"
    LINE_MANAGER = "line_manager"
    LIAISON = "liaison"
    TRAINER = "trainer"


@strawberry.enum(description="Why a programme is closed")
class ClosingReason(Enum):
    RAN_ITS_COURSE = "ran_its_course"
    ENDED_EARLY = "ended_early"
    OTHER = "other"


@strawberry.input(description="Somebody of the team that takes over, and the role that they are given")
class NewTeamMember:
    person_id: UUID
    role: str
    until: datetime | None = None
    note: str | None = None


@strawberry.input(description="A point or a span of a cohort's calendar; its kind is data of the blueprint")
class NewMilestone:
    kind: str
    starts_at: datetime
    ends_at: datetime | None = None
