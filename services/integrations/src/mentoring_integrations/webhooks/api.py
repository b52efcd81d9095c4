"""The REST API of webhooks (admin, HR client: its own)."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request

from mentoring_common.audit import audit
from mentoring_common.pagination import Cursor, Limit, Page, page, page_of
from mentoring_common.unit_of_work import Db, Phases, Route
from mentoring_common.versions import IfMatch, IfMatchRequired
from mentoring_integrations.lifecycle import DeliveryState
from mentoring_integrations.programmes.access import Reader, Writer, require_integrator
from mentoring_integrations.webhooks import commands, probing, queries
from mentoring_integrations.webhooks.models import Delivery, Webhook
from mentoring_integrations.webhooks.schemas import (
    AttemptView,
    DeliveryView,
    NewWebhook,
    Replay,
    Replayed,
    WebhookChange,
    WebhookSecret,
    WebhookView,
)

router = APIRouter(route_class=Route)


@router.post("/webhooks", status_code=201)
async def make_webhook(new: NewWebhook, request: Request, by: Writer, db: Db) -> WebhookView:
    """Name an address that events are to be sent to; nothing is sent before it is verified."""
    require_integrator(by)
    made = await commands.make_webhook(db, by, new, commands.rule_of(request.app.state.service))
    return await _view(db, made)


@router.get("/webhooks")
async def list_webhooks(by: Reader, db: Db, cursor: Cursor = None, limit: Limit = 50) -> Page[WebhookView]:
    """One's own webhooks, in order; all of them for the organisation's administration."""
    require_integrator(by)
    shown, following = await page(db, queries.webhooks(by), Webhook.id, cursor, limit)
    counts = await queries.counts(db, [one.id for one in shown])
    return page_of(shown, following, lambda one: _shown(one, counts[one.id]))


@router.get("/webhooks/{webhook_id}")
async def read_webhook(webhook_id: UUID, by: Reader, db: Db) -> WebhookView:
    """A webhook, and how its endpoint fares."""
    require_integrator(by)
    return await _view(db, await queries.webhook(db, by, webhook_id))


@router.patch("/webhooks/{webhook_id}")
async def change_webhook(
    webhook_id: UUID, new: WebhookChange, request: Request, by: Writer, db: Db, expected: IfMatchRequired
) -> WebhookView:
    """Change what is named; with another address it has to be verified anew."""
    require_integrator(by)
    found = await queries.webhook(db, by, webhook_id)
    await expected.hold(db, found)
    await commands.change_webhook(db, by, found, new, commands.rule_of(request.app.state.service))
    return await _view(db, found)


@router.delete("/webhooks/{webhook_id}", status_code=204)
async def delete_webhook(webhook_id: UUID, by: Writer, db: Db, expected: IfMatch) -> None:
    """Delete a webhook with the log of its deliveries."""
    require_integrator(by)
    found = await queries.webhook(db, by, webhook_id)
    await expected.hold(db, found)
    await commands.delete_webhook(db, by, found)


@router.post("/webhooks/{webhook_id}/verify")
async def verify_webhook(webhook_id: UUID, request: Request, by: Writer, work: Phases) -> WebhookView:
    """Send the endpoint a challenge, which it has to give back as `{"challenge": …}`; then events are sent."""
    require_integrator(by)
    found = await probing.verify(request.app.state.service, work, by, webhook_id)
    return await _view(await work.final(), found)


@router.post("/webhooks/{webhook_id}/test")
async def test_webhook(webhook_id: UUID, request: Request, by: Writer, work: Phases) -> AttemptView:
    """Send a signed event that tells of nothing, once, and say how that ended."""
    require_integrator(by)
    outcome = await probing.test(request.app.state.service, work, by, webhook_id)
    return AttemptView(
        accepted=outcome.accepted, status=outcome.status, error=outcome.error, duration_ms=outcome.duration_ms
    )


@router.post("/webhooks/{webhook_id}/pause")
async def pause_webhook(webhook_id: UUID, by: Writer, db: Db, expected: IfMatch) -> WebhookView:
    """Keep what happens in the queue until it is resumed."""
    return await _act(webhook_id, by, db, expected, "pause")


@router.post("/webhooks/{webhook_id}/resume")
async def resume_webhook(webhook_id: UUID, by: Writer, db: Db, expected: IfMatch) -> WebhookView:
    """Send what waited, and what happens from now on."""
    return await _act(webhook_id, by, db, expected, "resume")


@router.get("/webhooks/{webhook_id}/secret")
async def read_webhook_secret(webhook_id: UUID, by: Writer, db: Db) -> WebhookSecret:
    """The secret that what is sent is signed with; reading it is on record."""
    require_integrator(by)
    found = await queries.webhook(db, by, webhook_id)
    secrets = await commands.secrets_of(db, found)
    audit(db, by.subject, "read_webhook_secret", "webhook", found.id)
    return WebhookSecret(secret=secrets[0], previous_until=found.previous_until if secrets[1:] else None)


@router.post("/webhooks/{webhook_id}/secret")
async def rotate_webhook_secret(webhook_id: UUID, by: Writer, db: Db, expected: IfMatch) -> WebhookView:
    """Make a fresh secret; for 24 hours what is sent is signed with the one before as well, and there is no third."""
    require_integrator(by)
    found = await queries.webhook(db, by, webhook_id)
    await expected.hold(db, found)
    await commands.rotate_secret(db, by, found)
    return await _view(db, found)


@router.post("/webhooks/{webhook_id}/replays")
async def replay_webhook(webhook_id: UUID, wanted: Replay, by: Writer, db: Db) -> Replayed:
    """Send what happened in a time again, under the ids that it had; or only what of it was given up."""
    require_integrator(by)
    found = await queries.webhook(db, by, webhook_id)
    return Replayed(queued=await commands.replay(db, by, found, wanted))


@router.get("/webhooks/{webhook_id}/deliveries")
async def list_deliveries(
    webhook_id: UUID,
    by: Reader,
    db: Db,
    state: Annotated[DeliveryState | None, Query(description="only those in this state")] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[DeliveryView]:
    """What was queued for a webhook, in order, and how the last attempt of each ended."""
    require_integrator(by)
    found = await queries.webhook(db, by, webhook_id)
    shown, following = await page(db, queries.deliveries(found.id, state), Delivery.id, cursor, limit)
    return page_of(shown, following, DeliveryView.model_validate)


async def _act(webhook_id: UUID, by: Writer, db: Db, expected: IfMatch, act: str) -> WebhookView:
    require_integrator(by)
    found = await queries.webhook(db, by, webhook_id)
    await expected.hold(db, found)
    await commands.act(db, by, found, act)
    return await _view(db, found)


async def _view(db: Db, found: Webhook) -> WebhookView:
    return _shown(found, (await queries.counts(db, [found.id]))[found.id])


def _shown(found: Webhook, counts: dict[str, int]) -> WebhookView:
    view = WebhookView.model_validate(found)
    return view.model_copy(update={"queued": counts.get("queued", 0), "given_up": counts.get("failed", 0)})
