"""The integrations service: a person's notifications."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import strawberry
from pydantic import TypeAdapter
from strawberry.scalars import JSON

from mentoring_common.pagination import Page
from mentoring_gateway.clients.upstream import PageRequest, Upstream
from mentoring_gateway.clients.values import NOTHING


@strawberry.type(description="What a person was told")
class Notification:
    id: UUID
    kind: str
    subject_id: UUID
    title: str
    text: str
    created_at: datetime
    programme_id: UUID | None = None
    link: str | None = None
    read_at: datetime | None = None


@strawberry.type(description="Whether each kind of message is sent by e-mail; the inbox has all of them")
class Preferences:
    version: int
    email: JSON


_preferences = TypeAdapter(Preferences)
_notifications = TypeAdapter(Page[Notification])


@dataclass(frozen=True)
class Integrations:
    """The integrations API for one caller."""

    api: Upstream

    async def notifications(self, wanted: PageRequest) -> Page[Notification]:
        """The caller's own inbox."""
        return await self.api.page("/notifications", _notifications, {}, wanted)

    async def mark_read(self, notification_id: UUID) -> None:
        """Mark one of the caller's notifications as read."""
        await self.api.send("POST", f"/notifications/{notification_id}/read", NOTHING)

    async def preferences(self) -> Preferences:
        """What the caller is sent by e-mail."""
        return await self.api.get("/preferences", _preferences)

    async def set_preferences(self, email: JSON) -> Preferences:
        """Turn e-mail on or off by kind; kinds not named stay as they are."""
        return await self.api.send("PUT", "/preferences", _preferences, {"email": email})
