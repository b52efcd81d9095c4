"""The evaluation model of a programme: read from its blueprint, and given to it by the team."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common.audit import audit
from mentoring_common.auth import Principal
from mentoring_common.faults import Fault, fault
from mentoring_evaluation.errors import ModelInvalid
from mentoring_evaluation.outcomes.evaluation_models import WHOLE, EvaluationModel, ModelUnreadable, read_model
from mentoring_evaluation.programmes.models import ProgrammeDesign


async def replace_model(
    db: AsyncSession, design: ProgrammeDesign, section: Mapping[str, Any], by: Principal
) -> EvaluationModel:
    """Give the programme another evaluation model; values of indicators that it lacks stay. ModelInvalid."""
    model, faults = read_section(section)
    if model is None:
        raise ModelInvalid(errors=[_fault(one, "body") for one in faults])
    design.model, design.model_faults = model.model_dump(mode="json"), []
    audit(db, by.subject, "replace_evaluation_model", "programme", design.id)
    return model


def shown(kept: Mapping[str, str]) -> dict[str, str]:
    """A fault of a blueprint's model, in the shape of all faults; its pointer goes into the blueprint."""
    found = _fault(kept, "evaluation_model")
    return {
        "pointer": found["pointer"], "code": found["code"], "detail": found["detail"], "field": kept["field"],
    }  # fmt: skip


def _fault(kept: Mapping[str, str], root: str) -> Fault:
    path = () if kept["field"] == WHOLE else kept["field"].split(".")
    return fault("invalid", kept["detail"], root, *path)


def read_section(section: object) -> tuple[EvaluationModel | None, list[dict[str, str]]]:
    """The model of a blueprint's `evaluation_model`, None where there is none or it cannot be read; and its faults."""
    if section is None:
        return None, []
    if not isinstance(section, Mapping):
        return None, [{"field": WHOLE, "detail": "not a mapping"}]
    try:
        return read_model(section), []
    except ModelUnreadable as unreadable:
        return None, unreadable.faults
