"""What this service holds of a person, table by table, for who asks for it."""

from typing import Final

from mentoring_common.subject_access import Held, router_for
from mentoring_sessions.models import Base

HELD: Final = (
    Held("participants"),
    Held("activity_reminders", ("application_id",), "participants"),
    Held("relationships", ("mentor_id", "mentee_id")),
    Held("members"),
    Held("relationships", ("id",), "members", "relationship_id"),
    Held("presences"),
    Held("appointments", ("relationship_id",), "relationships"),
    Held("person_calendars", ("id",), without=frozenset({"feed_digest"})),
    Held("pauses", ("relationship_id",), "relationships"),
    Held("pair_phases", ("relationship_id",), "relationships"),
    Held("ticked_steps", ("relationship_id",), "relationships"),
    Held("agreements", ("id",), "relationships"),
    Held("agreed_versions", ("relationship_id",), "relationships"),
    Held("goals", ("relationship_id",), "relationships"),
    Held("actions", ("goal_id",), "goals"),
    Held("handovers", ("id",), "relationships"),
    Held("mentoring_sessions", ("relationship_id",), "relationships"),
    Held("notes", ("written_by",)),
    Held("glass_breaks", ("asked_by", "approved_by")),
    Held("glass_breaks", ("relationship_id",), "relationships"),
    Held("check_ins"),
    Held("concerns", ("raised_by",)),
    Held("case_notes", ("written_by",)),
    Held("corrections", ("made_by",)),
    Held("reviews", ("relationship_id",), "relationships"),
    Held("review_answers"),
    Held("farewells"),
    Held("habits"),
    Held("habit_marks", ("habit_id",), "habits"),
    Held("habit_links", ("habit_id",), "habits", without=frozenset({"token_digest"})),
    Held("habit_feedback", ("link_id",), "habit_links"),
    Held("attendances"),
    Held("registrations"),
    Held("certificates"),
    Held("resource_readings"),
)
router = router_for("sessions", Base.metadata, HELD)
