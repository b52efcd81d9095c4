"""The converter for this system's own reports: the `figures` list of a `report.json`."""

from collections.abc import Iterator
from typing import Any

from mentoring_evaluation.lint.nodes import Node, described
from mentoring_evaluation.lint.published import Oversubscription, Percentage, PublishedReport


def is_own_figures(data: dict[str, Any]) -> bool:
    """Whether a document has this shape."""
    return isinstance(data.get("figures"), list)


def from_own_figures(data: dict[str, Any]) -> PublishedReport:
    """The percentages of a report in the linter's schema. Raises ReportUnreadable at what cannot be read."""
    figures = Node(data)["figures"].items()
    return PublishedReport(
        title="report of this system",
        percentages=list(_percentages(figures)),
        oversubscription=list(_oversubscription(figures)),
    )


def _percentages(figures: list[Node]) -> Iterator[Percentage]:
    for figure in figures:
        rule = figure["rule"].text()
        if rule not in ("pooled", "top_box", "mean_of_cohorts") or "value" not in figure:
            continue
        counted = "numerator" in figure and "denominator" in figure
        yield described(
            Percentage,
            figure["value"].path,
            name=_name(figure),
            percent=figure["value"].number(),
            cohort=str(figure["cohort"].value) if "cohort" in figure else None,
            role=figure["role"].text() if "role" in figure else None,
            wave=figure["wave"].text() if "wave" in figure else None,
            numerator=figure["numerator"].whole() if counted else None,
            n=figure["denominator"].whole() if counted else None,
            rule="mean_of_cohorts" if rule == "mean_of_cohorts" else "pooled",
        )


def _name(figure: Node) -> str:
    """The name with its breakdown, such as the option of a question: each is a figure of its own."""
    name = figure["name"].text()
    if "breakdown" in figure:
        name += "".join(f", {what} {node.value}" for what, node in figure["breakdown"].children())
    # counts are rounded each for itself: the sum of rounded cohorts is not the rounded overall
    rounded = "shown" in figure and figure["shown"].value == "rounded"
    return f"{name} ({figure.path})" if rounded else name


def _oversubscription(figures: list[Node]) -> Iterator[Oversubscription]:
    for figure in figures:
        if figure["rule"].text() == "excess" and "denominator" in figure:
            places = figure["denominator"].whole()
            yield described(
                Oversubscription,
                figure["value"].path,
                role=figure["role"].text() if "role" in figure else None,
                demand=places + int(figure["numerator"].number()),
                places=places,
                percent=figure["value"].number(),
            )
