"""What a pair keeps: agreement, goals, mentoring sessions, check-ins; and the activities of a programme.

What shapes it: everything that people write is sealed under its writer and shown as narrowly as they said; hours and
places are decided by single statements; a pair that goes quiet and one that runs its course are deadlines.
"""

import httpx

from mentoring_common import audit_proof
from mentoring_common.clock import Clock
from mentoring_common.runner import Design, Service
from mentoring_common.settings import Settings
from mentoring_contracts.sessions import SessionsAuditAnchored
from mentoring_sessions import api
from mentoring_sessions.commands import relationships
from mentoring_sessions.reactions import REACTIONS

DESIGN = Design(
    name="sessions",
    title="Sessions",
    description=__doc__,
    anchors=SessionsAuditAnchored,
    routers=[*api.ROUTERS, audit_proof.router],
    reactions=REACTIONS,
    deadlines={
        relationships.RUNS_OUT: relationships.close_relationship_in_time,
        relationships.GOES_QUIET: relationships.nudge_quiet_pair,
    },
)


def create_app(settings: Settings, *, clock: Clock | None = None, http: httpx.AsyncClient | None = None) -> Service:
    """The service, wired and not yet started."""
    return Service(DESIGN, settings, clock=clock, http=http)
