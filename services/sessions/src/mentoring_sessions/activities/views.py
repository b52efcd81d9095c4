"""Activities and attendance as answers."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common import csv_text
from mentoring_contracts.blueprint.text import in_language
from mentoring_sessions.activities import queries
from mentoring_sessions.activities.models import Activity
from mentoring_sessions.activities.schemas import (
    ActivityView,
    AttendedView,
    CompletionView,
    PlaceView,
    RequirementView,
    WithdrawnAttendanceView,
)
from mentoring_sessions.relationships.models import Correction, Participant, Programme
from mentoring_sessions.relationships.parts import ProgrammeAccess
from mentoring_sessions.relationships.views import reason

_OF_ACTIVITY = ("programme_id", "kind", "title", "starts_at", "minutes")


async def withdrawn_attendances(
    db: AsyncSession, mine: ProgrammeAccess, rows: Sequence[Correction]
) -> list[WithdrawnAttendanceView]:
    """Attendances that were withdrawn; the reasons for who holds a role in the programme."""
    shown = bool(mine.rights) and mine.reads_confidences
    return [
        WithdrawnAttendanceView(
            id=row.id,
            withdrawn_by=row.made_by,
            withdrawn_at=row.made_at,
            reason=await reason(db, row, shown),
            **row.before,
        )
        for row in rows
    ]


async def completions(
    db: AsyncSession, programme: Programme, rows: Sequence[Participant], wanted: Sequence[str]
) -> list[CompletionView]:
    """How far people are with what they attend to complete the programme, in these languages."""
    there = await queries.attended_by_kind(db, programme.id, [row.person_id for row in rows])

    def requirement(person_id: UUID, said: dict[str, Any]) -> RequirementView:
        found = [there.get((person_id, kind), (0, 0)) for kind in dict.fromkeys(said["kinds"])]
        attended, minutes = sum(number for number, _ in found), sum(length for _, length in found)
        met = attended >= (said["attend"] or 0) and minutes >= (said["minutes"] or 0)
        title = in_language(said["title"], wanted, said["languages"])
        known = {name: said[name] for name in ("id", "kinds", "attend", "minutes")}
        return RequirementView(**known, title=title, attended=attended, attended_minutes=minutes, met=met)

    def completion(row: Participant) -> CompletionView:
        theirs = [
            requirement(row.person_id, said) for said in programme.completion if row.side in (None, *said["sides"])
        ]
        done = bool(theirs) and all(one.met for one in theirs)
        return CompletionView(id=row.id, person_id=row.person_id, side=row.side, complete=done, requirements=theirs)

    return [completion(row) for row in rows]


CSV: dict[int | str, dict[str, Any]] = {200: {"content": {"text/csv": {"schema": {"type": "string"}}}}}


async def activities(db: AsyncSession, rows: Sequence[Activity], person_id: UUID | None) -> list[ActivityView]:
    """Activities, and at which of them the person has a place."""
    mine = await queries.registered_among(db, person_id, [row.id for row in rows]) if person_id else set()
    return [ActivityView(**_facts(row), registered_myself=row.id in mine) for row in rows]


def _facts(row: Activity) -> dict[str, Any]:
    return {name: getattr(row, name) for name in ActivityView.model_fields if name != "registered_myself"}


async def activity(db: AsyncSession, row: Activity, person_id: UUID | None) -> ActivityView:
    """An activity, and whether the person has a place."""
    return (await activities(db, [row], person_id))[0]


async def place(db: AsyncSession, activity: Activity, person_id: UUID | None) -> PlaceView:
    """Where somebody stands at an activity."""
    mine = await queries.registration(db, activity.id, person_id) if person_id else None
    if mine is None:
        return PlaceView(activity_id=activity.id, state="none", position=None, link=None)
    if mine.waits:
        at = await queries.position(db, mine)
        return PlaceView(activity_id=activity.id, state="waiting", position=at, link=None)
    return PlaceView(activity_id=activity.id, state="place", position=None, link=activity.link)


def attended(row: Any) -> AttendedView:
    """An activity that somebody attended."""
    return AttendedView(activity_id=row.id, **{name: getattr(row, name) for name in _OF_ACTIVITY})


def attended_csv(rows: Iterable[Any]) -> str:
    """One line for each activity."""
    cells = ((row.starts_at.date(), row.kind, row.title, round(row.minutes / 60, 2), row.id) for row in rows)
    return csv_text.write(("day", "kind", "title", "hours", "activity_id"), cells)


def hours_csv(rows: Iterable[Any]) -> str:
    """One line for each person."""
    columns = ("person_id", "activities", "minutes")
    return csv_text.write(columns, ((row.person_id, row.activities, row.minutes) for row in rows))
