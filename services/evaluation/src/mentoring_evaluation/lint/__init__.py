"""The linter of published figures: what a mentoring report says that its own numbers cannot bear out."""

from mentoring_evaluation.lint.counts import possible_counts
from mentoring_evaluation.lint.findings import RULES, Finding, render_text
from mentoring_evaluation.lint.nodes import ReportUnreadable
from mentoring_evaluation.lint.reading import describe, lint_report, load_report, parse_report

__all__ = [
    "RULES",
    "Finding",
    "ReportUnreadable",
    "describe",
    "lint_report",
    "load_report",
    "parse_report",
    "possible_counts",
    "render_text",
]
