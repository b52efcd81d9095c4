"""The public tables of matched people by background, and by other fields that the form declares: what is shown now, and
what is shown next.

Between two frozen tables people come and go one by one, so their difference would be about very few. A count is shown
anew only once it has changed by at least the smallest number of people shown; until then what was shown stays. And a
count that was hidden stays hidden for as long.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mentoring_evaluation.disclosure.bands import parts_of
from mentoring_evaluation.disclosure.rule import Policy

# Whose and what: a role and their professional background, or a role and a field of the form (`mentee stage`) and its
# answer. Each role's answers to one field are a table of their own.
Cell = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Frozen:
    """A table that is shown: the people it was made of and what it says, both by cell (None: hidden)."""

    counts: Mapping[Cell, int]
    shown: Mapping[Cell, int | None]


def counted(statistics: Mapping[str, Any]) -> Counter[Cell]:
    """Matched people by cell, of what the applications service counts."""
    people: Counter[Cell] = Counter()
    for row in statistics["backgrounds"]:
        people[row["role"], row["professional_background"]] += row["people"]
    for row in statistics.get("breakdowns", []):
        if row["matched"]:
            people[f"{row['role']} {row['field']}", row["answer"]] += row["matched"]
    return people


def next_table(present: Mapping[Cell, int], before: Frozen | None, policy: Policy) -> Frozen:
    """The table to show from now on, after the one `before`."""
    if before is None:
        return Frozen(present, _protected(present, policy))
    cells = sorted({*present, *before.counts})
    change = {cell: present.get(cell, 0) - before.counts.get(cell, 0) for cell in cells}
    moved = {cell for cell in cells if abs(change[cell]) >= policy.minimum}
    counts = {cell: (present if cell in moved else before.counts).get(cell, 0) for cell in cells}
    counts = {cell: people for cell, people in counts.items() if people or cell in before.counts}
    fresh = _protected(counts, policy)
    shown = {cell: fresh[cell] if cell in moved or before.shown.get(cell) is not None else None for cell in counts}
    return Frozen(counts, shown)


def _protected(counts: Mapping[Cell, int], policy: Policy) -> dict[Cell, int | None]:
    # How many mentors and mentees there are is published exactly, beside these tables.
    shown: dict[Cell, int | None] = {}
    for role in sorted({role for role, _ in counts}):
        of_role = {cell: people for cell, people in counts.items() if cell[0] == role}
        bands = parts_of(sum(of_role.values()), of_role, policy.minimum)
        shown |= {cell: band.rounded if band else None for cell, band in bands.items()}
    return shown
