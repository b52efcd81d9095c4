"""What can be done. A field is one request to the owning service, which decides whether the caller may."""

import strawberry

from mentoring_gateway.activities.mutations import Activities
from mentoring_gateway.api_keys.mutations import ApiKeys
from mentoring_gateway.applications.mutations import Applications, Assessments, Decisions, Drafts
from mentoring_gateway.appointments.mutations import Appointments
from mentoring_gateway.blueprints.mutations import Blueprints
from mentoring_gateway.check_ins.mutations import CheckIns
from mentoring_gateway.concerns.mutations import Concerns
from mentoring_gateway.goals.mutations import Goals
from mentoring_gateway.habits.mutations import Habits
from mentoring_gateway.imports.mutations import Imports
from mentoring_gateway.interviews.mutations import Interviews
from mentoring_gateway.matching.mutations import Matching
from mentoring_gateway.meetings.mutations import Meetings
from mentoring_gateway.networks.mutations import Networks
from mentoring_gateway.nominations.mutations import Nominations
from mentoring_gateway.notifications.mutations import Notifications
from mentoring_gateway.outcomes.mutations import Outcomes
from mentoring_gateway.pair_clock.mutations import PairClock
from mentoring_gateway.pair_reviews.mutations import PairReviews
from mentoring_gateway.payloads import with_payloads
from mentoring_gateway.people.mutations import People
from mentoring_gateway.programmes.mutations import Programmes
from mentoring_gateway.relationships.mutations import Relationships
from mentoring_gateway.reports.mutations import Reports
from mentoring_gateway.resources.mutations import Resources
from mentoring_gateway.surveys.mutations import Surveys
from mentoring_gateway.themes.mutations import Themes
from mentoring_gateway.webhooks.mutations import Webhooks


@with_payloads
@strawberry.type
class Mutation(
    People, Applications, Assessments, Decisions, Drafts, Programmes, Networks, Matching, Relationships, Meetings,
    Goals, CheckIns, Concerns, Activities, Resources, Habits, PairClock, PairReviews, Appointments, Surveys, Interviews,
    Themes, Outcomes, Reports, Nominations, Notifications, Webhooks, ApiKeys, Imports, Blueprints,
):  # fmt: skip
    pass
