"""Activities: orientation, CPD and others, with places and attendance."""

from datetime import timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response

from mentoring_common.audit import audit
from mentoring_common.auth import Allow, Principal, internal
from mentoring_common.db import now
from mentoring_common.languages import InLanguage, languages_of
from mentoring_common.pagination import Cursor, Limit, Page, page, page_of
from mentoring_common.unit_of_work import Db, Route
from mentoring_common.versions import IfMatch, IfMatchRequired
from mentoring_sessions.activities import access, completing, queries, views
from mentoring_sessions.activities.commands import activities as commands
from mentoring_sessions.activities.commands import series
from mentoring_sessions.activities.models import Activity, Registration
from mentoring_sessions.activities.schemas import (
    ActivitiesToTell,
    ActivityChange,
    ActivityIds,
    ActivityKindView,
    ActivityToTell,
    ActivityView,
    AttendanceResult,
    AttendanceView,
    AttendanceWithdrawnView,
    AttendedView,
    Cancelling,
    CompletionView,
    DoorCode,
    DoorView,
    HeldView,
    Joining,
    Kind,
    NewActivity,
    NewSeries,
    People,
    PlaceView,
    RegistrationView,
    SeriesView,
    WithdrawnAttendanceView,
)
from mentoring_sessions.fields import Withdrawing
from mentoring_sessions.relationships import queries as relationships
from mentoring_sessions.relationships.access import Reader, Writer, to_programme
from mentoring_sessions.relationships.models import Attendance, Correction, Participant
from mentoring_sessions.relationships.parts import ACTIVITIES

MOST_EXPORTED = 5000  # lines of one person's record

DueWithin = Annotated[
    int | None,
    Query(ge=0, le=3660, description="those who have not met what is due within so many days; 0: what is overdue"),
]
router = APIRouter(route_class=Route, tags=["activities"])
internal_router = APIRouter(prefix="/internal", route_class=Route, tags=["internal"])
OwnService = Annotated[Principal, Depends(Allow(internal("sessions")))]


@router.post("/programmes/{programme_id}/activities", status_code=201)
async def plan_activity(programme_id: UUID, new: NewActivity, by: Writer, db: Db) -> ActivityView:
    """Plan an activity (who runs activities); without `cohort_id` it is for every cohort.

    With `relationship_id` it is for one group: its members see it, register and attend, and nobody else.
    """
    mine = await to_programme(db, by, programme_id)
    return await views.activity(db, await commands.plan_activity(db, by, mine, new), by.person)


@router.post("/programmes/{programme_id}/activity-series", status_code=201)
async def plan_series(programme_id: UUID, new: NewSeries, by: Writer, db: Db) -> SeriesView:
    """Plan activities that come again (who runs activities): each is one of its own, and knows its series."""
    mine = await to_programme(db, by, programme_id)
    return await views.series(db, await series.plan_series(db, by, mine, new), by.person)


@router.get("/activity-series/{series_id}")
async def read_series(series_id: UUID, by: Reader, db: Db) -> SeriesView:
    """The activities of a series."""
    return await views.series(db, await access.series(db, by, series_id), by.person)


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
    mine = await to_programme(db, by, programme_id)
    rows = queries.activities(programme_id, cohort_id, kind, of_groups=mine.sees_groups, person_id=by.person)
    shown, following = await page(db, rows, Activity.id, cursor, limit)
    return Page(items=await views.activities(db, shown, by.person), next_cursor=following)


@router.get("/programmes/{programme_id}/activity-kinds")
async def list_activity_kinds(programme_id: UUID, by: Reader, db: Db) -> list[ActivityKindView]:
    """The kinds of activities that a programme puts on, for everybody who takes part in it; none where it takes any."""
    kinds = (await to_programme(db, by, programme_id)).programme.activity_kinds
    return [ActivityKindView(id=kind, title=title) for kind, title in kinds.items()]


@router.get("/activities/{activity_id}")
async def read_activity(activity_id: UUID, by: Reader, db: Db) -> ActivityView:
    """One activity."""
    activity, _ = await access.activity(db, by, activity_id)
    return await views.activity(db, activity, by.person)


@router.post("/activities/{activity_id}/registration", status_code=201)
async def register_for_activity(
    activity_id: UUID, by: Writer, db: Db, expected: IfMatch, joining: Joining | None = None
) -> ActivityView:
    """Take a place for yourself; with `wait`, stand in line where every place is taken, and get the next one."""
    activity, _ = await access.activity(db, by, activity_id)
    me = by.person_id
    await expected.hold(db, activity)
    await commands.register_for_activity(db, me, activity, wait=joining is not None and joining.wait)
    await db.refresh(activity)
    return await views.activity(db, activity, by.person)


