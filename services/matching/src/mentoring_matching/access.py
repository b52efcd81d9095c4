"""Who may do what here, beyond the scopes of the token (which the routes check)."""

from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common import roles
from mentoring_common.auth import Principal
from mentoring_common.roles import RoleNeeded, require_right, roles_of
from mentoring_matching import queries
from mentoring_matching.errors import CohortNotFound, RunNotFound
from mentoring_matching.models import Cohort, MatchRun
from mentoring_matching.queries import TEAM


async def require_team(db: AsyncSession, by: Principal, programme_id: UUID, unknown: type[Exception]) -> None:
    """RoleNeeded for other roles of the programme; `unknown` for strangers, to whom nothing is there."""
    try:
        await require_right(db, by, programme_id, *TEAM)
    except RoleNeeded:
        if await roles_of(db, by, programme_id):
            raise
        raise unknown() from None


async def run_of_team(db: AsyncSession, by: Principal, run_id: UUID) -> MatchRun:
    """The run, if the caller belongs to its programme's team."""
    run = await queries.run(db, run_id)
    await require_team(db, by, run.programme_id, RunNotFound)
    return run


async def check_cohort(db: AsyncSession, by: Principal, cohort_id: UUID) -> Cohort:
    """The cohort, if the caller belongs to its programme's team."""
    cohort = await queries.cohort(db, cohort_id)
    await require_team(db, by, cohort.programme_id, CohortNotFound)
    return cohort


async def open_cohort(db: AsyncSession, by: Principal, cohort_id: UUID) -> Cohort:
    """As `check_cohort`, for what begins something; ProgrammeClosed."""
    cohort = await check_cohort(db, by, cohort_id)
    await queries.require_open(db, cohort.programme_id)
    return cohort


async def require_part(
    db: AsyncSession,
    by: Principal,
    own: sa.Select[Any],
    programme_id: UUID | None,
    cohort_id: UUID | None,
    *,
    narrowed: bool,
) -> None:
    """RoleNeeded for a list of others' rows from somebody with no part in it, and for a machine's list of its own."""
    if not narrowed:
        if not by.is_admin and by.person is None:
            raise RoleNeeded(needed=sorted(TEAM))
        return
    if programme_id is None and cohort_id is not None:
        # Of a cohort that is not known nobody holds a role.
        programme_id = await queries.programme_of_cohort(db, cohort_id) or cohort_id
    await roles.require_part(db, by, programme_id, TEAM, own)
