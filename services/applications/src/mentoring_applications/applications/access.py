"""Who reads and decides which applications."""

from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_applications.applications import queries
from mentoring_applications.applications.models import Application
from mentoring_applications.directory import queries as directory
from mentoring_applications.directory.access import speaks_for_all
from mentoring_applications.errors import ApplicationNotFound, NotTheApplicant
from mentoring_applications.programmes import queries as programmes
from mentoring_applications.programmes.access import is_team, require_team, visible_programmes
from mentoring_applications.programmes.queries import TEAM
from mentoring_common.auth import Principal
from mentoring_common.roles import RoleNeeded, require_part


async def visible_application(db: AsyncSession, application_id: UUID, by: Principal) -> Application:
    """One's own application, or one of a programme in whose team one is; ApplicationNotFound otherwise."""
    application = await queries.application(db, application_id)
    if application.person_id is None:  # erased: nothing but a count
        raise ApplicationNotFound()
    if application.person_id != by.person and not await is_team(db, by, application.programme_id):
        if await employs(db, by, application.person_id):
            raise RoleNeeded(needed=[TEAM])
        raise ApplicationNotFound()
    return application


async def readable_application(db: AsyncSession, application_id: UUID, by: Principal) -> Application:
    """As `visible_application`; an HR client reads its employees' too, without what was written on them."""
    application = await queries.application(db, application_id)
    if application.person_id is not None and await employs(db, by, application.person_id):
        return application
    return await visible_application(db, application_id, by)


async def employs(db: AsyncSession, by: Principal, person_id: UUID) -> bool:
    """Whether the caller is the HR client of the person's employer, or of the whole organisation."""
    if speaks_for_all(by):
        return True
    return by.employer is not None and await directory.is_employed(db, person_id, by.employer)


async def applications_seen(
    db: AsyncSession, by: Principal, *, cohort_id: UUID | None, **filters: Any
) -> sa.Select[Application]:
    """One's own applications, those of one's programmes, an HR client's employees'; RoleNeeded for what is others'."""
    state = filters.pop("state", None)
    rows = queries.applications(cohort_id=cohort_id, **filters)
    if by.is_admin:
        return queries.in_state(rows, state)
    me, programme_id = by.person, filters["programme_id"]
    teams = await visible_programmes(db, by)
    if speaks_for_all(by):
        return queries.in_state(rows, state, teams)
    seen = queries.in_state(queries.visible(rows, me, teams, by.employer), state, teams)
    if me is None and by.employer is None:
        raise RoleNeeded(needed=[TEAM])
    if me is None:
        return seen  # an HR system asks for what is its people's, whatever it narrows that to
    if programme_id is None and cohort_id is not None:
        programme_id = await programmes.programme_of_cohort(db, cohort_id) or cohort_id
    asks_for_others = programme_id is not None or filters["person_id"] is not None
    if asks_for_others and (me is None or filters["person_id"] != me):
        asked = {"cohort_id": cohort_id, "person_id": filters["person_id"], "programme_id": filters["programme_id"]}
        own = queries.visible(queries.applications(**asked), me, (), by.employer)
        await require_part(db, by, programme_id, [TEAM], own)
    return seen


async def team_application(db: AsyncSession, application_id: UUID, by: Principal) -> Application:
    """An application that the caller decides on; ApplicationNotFound for a stranger's, RoleNeeded for one's own."""
    application = await visible_application(db, application_id, by)
    await require_team(db, by, application.programme_id)
    return application


async def own_application(db: AsyncSession, application_id: UUID, by: Principal) -> Application:
    """The caller's own application; NotTheApplicant for the team, ApplicationNotFound for strangers."""
    application = await visible_application(db, application_id, by)
    if application.person_id != by.person:
        raise NotTheApplicant()
    return application
