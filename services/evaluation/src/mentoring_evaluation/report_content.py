"""The content of a report, made from evidence alone: the same records give the same report."""

from collections.abc import Mapping
from typing import Any

from mentoring_evaluation.evidence import Evidence
from mentoring_evaluation.lint import lint_report
from mentoring_evaluation.programme_figures import programme_lines
from mentoring_evaluation.public_view import public_lines, statement

EXACT = (
    "This is the programme team's own view: every figure is exact, small groups included. It is not for publication; "
    "the public view is."
)
LEDGER = (
    "applied", "moved_in", "moved_out", "matched", "carried_over", "withdrawn", "ineligible", "unmatched", "open",
)  # fmt: skip


def view_of(evidence: Evidence, audience: str) -> tuple[str, list[dict[str, Any]]]:
    """What a view says of itself, and its figures as JSON objects."""
    lines = programme_lines(evidence)
    if audience == "public":
        return statement(evidence), public_lines(evidence, lines)
    return EXACT, [line.to_json() for line in lines]


def report_content(evidence: Evidence, audience: str, published: Mapping[str, Any] | None) -> dict[str, Any]:
    """Everything a report holds. The programme team's has both views, the public one has no other."""
    views = ["public"] if audience == "public" else ["programme_team", "public"]
    made = {view: view_of(evidence, view) for view in views}
    return {
        "title": evidence.title,
        "as_of": evidence.as_of.isoformat(timespec="seconds"),
        "views": {view: {"statement": said, "figures": figures} for view, (said, figures) in made.items()},
        "ledger": [] if audience == "public" else _ledger(evidence),
        "inconsistencies": [finding.to_json() for finding in lint_report(dict(published))] if published else [],
        "quotes": [dict(quote) for quote in evidence.quotes],
    }


def _ledger(evidence: Evidence) -> list[dict[str, Any]]:
    """The application ledger as the applications service keeps it, and whether each line balances by our own sum."""
    rows = []
    for row in evidence.statistics.get("ledger", []):
        numbers = {name: int(row.get(name) or 0) for name in LEDGER}
        entered = numbers["applied"] + numbers["moved_in"] - numbers["moved_out"]
        ended = sum(numbers[name] for name in LEDGER[3:])
        cohort = row.get("cohort_number")
        rows.append({"cohort": cohort, "role": row["role"], **numbers, "balanced": entered == ended})
    return rows
