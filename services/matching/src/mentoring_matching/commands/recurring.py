"""Rolling intake: cohorts that are matched by themselves at the times of their programme's policy.

Each cohort has one deadline, which starts a run and sets the next; it fires once, however many replicas there are and
whichever of them is killed. Times that passed meanwhile are made up for by one run.
"""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common.audit import audit
from mentoring_common.auth import Principal
from mentoring_common.db import now
from mentoring_common.deadlines import cancel, schedule
from mentoring_common.errors import NotFound
from mentoring_contracts.blueprint.matching import Recurring
from mentoring_matching import queries
from mentoring_matching.commands import runs
from mentoring_matching.models import Cohort, Programme
from mentoring_matching.recurring import next_moment, timetable

RECURRING_RUN = "recurring_run"


async def timetable_of(db: AsyncSession, programme_id: UUID) -> Recurring | None:
    """The timetable of the policy in force; None without one, or where the policy cannot be used."""
    version = await queries.policy(db, programme_id)
    return None if version.problem else timetable(version.document)


async def plan_cohorts(db: AsyncSession, programme_id: UUID) -> None:
    """Set the next run of every cohort of a programme as the policy in force says."""
    for cohort in await queries.cohorts_of(db, programme_id):
        await plan_cohort(db, cohort.id, programme_id)


async def plan_cohort(db: AsyncSession, cohort_id: UUID, programme_id: UUID) -> None:
    """Set the next run of a cohort; nothing before its programme is known here, which plans its cohorts then."""
    try:
        times = await timetable_of(db, programme_id)
        programme = await queries.programme(db, programme_id)
    except NotFound:
        return
    if times is None or programme.closed_at is not None:
        await cancel(db, RECURRING_RUN, cohort_id)
    else:
        await schedule(db, RECURRING_RUN, cohort_id, next_moment(times, programme.zone, now(db)))


async def start_recurring_run(db: AsyncSession, cohort_id: UUID) -> None:
    """The time has come: queue a run of what waits in the pool, unless nothing does or the programme has paused them.

    What an earlier one proposed and nobody approved yet is discarded: its people are matched anew.
    """
    cohort = await queries.cohort(db, cohort_id)
    await plan_cohort(db, cohort_id, cohort.programme_id)
    programme = await queries.programme(db, cohort.programme_id)
    if (
        programme.closed_at is not None
        or programme.recurring_paused
        or await timetable_of(db, programme.id) is None
        or not await _something_waits(db, cohort)
    ):
        return
    await runs.start_by_itself(db, cohort)


async def _something_waits(db: AsyncSession, cohort: Cohort) -> bool:
    free = [member.role for member, _ in (await queries.available_members(db, cohort.id)).values()]
    room = cohort.places - cohort.confirmed - await queries.offers_open(db, cohort.id)
    return room > 0 and {"mentor", "mentee"} <= set(free)


async def pause(db: AsyncSession, programme_id: UUID, by: Principal, *, paused: bool) -> Programme:
    """Let the programme's cohorts not be matched by themselves, or again. ProgrammeClosed."""
    await queries.require_open(db, programme_id, changed=True)
    this = sa.update(Programme).where(Programme.id == programme_id, Programme.recurring_paused != paused)
    if await db.scalar(this.values(recurring_paused=paused).returning(Programme.id)):
        act = "pause_recurring_runs" if paused else "resume_recurring_runs"
        audit(db, by.subject, act, "programme", programme_id)
    return await queries.programme(db, programme_id)
