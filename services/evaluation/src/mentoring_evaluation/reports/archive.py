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
from typing import Any, Literal

from mentoring_common.csv_text import write
from mentoring_common.typesetting import PdfNotPossible
from mentoring_evaluation.figures.shown import ShownDistribution, ShownFigure
from mentoring_evaluation.reports.changes import Issue
from mentoring_evaluation.reports.document import Document, View, Words
from mentoring_evaluation.reports.docx import report_docx
from mentoring_evaluation.reports.packing import packed
from mentoring_evaluation.reports.page import report_page, views_of
from mentoring_evaluation.reports.pdf import report_pdf

MEDIA_TYPE = "application/zip"
Type = Literal["string", "integer", "number", "boolean"]

# (column, type, what it means) of a row for every figure of a view.
FIGURES: Sequence[tuple[str, Type, str]] = (
    ("name", "string", "name of the figure"),
    ("wave", "string", "the survey it was asked in; empty of figures counted in records"),
    ("cohort", "integer", "number of the cohort; empty: all of them"),
    ("role", "string", "who was asked or counted; empty: mentors and mentees together"),
    ("breakdown", "string", "what else it is of, as a JSON object: of several choices the option"),
    ("rule", "string", "pooled and top_box: numerator of denominator; mean_of_cohorts: mean of the cohorts' shares; "
                       "count: of records; excess: beyond the places"),
    ("unit", "string", "percent, or what is counted"),
    ("shown", "string", "what the value says: exact, rounded, at_least, at_most or hidden"),
    ("value", "number", "the figure; empty where it is hidden or nobody answered"),
    ("digits", "integer", "decimals of the value, rounded half up"),
    ("numerator", "integer", "how many are counted; rounded under disclosure control"),
    ("denominator", "integer", "of how many; rounded under disclosure control"),
    ("asked", "integer", "how many were asked"),
    ("answered", "integer", "how many answered this question"),
    ("interval_low", "number", "lower end of the 95 % interval"),
    ("interval_high", "number", "upper end of the 95 % interval"),
    ("interval_method", "string", "wilson (1927), or mover (Zou and Donner 2008) of a mean of cohorts"),
    ("between_low", "number", "what the value is at least, under disclosure control"),
    ("between_high", "number", "what the value is at most, under disclosure control"),
    ("definition", "string", "what was counted, in words"),
    ("caveats", "string", "what is to be known of it: few people, answers to another survey tool, and the like"),
)  # fmt: skip

# The same of a row for every answer to every question that is published.
ANSWERS: Sequence[tuple[str, Type, str]] = (
    ("name", "string", "name of the figure that the question is published under"),
    ("wave", "string", "the survey"),
    ("cohort", "integer", "number of the cohort; empty: all of them"),
    ("role", "string", "who was asked"),
    ("question", "string", "the question in its own words"),
    ("answer", "string", "the answer; or several, or any other, where only that is told"),
    ("counted", "boolean", "whether the answer is part of the figure"),
    ("several", "boolean", "whether one person may have given several answers"),
    ("count", "integer", "how many gave it; empty under disclosure control"),
    ("percent", "number", "of those who answered"),
    ("shown", "string", "what the share says: exact, rounded, at_least, at_most or hidden"),
    ("between_low", "number", "what the share is at least, under disclosure control"),
    ("between_high", "number", "what the share is at most, under disclosure control"),
    ("answered", "integer", "how many answered the question; rounded under disclosure control"),
    ("asked", "integer", "how many were asked it; empty where that is not told"),
    ("asked_with", "string", "said where answers to another survey tool, which were brought in, are in it"),
    ("mean", "number", "of a scale: the mean of all answers to the question"),
    ("sd", "number", "of a scale: the standard deviation of the sample (n - 1)"),
    ("median", "number", "of a scale: the median"),
    ("mean_low", "number", "lower end of Student's 95 % interval of the mean"),
    ("mean_high", "number", "upper end of Student's 95 % interval of the mean"),
)  # fmt: skip

_README = """\
{title}
{kind}, version {version}, edition {edition}. Records as of {as_of}.

report.html, report.pdf, report.docx   the report; what people said in their own words is in these alone
tables/figures-VIEW.csv                every figure of a view, with numerator, denominator, n and interval
tables/answers-VIEW.csv                all answers to every published question, by cohort and role
charts/                                every chart as SVG, and the table beside it as CSV
datapackage.json                       what every column of the tables means

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
    return packed(files, at=document.as_of)


def _readme(document: Document, issue: Issue) -> str:
    return _README.format(
        title=document.title, kind=document.kind, version=issue.version, edition=issue.edition or "none: not published",
        as_of=document.as_of.date(),
        statements="\n\n".join(f"{name}: {view.statement}" for name, view in document.views.items()),
    )  # fmt: skip


def _csv(columns: Sequence[tuple[str, Type, str]], rows: Iterable[Mapping[str, Any]]) -> bytes:
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


def _resource(name: str, columns: Sequence[tuple[str, Type, str]], view: View) -> dict[str, Any]:
    fields = [{"name": column, "type": type_, "description": means} for column, type_, means in columns]
    return {
        "profile": "tabular-data-resource",
        "name": name.replace("_", "-"),
        "path": f"tables/{name}.csv",
        "description": view.statement,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "schema": {"fields": fields, "missingValues": [""]},
    }


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:60] or "report"
