"""What can be done. A field is one request to the owning service, which decides whether the caller may."""

import strawberry

from mentoring_gateway.mutations.applications import Applications
from mentoring_gateway.mutations.interviews import Interviews
from mentoring_gateway.mutations.matching import Matching
from mentoring_gateway.mutations.notifications import Notifications
from mentoring_gateway.mutations.outcomes import Outcomes
from mentoring_gateway.mutations.programmes import Programmes
from mentoring_gateway.mutations.reports import Reports
from mentoring_gateway.mutations.sessions import Sessions
from mentoring_gateway.mutations.surveys import Surveys
from mentoring_gateway.mutations.themes import Themes


@strawberry.type
class Mutation(
    Applications, Programmes, Matching, Sessions, Surveys, Interviews, Themes, Outcomes, Reports, Notifications
):  # fmt: skip
    pass