@router.delete("/activities/{activity_id}/registration", status_code=204)
async def give_up_place(activity_id: UUID, by: Writer, db: Db, expected: IfMatch) -> None:
    """Give your place back, or leave the line; who waits longest is given it, and told."""
    activity, _ = await access.activity(db, by, activity_id)
    me = by.person_id
    await expected.hold(db, activity)
    await commands.give_up_place(db, me, activity.id)


@router.get("/activities/{activity_id}/registration")
async def read_place(activity_id: UUID, by: Reader, db: Db) -> PlaceView:
    """Whether you have a place or wait for one, and where it is online once you have one."""
    activity, _ = await access.activity(db, by, activity_id)
    return await views.place(db, activity, by.person)


@router.get("/activities/{activity_id}/registrations")
async def list_registrations(
    activity_id: UUID, by: Reader, db: Db, cursor: Cursor = None, limit: Limit = 50
) -> Page[RegistrationView]:
    """Who has a place, and who waits (who runs activities)."""
    activity, mine = await access.activity(db, by, activity_id)
    mine.require_running(activity.kind)
    shown, following = await page(db, queries.registrations(activity_id), Registration.id, cursor, limit)
    return page_of(shown, following, RegistrationView.model_validate)


@router.get("/activities/{activity_id}/door")
async def read_door(activity_id: UUID, by: Reader, db: Db) -> DoorView:
    """Where it is online, and the code to show at the door (who runs activities)."""
    activity, mine = await access.activity(db, by, activity_id)
    mine.require_running(activity.kind)
    return DoorView.model_validate(activity)


@router.patch("/activities/{activity_id}")
async def change_activity(
    activity_id: UUID,
    change: ActivityChange,
    by: Writer,
    db: Db,
    expected: IfMatchRequired,
) -> ActivityView:
    """Change an activity to come (who runs activities); who has a place is told when or where it is now.

    With `following` also those of its series after it: what is said is said of each, and all move by as much.
    """
    activity, mine = await access.activity(db, by, activity_id)
    mine.require_running(activity.kind)
    await expected.hold(db, activity)
    change_one = series.change_following if change.following else commands.change_activity
    return await views.activity(db, await change_one(db, by, mine, activity, change), by.person)


@router.post("/activities/{activity_id}/cancel")
async def cancel_activity(
    activity_id: UUID, by: Writer, db: Db, expected: IfMatch, wanted: Cancelling | None = None
) -> ActivityView:
    """Call an activity off (who runs activities), with `following` also those of its series after it.

    Who has a place or waits is told.
    """
    activity, mine = await access.activity(db, by, activity_id)
    mine.require_running(activity.kind)
    await expected.hold(db, activity)
    cancel_one = series.cancel_following if wanted is not None and wanted.following else commands.cancel_activity
    return await views.activity(db, await cancel_one(db, by, mine, activity), by.person)


@router.post("/activities/{activity_id}/attendance/me")
async def attend_by_code(activity_id: UUID, door: DoorCode, by: Writer, db: Db) -> AttendanceResult:
    """Say by the code at the door that you are there, on the day of the activity."""
    activity, _ = await access.activity(db, by, activity_id)
    return await commands.attend_by_code(db, by.person_id, activity, door.code)


@router.get("/programmes/{programme_id}/attendance.csv", response_class=Response, responses=views.CSV)
async def export_attendance_hours(programme_id: UUID, by: Reader, db: Db, kind: Kind | None = None) -> Response:
    """How many activities each person attended and how long these were, of one kind or all (who runs activities)."""
    (await to_programme(db, by, programme_id)).require(ACTIVITIES)
    rows = await queries.hours(db, programme_id, kind)
    audit(db, by.subject, "export_attendance", "programme", programme_id)
    return Response(views.hours_csv(rows), media_type="text/csv; charset=utf-8")


