"""How other systems and people hear of it: imports and notifications.

What shapes it: rows go into the system through its public API with the caller's own rights; a message is sent once the
fact behind it is committed, at least once under one Message-ID, and neither names, addresses nor texts are kept.
"""

import httpx

from mentoring_common import audit_proof
from mentoring_common.clock import Clock
from mentoring_common.runner import Design, Periodic, Service
from mentoring_common.settings import Settings
from mentoring_contracts.integrations import IntegrationsAuditAnchored
from mentoring_integrations import api
from mentoring_integrations.delivery import deliver
from mentoring_integrations.invitations import queue_invitations
from mentoring_integrations.reactions import REACTIONS

DESIGN = Design(
    name="integrations",
    title="Integrations",
    description=__doc__,
    anchors=IntegrationsAuditAnchored,
    calls=("applications", "evaluation"),
    routers=[api.router, audit_proof.router],
    reactions=REACTIONS,
    periodic=[Periodic("notifications", deliver), Periodic("invitations", queue_invitations)],
    uploads=api.UPLOADS,
)


def create_app(settings: Settings, *, clock: Clock | None = None, http: httpx.AsyncClient | None = None) -> Service:
    """The service, wired and not yet started."""
    return Service(DESIGN, settings, clock=clock, http=http)
