"""A report as PDF/A-2a and PDF/UA-1, set by typst from data alone: no text of anybody is ever read as markup."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from functools import cache
from importlib import resources
from typing import Any

from mentoring_common.typesetting import typeset
from mentoring_evaluation.reports.blocks import Block
from mentoring_evaluation.reports.changes import Issue
from mentoring_evaluation.reports.chapters import changed_items, chapters
from mentoring_evaluation.reports.document import Document, LedgerRow, Words
from mentoring_evaluation.reports.page import ShownView, change_rows, first_page, views_of
from mentoring_evaluation.reports.summary import Summary


def report_pdf(document: Document, words: Words, issue: Issue) -> bytes:
    """The PDF of a report with people's words in it, the same bytes for the same report.

    PdfNotPossible for characters without a font, and words too long.
    Blocking: run it in a thread.
    """
    return typeset(_template(), report_data(document, words, issue))


@cache
def _template() -> bytes:
    return resources.files("mentoring_evaluation.reports").joinpath("templates/report.typ").read_bytes()


def report_data(document: Document, words: Words, issue: Issue) -> dict[str, Any]:
    """All that a report says, as plain JSON in the order in which it is set."""
    previous = issue.changes.previous
    first = first_page(document)
    return {
        "title": document.title,
        "kind": document.kind,
        "as_of": _day(document.as_of),
        "version": issue.version,
        "edition": issue.edition,
        "published": issue.published_at.date().isoformat() if issue.published_at else None,
        "notes": [f"Edition {note.edition}, {note.at[:10]}: {note.text}" for note in issue.notes],
        "first": None if first is None else _first(first),
        "narrative": [
            {"title": s.title, "paragraphs": ["".join(part.text for part in parts) for parts in s.paragraphs]}
            for s in words.narrative
        ],
        "views": [_view(view) for view in views_of(document)],
        "changes": change_rows(issue.changes),
        "changed_items": changed_items(issue.changes),
        "previous": previous.version if previous else None,
        "previous_notes": [note.text for note in previous.notes] if previous else [],
        "chapters": [asdict(chapter) for chapter in chapters(document, words.case_studies)],
        "ledger": _ledger(document.ledger),
        "findings": [fault.to_json() for fault in document.inconsistencies],
        "quotes": [{"text": one.text, "role": one.role, "cohort": one.cohort} for one in words.quotes],
    }


def _first(first: Summary) -> dict[str, Any]:
    findings = [{"said": one.said, "rests_on": one.rests_on} for one in first.findings]
    return {"findings": findings, "not_known": list(first.not_known)}


def _view(view: ShownView) -> dict[str, Any]:
    return {"title": view.title, "statement": view.statement, "blocks": [_block(block) for block in view.blocks]}


def _block(block: Block) -> dict[str, Any]:
    return {
        "title": block.title,
        "note": block.note,
        "columns": block.columns,
        "rows": [[row, *cells] for row, cells in block.rows],
        "chart": None if block.chart is None else str(block.chart),
        "caveats": block.caveats,
        "hidden": block.hidden,
    }


def _ledger(rows: Sequence[LedgerRow]) -> dict[str, Any]:
    headings = [name.replace("_", " ").capitalize() for name in (rows[0].counts() if rows else ())]
    return {"columns": [*headings, "Balances"], "rows": [_ledger_row(row) for row in rows]}


def _ledger_row(row: LedgerRow) -> list[str]:
    cohort = f"Cohort {row.cohort}" if row.cohort else "A later cohort"
    return [f"{cohort}, {row.role}s", *map(str, row.counts().values()), "yes" if row.balanced else "no"]


def _day(moment: datetime) -> dict[str, int]:
    return {"year": moment.year, "month": moment.month, "day": moment.day}
