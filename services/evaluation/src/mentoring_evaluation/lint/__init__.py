"""The linter of published figures: what a mentoring report says that its own numbers cannot bear out."""

from mentoring_evaluation.lint.annotated import page
from mentoring_evaluation.lint.counts import possible_counts
from mentoring_evaluation.lint.coverage import Coverage, coverage
from mentoring_evaluation.lint.findings import RULES, Finding, render_text
from mentoring_evaluation.lint.nodes import ReportUnreadable
from mentoring_evaluation.lint.published import SCHEMA
from mentoring_evaluation.lint.reading import (
    Document,
    describe,
    faults,
    lint_report,
    load_document,
    load_report,
    parse_report,
    read_document,
    read_json,
)
from mentoring_evaluation.lint.sarif import sarif

__all__ = [
    "RULES",
    "SCHEMA",
    "Coverage",
    "Document",
    "Finding",
    "ReportUnreadable",
    "coverage",
    "describe",
    "faults",
    "lint_report",
    "load_document",
    "load_report",
    "page",
    "parse_report",
    "possible_counts",
    "read_document",
    "read_json",
    "render_text",
    "sarif",
]
