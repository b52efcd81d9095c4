"""The ledger: for every cohort and role, what came in equals what became of it.

    applied + moved in - moved out = matched + carried over + withdrawn + ineligible + unmatched + open

`applied` counts by the cohort first applied for, outcomes by the cohort an application is in now, and moves from the
record of each move: three independent counts, so the equation can fail. A rematched person has one application and
counts once. Cohort None is a later round.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Final
from uuid import UUID

from mentoring_applications.lifecycle import OPEN, State

ROLES: Final = ("mentor", "mentee")
Slot = tuple[UUID | None, str]


@dataclass(frozen=True, slots=True)
class Counts:
    """Applications by (cohort first applied for, role), by (cohort, role, state) now, and moves by (from, to, role)."""

    applied: Mapping[Slot, int]
    standing: Mapping[tuple[UUID | None, str, str], int]
    moves: Mapping[tuple[UUID | None, UUID | None, str], int]


@dataclass(frozen=True, slots=True)
class Row:
    """The ledger of one cohort and role."""

    cohort_id: UUID | None
    role: str
    applied: int
    moved_in: int
    moved_out: int
    matched: int
    carried_over: int
    withdrawn: int
    ineligible: int
    unmatched: int
    open: int
    submitted: int
    accepted: int
    waitlisted: int

    @property
    def balanced(self) -> bool:
        """Whether the equation holds."""
        ended = self.matched + self.carried_over + self.withdrawn + self.ineligible + self.unmatched
        return self.applied + self.moved_in - self.moved_out == ended + self.open

    @property
    def empty(self) -> bool:
        return not (self.applied or self.moved_in or self.moved_out or self.open)


def rows(counts: Counts, cohorts: Iterable[UUID]) -> list[Row]:
    """The rows of every cohort given and both roles, and those of the later round where anybody asked for it."""
    known = [_row(counts, cohort, role) for cohort in cohorts for role in ROLES]
    later = [_row(counts, None, role) for role in ROLES]
    return known + [row for row in later if not row.empty]


def _row(counts: Counts, cohort: UUID | None, role: str) -> Row:
    def standing(*states: State) -> int:
        return sum(counts.standing.get((cohort, role, state), 0) for state in states)

    return Row(
        cohort_id=cohort,
        role=role,
        applied=counts.applied.get((cohort, role), 0),
        moved_in=sum(n for (_, to, r), n in counts.moves.items() if (to, r) == (cohort, role)),
        moved_out=sum(n for (origin, _, r), n in counts.moves.items() if (origin, r) == (cohort, role)),
        matched=standing(State.MATCHED),
        carried_over=standing(State.CARRIED_OVER),
        withdrawn=standing(State.WITHDRAWN),
        ineligible=standing(State.REFUSED),
        unmatched=standing(State.UNMATCHED),
        open=standing(*OPEN),
        submitted=standing(State.SUBMITTED),
        accepted=standing(State.ACCEPTED),
        waitlisted=standing(State.WAITLISTED),
    )


def oversubscription_percent(eligible: int, places: int) -> int | None:
    """How many per cent more eligible applications than places, rounded half up: 106 over 75 is 41; None of no places.

    Negative when places are left: 77 for 80 places is -4.
    """
    if places == 0:
        return None
    return int((Decimal(100 * (eligible - places)) / places).quantize(Decimal(1), ROUND_HALF_UP))
