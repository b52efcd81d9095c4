"""Single counts under disclosure control: shares of one group, and how many said something, by role.

The rule is that of what is sensitive in the public figures. Each report is protected for itself and stays as it is:
counts of a theme in an older edition stay when a quote behind them is withdrawn.
"""

from collections.abc import Mapping

from mentoring_contracts.words import SIDES, Side
from mentoring_evaluation.disclosure.bands import NOBODY, Band, Grid
from mentoring_evaluation.disclosure.rule import Policy
from mentoring_evaluation.reports.document import Voices

GRID = Grid()
HIDDEN = Voices(mentor=None, mentee=None, all=None)
"""Counts by role of which none is shown."""


def protected_share(part: int, whole: int, policy: Policy) -> tuple[int, int] | None:
    """`part` and `whole` rounded; None where one of them, or who is left over, is too few to be shown."""
    shown, of = GRID.band(part), GRID.band(whole)
    if not policy.shows(shown, of) or shown.rounded is None or of.rounded is None:
        return None
    return shown.rounded, of.rounded


def protected_by_role(found: Mapping[Side, int], heard: Mapping[Side, int], policy: Policy) -> Voices:
    """Of those `heard`, in how many it was `found`, by role and in `all`: rounded, None where hidden.

    How many were heard is not shown beside it: they are interviews, which are counted exactly, and responses, which are
    rounded for themselves.
    """
    bands: dict[Side, Band | None] = {}
    for role in SIDES:
        part, whole = (GRID.band(counts.get(role, 0)) for counts in (found, heard))
        bands[role] = part if policy.shows(part, whole) else None
    known = [band for band in bands.values() if band is not None]
    every = sum(known, NOBODY).rounded if len(known) == len(SIDES) else None
    return Voices(all=every, **{role: None if band is None else band.rounded for role, band in bands.items()})


def exact_by_role(found: Mapping[Side, int]) -> Voices:
    """The same, exact."""
    return Voices(all=sum(found.values()), **{role: found.get(role, 0) for role in SIDES})
