"""Who meets whom: pools, policies, runs, offers, confirmation, rematching.

What shapes it: a run is exact, explained and stored with its proof; it is worked off outside the request in a thread;
and who gets a place is decided by conditional updates on counters that the database checks.
"""

import httpx

from mentoring_common import audit_proof
from mentoring_common.clock import Clock
from mentoring_common.deadlines import waiting
from mentoring_common.runner import Design, Periodic, Service
from mentoring_common.settings import Settings
from mentoring_contracts.matching import MatchingAuditAnchored
from mentoring_matching import jobs, subject_access
from mentoring_matching.api import ROUTERS
from mentoring_matching.commands.group_offers import GROUP_OFFER_EXPIRES
from mentoring_matching.commands.groups import expire_places
from mentoring_matching.commands.matches import OFFER_EXPIRES
from mentoring_matching.commands.pool import PROFILE_WANTED
from mentoring_matching.commands.recurring import RECURRING_RUN, start_recurring_run
from mentoring_matching.commands.runs import RUN_WAITING
from mentoring_matching.engine import acceleration
from mentoring_matching.reactions import REACTIONS, on_offer_expires

DESIGN = Design(
    name="matching",
    title="Matching",
    description=__doc__,
    anchors=MatchingAuditAnchored,
    calls=("applications",),
    routers=[*ROUTERS, audit_proof.router, subject_access.router],
    reactions=REACTIONS,
    deadlines={
        OFFER_EXPIRES: on_offer_expires,
        GROUP_OFFER_EXPIRES: expire_places,
        RECURRING_RUN: start_recurring_run,
    },
    periodic=[
        Periodic("profiles", jobs.fetch_profiles, waits=waiting(PROFILE_WANTED)),
        Periodic("runs", jobs.work_runs, waits=waiting(RUN_WAITING)),
        Periodic("sealing", jobs.seal_profiles, every_s=3600.0),
    ],
)


def create_app(settings: Settings, *, clock: Clock | None = None, http: httpx.AsyncClient | None = None) -> Service:
    """The service, wired and not yet started."""
    acceleration.expect_many_runs()
    return Service(DESIGN, settings, clock=clock, http=http)
