"""Surveys of a programme: drafted, replaced until a wave opens with them, and then followed by a new version."""

from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common.audit import audit
from mentoring_common.auth import Principal
from mentoring_common.ids import new_id
from mentoring_evaluation.errors import InstrumentFrozen, ModeNotDeclared
from mentoring_evaluation.programmes.models import Programme
from mentoring_evaluation.surveys import queries
from mentoring_evaluation.surveys.instruments import Instrument, Survey
from mentoring_evaluation.surveys.models import InstrumentVersion


async def keep_version(db: AsyncSession, programme_id: UUID, instrument: Instrument) -> None:
    """Keep a version that the blueprint brings, unless it is kept already."""
    row = insert(InstrumentVersion).values(
        id=new_id(), programme_id=programme_id, name=instrument.id, version=instrument.version, body=_body(instrument)
    )
    await db.execute(row.on_conflict_do_nothing())


async def add_version(
    db: AsyncSession, programme: Programme, name: str, survey: Survey, by: Principal
) -> InstrumentVersion:
    """Make the next version of a survey, or its first; waves that open from now on take it. ModeNotDeclared."""
    _check_mode(programme, name, survey)
    version = await queries.next_instrument_version(db, programme.id, name)
    row = InstrumentVersion(id=new_id(), programme_id=programme.id, name=name, version=version, body=_body(survey))
    db.add(row)
    await db.flush()
    audit(db, by.subject, "add_instrument", "instrument", row.id)
    return row


async def replace_version(
    db: AsyncSession, programme: Programme, name: str, version: int, survey: Survey, by: Principal
) -> InstrumentVersion:
    """Write the newest version anew. InstrumentNotFound, ModeNotDeclared; InstrumentFrozen once a wave asked it."""
    _check_mode(programme, name, survey)
    following = await queries.next_instrument_version(db, programme.id, name)
    row = await queries.instrument_version(db, programme.id, name, version)
    if version + 1 != following or (name, version) in await queries.versions_used(db, programme.id):
        raise InstrumentFrozen()
    row.body = _body(survey)
    await db.flush()
    audit(db, by.subject, "replace_instrument", "instrument", row.id)
    return row


def _check_mode(programme: Programme, name: str, survey: Survey) -> None:
    if survey.mode not in ("anonymous", programme.survey_modes.get(name)):
        raise ModeNotDeclared()


def _body(survey: Survey) -> dict[str, object]:
    return survey.model_dump(mode="json", by_alias=True, exclude={"id", "version"})