@router.get("/programmes/{programme_id}/completion")
async def list_completions(
    programme_id: UUID,
    by: Reader,
    db: Db,
    due_within_days: DueWithin = None,
    read: InLanguage = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[CompletionView]:
    """How far everybody who was accepted is with what they attend to complete the programme (who runs activities)."""
    mine = await to_programme(db, by, programme_id)
    mine.require(ACTIVITIES)
    rows = queries.participants(programme_id)
    if due_within_days is not None:
        due = await completing.due(db, mine.programme)
        rows = queries.among_due(rows, due, now(db) + timedelta(days=due_within_days))
    shown, following = await page(db, rows, Participant.id, cursor, limit)
    items = await completing.completions(db, mine.programme, shown, languages_of(read))
    return Page(items=items, next_cursor=following)


@router.get("/programmes/{programme_id}/completion/me")
async def read_completion(programme_id: UUID, by: Reader, db: Db, read: InLanguage = None) -> list[CompletionView]:
    """How far you are with what you attend to complete the programme, on each side on which you take part."""
    mine = await to_programme(db, by, programme_id)
    rows = (await db.scalars(queries.participants(programme_id, by.person_id))).all()
    return await completing.completions(db, mine.programme, rows, languages_of(read))


@router.get("/attendance.csv", response_class=Response, responses=views.CSV)
async def export_attended(by: Reader, db: Db, kind: Kind | None = None) -> Response:
    """What you attended, one line each with its day, kind, title and hours: your CPD record, of one kind or all."""
    rows = await queries.attended(db, by.person_id, MOST_EXPORTED, kind)
    return Response(views.attended_csv(rows), media_type="text/csv; charset=utf-8")


@router.get("/attendance")
async def list_attended(by: Reader, db: Db, limit: Limit = 50) -> list[AttendedView]:
    """What you attended in every programme, the last first."""
    return [views.attended(row) for row in await queries.attended(db, by.person_id, limit)]


@router.post("/activities/{activity_id}/attendance")
async def record_attendance(activity_id: UUID, people: People, by: Writer, db: Db) -> AttendanceResult:
    """Record who was there (who runs activities), from the day of the activity on; each person counts once.

    All are people of the programme: accepted for it, matched in it, or with a role. Otherwise nothing is recorded, and
    `errors` say which are not.
    """
    activity, mine = await access.activity(db, by, activity_id)
    return await commands.record_attendance(db, by, mine, activity, people.person_ids)


@router.post("/activities/{activity_id}/attendance/{person_id}/withdraw")
async def withdraw_attendance(
    activity_id: UUID, person_id: UUID, withdrawing: Withdrawing, by: Writer, db: Db
) -> AttendanceWithdrawnView:
    """Take back that somebody was there (who runs activities); figures follow.

    A relationship that an orientation has started stays started; one that waits goes on waiting.
    """
    activity, mine = await access.activity(db, by, activity_id)
    attended = await commands.withdraw_attendance(db, by, mine, activity, person_id, withdrawing.reason)
    return AttendanceWithdrawnView(activity_id=activity_id, person_id=person_id, attended=attended)


@router.get("/activities/{activity_id}/attendance/withdrawn")
async def list_withdrawn_attendance(
    activity_id: UUID, by: Reader, db: Db, cursor: Cursor = None, limit: Limit = 50
) -> Page[WithdrawnAttendanceView]:
    """Attendances that were taken back: by whom, when and why (who runs activities)."""
    activity, mine = await access.activity(db, by, activity_id)
    mine.require_running(activity.kind)
    shown, following = await page(
        db, relationships.corrections("attendance", activity_id), Correction.id, cursor, limit
    )
    return Page(items=await views.withdrawn_attendances(db, mine, shown), next_cursor=following)


@router.get("/activities/{activity_id}/attendance")
async def list_attendance(
    activity_id: UUID, by: Reader, db: Db, cursor: Cursor = None, limit: Limit = 50
) -> Page[AttendanceView]:
    """Who was there (who runs activities)."""
    activity, mine = await access.activity(db, by, activity_id)
    mine.require_running(activity.kind)
    shown, following = await page(db, queries.attendances(activity_id), Attendance.id, cursor, limit)
    return page_of(shown, following, AttendanceView.model_validate)


@router.post("/activities/{activity_id}/held")
async def hold_activity(activity_id: UUID, by: Writer, db: Db, expected: IfMatch) -> HeldView:
    """Say that the activity took place (who runs activities); attendance may still be added."""
    activity, mine = await access.activity(db, by, activity_id)
    mine.require_running(activity.kind)
    await expected.hold(db, activity)
    attended = await commands.hold_activity(db, by, mine, activity)
    return HeldView.model_validate(vars(activity) | {"attended": attended})


@internal_router.post("/activities")
async def read_activities_to_tell(wanted: ActivityIds, _: OwnService, db: Db) -> ActivitiesToTell:
    """What letters about activities say."""
    rows = await queries.activities_to_tell(db, wanted.activity_ids)
    return ActivitiesToTell(items=[ActivityToTell.model_validate(row) for row in rows])
