"""Every table of the service, so that whoever reads `Base.metadata` has them all."""

from mentoring_sessions.activities import models as activities
from mentoring_sessions.agreements import models as agreements
from mentoring_sessions.appointments import models as appointments
from mentoring_sessions.break_glass import models as break_glass
from mentoring_sessions.check_ins import models as check_ins
from mentoring_sessions.concerns import models as concerns
from mentoring_sessions.goals import models as goals
from mentoring_sessions.habits import models as habits
from mentoring_sessions.handovers import models as handovers
from mentoring_sessions.meetings import models as meetings
from mentoring_sessions.notes import models as notes
from mentoring_sessions.overview import models as overview
from mentoring_sessions.pair_clock import models as pair_clock
from mentoring_sessions.relationships import models as relationships
from mentoring_sessions.resources import models as resources
from mentoring_sessions.reviews import models as reviews
from mentoring_sessions.tables import Base

__all__ = [
    "Base",
    "activities",
    "agreements",
    "appointments",
    "break_glass",
    "check_ins",
    "concerns",
    "goals",
    "habits",
    "handovers",
    "meetings",
    "notes",
    "overview",
    "pair_clock",
    "relationships",
    "resources",
    "reviews",
]
