"""A report as PDF/A-2a and PDF/UA-1, set by typst from data alone: no text of anybody is ever read as markup."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from functools import cache
from importlib import resources
from typing import Any

from mentoring_evaluation.reports.chapters import changed_items, chapters
from mentoring_evaluation.reports.page import Block, change_rows, views_of
from mentoring_evaluation.reports.typesetting import typeset


def report_pdf(content: Mapping[str, Any], issue: Mapping[str, Any]) -> bytes:
    """The PDF of a report's content, the same bytes for the same report.

    PdfNotPossible for characters without a font, and words too long.
    Blocking: run it in a thread.
    """
    return typeset(_template(), _data(content, issue))


@cache
def _template() -> bytes:
    return resources.files("mentoring_evaluation.reports").joinpath("templates/report.typ").read_bytes()


def _data(content: Mapping[str, Any], issue: Mapping[str, Any]) -> dict[str, Any]:
    views = [view | {"blocks": [_block(block) for block in view["blocks"]]} for view in views_of(content)]
    published = issue["published_at"]
    previous = issue["changes"].get("previous")
    return {
        "title": content["title"],
        "kind": content["kind"],
        "as_of": _day(datetime.fromisoformat(content["as_of"])),
        "version": issue["version"],
        "edition": issue["edition"],
        "published": published.date().isoformat() if published else None,
        "notes": [f"Edition {note['edition']}, {note['at'][:10]}: {note['text']}" for note in issue["notes"]],
        "narrative": [
            {"title": s["title"], "paragraphs": ["".join(part["text"] for part in p) for p in s["paragraphs"]]}
            for s in content["narrative"]
        ],
        "views": views,
        "changes": change_rows(issue["changes"]),
        "changed_items": changed_items(issue["changes"]),
        "previous": previous["version"] if previous else None,
        "previous_notes": [note["text"] for note in previous["notes"]] if previous else [],
        "chapters": [asdict(chapter) for chapter in chapters(content)],
        "ledger": _ledger(content["ledger"]),
        "findings": content["inconsistencies"],
        "quotes": content["quotes"],
    }


def _block(block: Block) -> dict[str, Any]:
    return {
        "title": block.title,
        "note": block.note,
        "columns": block.columns,
        "rows": [[row, *cells] for row, cells in block.rows],
        "chart": None if block.chart is None else str(block.chart),
        "caveats": block.caveats,
    }


def _ledger(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    names = [name for name in (rows[0] if rows else {}) if name not in ("cohort", "role", "balanced")]
    headings = [name.replace("_", " ").capitalize() for name in names]
    return {"columns": [*headings, "Balances"], "rows": [_ledger_row(row, names) for row in rows]}


def _ledger_row(row: Mapping[str, Any], names: Sequence[str]) -> list[str]:
    cohort = f"Cohort {row['cohort']}" if row["cohort"] else "A later cohort"
    balances = "yes" if row["balanced"] else "no"
    return [f"{cohort}, {row['role']}s", *(str(row[name]) for name in names), balances]


def _day(moment: datetime) -> dict[str, int]:
    return {"year": moment.year, "month": moment.month, "day": moment.day}
