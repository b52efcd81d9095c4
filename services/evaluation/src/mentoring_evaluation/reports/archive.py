"""A report and what it was made of as separate files in one ZIP: page, PDF, DOCX, tables and charts, with a codebook.

`tables/` has the figures and all answers of every view as CSV, and `datapackage.json` (Frictionless Data Package 1)
says what each column means: from these `mentoring recompute` counts every figure again (`recomputing`). Nothing is in
it that the report does not show: where a view is under disclosure control, counts are on its grid. What people wrote is
in no table.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any

from mentoring_common.csv_text import write
from mentoring_common.typesetting import PdfNotPossible
from mentoring_evaluation.figures.shown import ShownDistribution, ShownFigure
from mentoring_evaluation.reports.archived import ANSWERS, FIGURES, Columns
from mentoring_evaluation.reports.changes import Issue
from mentoring_evaluation.reports.document import Document, View, Words
from mentoring_evaluation.reports.docx import report_docx
from mentoring_evaluation.reports.packing import packed, with_sums
from mentoring_evaluation.reports.page import report_page, views_of
from mentoring_evaluation.reports.pdf import report_pdf
from mentoring_evaluation.reports.pptx import report_pptx

MEDIA_TYPE = "application/zip"
_README = """\
{title}
{kind}, version {version}, edition {edition}. Records as of {as_of}.

report.html, report.pdf, report.docx   the report; what people said in their own words is in these alone
report.pptx                            its findings and charts as slides, the numbers in the notes
tables/figures-VIEW.csv                every figure of a view, with numerator, denominator, n and interval
tables/answers-VIEW.csv                all answers to every published question, by cohort and role
charts/                                every chart as SVG, and the table beside it as CSV
datapackage.json                       what every column of the tables means
SHA256SUMS                             every file with its hash (`sha256sum -c SHA256SUMS`)

Count the figures again from the answers:

    mentoring recompute FOLDER

{statements}
"""


def report_archive(document: Document, words: Words, issue: Issue) -> bytes:
    """The ZIP of a report. Blocking: run it in a thread.

    Without the PDF where no font shows the report's characters.
    """
    files = {"README.txt": _readme(document, issue).encode()}
    files["report.html"] = report_page(document, words, issue).encode()
    with suppress(PdfNotPossible):
        files["report.pdf"] = report_pdf(document, words, issue)
    files["report.docx"] = report_docx(document, words, issue)
    files["report.pptx"] = report_pptx(document, words, issue)
    for name, view in document.views.items():
        files[f"tables/figures-{name}.csv"] = _csv(FIGURES, rows_of_figures(view.figures))
        files[f"tables/answers-{name}.csv"] = _csv(ANSWERS, rows_of_answers(view.distributions))
    files["datapackage.json"] = json.dumps(_codebook(document), indent=2, ensure_ascii=False).encode()
    for shown in views_of(document):
        for number, block in enumerate(shown.blocks, 1):
            if block.chart is not None:
                at = f"charts/{shown.name}-{number:02}-{_slug(block.title)}"
                files[f"{at}.svg"] = str(block.chart).encode()
                rows = ([row, *cells] for row, cells in block.rows)
                files[f"{at}.csv"] = write(["Figure", *block.columns], rows).encode()
    return packed(with_sums(files), at=document.as_of)


def _readme(document: Document, issue: Issue) -> str:
    return _README.format(
        title=document.title, kind=document.kind, version=issue.version, edition=issue.edition or "none: not published",
        as_of=document.as_of.date(),
        statements="\n\n".join(f"{name}: {view.statement}" for name, view in document.views.items()),
    )  # fmt: skip


def _csv(columns: Columns, rows: Iterable[Mapping[str, Any]]) -> bytes:
    names = [name for name, _, _ in columns]
    return write(names, ([row.get(name) for name in names] for row in rows)).encode()


def rows_of_figures(figures: Sequence[ShownFigure]) -> Iterator[dict[str, Any]]:
    """The rows under FIGURES; what is not there is None, or not in it."""
    return map(_figure, figures)


def _figure(one: ShownFigure) -> dict[str, Any]:
    return one.model_dump() | {
        "caveats": " ".join(one.caveats) or None,
        "breakdown": json.dumps(one.breakdown, ensure_ascii=False) if one.breakdown else None,
        "digits": one.rounding.digits if one.rounding else None,
        "interval_low": one.interval and one.interval.low,
        "interval_high": one.interval and one.interval.high,
        "interval_method": one.interval and one.interval.method,
        "between_low": one.between and one.between.low,
        "between_high": one.between and one.between.high,
    }


def rows_of_answers(distributions: Sequence[ShownDistribution]) -> Iterator[dict[str, Any]]:
    """The rows under ANSWERS: one for every answer to every question."""
    for one in distributions:
        mean = one.mean
        of_all = one.model_dump(
            include={"name", "wave", "cohort", "role", "question", "answered", "asked", "asked_with"}
        ) | {
            "several": one.several,
            "mean": mean and mean.value,
            "sd": mean and mean.sd,
            "median": mean and mean.median,
            "mean_low": mean and mean.interval and mean.interval.low,
            "mean_high": mean and mean.interval and mean.interval.high,
        }
        for answer in one.answers:
            yield (
                of_all
                | answer.model_dump(include={"answer", "count", "percent", "shown"})
                | {
                    "counted": answer.counted,
                    "between_low": answer.between and answer.between.low,
                    "between_high": answer.between and answer.between.high,
                }
            )


def _codebook(document: Document) -> dict[str, Any]:
    """The descriptor of a Frictionless Data Package: every table, and what its columns mean."""
    tables = [
        (f"{kind}-{name}", columns, view)
        for name, view in document.views.items()
        for kind, columns in (("figures", FIGURES), ("answers", ANSWERS))
    ]
    return {
        "profile": "tabular-data-package",
        "name": _slug(f"{document.title} {document.kind}"),
        "title": f"{document.title}: {document.kind.lower()}",
        "created": document.as_of.isoformat(),
        "resources": [_resource(*table) for table in tables],
    }


def _resource(name: str, columns: Columns, view: View) -> dict[str, Any]:
    fields = [{"name": column, "type": type_, "description": means} for column, type_, means in columns]
    return {
        "profile": "tabular-data-resource",
        "name": name,
        "path": f"tables/{name}.csv",
        "description": view.statement,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "schema": {"fields": fields, "missingValues": [""]},
    }


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:60] or "report"
