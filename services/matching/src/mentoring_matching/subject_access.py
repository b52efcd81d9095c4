"""What this service holds of a person, table by table, for who asks for it."""

from typing import Final

from mentoring_common.subject_access import Held, router_for
from mentoring_matching.models import Base

HELD: Final = (
    Held("pool_members"),
    Held("profiles"),
    Held("matches", ("mentor_id", "mentee_id"), without=frozenset({"end_note", "never_again"})),
    Held("group_members", without=frozenset({"end_reason"})),
    Held("proposed_pairs", ("mentor_id", "mentee_id")),
    Held("unmatched"),
    Held("conversations", ("mentor_id", "mentee_id")),
)
router = router_for("matching", Base.metadata, HELD)
