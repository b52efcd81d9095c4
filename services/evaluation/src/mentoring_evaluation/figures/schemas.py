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


class ScaleChangeView(BaseModel):
    """Points on a scale, first minus second, of the same people."""

    mean: float = Field(description="the mean difference")
    sd: float | None = Field(description="standard deviation of the differences")
    interval: AsObject[ShownInterval] | None = Field(description="Student's 95 % interval of the mean difference")
    effect: float | None = Field(description="Cohen's d_z: the mean difference in standard deviations")
    p: float | None = Field(description="Wilcoxon's signed-rank test; null where nobody changed")


class ChangeView(BaseModel):
    """How the people who answered both times changed. Only of surveys under names, which the team reads anyway."""

    n: int = Field(description="people who answered both times")
    both: int = Field(description="who gave a counted answer both times")
    first_only: int = Field(description="who gave one in the first alone")
    second_only: int = Field(description="who gave one in the second alone")
    neither: int = Field(description="who gave one in neither")
    difference: float = Field(description="first minus second, in points, of these people")
    interval: AsObject[ShownInterval] = Field(description="Newcombe's 95 % interval for pairs")
    p: float | None = Field(description="McNemar's exact test of who changed; null where nobody did")
    scale: ScaleChangeView | None = Field(description="of a scale: the change in its points")


class ComparisonView(BaseModel):
    first: AsObject[ShownFigure]
    second: AsObject[ShownFigure]
    people: Literal["same", "different", "unknown"]
    difference: float = Field(description="first minus second, in points")
    interval: AsObject[ShownInterval] | None
    change: ChangeView | None = Field(None, description="of surveys under names: how who answered both times changed")
    caveats: list[str]
