"""Reports read from tables: what the columns mean is guessed, said in words, and open to correction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pydantic import ValidationError

from mentoring_contracts.words import in_words
from mentoring_evaluation.lint.columns import Guess
from mentoring_evaluation.lint.grids import Grid
from mentoring_evaluation.lint.heads import MEANINGS
from mentoring_evaluation.lint.nodes import ReportUnreadable
from mentoring_evaluation.lint.published import PublishedReport
from mentoring_evaluation.lint.table_figures import TableFigures


@dataclass(slots=True)
class Reading:
    """A report read from tables, the guesses it rests on, and the cells that were taken for no figure."""

    report: PublishedReport
    guesses: list[Guess] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)


def read_tables(grids: Sequence[Grid], said: Mapping[str, str] | None = None) -> Reading:
    """The figures of some tables. `said` names the meaning of a column, by its head or its letter. ReportUnreadable."""
    wanted = {head.casefold(): meaning for head, meaning in (said or {}).items()}
    for head, meaning in wanted.items():
        if meaning not in MEANINGS:
            raise ReportUnreadable(f"{head} is said to be {meaning}, which is none of {', '.join(MEANINGS)}")
    found = [TableFigures(grid, wanted) for grid in grids]
    used = {head for table in found for head in table.said}
    if unknown := sorted(set(wanted) - used):
        raise ReportUnreadable(f"no column is called {unknown[0]}")
    try:
        percentages = [line for table in found for line in table.percentages()]
        report = PublishedReport(
            title="a published table",
            percentages=percentages,
            distributions=[line for table in found for line in table.distributions()],
            means=[line for table in found for line in table.means()],
            totals=[line for table in found for line in table.totals()],
        )
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        raise ReportUnreadable(f"a cell cannot be read: {in_words(first['msg'])}") from None
    return Reading(
        report, [guess for table in found for guess in table.guesses()], [at for table in found for at in table.skipped]
    )
