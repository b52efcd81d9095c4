"""The evaluation service: evaluation models, indicators, outcomes from HR data, intentions, the evidence pack."""

from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

import strawberry
from pydantic import TypeAdapter
from strawberry.scalars import JSON

from mentoring_common.pagination import Page
from mentoring_gateway.figures.client import Interval
from mentoring_gateway.upstream import PageRequest, Upstream, segment
from mentoring_gateway.values import Role, body


@strawberry.type(description="One thing that is measured, with its unit and what it is counted from")
class Indicator:
    id: str
    title: str
    kind: str
    unit: str
    base: str
    target: float | None = None
    figure: str | None = None


@strawberry.type(description="One level of an evaluation model")
class Stage:
    id: str
    title: str
    asks: str = ""
    statements: list[str] = field(default_factory=list)
    indicators: list[Indicator] = field(default_factory=list)


@strawberry.type(description="How a programme is judged: stages in order")
class EvaluationModel:
    kind: str
    title: str
    stages: list[Stage]
    source: str = ""
    version: int | None = None


@strawberry.type(description="That a value was taken back, by somebody of which role, and why: it counts in nothing")
class Withdrawal:
    withdrawn_at: datetime
    role: str
    reason: str


@strawberry.type(description="A measured value with its base, interval and caveats")
class IndicatorValue:
    id: UUID
    indicator: str
    measured_on: date
    source: str
    recorded_at: datetime
    value: float
    unit: str
    base: int
    base_is: str
    from_records: bool = False
    cohort_id: UUID | None = None
    numerator: int | None = None
    asked: int | None = None
    answered: int | None = None
    interval: Interval | None = None
    target_met: bool | None = None
    caveats: list[str] = field(default_factory=list)
    withdrawn: Withdrawal | None = None


@strawberry.type(
    description="What an indicator is at: a figure of the programme as it is now, which may be rounded or hidden and "
    "has `figure`, or the value recorded last, which has `id`, `measuredOn` and `recordedAt`"
)
class LatestValue:
    indicator: str
    unit: str
    base_is: str
    shown: str = "exact"
    figure: str | None = None
    id: UUID | None = None
    cohort_id: UUID | None = None
    measured_on: date | None = None
    recorded_at: datetime | None = None
    source: str | None = None
    value: float | None = None
    base: int | None = None
    numerator: int | None = None
    asked: int | None = None
    answered: int | None = None
    interval: Interval | None = None
    target_met: bool | None = None
    caveats: list[str] = field(default_factory=list)


@strawberry.type(description="A member of a blueprint's model that cannot be used, and why")
class ModelFault:
    pointer: str
    code: str
    detail: str
    field: str


@dataclass
class ModelRecord:
    version: int
    model: EvaluationModel | None = None
    faults: list[ModelFault] = field(default_factory=list)
    latest: dict[str, LatestValue | None] = field(default_factory=dict)


@strawberry.type(description="So many people, of whom so many had the outcome")
class OutcomeShare:
    people: int
    with_outcome: int
    share: float
    unit: str
    interval: Interval


@strawberry.type(description="Participants minus the comparison group, in points")
class OutcomeDifference:
    value: float
    unit: str
    compatible_with_none: bool
    interval: Interval


@strawberry.type(description="Promotions, retention and the like, and what can be said of them")
class HrOutcome:
    id: UUID
    programme_id: UUID
    outcome: str
    role: Role
    definition: str
    months: int
    source: str
    measured_on: date
    recorded_at: datetime
    participants: OutcomeShare
    statement: str
    employer_id: UUID | None = None
    comparison: OutcomeShare | None = None
    selection: str | None = None
    difference: OutcomeDifference | None = None
    withdrawn: Withdrawal | None = None


@strawberry.type(description="How many who answered meant to")
class Meant:
    numerator: int
    answered: int
    percent: float | None = None


@strawberry.type(description="How many people did")
class Did:
    numerator: int
    people: int
    percent: float | None = None


@strawberry.type(description="Of those who meant to, how many did: answers are anonymous, so bounds")
class Overlap:
    at_least: int
    at_most: int


@strawberry.type(description="What people of a cohort (null: all) meant to do, and did later")
class Intention:
    figure: str
    role: Role
    people: int
    meant: Meant
    did: Did
    statement: str
    cohort: int | None = None
    meant_and_did: Overlap | None = None


@strawberry.type(description="Meant to become or stay a mentor, and applied as one later; exact totals")
class Intentions:
    statement: str
    items: list[Intention]


@strawberry.type(description="A criterion of a standard: counted from records, or judged by a person; null is a gap")
class StandardCriterion:
    id: str
    title: str
    kind: str
    score: float | None = None
    said: str | None = None
    evidence: list[str] = field(default_factory=list)
    numerator: int | None = None
    denominator: int | None = None
    assessor: UUID | None = None
    assessed_at: datetime | None = None


