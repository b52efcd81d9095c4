"""The figures and all answers of a view as tables: the same that the archive of a report has."""

from collections.abc import Sequence

from mentoring_evaluation.exports.table import Column, Table
from mentoring_evaluation.figures.shown import ShownDistribution, ShownFigure
from mentoring_evaluation.reports.archive import rows_of_answers, rows_of_figures
from mentoring_evaluation.reports.archived import ANSWERS, FIGURES


def tables_of(
    view: str, statement: str, figures: Sequence[ShownFigure], distributions: Sequence[ShownDistribution]
) -> list[Table]:
    """The two tables of a view; `statement` is the rule that it was made by."""
    found = []
    for kind, described, rows in (
        ("figures", FIGURES, rows_of_figures(figures)),
        ("answers", ANSWERS, rows_of_answers(distributions)),
    ):
        columns = [Column(name, type_, description=means) for name, type_, means in described]
        cells = [[row.get(column.name) for column in columns] for row in rows]
        found.append(Table(f"{kind}-{view}", statement, columns, cells))
    return found
