"""Events of the integrations service."""

from typing import ClassVar, Literal
from uuid import UUID

from mentoring_contracts.audit import _AuditAnchored
from mentoring_contracts.event import Event


class WebhookDisabled(Event):
    """Nothing more is sent to a webhook: its endpoint failed for days (`failing`), or answered 410 (`gone`).

    Once its endpoint is verified again events are sent, and what was missed can be replayed.
    """

    owner: ClassVar = "integrations"
    aggregate: ClassVar = "webhook"
    subject: ClassVar = "webhook_id"
    for_integrators: ClassVar = "another webhook, or whoever polls, learns that an endpoint of theirs is deaf"
    webhook_id: UUID
    programme_id: UUID | None
    reason: Literal["failing", "gone"]


class IntegrationsAuditAnchored(_AuditAnchored):
    """The audit log of an organisation here reached `position`, with the keyed `hash` (hex)."""

    owner: ClassVar = "integrations"
