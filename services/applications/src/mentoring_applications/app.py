"""Who may take part: organisations, people, programmes, cohorts, applications and their ledger.

What shapes it: an application ends in exactly one outcome and the ledger of every cohort and role balances; equality
answers are kept apart; other services read profiles here in batches and keep no more than they need.
"""

import httpx

from mentoring_applications.api import ROUTERS
from mentoring_applications.reactions import REACTIONS
from mentoring_applications.sealing import seal_texts
from mentoring_common import audit_proof
from mentoring_common.clock import Clock
from mentoring_common.runner import Design, Periodic, Service
from mentoring_common.settings import Settings
from mentoring_contracts.applications import ApplicationsAuditAnchored

DESIGN = Design(
    name="applications",
    title="Applications",
    description=__doc__,
    anchors=ApplicationsAuditAnchored,
    routers=[*ROUTERS, audit_proof.router],
    reactions=REACTIONS,
    periodic=[Periodic("sealing", seal_texts, every_s=5.0)],
)


def create_app(settings: Settings, *, clock: Clock | None = None, http: httpx.AsyncClient | None = None) -> Service:
    """The service, wired and not yet started."""
    return Service(DESIGN, settings, clock=clock, http=http)
