"""The content of a report, made from evidence alone: the same records give the same report."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from mentoring_evaluation import report_findings as findings
from mentoring_evaluation import report_outcomes as outcomes
from mentoring_evaluation.evidence import ROLES, Evidence
from mentoring_evaluation.figures import Line
from mentoring_evaluation.floor import least_asked, policy_of, rule_in_words
from mentoring_evaluation.lint import lint_report
from mentoring_evaluation.narrative import resolved, unknown_references
from mentoring_evaluation.programme_figures import programme_lines
from mentoring_evaluation.public_view import public_lines, statement
from mentoring_evaluation.report_kinds import Kind, Part, kind_of
from mentoring_evaluation.report_records import ReportRecords

EXACT = (
    "This is the programme team's own view: every figure that is shown is exact, small counts included. It is not for "
    "publication; the public view is."
)
LEDGER = (
    "applied", "moved_in", "moved_out", "matched", "carried_over", "withdrawn", "ineligible", "unmatched", "open",
)  # fmt: skip


EMPTY: Mapping[Part, list[Any]] = {"ledger": [], "quotes": [], "case_studies": [], "recommendations": []}


def view_of(evidence: Evidence, audience: str) -> tuple[str, list[dict[str, Any]]]:
    """What a view says of itself, and its figures as JSON objects."""
    lines = programme_lines(evidence)
    if audience == "public":
        return statement(evidence), public_lines(evidence, lines)
    return _exact_statement(evidence), [line.to_json() | _recomputed(line) for line in lines]


def _exact_statement(evidence: Evidence) -> str:
    """The rule that was used, and what it kept back."""
    hidden = [
        f"{role}s in {wave.name.replace('_', ' ')} of cohort {wave.cohort}"
        for wave in sorted(evidence.waves, key=lambda wave: (wave.name, wave.cohort))
        for role in ROLES
        if wave.closed_at and role in wave.hidden
    ]
    kept_back = f" Kept back: {', '.join(hidden)}." if hidden else ""
    return f"{EXACT} {rule_in_words(least_asked(evidence.public_minimum))}{kept_back}"


def _recomputed(line: Line) -> dict[str, Any]:
    """Where the figure is counted again, relative to the programme; of breakdowns, only that by option has a page."""
    f = line.figure
    asked = {"cohort": f.cohort, "role": f.role, "wave": f.wave, "option": line.breakdown.get("option")}
    query = urlencode({name: value for name, value in asked.items() if value is not None})
    return (
        {}
        if set(line.breakdown) - {"option"}
        else {"evidence": f"figures/{f.name}/evidence" + (f"?{query}" if query else "")}
    )


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
