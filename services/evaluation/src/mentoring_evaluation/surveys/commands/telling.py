"""What letters about surveys say of them."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_contracts.blueprint.text import EASY
from mentoring_evaluation.surveys import queries
from mentoring_evaluation.surveys.instruments import Instrument
from mentoring_evaluation.surveys.models import Wave
from mentoring_evaluation.surveys.schemas import WaveToTell


async def to_tell(db: AsyncSession, waves: Sequence[Wave]) -> list[WaveToTell]:
    """The titles of waves' surveys, in all words that they have, and how the waves stand."""
    return [WaveToTell(id=wave.id, titles=_titles(await _survey(db, wave)), state=wave.state) for wave in waves]


async def _survey(db: AsyncSession, wave: Wave) -> Instrument | None:
    """The survey as it was when the wave opened; until then as it is."""
    if wave.instrument_used is not None:
        return Instrument.model_validate(wave.instrument_used)
    return await queries.present_instrument(db, wave.programme_id, wave.instrument)


def _titles(survey: Instrument | None) -> dict[str, str]:
    if survey is None:
        return {}
    other = {(EASY if one.easy_read else "") + one.language: one.title for one in survey.wordings if one.title}
    return {survey.language: survey.title} | other
