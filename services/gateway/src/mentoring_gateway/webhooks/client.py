"""The integrations service: webhooks, and what became of what was sent to them."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import strawberry
from pydantic import TypeAdapter

from mentoring_common.pagination import Page
from mentoring_gateway.upstream import PageRequest, Upstream
from mentoring_gateway.values import NOTHING, body


@strawberry.type(description="An address that events are sent to, and how its endpoint fares")
class Webhook:
    id: UUID
    version: int
    url: str
    description: str
    types: list[str]
    state: str
    made_at: datetime
    failures: int
    queued: int
    given_up: int
    programme_id: UUID | None = None
    contact_id: UUID | None = None
    disabled_because: str | None = None
    failing_since: datetime | None = None
    last_success_at: datetime | None = None


@strawberry.type(description="What a webhook is signed with; until then with the secret before as well")
class WebhookSecret:
    secret: str
    previous_until: datetime | None = None


@strawberry.type(description="How one attempt ended: the status of the answer, or a word for why there was none")
class WebhookAttempt:
    accepted: bool
    duration_ms: int
    status: int | None = None
    error: str | None = None


@strawberry.type(description="One event for one webhook, and how its last attempt ended")
class WebhookDelivery:
    id: UUID
    event_id: UUID
    type: str
    state: str
    attempts: int
    queued_at: datetime
    not_before: datetime
    attempted_at: datetime | None = None
    delivered_at: datetime | None = None
    status: int | None = None
    error: str | None = None
    duration_ms: int | None = None


@strawberry.type(description="How many events are sent again")
class WebhookReplay:
    queued: int


_webhook = TypeAdapter(Webhook)
_webhooks = TypeAdapter(Page[Webhook])
_secret = TypeAdapter(WebhookSecret)
_attempt = TypeAdapter(WebhookAttempt)
_deliveries = TypeAdapter(Page[WebhookDelivery])
_replay = TypeAdapter(WebhookReplay)


@dataclass(frozen=True)
class WebhooksApi:
    """The integrations API for one caller."""

    api: Upstream

    async def webhooks(self, wanted: PageRequest) -> Page[Webhook]:
        """The caller's webhooks, or the organisation's."""
        return await self.api.page("/webhooks", _webhooks, {}, wanted)

    async def webhook(self, webhook_id: UUID) -> Webhook:
        """One of them."""
        return await self.api.get(f"/webhooks/{webhook_id}", _webhook)

    async def secret(self, webhook_id: UUID) -> WebhookSecret:
        """What it is signed with."""
        return await self.api.get(f"/webhooks/{webhook_id}/secret", _secret)

    async def deliveries(self, webhook_id: UUID, state: str | None, wanted: PageRequest) -> Page[WebhookDelivery]:
        """What was queued for it."""
        return await self.api.page(f"/webhooks/{webhook_id}/deliveries", _deliveries, {"state": state}, wanted)

    async def make(self, **new: object) -> Webhook:
        """A webhook that is not verified yet."""
        return await self.api.send("POST", "/webhooks", _webhook, body(**new))

    async def change(self, webhook_id: UUID, **new: object) -> Webhook:
        """Change what is given."""
        return await self.api.send("PATCH", f"/webhooks/{webhook_id}", _webhook, body(**new))

    async def delete(self, webhook_id: UUID) -> None:
        """Delete it with its log."""
        await self.api.send("DELETE", f"/webhooks/{webhook_id}", NOTHING)

    async def verify(self, webhook_id: UUID) -> Webhook:
        """Have its endpoint give a challenge back."""
        return await self.api.send("POST", f"/webhooks/{webhook_id}/verify", _webhook)

    async def pause(self, webhook_id: UUID) -> Webhook:
        """Keep what happens in the queue."""
        return await self.api.send("POST", f"/webhooks/{webhook_id}/pause", _webhook)

    async def resume(self, webhook_id: UUID) -> Webhook:
        """Send what waited."""
        return await self.api.send("POST", f"/webhooks/{webhook_id}/resume", _webhook)

    async def rotate_secret(self, webhook_id: UUID) -> Webhook:
        """Make a fresh secret."""
        return await self.api.send("POST", f"/webhooks/{webhook_id}/secret", _webhook)

    async def test(self, webhook_id: UUID) -> WebhookAttempt:
        """Send an event that tells of nothing."""
        return await self.api.send("POST", f"/webhooks/{webhook_id}/test", _attempt)

    async def replay(self, webhook_id: UUID, **wanted: object) -> WebhookReplay:
        """Send what happened in a time again."""
        return await self.api.send("POST", f"/webhooks/{webhook_id}/replays", _replay, body(**wanted))
