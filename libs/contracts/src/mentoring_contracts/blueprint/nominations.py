"""Nominations: applications that wait until somebody stands behind them."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from mentoring_contracts.blueprint.scalars import Flag, Whole, wrong
from mentoring_contracts.blueprint.section import Section
from mentoring_contracts.blueprint.text import Text
from mentoring_contracts.words import Side

By = Literal["line_manager", "hr", "role", "named"]
Learns = Literal["nothing", "outcome", "completion"]
Days = Annotated[Whole, Field(ge=1, le=365)]


class Nominations(Section):
    """Whose applications need an endorsement, by whom, and what a nominator learns of them afterwards."""

    roles: Annotated[list[Side], Field(min_length=1, max_length=2, description="whose applications wait for one")]
    by: Annotated[
        list[By],
        Field(
            min_length=1,
            max_length=4,
            description="who may nominate: the line manager, the employer's HR system, who holds a role with the right "
            "nominate, or whomever the applicant names",
        ),
    ] = ["line_manager", "hr", "role", "named"]
    question: Annotated[Text | None, Field(description="what the nominator is asked to say")] = None
    statement_required: Annotated[Flag, Field(description="whether they have to say something")] = True
    remind_days: Annotated[
        list[Days], Field(max_length=10, description="how many days after it was asked the nominator is reminded")
    ] = []
    lapses_days: Annotated[Days | None, Field(description="after how many days nobody waits any more")] = None
    nominator_learns: Annotated[
        Learns,
        Field(
            description="what the nominator learns: nothing, the outcome, or also whether a relationship ran its course"
        ),
    ] = "nothing"

    @model_validator(mode="after")
    def _in_order(self) -> "Nominations":
        if self.remind_days != sorted(set(self.remind_days)):
            raise wrong("order", "remind_days: the earlier comes first, each once")
        if self.lapses_days is not None and any(day >= self.lapses_days for day in self.remind_days):
            raise wrong("never", "remind_days: a reminder after lapses_days would never be sent")
        return self
