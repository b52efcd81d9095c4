"""What of a report was checked, and what could not be for want of a number it does not print."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

from mentoring_evaluation.lint.overall import overalls
from mentoring_evaluation.lint.percentages import beyond_search
from mentoring_evaluation.lint.published import Mean, NetPromoter, Percentage, PublishedReport

_MOST_NAMED = 5


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many printed figures there are, how many were checked against others, and where the others stand.

    `without_n` are places of shares and scores that print no number of people, `any_value` those of so many people, of
    whom any number may have answered, that every value is possible. What is checked against its cohorts alone is in
    `without_n` too.
    """

    figures: int
    checked: int
    without_n: tuple[str, ...] = ()
    any_value: tuple[str, ...] = ()
    kinds: dict[str, int] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """The coverage as a JSON object."""
        return asdict(self) | {"without_n": list(self.without_n), "any_value": list(self.any_value)}

    def in_words(self) -> str:
        """The closing words of a report of findings."""
        if not self.figures:
            return "There is no figure in it."
        said = f"{self.figures} figure{'s' if self.figures > 1 else ''}: {self.checked} checked"
        rest = [
            _named(self.without_n, "for want of n"),
            _named(self.any_value, "as any number of so many people may have answered"),
        ]
        return "; ".join([said, *filter(None, rest)]) + "."


def coverage(report: PublishedReport) -> Coverage:
    """What of a report the rules can check."""
    compared = {line.at for overall in overalls(report) for line in [overall.line, *overall.cohorts]}
    lines = list(_with_people(report))
    without_n = tuple(line.at for line in lines if line.n is None and not _has_parts(line))
    any_value = tuple(
        line.at for line in lines if isinstance(line, Percentage) and beyond_search(line) and line.at not in compared
    )
    kinds = {
        section: len(getattr(report, section))
        for section in type(report).model_fields
        if isinstance(getattr(report, section), list) and getattr(report, section)
    }
    figures = sum(number for section, number in kinds.items() if section not in ("orders", "gaps"))
    unchecked = {at for at in (*without_n, *any_value) if at not in compared}
    return Coverage(figures, figures - len(unchecked), without_n, any_value, kinds)


def _with_people(report: PublishedReport) -> Iterator[Percentage | Mean | NetPromoter]:
    yield from report.percentages
    yield from report.means
    yield from report.net_promoter


def _has_parts(line: Percentage | Mean | NetPromoter) -> bool:
    """Whether what is printed beside it stands in for n."""
    if isinstance(line, Percentage):
        return line.numerator is not None
    if isinstance(line, Mean):
        return line.counts is not None
    return line.promoters is not None and line.detractors is not None


def _named(places: tuple[str, ...], why: str) -> str:
    if not places:
        return ""
    more = f" and {len(places) - _MOST_NAMED} more" if len(places) > _MOST_NAMED else ""
    return f"{len(places)} could not be checked by {'its' if len(places) == 1 else 'their'} counts {why} (" + (
        ", ".join(places[:_MOST_NAMED]) + more + ")"
    )
