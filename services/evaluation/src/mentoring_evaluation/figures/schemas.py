"""What the REST API gives for figures, their evidence and their comparison."""

from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from mentoring_evaluation.figures.shown import ShownDistribution, ShownFigure, ShownInterval
from mentoring_evaluation.figures.views import Audience
from mentoring_evaluation.kept import AsObject


class FiguresView(BaseModel):
    programme_id: UUID
    view: Audience
    statement: str
    figures: list[AsObject[ShownFigure]]
    distributions: list[AsObject[ShownDistribution]] = Field(
        description="all answers to every question of a closed survey, by role, of each cohort and of all; in the "
        "public view every count lies on the same grid as the figures"
    )


class FigureEvidence(BaseModel):
    figure: AsObject[ShownFigure]
    groups: list[dict[str, Any]] = Field(description="by wave and role: asked, responses, and counts by answer")
    counted_again: dict[str, int] | None = Field(description="numerator and denominator of the groups")
    cohorts_again: list[dict[str, int]] | None = Field(
        None, description="of a mean of cohorts: numerator and denominator of each cohort's groups"
    )
    mean_again: float | None = Field(None, description="the mean of these shares, in per cent")
    agrees: bool | None


class FigureEvidenceView(BaseModel):
    name: str
    definition: str
    items: list[FigureEvidence]


class ComparisonView(BaseModel):
    first: AsObject[ShownFigure]
    second: AsObject[ShownFigure]
    people: Literal["same", "different", "unknown"]
    difference: float = Field(description="first minus second, in points")
    interval: AsObject[ShownInterval] | None
    caveats: list[str]
