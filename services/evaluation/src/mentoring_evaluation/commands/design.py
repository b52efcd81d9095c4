"""What the evaluation keeps of a blueprint beyond surveys: aims, evaluation model, sections of case studies."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common.audit import audit
from mentoring_common.auth import Principal
from mentoring_common.faults import Fault, fault
from mentoring_common.ids import new_id
from mentoring_evaluation.errors import ModelInvalid
from mentoring_evaluation.evidence_pack.facts import design_facts
from mentoring_evaluation.models_outcomes import ProgrammeDesign
from mentoring_evaluation.models_qualitative import Goal
from mentoring_evaluation.outcomes.evaluation_models import WHOLE, EvaluationModel, ModelUnreadable, read_model

SECTIONS = [
    "Profile of the mentee",
    "Profile of the mentor",
    "Focus of the relationship",
    "Reflections",
    "Perceived value",
]


async def keep_design(db: AsyncSession, programme_id: UUID, blueprint: Mapping[str, Any]) -> None:
    """Keep what a blueprint says; a model that cannot be read is kept as its faults, which the team can mend."""
    model, faults = _read(blueprint.get("evaluation_model"))
    interviews = blueprint.get("interviews")
    titles = interviews.get("case_study_sections") if isinstance(interviews, Mapping) else None
    values = {
        "model": model.model_dump(mode="json") if model else None,
        "model_faults": faults,
        "case_study_sections": [str(title) for title in titles or SECTIONS],
        "written": design_facts(blueprint),
    }
    statement = insert(ProgrammeDesign).values(id=programme_id, **values)
    await db.execute(statement.on_conflict_do_update(index_elements=["tenant_id", "id"], set_=values))
    for aim in blueprint.get("aims") or []:
        await add_goal(db, programme_id, str(aim), "programme")


async def add_goal(db: AsyncSession, programme_id: UUID, title: str, of: str) -> UUID | None:
    """Keep a goal; None if the programme has it already."""
    values = {"id": new_id(), "programme_id": programme_id, "title": title, "of": of}
    added: UUID | None = await db.scalar(insert(Goal).values(values).on_conflict_do_nothing().returning(Goal.id))
    return added


async def replace_model(
    db: AsyncSession, design: ProgrammeDesign, section: Mapping[str, Any], by: Principal
) -> EvaluationModel:
    """Give the programme another evaluation model; values of indicators that it lacks stay. ModelInvalid."""
    model, faults = _read(section)
    if model is None:
        raise ModelInvalid(errors=[_fault(one) for one in faults])
    design.model, design.model_faults = model.model_dump(mode="json"), []
    audit(db, by.subject, "replace_evaluation_model", "programme", design.id)
    return model


def _fault(kept: Mapping[str, str]) -> Fault:
    path = () if kept["field"] == WHOLE else kept["field"].split(".")
    return fault("invalid", kept["detail"], "body", *path)


def _read(section: object) -> tuple[EvaluationModel | None, list[dict[str, str]]]:
    if section is None:
        return None, []
    if not isinstance(section, Mapping):
        return None, [{"field": WHOLE, "detail": "not a mapping"}]
    try:
        return read_model(section), []
    except ModelUnreadable as unreadable:
        return None, unreadable.faults
