"""Who meets whom: pools, policies, runs, offers, confirmation, rematching.

What shapes it: a run is exact, explained and stored with its proof; it is worked off outside the request in a thread;
and who gets a place is decided by conditional updates on counters that the database checks.
"""

import httpx

from mentoring_common import audit_proof
from mentoring_common.clock import Clock
from mentoring_common.runner import Design, Periodic, Service
from mentoring_common.settings import Settings
from mentoring_contracts import applications as a
from mentoring_contracts import sessions as s
from mentoring_contracts.matching import MatchingAuditAnchored
from mentoring_matching import api, arrangement_api, conversation_api, jobs, match_api, what_if_api
from mentoring_matching import reactions as r
from mentoring_matching.commands.matches import OFFER_EXPIRES
from mentoring_matching.engine import acceleration

DESIGN = Design(
    name="matching",
    title="Matching",
    description=__doc__,
    anchors=MatchingAuditAnchored,
    calls=("applications",),
    routers=[
        match_api.router,
        conversation_api.router,
        arrangement_api.router,
        what_if_api.router,
        api.router,
        audit_proof.router,
    ],
    reactions={
        a.ProgrammeCreated: r.on_programme_created,
        a.CohortCreated: r.on_cohort_created,
        a.CohortMilestonesChanged: r.on_cohort_milestones_changed,
        a.CohortPlacesChanged: r.on_cohort_places_changed,
        a.ApplicationAccepted: r.on_application_accepted,
        a.ApplicationMoved: r.on_application_moved,
        a.ApplicationWithdrawn: r.on_application_withdrawn,
        a.ApplicationCarriedOver: r.on_application_carried_over,
        a.ApplicationUnmatched: r.on_application_unmatched,
        a.ApplicationRefused: r.on_application_not_accepted,
        a.ApplicationWaitlisted: r.on_application_not_accepted,
        a.PersonChanged: r.on_person_changed,
        a.PersonErased: r.on_person_erased,
        a.RoleGranted: r.on_role_granted,
        a.RoleRevoked: r.on_role_revoked,
        s.RelationshipClosed: r.on_relationship_closed,
    },
    deadlines={OFFER_EXPIRES: r.on_offer_expires},
    periodic=[
        Periodic("profiles", jobs.fetch_profiles),
        Periodic("runs", jobs.work_runs),
        Periodic("sealing", jobs.seal_profiles, every_s=5.0),
    ],
)


def create_app(settings: Settings, *, clock: Clock | None = None, http: httpx.AsyncClient | None = None) -> Service:
    """The service, wired and not yet started."""
    acceleration.expect_many_runs()
    return Service(DESIGN, settings, clock=clock, http=http)