@strawberry.type(description="One of the six standards, with its score in percent")
class Standard:
    id: str
    title: str
    score: float
    if_gaps_met: float
    criteria: list[StandardCriterion]


@strawberry.type(description="A criterion without a score or with one that is too low, and what would close the gap")
class Gap:
    standard: str
    criterion: str
    why: str
    closes: str


@strawberry.type(description="Evidence for the six standards of the ISMCP; scores in percent, a gap counts nothing")
class EvidencePack:
    as_of: datetime
    statement: str
    overall: float
    overall_if_gaps_met: float
    thresholds: JSON
    standards: list[Standard]
    gaps: list[Gap]
    level: str | None = None
    level_if_gaps_met: str | None = None


@dataclass
class AssessmentRecord:
    id: UUID
    criterion: str
    score: int
    comment: str
    links: list[str]
    assessor_id: UUID
    assessed_at: datetime


_models = TypeAdapter(list[EvaluationModel])
_model = TypeAdapter(EvaluationModel)
_of_programme = TypeAdapter(ModelRecord)
_value = TypeAdapter(IndicatorValue)
_values = TypeAdapter(Page[IndicatorValue])
_hr_outcome = TypeAdapter(HrOutcome)
_hr_outcomes = TypeAdapter(Page[HrOutcome])
_intentions = TypeAdapter(Intentions)
_pack = TypeAdapter(EvidencePack)
_assessment = TypeAdapter(AssessmentRecord)
_assessments = TypeAdapter(Page[AssessmentRecord])


@dataclass(frozen=True)
class OutcomesApi:
    """Models, outcomes and the evidence pack of the evaluation API for one caller."""

    api: Upstream

    async def models(self) -> list[EvaluationModel]:
        """The models that ship."""
        return await self.api.get("/evaluation-models", _models)

    async def model(self, programme_id: UUID) -> ModelRecord:
        """The model of a programme with the latest values."""
        return await self.api.get(f"/programmes/{programme_id}/evaluation-model", _of_programme)

    async def replace_model(self, programme_id: UUID, model: JSON) -> EvaluationModel:
        """Give a programme another model; `model` is as a blueprint has it."""
        return await self.api.send("PUT", f"/programmes/{programme_id}/evaluation-model", _model, model)

    async def values(self, programme_id: UUID, indicator: str, wanted: PageRequest) -> Page[IndicatorValue]:
        """Every value of an indicator."""
        return await self.api.page(_values_of(programme_id, indicator), _values, {}, wanted)

    async def record_value(self, programme_id: UUID, indicator: str, **value: object) -> IndicatorValue:
        """Record a measured value."""
        return await self.api.send("POST", _values_of(programme_id, indicator), _value, body(**value))

    async def withdraw_value(self, programme_id: UUID, indicator: str, value_id: UUID, reason: str) -> IndicatorValue:
        """Take a wrong value back."""
        path = f"{_values_of(programme_id, indicator)}/{value_id}/withdraw"
        return await self.api.send("POST", path, _value, body(reason=reason))

    async def hr_outcomes(self, programme_id: UUID, wanted: PageRequest) -> Page[HrOutcome]:
        """Outcomes from HR data."""
        return await self.api.page(f"/programmes/{programme_id}/hr-outcomes", _hr_outcomes, {}, wanted)

    async def record_hr_outcome(self, programme_id: UUID, **outcome: object) -> HrOutcome:
        """Record an outcome from HR data, as totals."""
        return await self.api.send("POST", f"/programmes/{programme_id}/hr-outcomes", _hr_outcome, body(**outcome))

    async def withdraw_hr_outcome(self, programme_id: UUID, outcome_id: UUID, reason: str) -> HrOutcome:
        """Take a wrong outcome back."""
        path = f"/programmes/{programme_id}/hr-outcomes/{outcome_id}/withdraw"
        return await self.api.send("POST", path, _hr_outcome, body(reason=reason))

    async def intentions(self, programme_id: UUID) -> Intentions:
        """What people meant to do and did."""
        return await self.api.get(f"/programmes/{programme_id}/intentions", _intentions)

    async def evidence_pack(self, programme_id: UUID) -> EvidencePack:
        """The evidence pack as the records are now."""
        return await self.api.get(f"/programmes/{programme_id}/evidence-pack", _pack)

    async def assessments(self, programme_id: UUID, wanted: PageRequest) -> Page[AssessmentRecord]:
        """Every judgement of a criterion, replaced ones too."""
        return await self.api.page(f"/programmes/{programme_id}/assessments", _assessments, {}, wanted)

    async def assess(self, programme_id: UUID, **judgement: object) -> AssessmentRecord:
        """Judge a criterion that no record can answer."""
        path = f"/programmes/{programme_id}/assessments"
        return await self.api.send("POST", path, _assessment, body(**judgement))


def _values_of(programme_id: UUID, indicator: str) -> str:
    return f"/programmes/{programme_id}/indicators/{segment(indicator)}/values"
