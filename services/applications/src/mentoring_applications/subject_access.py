"""What this service holds of a person, table by table, for who asks for it."""

from typing import Final

from mentoring_applications.models import Base
from mentoring_common.subject_access import Held, router_for

HELD: Final = (
    Held("people", ("id",), without=frozenset({"line_manager_email"})),
    Held("programme_roles"),
    Held("programmes", ("closed_by",), without=frozenset({"blueprint", "blueprint_name", "direction"})),
    Held("team_handovers", ("made_by",)),
    Held("handed_roles"),
    Held("invitations"),
    Held("email_changes", without=frozenset({"token_digest", "sealed_token"})),
    Held("drafts"),
    Held("applications", without=frozenset({"told_state", "passed_over"})),
    Held("application_answers", ("id",), "applications"),
    Held("application_mentions", ("application_id",), "applications"),
    Held("application_files"),
    Held("application_moves", ("application_id",), "applications"),
    Held("application_reasons", ("application_id",), "applications"),
    Held("eligibility_overrides", ("application_id",), "applications"),
    # What the nominator wrote is theirs, and so is how they are reached.
    Held(
        "nominations",
        without=frozenset({"token_digest", "sealed_token", "sealed_statement", "sealed_reason", "nominator_email"}),
    ),
    Held("consents"),
    Held("equality_answers"),
    Held("moderations", ("id",), "applications", without=frozenset({"sealed"})),
    Held("companions"),
    Held("pairings", ("mentor_id", "mentee_id")),
    Held("assessments", ("assessor_id",), without=frozenset({"sealed"})),
)
router = router_for("applications", Base.metadata, HELD)
