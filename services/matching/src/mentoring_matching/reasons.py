"""Why offers are declined and matches end: codes, and which of them may leave the programme team."""

PRIVATE = "private"
# An event and the other person of the pair learn these; of any other code only that it is private, so that a new one is
# private until somebody decides otherwise.
SHOWN = frozenset({
    "no_time", "no_contact", "finished_early", "finished", "expired", "withdrawn", "moved", "not_moved", "carried_over",
    "unmatched", "handed_over", "other", "not_given", "no_place", "rematch", "programme_closed",
    PRIVATE,
})  # fmt: skip
# They tell of health, work, a conflict, what one thinks of the other, or what became of an application.
HIDDEN = frozenset({
    "conflict_of_interest", "illness", "changed_job", "not_a_good_fit", "not_accepted", "left_employer", "erased"
})  # fmt: skip


def coded(reason: str) -> tuple[str, str | None]:
    """A reason's code, and the words of one that is none of ours; both are for the programme team."""
    code = reason.strip().lower().replace(" ", "_")
    return (code, None) if code in SHOWN | HIDDEN else ("other", reason)


def shown(code: str) -> str:
    """What events and the two people of the pair learn of a code."""
    return code if code in SHOWN else PRIVATE
