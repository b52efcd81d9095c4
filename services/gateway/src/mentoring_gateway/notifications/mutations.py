"""A person's inbox."""

from uuid import UUID

import strawberry
from strawberry.scalars import JSON

from mentoring_gateway.context import Info
from mentoring_gateway.fields import command
from mentoring_gateway.notifications.client import Preferences
from mentoring_gateway.notifications.inputs import QuietHoursInput
from mentoring_gateway.values import body


@strawberry.type
class Notifications:
    @command("Mark one of one's notifications as read; gives its id")
    async def mark_notification_read(self, info: Info, notification_id: UUID) -> UUID:
        await info.context.commands(info).notifications.mark_read(notification_id)
        return notification_id

    @command(
        "Change how one is told: what is not given, and kinds not named, stay; decisions stay on by e-mail. "
        "Null for quiet hours: none; for zone and language: the programme's"
    )
    async def set_preferences(
        self,
        info: Info,
        email: JSON | None = None,
        inbox: JSON | None = None,
        digest: str | None = None,
        quiet_hours: strawberry.Maybe[QuietHoursInput | None] = None,
        zone: strawberry.Maybe[str | None] = None,
        language: strawberry.Maybe[str | None] = None,
        easy_read: bool | None = None,
        expected_version: int | None = None,
    ) -> Preferences:
        wishes = body(email=email, inbox=inbox, digest=digest, easy_read=easy_read)
        if quiet_hours is not None:
            wishes["quiet_hours"] = quiet_hours.value and vars(quiet_hours.value)
        wishes |= {name: given.value for name, given in (("zone", zone), ("language", language)) if given is not None}
        return await info.context.commands(info, expected_version).notifications.set_preferences(wishes)
