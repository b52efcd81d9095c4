"""What the REST API takes and gives for the evidence pack."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from mentoring_common.bodies import Body

Link = Annotated[str, Field(min_length=1, max_length=500)]


class NewAssessment(Body):
    criterion: Annotated[str, Field(min_length=1, max_length=64)]
    score: Annotated[int, Field(ge=0, le=100)]
    comment: Annotated[str, Field(min_length=1, max_length=2000)]
    links: Annotated[list[Link], Field(max_length=20)] = []


class AssessmentView(BaseModel):
    id: UUID
    criterion: str
    score: int
    comment: str
    links: list[str]
    assessor_id: UUID
    assessed_at: datetime


class EvidencePackView(BaseModel):
    """Scores in percent, each from facts or signed judgements; a gap counts nothing."""

    programme_id: UUID
    as_of: datetime
    statement: str
    overall: float
    overall_if_gaps_met: float
    level: Literal["gold", "silver", "bronze"] | None
    level_if_gaps_met: Literal["gold", "silver", "bronze"] | None
    thresholds: dict[str, dict[str, int]]
    standards: list[dict[str, Any]]
    gaps: list[dict[str, Any]]
