"""Evaluation models, measured values, outcomes from HR data, judgements."""

from datetime import date
from uuid import UUID

import strawberry
from strawberry.scalars import JSON

from mentoring_gateway.context import Info
from mentoring_gateway.fields import command
from mentoring_gateway.outcomes.client import EvaluationModel, HrOutcome, IndicatorValue
from mentoring_gateway.outcomes.inputs import ComparisonGroup, HrOutcomeKind
from mentoring_gateway.outcomes.types import Assessment
from mentoring_gateway.values import Role


@strawberry.type
class Outcomes:
    @command("Give a programme another evaluation model, as a blueprint has it: kind, title, stages, indicators")
    async def replace_evaluation_model(
        self, info: Info, programme_id: UUID, expected_version: int, model: JSON
    ) -> EvaluationModel:
        return await info.context.commands(info, expected_version).outcomes.replace_model(programme_id, model)

    @command("Record a measured value: a share has `numerator`, a mean or a count `value`, each out of `base`")
    async def record_indicator_value(
        self,
        info: Info,
        programme_id: UUID,
        indicator: str,
        base: int,
        source: str,
        measured_on: date,
        numerator: int | None = None,
        value: float | None = None,
        asked: int | None = None,
        answered: int | None = None,
        cohort_id: UUID | None = None,
    ) -> IndicatorValue:
        return await info.context.commands(info).outcomes.record_value(
            programme_id, indicator, base=base, source=source, measured_on=measured_on, numerator=numerator,
            value=value, asked=asked, answered=answered, cohort_id=cohort_id,
        )  # fmt: skip

    @command("Take a wrong value back, with a reason: it stays in the list and counts in nothing")
    async def withdraw_indicator_value(
        self, info: Info, programme_id: UUID, indicator: str, value_id: UUID, reason: str
    ) -> IndicatorValue:
        api = info.context.commands(info).outcomes
        return await api.withdraw_value(programme_id, indicator, value_id, reason)

    @command("Take a wrong outcome from HR data back, with a reason: it stays in the list and counts in nothing")
    async def withdraw_hr_outcome(self, info: Info, programme_id: UUID, outcome_id: UUID, reason: str) -> HrOutcome:
        return await info.context.commands(info).outcomes.withdraw_hr_outcome(programme_id, outcome_id, reason)

    @command("Record promotions, retention and the like as totals, with a comparison group if there is one")
    async def record_hr_outcome(
        self,
        info: Info,
        programme_id: UUID,
        outcome: HrOutcomeKind,
        role: Role,
        definition: str,
        months: int,
        people: int,
        with_outcome: int,
        source: str,
        measured_on: date,
        comparison: ComparisonGroup | None = None,
    ) -> HrOutcome:
        return await info.context.commands(info).outcomes.record_hr_outcome(
            programme_id, outcome=outcome, role=role, definition=definition, months=months, people=people,
            with_outcome=with_outcome, source=source, measured_on=measured_on, comparison=comparison,
        )  # fmt: skip

    @command("Judge a criterion that no record can answer, 0 to 100; the caller signs it")
    async def assess_criterion(
        self, info: Info, programme_id: UUID, criterion: str, score: int, comment: str, links: list[str] | None = None
    ) -> Assessment:
        api = info.context.commands(info).outcomes
        judged = await api.assess(programme_id, criterion=criterion, score=score, comment=comment, links=links)
        return Assessment(**vars(judged))
