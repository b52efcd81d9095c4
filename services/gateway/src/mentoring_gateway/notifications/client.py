"""The integrations service: a person's notifications."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import strawberry
from pydantic import TypeAdapter
from strawberry.scalars import JSON

from mentoring_common.pagination import Page
from mentoring_gateway.upstream import PageRequest, Upstream
from mentoring_gateway.values import NOTHING


@strawberry.type(description="What a person was told")
class Notification:
    id: UUID
    kind: str
    subject_id: UUID
    title: str
    text: str
    created_at: datetime
    topic: str | None = None
    programme_id: UUID | None = None
    cohort_id: UUID | None = None
    link: str | None = None
    read_at: datetime | None = None


@strawberry.type(description="The hours of one's clock in which no letter goes: `22:00` to `07:00`")
class QuietHours:
    begins: str
    ends: str


@strawberry.type(
    description="How one is told: `email` and `inbox` say of each kind of message whether it comes that way; `digest` "
    "is off, daily or weekly. Null: as the programme has it"
)
class Preferences:
    version: int
    email: JSON
    inbox: JSON
    digest: str
    easy_read: bool
    quiet_hours: QuietHours | None = None
    zone: str | None = None
    language: str | None = None


@dataclass
class LetterRecord:
    id: UUID
    person_id: UUID
    kind: str
    topic: str
    state: str
    created_at: datetime
    last_error: str | None = None
    held_until: datetime | None = None
    sent_at: datetime | None = None
    read_at: datetime | None = None


@strawberry.type(description="How many letters of a topic are in a state, and how many of them were read in the inbox")
class LetterCount:
    kind: str
    topic: str
    state: str
    count: int
    read: int
    last_error: str | None = None


@dataclass(frozen=True)
class LetterLog:
    items: list[LetterCount]


_preferences = TypeAdapter(Preferences)
_notifications = TypeAdapter(Page[Notification])
_letters = TypeAdapter(Page[LetterRecord])
_log = TypeAdapter(LetterLog)


@dataclass(frozen=True)
class NotificationsApi:
    """The integrations API for one caller."""

    api: Upstream

    async def notifications(self, wanted: PageRequest) -> Page[Notification]:
        """The caller's own inbox."""
        return await self.api.page("/notifications", _notifications, {}, wanted)

    async def mark_read(self, notification_id: UUID) -> None:
        """Mark one of the caller's notifications as read."""
        await self.api.send("POST", f"/notifications/{notification_id}/read", NOTHING)

    async def letters(self, programme_id: UUID, wanted: PageRequest, **which: Any) -> Page[LetterRecord]:
        """Whom a programme wrote to about what."""
        return await self.api.page(f"/programmes/{programme_id}/letters", _letters, which, wanted)

    async def letter_counts(self, programme_id: UUID) -> list[LetterCount]:
        """The letters of a programme by topic and state."""
        return (await self.api.get(f"/programmes/{programme_id}/notification-log", _log)).items

    async def preferences(self) -> Preferences:
        """How the caller is told."""
        return await self.api.get("/preferences", _preferences)

    async def set_preferences(self, wishes: dict[str, Any]) -> Preferences:
        """Change how the caller is told: what is not given stays."""
        return await self.api.send("PUT", "/preferences", _preferences, wishes)
