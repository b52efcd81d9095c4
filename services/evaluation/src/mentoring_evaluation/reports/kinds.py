"""The kinds of reports: whom each is for and what stands in it.

Public and network reports leave the organisation: a theme or recommendation stands in them once the programme manager
has approved its wording. Notes, sources and definitions that somebody typed in stay out; titles, stages and indicators
of the evaluation model are the programme's own design and stay. Owners of recommendations are a team or a role in every
kind, never a person; why a date was moved stands among the follow-ups.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Literal

from mentoring_evaluation.figures.shown import ShownFigure
from mentoring_evaluation.figures.views import Audience

ReportKind = Literal["interim", "final", "steering_group", "network", "public", "programme_team"]
Part = Literal[
    "ledger", "interviews", "quotes", "case_studies", "themes", "recommendations", "decisions", "evaluation_model",
    "outcomes",
]  # fmt: skip

# People stand behind these in groups that are too small for a network, or they are not totals at all.
NOT_FOR_NETWORKS = frozenset({"professional_background", "applicants_by", "matched_people_by"})
FROM_INTERVIEWS = frozenset({"interviews", "interviewed_pairs", "interview_pages"})


EVERYBODY = "everybody"  # stands where a right does


@dataclass(frozen=True, slots=True)
class Kind:
    """What a kind of report holds beside figures. It speaks of everything as the first of its views shows it.

    `totals_only`: figures of the whole programme alone. `readers`: once published, whoever has one of these rights
    reads it beside the team, and everybody where one of them is EVERYBODY.
    `leaves`: it leaves the organisation's hands, so the team's own words stand in it only where they were approved.
    """

    title: str
    views: tuple[Audience, ...]
    parts: frozenset[Part]
    totals_only: bool = False
    readers: frozenset[str] = frozenset()
    leaves: bool = False

    @property
    def protected(self) -> bool:
        """Whether counts of people are under disclosure control."""
        return self.views[0] == "public"

    def holds(self, figure: ShownFigure) -> bool:
        """Whether a figure belongs in a report of this kind."""
        if "interviews" not in self.parts and figure.name in FROM_INTERVIEWS:
            return False
        if not self.totals_only:
            return True
        return figure.cohort is None and not figure.breakdown and figure.name not in NOT_FOR_NETWORKS


_BOTH: tuple[Audience, ...] = ("programme_team", "public")
_PUBLIC: tuple[Audience, ...] = ("public",)
_FINDINGS: frozenset[Part] = frozenset({"themes", "recommendations", "decisions", "evaluation_model", "outcomes"})
_WORDS: frozenset[Part] = frozenset({"interviews", "quotes", "case_studies"})
_GROUP: frozenset[str] = frozenset({"read_reports"})
_LEDGER: frozenset[Part] = frozenset({"ledger"})
_LATER: frozenset[Part] = frozenset({"outcomes"})
_SHARED: frozenset[Part] = frozenset({"interviews", "themes", "evaluation_model", "outcomes"})

KINDS: Mapping[ReportKind, Kind] = {
    "programme_team": Kind("Report of the programme team", _BOTH, _LEDGER | _WORDS | _FINDINGS),
    # What became of people cannot be known before they are through.
    "interim": Kind("Interim report", _BOTH, _LEDGER | _FINDINGS - _LATER),
    "final": Kind("Final report", _BOTH, _LEDGER | _WORDS | _FINDINGS),
    "steering_group": Kind("Report to the steering group", _PUBLIC, _WORDS | _FINDINGS, readers=_GROUP),
    # A network shares what was learnt; what is to be done about it is the organisation's own.
    "network": Kind(
        "Report to the network", _PUBLIC, _SHARED, totals_only=True, readers=_GROUP, leaves=True,
    ),
    "public": Kind("Public report", _PUBLIC, _WORDS | _FINDINGS, readers=_GROUP | {EVERYBODY}, leaves=True),
}  # fmt: skip


def kind_of(name: str) -> Kind:
    """The kind of this name, which a report was checked to have when it was asked for."""
    return next(kind for known, kind in KINDS.items() if known == name)


def kinds_for(rights: Collection[str]) -> frozenset[str]:
    """The kinds of published reports that whoever has these rights (or none) may read, beside the programme team."""
    return frozenset(name for name, kind in KINDS.items() if kind.readers & {EVERYBODY, *rights})
