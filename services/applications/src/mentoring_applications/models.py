"""Every table of the service, so that whoever reads `Base.metadata` has them all.

Personal data stands in `people`, `invitations`, `email_changes`, `application_answers` (texts sealed),
`application_mentions`, `application_reasons`, `consents`, `nominations` (texts sealed) and, sealed, in `drafts`,
`application_files` and `equality_answers`, and nowhere else.
"""

from mentoring_applications.applications import models as applications
from mentoring_applications.applying import models as applying
from mentoring_applications.assessments import models as assessments
from mentoring_applications.directory import models as directory
from mentoring_applications.keys import models as keys
from mentoring_applications.networks import models as networks
from mentoring_applications.nominations import models as nominations
from mentoring_applications.pairs import models as pairs
from mentoring_applications.people import models as people
from mentoring_applications.programmes import models as programmes
from mentoring_applications.retention import models as retention
from mentoring_applications.tables import Base

__all__ = [
    "Base",
    "applications",
    "applying",
    "assessments",
    "directory",
    "keys",
    "networks",
    "nominations",
    "pairs",
    "people",
    "programmes",
    "retention",
]
