"""The REST API of the matching service: runs that start by themselves."""

from uuid import UUID

from fastapi import APIRouter
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common.db import now
from mentoring_common.unit_of_work import Db, Route
from mentoring_matching import queries
from mentoring_matching.access import require_team
from mentoring_matching.api.callers import Reader, Writer
from mentoring_matching.commands import recurring as commands
from mentoring_matching.errors import ProgrammeNotFound
from mentoring_matching.models import Programme
from mentoring_matching.recurring import next_moment
from mentoring_matching.schemas import NextRun, RecurringRuns, Timetable

router = APIRouter(route_class=Route, tags=["runs"])


@router.get("/programmes/{programme_id}/recurring-runs")
async def read_recurring_runs(programme_id: UUID, by: Reader, db: Db) -> RecurringRuns:
    """When the cohorts of a programme are matched by themselves, as its policy says, and what comes next."""
    await require_team(db, by, programme_id, ProgrammeNotFound)
    return await _view(db, await queries.programme(db, programme_id))


@router.post("/programmes/{programme_id}/recurring-runs/pause")
async def pause_recurring_runs(programme_id: UUID, by: Writer, db: Db) -> RecurringRuns:
    """Have no cohort of the programme matched by itself until they are resumed; runs that began go on."""
    await require_team(db, by, programme_id, ProgrammeNotFound)
    return await _view(db, await commands.pause(db, programme_id, by, paused=True))


@router.post("/programmes/{programme_id}/recurring-runs/resume")
async def resume_recurring_runs(programme_id: UUID, by: Writer, db: Db) -> RecurringRuns:
    """Have the cohorts of the programme matched by themselves again, from the next time on."""
    await require_team(db, by, programme_id, ProgrammeNotFound)
    return await _view(db, await commands.pause(db, programme_id, by, paused=False))


async def _view(db: AsyncSession, programme: Programme) -> RecurringRuns:
    times = await commands.timetable_of(db, programme.id)
    found = RecurringRuns(paused=programme.recurring_paused, zone=programme.zone or "UTC")
    if times is None or programme.closed_at is not None:
        return found
    moment = next_moment(times, programme.zone, now(db))
    waiting = await queries.runs_to_approve(db, programme.id)
    following = [
        NextRun(
            cohort_id=cohort.id,
            starts_at=None if programme.recurring_paused else moment,
            to_approve=waiting.get(cohort.id),
        )
        for cohort in await queries.cohorts_of(db, programme.id)
    ]
    return found.model_copy(update={"timetable": Timetable(**times.model_dump()), "next": following})
