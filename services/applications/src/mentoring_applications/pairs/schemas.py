"""What the REST API gives of what became of pairs."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, Field


class PairMember(BaseModel):
    """One of one's own people in a pair."""

    person_id: UUID
    role: Literal["mentor", "mentee"]


class PairCourseView(BaseModel):
    """What became of a pair with somebody of one's own people in it; the other one is not named."""

    id: UUID = Field(description="the match's id, as events have it")
    programme_id: UUID
    cohort_id: UUID
    people: list[PairMember] = Field(description="one's own people in it")
    state: Literal["matched", "completed", "ended"] = Field(description="it goes on, ran its course, or ended early")
    confirmed_at: datetime | None = Field(description="when both had accepted, or the day since which it stood, in UTC")
    ended_at: datetime | None = Field(description="when it ran its course or ended early, in UTC; null: it goes on")
    minutes: int = Field(description="of all meetings that were recorded, counted once")
    updated_at: datetime
