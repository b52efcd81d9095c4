"""Evaluation models as a programme uses them, and judgements of standards."""

import strawberry

from mentoring_gateway.context import Info
from mentoring_gateway.fields import derived
from mentoring_gateway.outcomes.client import AssessmentRecord, EvaluationModel, LatestValue, ModelFault, ModelRecord
from mentoring_gateway.people.types import Person, person_of


@strawberry.type(description="The model of a programme; `latest` has the last value of every indicator that has one")
class ProgrammeModel:
    version: int
    model: EvaluationModel | None
    faults: list[ModelFault]
    latest: list[LatestValue]


@strawberry.type(description="A person's judgement of a criterion, 0 to 100; a later one replaces it in the pack")
class Assessment(AssessmentRecord):
    @derived("Who judged")
    async def assessor(self, info: Info) -> Person | None:
        return await person_of(info, self.assessor_id)


def programme_model(record: ModelRecord) -> ProgrammeModel:
    """The model with its values as a list."""
    latest = [value for value in record.latest.values() if value is not None]
    return ProgrammeModel(version=record.version, model=record.model, faults=record.faults, latest=latest)
