"""References to figures, as texts and indicators write them: `name,cohort,role,wave`.

What is left out or left blank means: of all cohorts, of all roles, of the only survey that has it. Two more may follow
by name: `rule=mean_of_cohorts` (otherwise the pooled line is taken where there are both) and what else the figure is
broken down by, as `mode=online`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from mentoring_evaluation.figures.shown import Figures, ShownFigure

_BY_PLACE = ("name", "cohort", "role", "wave")


@dataclass(frozen=True, slots=True)
class Reference:
    """What a reference names; None where it says nothing."""

    name: str
    cohort: str | None = None
    role: str | None = None
    wave: str | None = None
    rule: str | None = None
    breakdown: Mapping[str, str] = field(default_factory=dict)

    def names(self, figure: ShownFigure) -> bool:
        """Whether this is the figure, as far as the reference says."""
        cohort = None if figure.cohort is None else str(figure.cohort)
        exactly = (self.name, self.cohort, self.role) == (figure.name, cohort, figure.role)
        open_ended = self.wave in (None, figure.wave) and self.rule in (None, figure.rule)
        return exactly and open_ended and dict(self.breakdown) == figure.breakdown


def read_reference(inside: str) -> Reference | None:
    """The reference written between `{figure:` and `}`; None where it cannot be one."""
    parts = [part.strip() for part in inside.split(",")]
    by_place = [part for part in parts if "=" not in part]
    named = {key.strip(): value.strip() for key, _, value in (part.partition("=") for part in parts if "=" in part)}
    if len(by_place) > len(_BY_PLACE) or not by_place[:1] or not by_place[0]:
        return None
    placed = {key: value or None for key, value in zip(_BY_PLACE, by_place, strict=False)}
    rule = named.pop("rule", None)
    return Reference(
        by_place[0], placed.get("cohort"), placed.get("role"), placed.get("wave"), rule or None, named
    )  # fmt: skip


def found(reference: Reference, figures: Figures) -> ShownFigure | None:
    """The one figure that is meant; None for no figure, and for several of which the reference does not choose one."""
    meant = [figure for figure in figures if reference.names(figure)]
    if reference.rule is None and len(meant) > 1:
        meant = [figure for figure in meant if figure.rule != "mean_of_cohorts"]
    return meant[0] if len(meant) == 1 else None
