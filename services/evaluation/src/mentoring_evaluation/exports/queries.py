"""The SELECT of answer sheets: what was answered passes the floor in `surveys.queries_answers`."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_evaluation.exports.sheets import Sheet
from mentoring_evaluation.programmes import queries as programmes
from mentoring_evaluation.surveys import queries_answers
from mentoring_evaluation.surveys.instruments import Instrument


async def answer_sheets(db: AsyncSession, programme_id: UUID) -> list[Sheet]:
    """Every answer sheet of the programme that researchers may be given."""
    numbers = await programmes.cohort_numbers(db, programme_id)
    found, used = [], {}
    for wave, role, answers in await queries_answers.sheets_for_researchers(db, programme_id):
        if wave.id not in used:
            used[wave.id] = Instrument.model_validate(wave.instrument_used)
        found.append(Sheet(used[wave.id], numbers[wave.cohort_id], wave.occasion, role, answers))
    return found
