"""A person's inbox."""

from uuid import UUID

import strawberry
from strawberry.scalars import JSON

from mentoring_gateway.clients.integrations import Preferences
from mentoring_gateway.context import Info
from mentoring_gateway.types.fields import command


@strawberry.type
class Notifications:
    @command("Mark one of one's notifications as read; gives its id")
    async def mark_notification_read(self, info: Info, notification_id: UUID) -> UUID:
        await info.context.commands(info).integrations.mark_read(notification_id)
        return notification_id

    @command("Turn e-mail on or off by kind of message; kinds not named stay as they are, decisions stay on")
    async def set_preferences(self, info: Info, email: JSON, expected_version: int | None = None) -> Preferences:
        return await info.context.commands(info, expected_version).integrations.set_preferences(email)
