"""Series of activities: made as single ones; one of them and those that follow are changed or called off together."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common.auth import Principal
from mentoring_common.ids import new_id
from mentoring_sessions.activities import queries
from mentoring_sessions.activities.commands.activities import cancel_activity, change_activity, plan_each
from mentoring_sessions.activities.models import Activity
from mentoring_sessions.activities.recurrence import moved
from mentoring_sessions.activities.schemas import ActivityChange, NewSeries
from mentoring_sessions.errors import NotOfSeries
from mentoring_sessions.relationships.parts import ProgrammeAccess


async def plan_series(db: AsyncSession, by: Principal, mine: ProgrammeAccess, new: NewSeries) -> Sequence[Activity]:
    """Plan an activity for each time of the series. Refuses as `plan_activity`."""
    return await plan_each(db, by, mine, new, new.times(), series_id=new_id())


async def change_following(
    db: AsyncSession, by: Principal, mine: ProgrammeAccess, activity: Activity, change: ActivityChange
) -> Activity:
    """Change one of a series and those to come after it; a time moves all by as much on the clock. All or none.

    NotOfSeries; refuses as `change_activity`.
    """
    later = await _following(db, activity)
    zone, before = activity.zone or "UTC", activity.starts_at
    await change_activity(db, by, mine, activity, change)
    new_zone = activity.zone or "UTC"
    for one in later:
        starts_at = moved(one.starts_at, zone, new_zone, before, activity.starts_at)
        timed = {"starts_at": starts_at} if {"starts_at", "zone"} & change.model_fields_set else {}
        await change_activity(db, by, mine, one, change.model_copy(update=timed))
    return activity


async def cancel_following(db: AsyncSession, by: Principal, mine: ProgrammeAccess, activity: Activity) -> Activity:
    """Call off one of a series and those to come after it, all or none. NotOfSeries; refuses as `cancel_activity`."""
    later = await _following(db, activity)
    for one in (activity, *later):
        await cancel_activity(db, by, mine, one)
    return activity


async def _following(db: AsyncSession, activity: Activity) -> Sequence[Activity]:
    if activity.series_id is None:
        raise NotOfSeries()
    return await queries.following(db, activity)
