"""What this service holds of a person, table by table, for who asks for it."""

from typing import Final

from mentoring_common.subject_access import Held, router_for
from mentoring_evaluation.models import Base

HELD: Final = (
    Held("applications"),
    Held("matches", ("mentor_id", "mentee_id")),
    Held("group_members"),
    Held("attendance"),
    Held("invitations", without=frozenset({"token_digest"})),
    Held("named_answers"),
    Held("interviews"),
    Held("interview_texts", ("interview_id",), "interviews"),
    Held("case_studies", ("mentor_id", "mentee_id")),
    Held("recommendations", ("owner_id",)),
    Held("decision_attendees"),
)
router = router_for("evaluation", Base.metadata, HELD)
