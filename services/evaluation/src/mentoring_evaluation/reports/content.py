"""The content of a report, made from evidence alone: the same records give the same report."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from mentoring_evaluation.disclosure.floor import policy_of
from mentoring_evaluation.figures.evidence import Evidence
from mentoring_evaluation.figures.views import view_of
from mentoring_evaluation.lint import lint_report
from mentoring_evaluation.reports import findings, outcomes
from mentoring_evaluation.reports.kinds import Kind, Part, kind_of
from mentoring_evaluation.reports.narrative import resolved, unknown_references
from mentoring_evaluation.reports.records import ReportRecords

LEDGER = (
    "applied", "moved_in", "moved_out", "matched", "carried_over", "withdrawn", "ineligible", "unmatched", "open",
)  # fmt: skip


EMPTY: Mapping[Part, list[Any]] = {"ledger": [], "quotes": [], "case_studies": [], "recommendations": []}


def report_content(
    evidence: Evidence,
    records: ReportRecords,
    kind: str,
    published: Mapping[str, Any] | None,
) -> dict[str, Any]:
    """Everything a report of a kind holds but its text."""
    held = kind_of(kind)
    made = {view: kept_view(evidence, kind, view) for view in held.views}
    return {
        "title": evidence.title,
        "kind": held.title,
        "as_of": evidence.as_of.isoformat(timespec="seconds"),
        "views": {view: {"statement": said, "figures": figures} for view, (said, figures) in made.items()},
        "inconsistencies": [finding.to_json() for finding in lint_report(dict(published))] if published else [],
        **_parts(evidence, records, held, made[held.views[0]][1]),
    }


def _parts(
    evidence: Evidence, records: ReportRecords, kind: Kind, figures: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """What stands beside the figures in a report of this kind; empty (None of what is no list) where it has no room."""
    policy = policy_of(evidence.public_minimum)
    made: dict[Part, Callable[[], Any]] = {
        "ledger": lambda: _ledger(evidence),
        "quotes": lambda: [dict(quote) for quote in evidence.quotes],
        "case_studies": lambda: findings.case_studies(records),
        "themes": lambda: findings.themes(records, kind, policy),
        "recommendations": lambda: findings.recommendations(records, kind),
        "evaluation_model": lambda: outcomes.evaluation_model(records, figures, kind, policy),
        "outcomes": lambda: outcomes.outcomes(records, figures, kind, policy),
    }
    return {part: make() if part in kind.parts else EMPTY.get(part) for part, make in made.items()}


def kept_view(evidence: Evidence, kind: str, audience: str) -> tuple[str, list[dict[str, Any]]]:
    """A view as a report of a kind shows it."""
    said, figures = view_of(evidence, audience)
    return said, [figure for figure in figures if kind_of(kind).holds(figure)]


def written(narrative: Sequence[Mapping[str, str]], figures: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The text with its figures in place and quotations still to be read, and the references that name no figure."""
    return {"narrative": resolved(narrative, figures), "unresolved": unknown_references(narrative, figures)}


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
