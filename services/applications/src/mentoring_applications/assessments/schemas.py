"""What the REST API takes and gives of assessments."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from mentoring_applications.programmes.schemas import Why
from mentoring_common.bodies import Body
from mentoring_common.versions import VersionedView
from mentoring_common.views import View


class NewAssessors(Body):
    person_ids: Annotated[list[UUID], Field(min_length=1, max_length=10)]


class AssessmentView(View, VersionedView):
    """Somebody is asked to assess an application: `open`, `scored` or `conflict`; without what they said."""

    id: UUID
    application_id: UUID
    assessor_id: UUID | None
    state: str
    asked_at: datetime
    scored_at: datetime | None


class AssessorsAsked(BaseModel):
    items: list[AssessmentView]


class NewScores(Body):
    """Points for every criterion, and words if there are any."""

    scores: Annotated[dict[str, Annotated[int, Field(ge=0, le=100)]], Field(min_length=1, max_length=30)]
    note: Annotated[str, Field(max_length=4000)] = ""


class ScoresView(BaseModel):
    assessment_id: UUID
    scores: dict[str, int]
    note: str


class AssessmentDetail(AssessmentView):
    """With what was written on the application; `scores` are one's own, and everybody's once all have scored."""

    criteria: list[dict[str, Any]]
    ranked: list[str]
    free_text: str
    attributes: dict[str, Any]
    scores: list[ScoresView]


class ConflictDeclared(Body):
    reason: Why


class NewModeration(Body):
    recommendation: Literal["accept", "waitlist", "refuse"]
    note: Why


class ModerationView(View):
    recommendation: str
    by: str
    at: datetime


class CriterionSummary(View):
    """One criterion over all assessors."""

    id: str
    mean: float
    least: int
    most: int


class AssessmentSummary(BaseModel):
    """The scores together, null before all have scored; `total` is in per cent of what could be reached."""

    wanted: int
    assessments: list[AssessmentView]
    complete: bool
    criteria: list[CriterionSummary] | None
    total: float | None
    moderation_needed: bool
    moderation: ModerationView | None
    scores: list[ScoresView] | None
