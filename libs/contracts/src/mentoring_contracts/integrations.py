"""Events of the integrations service."""

from typing import ClassVar

from mentoring_contracts.audit import _AuditAnchored


class IntegrationsAuditAnchored(_AuditAnchored):
    """The audit log of an organisation here reached `position`, with the keyed `hash` (hex)."""

    owner: ClassVar = "integrations"
