"""What came of it: surveys, figures with their evidence, interviews, reports.

What shapes it: answers are anonymous by construction (a one-time token says that somebody answered, a random row says
what); waves open and close by the clock, each exactly once; a figure carries what it was counted from; what leaves the
programme team goes through disclosure control.
"""

import httpx

from mentoring_common import audit_proof
from mentoring_common.clock import Clock
from mentoring_common.deadlines import waiting
from mentoring_common.runner import Design, Periodic, Service
from mentoring_common.settings import Settings
from mentoring_contracts.evaluation import EvaluationAuditAnchored
from mentoring_evaluation import subject_access
from mentoring_evaluation.elsewhere import api as elsewhere
from mentoring_evaluation.evidence_pack import api as evidence_pack
from mentoring_evaluation.exports import api as exports
from mentoring_evaluation.figures.api import figures, views
from mentoring_evaluation.figures.snapshots import take_snapshots
from mentoring_evaluation.interviews.api import case_studies, focus_groups, interviews
from mentoring_evaluation.lint import api as lint
from mentoring_evaluation.networks import api as networks
from mentoring_evaluation.outcomes import api as outcomes
from mentoring_evaluation.reactions import REACTIONS
from mentoring_evaluation.reports.api import public_reports, reports
from mentoring_evaluation.reports.building import build_reports
from mentoring_evaluation.reports.commands.reports import BUILD
from mentoring_evaluation.reports.printing import Printer
from mentoring_evaluation.surveys.api import instruments, public, respondents, waves
from mentoring_evaluation.surveys.commands.occasions import (
    AFTER_ACTIVITY,
    AFTER_SESSION,
    PAIRS_TIME,
    ask_after_activity,
    ask_after_session,
    ask_pair,
)
from mentoring_evaluation.surveys.commands.waves import (
    CLOSE,
    OPEN,
    REMIND,
    SNAPSHOT,
    close_wave,
    open_wave,
    remind_wave,
)
from mentoring_evaluation.themes.api import decisions, recommendations, themes
from mentoring_evaluation.themes.commands.recommendations import DUE, fall_due
from mentoring_evaluation.withdrawals import api as withdrawals

DESIGN = Design(
    name="evaluation",
    title="Evaluation",
    description=__doc__,
    anchors=EvaluationAuditAnchored,
    calls=("applications",),
    routers=[
        public.router,
        subject_access.router,
        public_reports.router,
        waves.router,
        elsewhere.router,
        respondents.router,
        instruments.router,
        figures.router,
        interviews.router,
        withdrawals.of_interviews,
        focus_groups.router,
        withdrawals.of_focus_groups,
        case_studies.router,
        withdrawals.of_case_studies,
        themes.router,
        recommendations.router,
        decisions.router,
        outcomes.router,
        evidence_pack.router,
        views.router,
        exports.router,
        reports.router,
        networks.router,
        lint.router,
        audit_proof.router,
    ],
    reactions=REACTIONS,
    deadlines={
        OPEN: open_wave,
        REMIND: remind_wave,
        CLOSE: close_wave,
        AFTER_SESSION: ask_after_session,
        AFTER_ACTIVITY: ask_after_activity,
        PAIRS_TIME: ask_pair,
        DUE: fall_due,
    },
    periodic=[
        Periodic("build_reports", build_reports, every_s=0.3, waits=waiting(BUILD)),
        Periodic("take_snapshots", take_snapshots, every_s=1.0, waits=waiting(SNAPSHOT)),
    ],
)


def create_app(settings: Settings, *, clock: Clock | None = None, http: httpx.AsyncClient | None = None) -> Service:
    """The service, wired and not yet started."""
    service = Service(DESIGN, settings, clock=clock, http=http)
    service.app.state.printer = Printer()
    return service
