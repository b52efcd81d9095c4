"""What every service with an audit log announces about it; each service's own class stands in its module."""

from typing import ClassVar
from uuid import UUID

from mentoring_contracts.event import Event


class _AuditAnchored(Event):
    """The audit log of an organisation in one service reached `position`, and its keyed chain hash is `hash` (hex).

    Announced once a day where entries were added. Whoever keeps these events can show later that no entry up to that
    position was changed or taken out, the end included.
    """

    aggregate: ClassVar = "audit_log"
    subject: ClassVar = "organisation_id"
    for_integrators: ClassVar = "kept outside, it shows later that the audit log was not cut; operators verify with it"
    organisation_id: UUID
    position: int
    hash: str
