"""The kinds of reports: whom each is for and what stands in it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

Audience = Literal["programme_team", "public"]
ReportKind = Literal["interim", "final", "steering_group", "network", "public", "programme_team"]

# People stand behind these in groups that are too small for a network, or they are not totals at all.
NOT_FOR_NETWORKS = frozenset({"professional_background"})
FROM_INTERVIEWS = frozenset({"interviews", "interviewed_pairs", "interview_pages"})


@dataclass(frozen=True, slots=True)
class Kind:
    """What a kind of report holds. Its text speaks of the figures of the first of its views.

    `beyond_team`: once published, the steering group reads it too.
    """

    title: str
    views: tuple[Audience, ...]
    ledger: bool = False
    quotes: bool = True
    interviews: bool = True
    totals_only: bool = False
    beyond_team: bool = False

    def holds(self, figure: Mapping[str, Any]) -> bool:
        """Whether a figure (its JSON object) belongs in a report of this kind."""
        if not self.interviews and figure["name"] in FROM_INTERVIEWS:
            return False
        if not self.totals_only:
            return True
        return figure["cohort"] is None and not figure["breakdown"] and figure["name"] not in NOT_FOR_NETWORKS


KINDS: Mapping[ReportKind, Kind] = {
    "programme_team": Kind("Report of the programme team", ("programme_team", "public"), ledger=True),
    "interim": Kind(
        "Interim report", ("programme_team", "public"), ledger=True, quotes=False, interviews=False
    ),
    "final": Kind("Final report", ("programme_team", "public"), ledger=True),
    "steering_group": Kind("Report to the steering group", ("public",), beyond_team=True),
    "network": Kind("Report to the network", ("public",), quotes=False, totals_only=True, beyond_team=True),
    "public": Kind("Public report", ("public",), beyond_team=True),
}  # fmt: skip


def kind_of(name: str) -> Kind:
    """The kind of this name, which a report was checked to have when it was asked for."""
    return next(kind for known, kind in KINDS.items() if known == name)
