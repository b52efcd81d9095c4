"""Every table of the service, so that whoever reads `Base.metadata` has them all."""

from mentoring_evaluation.evidence_pack import models as evidence_pack
from mentoring_evaluation.figures import models as figures
from mentoring_evaluation.interviews import models as interviews
from mentoring_evaluation.networks import models as networks
from mentoring_evaluation.outcomes import models as outcomes
from mentoring_evaluation.programmes import models as programmes
from mentoring_evaluation.reports import models as reports
from mentoring_evaluation.surveys import models as surveys
from mentoring_evaluation.tables import Base
from mentoring_evaluation.themes import models as themes

__all__ = [
    "Base",
    "evidence_pack",
    "figures",
    "interviews",
    "networks",
    "outcomes",
    "programmes",
    "reports",
    "surveys",
    "themes",
]
