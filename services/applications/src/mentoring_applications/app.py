"""Who may take part: organisations, people, programmes, cohorts, applications and their ledger.

What shapes it: an application ends in exactly one outcome and the ledger of every cohort and role balances; equality
answers are kept apart; other services read profiles here in batches and keep no more than they need.
"""

import httpx

from mentoring_applications import subject_access
from mentoring_applications.applications.api import applications, ledger, waiting_list
from mentoring_applications.applications.api import internal as of_applications
from mentoring_applications.applications.commands.waiting_list import (
    OFFER_ENDS,
    SERVED,
    on_list_served,
    on_offer_ends,
)
from mentoring_applications.applications.sealing import seal_texts
from mentoring_applications.applying.api import applications as applying
from mentoring_applications.applying.api import drafts, files
from mentoring_applications.applying.commands.drafts import DUE, on_draft_due
from mentoring_applications.assessments import api as assessments
from mentoring_applications.decisions import api as decisions
from mentoring_applications.decisions.commands.undoing import TELL, on_telling_due
from mentoring_applications.directory.api import internal as of_people
from mentoring_applications.directory.api import organisations
from mentoring_applications.directory.queries import person_exists
from mentoring_applications.keys import api as keys
from mentoring_applications.keys.commands import find_holder
from mentoring_applications.leaving import api as leaving
from mentoring_applications.leaving import commands as leavers
from mentoring_applications.networks.api import networks
from mentoring_applications.networks.commands.handing_over import HAND_OVER, hand_over
from mentoring_applications.nominations import commands as nominating
from mentoring_applications.nominations.api import internal as of_nominations
from mentoring_applications.nominations.api import nominations
from mentoring_applications.pairs import api as pairs
from mentoring_applications.people.api import internal as of_addresses
from mentoring_applications.people.api import people, roles
from mentoring_applications.planning.api import cohorts as rounds
from mentoring_applications.planning.api import programmes as planning
from mentoring_applications.programmes import commands as roles_given
from mentoring_applications.programmes.api import blueprints, cohorts, programmes
from mentoring_applications.provisioning import api as provisioning
from mentoring_applications.reactions import REACTIONS
from mentoring_applications.retention import api as retention
from mentoring_applications.retention.commands import retention as keeping
from mentoring_applications.retention.commands.erasure import erase
from mentoring_applications.scim import api as scim
from mentoring_common import audit_proof
from mentoring_common.clock import Clock
from mentoring_common.erasures import Erasing
from mentoring_common.runner import Design, Periodic, Service
from mentoring_common.settings import Settings
from mentoring_contracts.applications import ApplicationsAuditAnchored, PersonErased

DESIGN = Design(
    name="applications",
    title="Applications",
    description=__doc__,
    anchors=ApplicationsAuditAnchored,
    routers=[
        applying.router,
        applications.router,
        assessments.router,
        decisions.router,
        waiting_list.router,
        drafts.router,
        files.router,
        people.router,
        provisioning.router,
        scim.router,
        keys.router,
        keys.internal,
        leaving.router,
        pairs.router,
        nominations.router,
        rounds.router,
        cohorts.router,
        planning.router,
        programmes.router,
        roles.router,
        ledger.router,
        retention.router,
        organisations.router,
        networks.router,
        blueprints.router,
        of_people.router,
        of_applications.router,
        of_addresses.router,
        of_nominations.router,
        audit_proof.router,
        subject_access.router,
    ],
    reactions=REACTIONS,
    deadlines={
        roles_given.ENDS: roles_given.end_role,
        nominating.REMINDER: nominating.remind,
        nominating.LAPSE: nominating.lapse,
        leavers.LEAVES: leavers.on_leaving_due,
        DUE: on_draft_due,
        TELL: on_telling_due,
        OFFER_ENDS: on_offer_ends,
        SERVED: on_list_served,
        keeping.DUE: keeping.on_retention_due,
        HAND_OVER: hand_over,
        keeping.ANNOUNCED: keeping.on_retention_announced,
    },
    erasing=Erasing(PersonErased, person_exists, erase),
    keys=find_holder,
    uploads=blueprints.UPLOADS | applying.UPLOADS | files.UPLOADS | provisioning.UPLOADS | scim.UPLOADS,
    periodic=[Periodic("sealing", seal_texts, every_s=3600.0)],
)


def create_app(settings: Settings, *, clock: Clock | None = None, http: httpx.AsyncClient | None = None) -> Service:
    """The service, wired and not yet started."""
    return Service(DESIGN, settings, clock=clock, http=http)
