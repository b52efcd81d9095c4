"""Webhooks: made, verified, changed, paused, sent again."""

from datetime import datetime
from uuid import UUID

import strawberry

from mentoring_gateway.context import Info
from mentoring_gateway.fields import command
from mentoring_gateway.webhooks.client import Webhook, WebhookAttempt, WebhookReplay


@strawberry.type
class Webhooks:
    @command("Name an address that events are to be sent to; nothing is sent before it is verified")
    async def make_webhook(
        self,
        info: Info,
        url: str,
        types: list[str] | None = None,
        programme_id: UUID | None = None,
        contact_id: UUID | None = None,
        description: str | None = None,
    ) -> Webhook:
        return await info.context.commands(info).webhooks.make(
            url=url, types=types, programme_id=programme_id, contact_id=contact_id, description=description
        )

    @command("Change what is given; with another address the webhook has to be verified anew")
    async def change_webhook(
        self,
        info: Info,
        webhook_id: UUID,
        expected_version: int,
        url: str | None = None,
        types: list[str] | None = None,
        programme_id: UUID | None = None,
        contact_id: UUID | None = None,
        description: str | None = None,
    ) -> Webhook:
        return await info.context.commands(info, expected_version).webhooks.change(
            webhook_id, url=url, types=types, programme_id=programme_id, contact_id=contact_id, description=description
        )

    @command("Delete a webhook with the log of its deliveries; gives its id")
    async def delete_webhook(self, info: Info, webhook_id: UUID, expected_version: int | None = None) -> UUID:
        await info.context.commands(info, expected_version).webhooks.delete(webhook_id)
        return webhook_id

    @command("Have the endpoint give a challenge back; from then on events are sent")
    async def verify_webhook(self, info: Info, webhook_id: UUID) -> Webhook:
        return await info.context.commands(info).webhooks.verify(webhook_id)

    @command("Keep what happens in the queue until the webhook is resumed")
    async def pause_webhook(self, info: Info, webhook_id: UUID, expected_version: int | None = None) -> Webhook:
        return await info.context.commands(info, expected_version).webhooks.pause(webhook_id)

    @command("Send what waited, and what happens from now on")
    async def resume_webhook(self, info: Info, webhook_id: UUID, expected_version: int | None = None) -> Webhook:
        return await info.context.commands(info, expected_version).webhooks.resume(webhook_id)

    @command("Make a fresh secret; for 24 hours what is sent is signed with the one before as well")
    async def rotate_webhook_secret(self, info: Info, webhook_id: UUID, expected_version: int | None = None) -> Webhook:
        return await info.context.commands(info, expected_version).webhooks.rotate_secret(webhook_id)

    @command("Send a signed event that tells of nothing, once, and say how that ended")
    async def test_webhook(self, info: Info, webhook_id: UUID) -> WebhookAttempt:
        return await info.context.commands(info).webhooks.test(webhook_id)

    @command("Send what happened in a time again, or only what of it was given up")
    async def replay_webhook(
        self, info: Info, webhook_id: UUID, since: datetime, until: datetime, only_failed: bool = False
    ) -> WebhookReplay:
        return await info.context.commands(info).webhooks.replay(
            webhook_id, since=since, until=until, only_failed=only_failed
        )
