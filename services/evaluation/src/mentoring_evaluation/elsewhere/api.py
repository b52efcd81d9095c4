"""Surveys that were asked with another tool, brought in as waves."""

from collections import Counter
from dataclasses import asdict
from uuid import UUID

from fastapi import APIRouter

from mentoring_common.unit_of_work import Db, Route
from mentoring_evaluation.elsewhere import commands
from mentoring_evaluation.elsewhere.schemas import ColumnRead, ImportedWave, ImportReading, RowFault
from mentoring_evaluation.programmes import queries as programmes
from mentoring_evaluation.programmes.access import Writer, require_team
from mentoring_evaluation.surveys.api.waves import view_of
from mentoring_evaluation.surveys.schemas import WaveView

router = APIRouter(route_class=Route, tags=["waves"])


@router.post("/cohorts/{cohort_id}/imported-waves/preview")
async def preview_import(cohort_id: UUID, new: ImportedWave, by: Writer, db: Db) -> ImportReading:
    """How a table of responses from another survey tool would be read, and what is wrong with it; nothing is kept."""
    cohort = await programmes.cohort(db, cohort_id)
    await require_team(db, by, cohort.programme_id)
    _, found = await commands.read(db, cohort, new)
    return ImportReading(
        asked_with=new.asked_with or found.tool,
        delimiter=found.delimiter or None,
        columns=[ColumnRead(column=column, answers=said) for column, said in found.read_as],
        left_out=found.left_out,
        unanswered=found.unanswered,
        responses=Counter(one.role for one in found.responses),
        tests=found.tests,
        empty=found.empty,
        faults=[RowFault(**asdict(one)) for one in found.faults],
    )


@router.post("/cohorts/{cohort_id}/imported-waves", status_code=201)
async def import_wave(cohort_id: UUID, new: ImportedWave, by: Writer, db: Db) -> WaveView:
    """Bring in what was answered with another survey tool (LimeSurvey, Microsoft or Google Forms, Qualtrics, or any
    CSV) as a closed wave. Names, addresses, times and texts of the table are not kept; whatever is shown of the wave
    says what it was asked with."""
    cohort = await programmes.cohort(db, cohort_id)
    await require_team(db, by, cohort.programme_id)
    return await view_of(db, await commands.import_wave(db, cohort, new, by))
