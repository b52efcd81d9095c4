"""The REST API of the integrations service: what people are told, and how they want to be told."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common.db import tenant_of
from mentoring_common.pagination import Cursor, Limit, Page, page, page_of
from mentoring_common.unit_of_work import Db, Phases, Route
from mentoring_common.versions import IfMatch
from mentoring_integrations.notifications import commands, inbox, queries
from mentoring_integrations.notifications.models import Notification
from mentoring_integrations.notifications.schemas import (
    LetterState,
    LetterView,
    LogEntry,
    NotificationLog,
    NotificationView,
    Preferences,
    PreferencesView,
)
from mentoring_integrations.notifications.topics import KINDS
from mentoring_integrations.programmes import queries as programmes
from mentoring_integrations.programmes.access import Reader, Writer, require_team

router = APIRouter(route_class=Route)


@router.get("/notifications")
async def list_notifications(
    by: Reader, request: Request, work: Phases, cursor: Cursor = None, limit: Limit = 50
) -> Page[NotificationView]:
    """One's own inbox, the oldest first: the newest is at the end."""
    async with work.transaction() as db:
        wishes = await queries.wishes_of(db, by.person_id)
        rows = queries.inbox(by.person_id, wishes.inbox_off)
        shown, following = await page(db, rows, Notification.id, cursor, limit)
        found = await inbox.found(db, wishes, shown)
    items = await inbox.entries(request.app.state.service, tenant_of(db), found)
    return Page(items=items, next_cursor=following)


@router.post("/notifications/{notification_id}/read")
async def mark_notification_read(notification_id: UUID, by: Writer, request: Request, work: Phases) -> NotificationView:
    """Mark one of one's own as read."""
    async with work.transaction() as db:
        read = await commands.mark_read(db, by.person_id, notification_id)
        found = await inbox.found(db, await queries.wishes_of(db, by.person_id), [read])
    return (await inbox.entries(request.app.state.service, tenant_of(db), found))[0]


@router.get("/preferences")
async def read_preferences(by: Reader, db: Db) -> PreferencesView:
    """How one is told: which kinds by e-mail and in the inbox, in a digest, when, in which language."""
    return await _preferences(db, by.person_id)


@router.put("/preferences")
async def change_preferences(new: Preferences, by: Writer, db: Db, expected: IfMatch) -> PreferencesView:
    """Change how one is told: what is not given and kinds not named stay as they are, decisions stay on by e-mail."""
    await commands.set_preferences(db, by.person_id, new, expected)
    return await _preferences(db, by.person_id)


@router.get("/programmes/{programme_id}/notification-log", tags=["notifications"])
async def read_notification_log(programme_id: UUID, by: Reader, db: Db) -> NotificationLog:
    """What a programme's people were sent, counted by kind and state: no texts, no people (programme team)."""
    await programmes.programme(db, programme_id)
    await require_team(db, by, programme_id)
    rows = await queries.notification_counts(db, programme_id)
    return NotificationLog(items=[LogEntry.model_validate(row) for row in rows])


@router.get("/programmes/{programme_id}/letters", tags=["notifications"])
async def list_letters(
    programme_id: UUID,
    by: Reader,
    db: Db,
    person_id: UUID | None = None,
    state: LetterState | None = None,
    topic: Annotated[str | None, Query(max_length=100, description="what they are about")] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[LetterView]:
    """Who was written to about what, and whether it was sent, came back or was read: never the words (programme team).

    Survey invitations and reminders are only counted, in the log: they would say who has not answered.
    """
    await programmes.programme(db, programme_id)
    await require_team(db, by, programme_id)
    rows = queries.sent_letters(programme_id, person_id, state, topic)
    shown, following = await page(db, rows, Notification.id, cursor, limit)
    return page_of(shown, following, LetterView.model_validate)


async def _preferences(db: AsyncSession, person_id: UUID) -> PreferencesView:
    wishes, version = await queries.wishes_of(db, person_id), await queries.preferences_version(db, person_id)
    quiet = {"begins": wishes.quiet_begins, "ends": wishes.quiet_ends} if wishes.quiet_begins else None
    values = vars(wishes) | {
        "email": {kind: kind not in wishes.email_off for kind in KINDS},
        "inbox": {kind: kind not in wishes.inbox_off for kind in KINDS},
        "quiet_hours": quiet,
        "version": version,
    }
    return PreferencesView.model_validate(values)
