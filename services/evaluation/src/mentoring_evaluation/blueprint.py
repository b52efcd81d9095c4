"""What is kept of a blueprint beyond surveys: aims, evaluation model, sections of case studies, what is in writing."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_evaluation.evidence_pack.facts import design_facts
from mentoring_evaluation.outcomes.commands.design import read_section
from mentoring_evaluation.programmes.models import ProgrammeDesign
from mentoring_evaluation.themes.commands.themes import add_goal

SECTIONS = [
    "Profile of the mentee",
    "Profile of the mentor",
    "Focus of the relationship",
    "Reflections",
    "Perceived value",
]


async def keep_design(db: AsyncSession, programme_id: UUID, blueprint: Mapping[str, Any]) -> None:
    """Keep what a blueprint says; a model that cannot be read is kept as its faults, which the team can mend."""
    model, faults = read_section(blueprint.get("evaluation_model"))
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
