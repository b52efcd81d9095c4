"""Bringing in what was answered elsewhere: a wave that is closed when it comes."""

import asyncio
from collections import Counter
from random import SystemRandom
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common.audit import audit
from mentoring_common.auth import Principal
from mentoring_common.db import now, tenant_of
from mentoring_common.faults import Fault as Placed
from mentoring_common.ids import new_id
from mentoring_contracts.words import SIDES
from mentoring_evaluation.disclosure.floor import least_asked
from mentoring_evaluation.elsewhere.reading import Fault, Reading, asked_in, read_responses
from mentoring_evaluation.elsewhere.schemas import ImportedWave
from mentoring_evaluation.errors import (
    ImportInvalid,
    InstrumentUnknown,
    PublishedUnreadable,
    WaveExists,
    WaveTimesInvalid,
)
from mentoring_evaluation.lint.grids import grids_of, separated
from mentoring_evaluation.lint.nodes import ReportUnreadable
from mentoring_evaluation.programmes import queries as programmes
from mentoring_evaluation.programmes.models import Cohort
from mentoring_evaluation.surveys import queries
from mentoring_evaluation.surveys.commands.respondents import check_kinds
from mentoring_evaluation.surveys.commands.waves import freeze_wave
from mentoring_evaluation.surveys.instruments import Instrument
from mentoring_evaluation.surveys.models import Response, Wave
from mentoring_evaluation.surveys.tools import TOOLS

_NOT_CLOSED = "closed_at lies in the future: what is brought in has closed already"


async def read(db: AsyncSession, cohort: Cohort, new: ImportedWave) -> tuple[Instrument, Reading]:
    """A table as it would be imported, and the survey it answers. InstrumentUnknown, PublishedUnreadable."""
    survey = await queries.present_instrument(db, cohort.programme_id, new.instrument)
    if survey is None:
        raise InstrumentUnknown()
    kinds = [role for role in new.asked if role not in SIDES]
    if kinds:
        await check_kinds(db, cohort.programme_id, survey, kinds)
    found = await asyncio.to_thread(_read, survey, new)
    if new.closed_at > now(db):
        found.faults.append(Fault("wave_times_invalid", _NOT_CLOSED))
    if await queries.wave_exists(db, cohort.id, new.instrument, new.occasion):
        found.faults.append(Fault("wave_exists", WaveExists.title()))
    return survey, found


def _read(survey: Instrument, new: ImportedWave) -> Reading:
    try:
        grid = separated(new.table, new.delimiter) if new.delimiter else grids_of(new.table.encode())[0]
    except ReportUnreadable as error:
        raise PublishedUnreadable(str(error)) from None
    found = read_responses(grid.rows, survey, new.told)
    found.delimiter = grid.separator
    for role, answered in Counter(one.role for one in found.responses).items():
        asked = new.asked.get(role, 0)
        if answered > asked:
            found.faults.append(Fault("more_than_asked", f"{answered} of role {role} answered and {asked} were asked"))
    return found


async def import_wave(db: AsyncSession, cohort: Cohort, new: ImportedWave, by: Principal) -> Wave:
    """Keep what was answered elsewhere as a closed wave. ImportInvalid with every fault; WaveExists, WaveTimesInvalid.

    It is anonymous whatever the survey is here: who answered is not read. In random order, since that of the table is
    the order in which people answered.
    """
    survey, found = await read(db, cohort, new)
    codes = {one.code for one in found.faults}
    if "wave_times_invalid" in codes:
        raise WaveTimesInvalid(_NOT_CLOSED)
    if codes == {"wave_exists"}:
        raise WaveExists()
    if found.faults:
        raise ImportInvalid(errors=[_placed(one) for one in found.faults])
    wave = await _wave(db, cohort, new, asked_in(survey, found), new.asked_with or found.tool)
    rows = [
        {"tenant_id": tenant_of(db), "wave_id": wave.id, "cohort_id": cohort.id, "role": one.role,
         "day": new.closed_at.date(), "answers": dict(one.answers)}
        for one in found.responses
    ]  # fmt: skip
    SystemRandom().shuffle(rows)
    await db.execute(sa.insert(Response), rows)
    await freeze_wave(db, wave, Counter(one.role for one in found.responses))
    audit(db, by.subject, "import_wave", "wave", wave.id, reason=TOOLS[new.asked_with or found.tool])
    return wave


async def _wave(db: AsyncSession, cohort: Cohort, new: ImportedWave, survey: Instrument, tool: str) -> Wave:
    programme = await programmes.programme(db, cohort.programme_id)
    kinds = [role for role in new.asked if role not in SIDES]
    sides = [role for role in SIDES if role in new.asked]
    used = survey.model_copy(update={"mode": "anonymous", "researchers": False})
    values = {
        "id": new_id(),
        "programme_id": cohort.programme_id,
        "cohort_id": cohort.id,
        "instrument": new.instrument,
        "occasion": new.occasion,
        "state": "closed",
        "asked_with": tool,
        "planned_at": now(db),
        "opens_at": new.opened_at,
        "closes_at": new.closed_at,
        "closed_at": now(db),
        "roles": None if len(sides) == len(SIDES) else sides,
        "kinds": kinds,
        "asked_mentors": new.asked.get("mentor", 0),
        "asked_mentees": new.asked.get("mentee", 0),
        "asked_kinds": {kind: new.asked[kind] for kind in kinds},
        "least_asked": least_asked(programme.public_minimum),
        "instrument_used": used.model_dump(mode="json", by_alias=True),
    }
    wave_id: UUID | None = await db.scalar(insert(Wave).values(values).on_conflict_do_nothing().returning(Wave.id))
    if wave_id is None:
        raise WaveExists()
    return await queries.wave(db, wave_id)


def _placed(one: Fault) -> Placed:
    placed = Placed(pointer="/body/table", code=one.code, detail=one.detail)
    if one.row is not None:
        placed["line"] = one.row
    if one.column is not None:
        placed["detail"] = f"column {one.column}: {one.detail}"
    return placed
