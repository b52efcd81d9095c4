"""Check-ins as the REST API takes and gives them."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, Field

from mentoring_common.bodies import Body
from mentoring_common.views import View
from mentoring_sessions.fields import Text


class NewCheckIn(Body):
    going_well: int = Field(ge=1, le=5)
    comment: Text | None = None
    needs_help: bool = False


class CheckInStateView(View):
    id: UUID
    person_id: UUID
    side: str = Field(description="the role of the person in the relationship: mentor, mentee, coach, peer, …")
    recorded_at: datetime
    going_well: int
    needs_help: bool


class CheckInView(CheckInStateView):
    comment: str | None


class ComparisonView(View):
    id: UUID
    match_id: UUID = Field(validation_alias="relationship_id")
    differs: bool = Field(description="whether the last answers are two or more of the five steps apart")
    compared_at: datetime


class ComparisonOfPair(BaseModel):
    """Whether those in a relationship say differently how it goes; never who said what."""

    answers: Literal["differ", "agree", "waiting"] = Field(description="waiting: fewer than two have answered")
    compared_at: datetime | None
