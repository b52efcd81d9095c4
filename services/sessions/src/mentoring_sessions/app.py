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
from mentoring_sessions import subject_access
from mentoring_sessions.activities.api import activities, certificates
from mentoring_sessions.activities.commands.due import remind_of_due
from mentoring_sessions.agreements import api as agreements
from mentoring_sessions.agreements import commands as agreements_commands
from mentoring_sessions.appointments import api as appointments
from mentoring_sessions.appointments.commands import close_in_time
from mentoring_sessions.break_glass import api as break_glass
from mentoring_sessions.check_ins import api as check_ins
from mentoring_sessions.concerns import api as concerns
from mentoring_sessions.concerns import commands as concerns_commands
from mentoring_sessions.goals import api as goals
from mentoring_sessions.goals import commands as goals_commands
from mentoring_sessions.habits import api as habits
from mentoring_sessions.habits import commands as habits_commands
from mentoring_sessions.handovers import api as handovers
from mentoring_sessions.meetings import api as meetings
from mentoring_sessions.notes import api as notes
from mentoring_sessions.overview.api import people
from mentoring_sessions.overview.api import relationships as overview
from mentoring_sessions.pair_clock import api as time
from mentoring_sessions.pair_clock import commands as pair_clock
from mentoring_sessions.reactions import REACTIONS
from mentoring_sessions.relationships.commands import quiet, relationships
from mentoring_sessions.relationships.commands.projections import ACTIVITIES_DUE
from mentoring_sessions.relationships.commands.reviewing import OPENS
from mentoring_sessions.resources import api as resources
from mentoring_sessions.resources import commands as resources_commands
from mentoring_sessions.reviews import api as reviews
from mentoring_sessions.reviews import commands as reviews_commands

DESIGN = Design(
    name="sessions",
    title="Sessions",
    description=__doc__,
    anchors=SessionsAuditAnchored,
    routers=[
        overview.router,
        time.router,
        agreements.router,
        goals.router,
        handovers.router,
        meetings.router,
        appointments.router,
        appointments.people_router,
        appointments.internal_router,
        notes.router,
        break_glass.router,
        check_ins.router,
        concerns.router,
        concerns.internal_router,
        reviews.router,
        habits.router,
        activities.router,
        activities.internal_router,
        certificates.router,
        resources.router,
        resources.internal_router,
        people.router,
        audit_proof.router,
        subject_access.router,
    ],
    reactions=REACTIONS,
    uploads=resources.UPLOADS,
    calls=("applications",),  # the name on a certificate
    deadlines={
        relationships.RUNS_OUT: close_in_time,
        quiet.GOES_QUIET: quiet.nudge_quiet_pair,
        quiet.REMIND: quiet.remind_quiet_pair,
        pair_clock.GOES_ON: pair_clock.resume_in_time,
        pair_clock.PHASE_BEGINS: pair_clock.begin_phase_in_time,
        goals_commands.GOAL_REMINDS: goals_commands.remind_of_goal,
        goals_commands.ACTION_REMINDS: goals_commands.remind_of_action,
        OPENS["fit_check"]: reviews_commands.open_fit_check,
        OPENS["mid_term"]: reviews_commands.open_mid_term,
        OPENS["end"]: reviews_commands.open_end,
        reviews_commands.REMINDS: reviews_commands.remind,
        resources_commands.TELLS: resources_commands.tell,
        resources_commands.UNUSED: resources_commands.drop_unused_file,
        relationships.GUIDES: resources_commands.tell_of_phase,
        habits_commands.CONCLUDES: habits_commands.conclude,
        ACTIVITIES_DUE: remind_of_due,
        agreements_commands.RENEWS: agreements_commands.mind_renewal,
        concerns_commands.UNTAKEN: concerns_commands.escalate_untaken,
    },
)


def create_app(settings: Settings, *, clock: Clock | None = None, http: httpx.AsyncClient | None = None) -> Service:
    """The service, wired and not yet started."""
    return Service(DESIGN, settings, clock=clock, http=http)
