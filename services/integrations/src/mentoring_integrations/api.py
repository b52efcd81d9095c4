"""The REST API of the integrations service."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common.auth import Allow, Principal
from mentoring_common.pagination import Cursor, Limit, Page, page, page_of
from mentoring_common.roles import require_role
from mentoring_common.runner import Service
from mentoring_common.unit_of_work import Db, Phases, Route, Work
from mentoring_common.versions import IfMatch
from mentoring_integrations import commands, csv_table, imports, inbox, queries
from mentoring_integrations.models import Import, Notification
from mentoring_integrations.schemas import (
    ImportSummary,
    ImportView,
    LogEntry,
    NotificationLog,
    NotificationView,
    Preferences,
    PreferencesView,
)
from mentoring_integrations.topics import KINDS

CSV_LIMIT_BYTES = 10_000_000
CSV_TYPES = frozenset({"text/csv", "application/csv", "application/vnd.ms-excel"})  # browsers on Windows say the last
UPLOADS = {"/imports/people": (CSV_LIMIT_BYTES, CSV_TYPES), "/imports/applications": (CSV_LIMIT_BYTES, CSV_TYPES)}
_PEOPLE = "name,email,employer,line_manager_email,languages\nAda Obi,ada.obi@example.org,North Trust,,en\n"
_APPLICATIONS = (
    "email,role,proxy_reason,cohort,criteria\nada.obi@example.org,mentee,signed on paper,1,specialty;career_stage\n"
)


def _file(example: str) -> dict[str, Any]:
    said = "A header line and one line each, separated by commas, in UTF-8; docs/imports.md names the columns"
    content = {"schema": {"type": "string", "description": said}, "example": example}
    return {"requestBody": {"required": True, "content": {"text/csv": content}}}


OF_PEOPLE, OF_APPLICATIONS = _file(_PEOPLE), _file(_APPLICATIONS)


router = APIRouter(route_class=Route)
Reader = Annotated[Principal, Depends(Allow("integrations:read", "integrations:write"))]
Writer = Annotated[Principal, Depends(Allow("integrations:write"))]


@router.post("/imports/people", status_code=201, openapi_extra=OF_PEOPLE)
async def import_people(
    request: Request, by: Writer, work: Phases, programme_id: UUID | None = None, dry_run: bool = False
) -> ImportView:
    """Register the people of a CSV file (docs/imports.md); what is wrong is reported by row, the rest goes in.

    `programme_id` invites them to a programme; a team that has several must name it.
    """
    return await imports.import_people(await _upload(request, by, work, dry_run, programme_id))


@router.post("/imports/applications", status_code=201, openapi_extra=OF_APPLICATIONS)
async def import_applications(
    request: Request, by: Writer, work: Phases, programme_id: UUID, dry_run: bool = False
) -> ImportView:
    """Submit the applications of a CSV file to a programme (docs/imports.md)."""
    return await imports.import_applications(await _upload(request, by, work, dry_run, programme_id))


@router.get("/imports")
async def list_imports(by: Reader, db: Db, cursor: Cursor = None, limit: Limit = 50) -> Page[ImportSummary]:
    """One's own imports, in order; all of them for the organisation's administration."""
    shown, following = await page(db, queries.imports(by), Import.id, cursor, limit)
    return page_of(shown, following, ImportSummary.model_validate)


@router.get("/imports/{import_id}")
async def read_import(import_id: UUID, by: Reader, db: Db) -> ImportView:
    """One import, with the rows that stayed out and why."""
    return await imports.view(db, await queries.import_of(db, by, import_id))


@router.get("/imports/{import_id}/refused.csv", response_class=Response, responses={200: {"content": {"text/csv": {}}}})
async def export_refused_rows(import_id: UUID, by: Reader, db: Db) -> Response:
    """The rows that stayed out as a CSV file; no cell of it is taken for a formula."""
    found = await queries.import_of(db, by, import_id)
    rows = await queries.refused_rows(db, found.id)
    columns = ("row", "column", "code", "detail")
    text = csv_table.write(columns, ([getattr(row, name) for name in columns] for row in rows))
    name = f'attachment; filename="refused-{found.id}.csv"'
    return Response(text, media_type="text/csv; charset=utf-8", headers={"Content-Disposition": name})


@router.get("/notifications")
async def list_notifications(by: Reader, db: Db, cursor: Cursor = None, limit: Limit = 50) -> Page[NotificationView]:
    """One's own inbox, in order."""
    shown, following = await page(db, queries.inbox(by.person_id), Notification.id, cursor, limit)
    return Page(items=await inbox.entries(db, shown), next_cursor=following)


@router.post("/notifications/{notification_id}/read")
async def mark_notification_read(notification_id: UUID, by: Writer, db: Db) -> NotificationView:
    """Mark one of one's own as read."""
    found = await commands.mark_read(db, by.person_id, notification_id)
    return (await inbox.entries(db, [found]))[0]


@router.get("/preferences")
async def read_preferences(by: Reader, db: Db) -> PreferencesView:
    """Which kinds come by e-mail."""
    return await _preferences(db, by.person_id)


@router.put("/preferences")
async def change_preferences(new: Preferences, by: Writer, db: Db, expected: IfMatch) -> PreferencesView:
    """Turn e-mail on or off by kind; kinds not named stay as they are, decisions stay on."""
    await commands.set_preferences(db, by.person_id, {str(kind): on for kind, on in new.email.items()}, expected)
    return await _preferences(db, by.person_id)


@router.get("/programmes/{programme_id}/notification-log", tags=["notifications"])
async def read_notification_log(programme_id: UUID, by: Reader, db: Db) -> NotificationLog:
    """What a programme's people were sent, counted by kind and state: no texts, no people (programme team)."""
    await queries.programme(db, programme_id)
    await require_role(db, by, programme_id, *imports.TEAM)
    rows = await queries.notification_counts(db, programme_id)
    return NotificationLog(items=[LogEntry.model_validate(row) for row in rows])


async def _upload(
    request: Request, by: Principal, work: Work, dry_run: bool, programme_id: UUID | None = None
) -> imports.Upload:
    service: Service = request.app.state.service
    return imports.Upload(service, work, by, await request.body(), dry_run, programme_id)


async def _preferences(db: AsyncSession, person_id: UUID) -> PreferencesView:
    off = (await queries.email_off(db, [person_id])).get(person_id, frozenset())
    version = await queries.preferences_version(db, person_id)
    return PreferencesView.model_validate({"email": {kind: kind not in off for kind in KINDS}, "version": version})
