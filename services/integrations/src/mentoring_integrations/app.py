"""How other systems and people hear of it: imports, notifications, changes and webhooks.

What shapes it: rows go into the system through its public API with the caller's own rights; a message is sent once the
fact behind it is committed, at least once under one id, and neither names, addresses nor texts are kept.
"""

import httpx

from mentoring_common import audit_proof
from mentoring_common.api_keys import asked_of
from mentoring_common.clock import Clock
from mentoring_common.retention import EVERY_S
from mentoring_common.runner import Design, Periodic, Service
from mentoring_common.settings import Settings
from mentoring_contracts.integrations import IntegrationsAuditAnchored
from mentoring_integrations import subject_access
from mentoring_integrations.changes import api as changes
from mentoring_integrations.changes.commands import forget as forget_changes
from mentoring_integrations.changes.queries import EMPLOYERS_WAIT
from mentoring_integrations.changes.waiting import Watch
from mentoring_integrations.imports.api import imports, sources
from mentoring_integrations.notifications import api as notifications
from mentoring_integrations.notifications import queries
from mentoring_integrations.notifications.commands import HELD, release
from mentoring_integrations.notifications.delivery import deliver, mail_answers
from mentoring_integrations.notifications.gauges import letters_waiting
from mentoring_integrations.notifications.invitations import queue_invitations
from mentoring_integrations.reactions import REACTIONS, tell_those_outside
from mentoring_integrations.webhooks import api as webhooks
from mentoring_integrations.webhooks.commands import forget as forget_deliveries
from mentoring_integrations.webhooks.delivery import deliver as deliver_to_webhooks
from mentoring_integrations.webhooks.employers import ask_for_employers
from mentoring_integrations.webhooks.gauges import webhooks_and_deliveries
from mentoring_integrations.webhooks.queries import WAITS as WEBHOOKS_WAIT

DESIGN = Design(
    name="integrations",
    title="Integrations",
    description=__doc__,
    anchors=IntegrationsAuditAnchored,
    calls=("applications", "evaluation", "sessions"),
    routers=[
        changes.router,
        webhooks.router,
        sources.router,
        imports.router,
        notifications.router,
        audit_proof.router,
        subject_access.router,
    ],
    reactions=REACTIONS,
    deadlines={HELD: release},
    feed=tell_those_outside,
    periodic=[
        Periodic("notifications", deliver, waits=queries.MAIL_WAITS),
        Periodic("invitations", queue_invitations, waits=queries.WAVES_WAIT),
        Periodic("webhooks", deliver_to_webhooks, every_s=0.02, waits=WEBHOOKS_WAIT),
        Periodic("employers", ask_for_employers, waits=EMPLOYERS_WAIT),
        Periodic("forget_changes", forget_changes, every_s=EVERY_S),
        Periodic("forget_deliveries", forget_deliveries, every_s=EVERY_S),
    ],
    uploads=imports.UPLOADS,
    keys=asked_of("applications"),
    checks=[("mail", mail_answers)],
    gauges=[letters_waiting, webhooks_and_deliveries],
)


def create_app(settings: Settings, *, clock: Clock | None = None, http: httpx.AsyncClient | None = None) -> Service:
    """The service, wired and not yet started."""
    service = Service(DESIGN, settings, clock=clock, http=http)
    service.app.state.watch = Watch(service)
    service.app.state.imports = set()  # those that go on after their answer
    return service
