"""What is sent to an endpoint while somebody waits for the answer: the challenge that verifies it, and a test."""

import hmac
import secrets
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import orjson

from mentoring_common.auth import Principal
from mentoring_common.ids import new_id
from mentoring_common.runner import Service
from mentoring_common.unit_of_work import Work
from mentoring_integrations.changes.cloud_event import attributes
from mentoring_integrations.errors import WebhookNotVerified
from mentoring_integrations.webhooks import commands, queries
from mentoring_integrations.webhooks.models import Webhook
from mentoring_integrations.webhooks.sending import Outcome, sender

VERIFICATION = "mentoring.integrations.WebhookVerification.v1"
TEST = "mentoring.integrations.WebhookTest.v1"


async def verify(service: Service, work: Work, by: Principal, webhook_id: UUID) -> Webhook:
    """Have the endpoint give a challenge back, and begin to send. WebhookNotFound, WebhookNotVerified.

    It shows that whoever made the webhook has a say at the address, and can read what we send.
    """
    challenge = secrets.token_urlsafe(24)
    outcome = await _post(service, work, by, webhook_id, VERIFICATION, {"challenge": challenge})
    if not outcome.accepted:
        raise WebhookNotVerified(why=outcome.why)
    if not hmac.compare_digest(_given_back(outcome.body).encode(), challenge.encode()):
        raise WebhookNotVerified(why="challenge_missing")
    db = await work.final()
    found = await queries.webhook(db, by, webhook_id)
    if found.state == "paused":
        return found
    await commands.act(db, by, found, "verify")
    return found


async def test(service: Service, work: Work, by: Principal, webhook_id: UUID) -> Outcome:
    """Send a signed event that tells of nothing, whatever the state; how that ended. WebhookNotFound."""
    return await _post(service, work, by, webhook_id, TEST, {"webhook_id": str(webhook_id)})


async def _post(
    service: Service, work: Work, by: Principal, webhook_id: UUID, type_: str, data: dict[str, Any]
) -> Outcome:
    async with work.transaction() as db:
        found = await queries.webhook(db, by, webhook_id)
        url, keys = found.url, await commands.secrets_of(db, found)
    id_ = new_id()
    event = attributes(type_, id_, "/mentoring/integrations", datetime.now(UTC))
    event |= {"subject": str(webhook_id), "tenantid": str(found.tenant_id), "data": data}
    async with sender(commands.rule_of(service)) as post:
        return await post.post(url, str(id_), orjson.dumps(event), keys, read=True)


def _given_back(body: bytes) -> str:
    try:
        answer = orjson.loads(body)
        return str(answer["challenge"])
    except (ValueError, KeyError, TypeError):
        return ""
