"""What the REST API takes and gives for evaluation models, indicators and HR outcomes."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import BaseModel, Field, WithJsonSchema, model_validator

from mentoring_common.bodies import Body
from mentoring_common.versions import VersionedView
from mentoring_contracts.days import Day
from mentoring_contracts.words import Side
from mentoring_evaluation.figures.shown import Shown, ShownInterval
from mentoring_evaluation.kept import AsObject
from mentoring_evaluation.outcomes.comparison import Difference, GroupShare, Selection
from mentoring_evaluation.outcomes.evaluation_models import EvaluationModel
from mentoring_evaluation.outcomes.intentions import ShownIntention
from mentoring_evaluation.programmes.schemas import ActingRole, Reason

Count = Annotated[int, Field(ge=0, le=100_000_000)]
People = Annotated[int, Field(ge=1, le=100_000_000)]
Source = Annotated[str, Field(min_length=1, max_length=300, description="where the numbers come from, in words")]


class NewModel(Body):
    """An `evaluation_model` as a blueprint has it."""

    kind: Annotated[str, Field(min_length=1, max_length=64)]
    title: Annotated[str, Field(max_length=200)] | None = None
    stages: Annotated[
        Annotated[dict[str, Any], Field(max_length=20)] | Annotated[list[dict[str, Any]], Field(max_length=20)],
        WithJsonSchema({"description": "stages in order, for a model of one's own; or statements by stage"}),
    ] = Field(default_factory=dict)
    indicators: Annotated[list[dict[str, Any]], Field(max_length=200)] = []


class NewIndicatorValue(Body):
    """A share is `numerator` of `base`; a mean is `value` of `base` answers; a count is `value` out of `base`."""

    base: Annotated[People, Field(description="the denominator, or n")]
    numerator: Count | None = None
    value: Annotated[Decimal, Field(ge=-(10**12), le=10**12, decimal_places=4)] | None = None
    asked: Count | None = None
    answered: Count | None = None
    from_records: Annotated[
        bool,
        Field(description="counted in records, such as an HR system: nobody was asked, so no number of them lacks"),
    ] = False
    cohort_id: UUID | None = None
    source: Source
    measured_on: Day


class Withdrawal(Body):
    reason: Annotated[Reason, Field(description="the team reads it beside the value: it names nobody")]


class WithdrawalView(BaseModel):
    withdrawn_at: datetime
    role: ActingRole = Field(description="of whoever withdrew it; the person is in the audit log")
    reason: str


class IndicatorValueView(BaseModel):
    id: UUID
    indicator: str
    cohort_id: UUID | None
    measured_on: date
    source: str
    recorded_at: datetime
    value: float
    unit: str
    numerator: int | None
    base: int
    base_is: str
    asked: int | None
    answered: int | None
    from_records: bool
    interval: AsObject[ShownInterval] | None
    target_met: bool | None
    caveats: list[str]
    withdrawn: WithdrawalView | None = Field(None, description="taken back: it counts in nothing")


class LatestView(BaseModel):
    """What an indicator is at: a figure of the programme as it is now, or the value recorded last.

    Only a recorded value has `id`, `cohort_id`, `measured_on` and `recorded_at`; only a figure has `figure`, and may be
    rounded or hidden.
    """

    indicator: str
    figure: str | None
    shown: Shown
    id: UUID | None = None
    cohort_id: UUID | None = None
    measured_on: date | None = None
    recorded_at: datetime | None = None
    source: str | None
    value: float | None
    unit: str
    numerator: int | None
    base: int | None
    base_is: str
    asked: int | None
    answered: int | None
    from_records: bool = False
    interval: AsObject[ShownInterval] | None
    target_met: bool | None
    caveats: list[str]


class ReplacedModel(EvaluationModel, VersionedView):
    """The model that was put in place of another."""


class ModelFault(BaseModel):
    """Why the blueprint's model cannot be read: `pointer` goes into the blueprint, `field` names the same with dots."""

    pointer: str = Field(description="where in the blueprint (RFC 6901)")
    code: str
    detail: str
    field: str


class ModelView(VersionedView):
    """The programme's model; `latest` is what each indicator is at, null where it is not measured."""

    programme_id: UUID
    model: EvaluationModel | None
    faults: list[ModelFault]
    latest: dict[str, LatestView | None]


class Comparison(Body):
    """Whom participants are compared with."""

    selection: Selection
    people: People
    with_outcome: Count

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.with_outcome > self.people:
            raise ValueError("more with the outcome than people")
        return self


class NewHrOutcome(Body):
    outcome: Literal[
        "promotion", "retention", "internal_move", "pay_progression", "sickness_absence", "engagement", "other"
    ]
    role: Side
    definition: Annotated[str, Field(min_length=1, max_length=300, description="what counted as the outcome")]
    months: Annotated[int, Field(ge=1, le=240, description="how long people were followed")]
    people: People
    with_outcome: Count
    comparison: Comparison | None = None
    source: Source
    measured_on: Day

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.with_outcome > self.people:
            raise ValueError("more with the outcome than people")
        return self


class HrOutcomeView(BaseModel):
    id: UUID
    programme_id: UUID
    employer_id: UUID | None = Field(description="whose people they are; null: recorded for all of the programme")
    outcome: str
    role: str
    definition: str
    months: int
    source: str
    measured_on: date
    recorded_at: datetime
    participants: AsObject[GroupShare]
    comparison: AsObject[GroupShare] | None
    selection: str | None
    difference: AsObject[Difference] | None
    statement: str
    withdrawn: WithdrawalView | None = Field(None, description="taken back: it counts in nothing")


class IntentionsView(BaseModel):
    programme_id: UUID
    statement: str
    items: list[AsObject[ShownIntention]]
