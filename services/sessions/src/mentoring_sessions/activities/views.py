"""Activities and attendance as answers."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common import csv_text
from mentoring_common.vault import unseal
from mentoring_contracts.blueprint.text import in_language
from mentoring_sessions.activities import queries
from mentoring_sessions.activities.certificates import Certified
from mentoring_sessions.activities.models import Activity, Certificate
from mentoring_sessions.activities.schemas import (
    ActivityView,
    AttendedView,
    CertificateView,
    CompletedView,
    PlaceView,
    SeriesView,
    VerifiedView,
    WithdrawnAttendanceView,
)
from mentoring_sessions.relationships.models import Correction
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


async def series(db: AsyncSession, rows: Sequence[Activity], person_id: UUID | None) -> SeriesView:
    """The activities of a series."""
    return SeriesView.model_validate({"id": rows[0].series_id, "items": await activities(db, rows, person_id)})


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


def _completed(row: Certificate, wanted: Sequence[str]) -> list[CompletedView]:
    return [
        CompletedView(
            title=in_language(one["title"], wanted, one["languages"]), attended=one["attended"], minutes=one["minutes"]
        )
        for one in row.completed
    ]


def certificate(row: Certificate, wanted: Sequence[str]) -> CertificateView:
    """A certificate for its holder, in these languages."""
    worked_out = ("state", "completed", "shows_name")
    known = {name: getattr(row, name) for name in CertificateView.model_fields if name not in worked_out}
    state = "valid" if row.withdrawn_at is None else "withdrawn"
    shown = row.holder_sealed is not None
    return CertificateView(**known, state=state, completed=_completed(row, wanted), shows_name=shown)


def certified(row: Certificate, name: str, address: str, wanted: Sequence[str]) -> Certified:
    """What the PDF of a certificate says."""
    completed = [(one.title, one.attended, one.minutes) for one in _completed(row, wanted)]
    return Certified(name, row.programme, completed, row.minutes, row.issued_at.date(), row.number, address)


async def verified(db: AsyncSession, row: Certificate | None, wanted: Sequence[str]) -> VerifiedView:
    """What anybody learns by the number of a certificate."""
    if row is None:
        return VerifiedView(state="unknown", programme=None, completed=[], holder=None)
    holder = await unseal(db, row.person_id, row.holder_sealed) if row.holder_sealed else None
    state = "valid" if row.withdrawn_at is None else "withdrawn"
    titles = [one.title for one in _completed(row, wanted)]
    return VerifiedView(state=state, programme=row.programme, completed=titles, holder=holder)
