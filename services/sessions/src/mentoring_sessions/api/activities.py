"""Activities: orientation, CPD and others, with places and attendance."""

from uuid import UUID

from fastapi import APIRouter

from mentoring_common.pagination import Cursor, Limit, Page, page, page_of
from mentoring_common.unit_of_work import Db, Route
from mentoring_common.versions import IfMatch
from mentoring_sessions import queries, views
from mentoring_sessions.access import TEAM
from mentoring_sessions.api.callers import Reader, Writer
from mentoring_sessions.commands import activities as commands
from mentoring_sessions.models import Activity, Attendance, Correction
from mentoring_sessions.schemas import (
    ActivityView,
    AttendanceResult,
    AttendanceView,
    AttendanceWithdrawnView,
    HeldView,
    Kind,
    NewActivity,
    People,
    Withdrawing,
    WithdrawnAttendanceView,
)

router = APIRouter(route_class=Route, tags=["activities"])


@router.post("/programmes/{programme_id}/activities", status_code=201)
async def plan_activity(programme_id: UUID, new: NewActivity, by: Writer, db: Db) -> ActivityView:
    """Plan an activity (programme team or trainer); without `cohort_id` it is for every cohort."""
    mine = await queries.programme_access(db, by, programme_id)
    return ActivityView.model_validate(await commands.plan_activity(db, by, mine, new))


@router.get("/programmes/{programme_id}/activities")
async def list_activities(
    programme_id: UUID,
    by: Reader,
    db: Db,
    cohort_id: UUID | None = None,
    kind: Kind | None = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[ActivityView]:
    """The activities of a programme, for everybody who takes part in it."""
    await queries.programme_access(db, by, programme_id)
    shown, following = await page(db, queries.activities(programme_id, cohort_id, kind), Activity.id, cursor, limit)
    return page_of(shown, following, ActivityView.model_validate)


@router.get("/activities/{activity_id}")
async def read_activity(activity_id: UUID, by: Reader, db: Db) -> ActivityView:
    """One activity."""
    activity, _ = await queries.activity(db, by, activity_id)
    return ActivityView.model_validate(activity)


@router.post("/activities/{activity_id}/registration", status_code=201)
async def register_for_activity(activity_id: UUID, by: Writer, db: Db, expected: IfMatch) -> ActivityView:
    """Take a place for yourself."""
    activity, _ = await queries.activity(db, by, activity_id)
    me = by.person_id
    await expected.hold(db, activity)
    await commands.register_for_activity(db, me, activity)
    await db.refresh(activity)
    return ActivityView.model_validate(activity)


@router.delete("/activities/{activity_id}/registration", status_code=204)
async def give_up_place(activity_id: UUID, by: Writer, db: Db, expected: IfMatch) -> None:
    """Give your place back."""
    activity, _ = await queries.activity(db, by, activity_id)
    me = by.person_id
    await expected.hold(db, activity)
    await commands.give_up_place(db, me, activity.id)


@router.post("/activities/{activity_id}/attendance")
async def record_attendance(activity_id: UUID, people: People, by: Writer, db: Db) -> AttendanceResult:
    """Record who was there (programme team or trainer), from the day of the activity on; each person counts once.

    All are people of the programme: accepted for it, matched in it, or with a role. Otherwise nothing is recorded, and
    `errors` say which are not.
    """
    activity, mine = await queries.activity(db, by, activity_id)
    return await commands.record_attendance(db, by, mine, activity, people.person_ids)


@router.post("/activities/{activity_id}/attendance/{person_id}/withdraw")
async def withdraw_attendance(
    activity_id: UUID, person_id: UUID, withdrawing: Withdrawing, by: Writer, db: Db
) -> AttendanceWithdrawnView:
    """Take back that somebody was there (programme team or trainer); figures follow.

    A relationship that an orientation has started stays started; one that waits goes on waiting.
    """
    activity, mine = await queries.activity(db, by, activity_id)
    attended = await commands.withdraw_attendance(db, by, mine, activity, person_id, withdrawing.reason)
    return AttendanceWithdrawnView(activity_id=activity_id, person_id=person_id, attended=attended)


@router.get("/activities/{activity_id}/attendance/withdrawn")
async def list_withdrawn_attendance(
    activity_id: UUID, by: Reader, db: Db, cursor: Cursor = None, limit: Limit = 50
) -> Page[WithdrawnAttendanceView]:
    """Attendances that were taken back: by whom, when and why (programme team or trainer)."""
    _, mine = await queries.activity(db, by, activity_id)
    mine.require(*TEAM, "trainer")
    shown, following = await page(db, queries.corrections("attendance", activity_id), Correction.id, cursor, limit)
    return Page(items=await views.withdrawn_attendances(db, mine, shown), next_cursor=following)


@router.get("/activities/{activity_id}/attendance")
async def list_attendance(
    activity_id: UUID, by: Reader, db: Db, cursor: Cursor = None, limit: Limit = 50
) -> Page[AttendanceView]:
    """Who was there (programme team or trainer)."""
    _, mine = await queries.activity(db, by, activity_id)
    mine.require(*TEAM, "trainer")
    shown, following = await page(db, queries.attendances(activity_id), Attendance.id, cursor, limit)
    return page_of(shown, following, AttendanceView.model_validate)


@router.post("/activities/{activity_id}/held")
async def hold_activity(activity_id: UUID, by: Writer, db: Db, expected: IfMatch) -> HeldView:
    """Say that the activity took place (programme team or trainer); attendance may still be added."""
    activity, mine = await queries.activity(db, by, activity_id)
    mine.require(*TEAM, "trainer")
    await expected.hold(db, activity)
    attended = await commands.hold_activity(db, by, mine, activity)
    return HeldView.model_validate(vars(activity) | {"attended": attended})
