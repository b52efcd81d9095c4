"""The published table as a page, with the findings beside the figures they are about; it loads nothing."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from html import escape

from mentoring_evaluation.lint.columns import Guess
from mentoring_evaluation.lint.coverage import Coverage
from mentoring_evaluation.lint.findings import Finding
from mentoring_evaluation.lint.grids import Grid
from mentoring_evaluation.lint.published import PublishedReport

_STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 60rem; padding: 0 1rem; color: #1b1b1b;
  background: #fff }
.wide { overflow-x: auto }
table { border-collapse: collapse; margin: 1rem 0 }
th, td { border: 1px solid #949494; padding: .3rem .6rem; text-align: left; vertical-align: top }
.certain { background: #f8d3d0 } .likely { background: #fbe6c2 } .possible { background: #dfe9f5 }
li { margin: .8rem 0 } .why { margin: .2rem 0 } a { color: #0b4a8f }
"""


def page(
    title: str,
    report: PublishedReport,
    findings: Sequence[Finding],
    checked: Coverage,
    grids: Sequence[Grid] = (),
    guesses: Sequence[Guess] = (),
) -> str:
    """The page: the tables (or the figures of a description) with numbered marks, then the findings."""
    marks = _marks(findings)
    body = [
        f"<h1>{escape(title)}</h1>",
        f"<p>{_count(findings)} {escape(checked.in_words())}</p>",
        *(_table(grid, marks) for grid in grids),
        *([] if grids else [_figures(report, marks)]),
        _said(guesses),
        "<h2>Findings</h2>" if findings else "",
        "<ol>" if findings else "",
        *(_finding(number, finding) for number, finding in enumerate(findings, start=1)),
        "</ol>" if findings else "",
    ]
    head = f'<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{escape(title)}</title>'
    whole = "\n".join(filter(None, body))
    styled = f"<head>{head}<style>{_STYLE}</style></head>"
    return f'<!doctype html>\n<html lang="en">{styled}\n<body><main>\n{whole}\n</main></body></html>\n'


def _count(findings: Sequence[Finding]) -> str:
    sure = sum(finding.confidence == "certain" for finding in findings)
    return (
        f"{len(findings)} finding{'' if len(findings) == 1 else 's'}, {sure} certain." if findings else "No findings."
    )


def _marks(findings: Sequence[Finding]) -> dict[str, list[tuple[int, str]]]:
    """By place: the numbers of its findings, and how sure each is."""
    marks: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for number, finding in enumerate(findings, start=1):
        for place in dict.fromkeys((finding.where, *finding.also)):
            marks[place].append((number, finding.confidence if place == finding.where else ""))
    return marks


def _table(grid: Grid, marks: dict[str, list[tuple[int, str]]]) -> str:
    width = max(map(len, grid.rows))
    rows = [
        "".join(
            _cell(cell, marks.get(grid.place(row, column), [])) for column, cell in enumerate(_padded(cells, width))
        )
        for row, cells in enumerate(grid.rows)
        if any(cells)
    ]
    caption = f"<caption>{escape(grid.name)}</caption>" if grid.name else ""
    return f'<div class="wide" tabindex="0"><table>{caption}{"".join(f"<tr>{row}</tr>" for row in rows)}</table></div>'


def _padded(cells: list[str], width: int) -> list[str]:
    return cells + [""] * (width - len(cells))


def _cell(text: str, marks: list[tuple[int, str]]) -> str:
    sure = next((sure for sure in ("certain", "likely", "possible") if any(mark[1] == sure for mark in marks)), "")
    links = "".join(f' <a href="#finding-{number}">[{number}]</a>' for number, _ in marks)
    marked = f' class="{sure}"' if sure else ""
    return f"<td{marked}>{escape(text)}{links}</td>"


def _figures(report: PublishedReport, marks: dict[str, list[tuple[int, str]]]) -> str:
    """The figures of a description: where each stands, what it is, what is printed."""
    heads = "".join(f'<th scope="col">{head}</th>' for head in ("place", "figure", "printed"))
    rows = "".join(
        f"<tr><td>{escape(at)}</td><td>{escape(name)}</td>{_cell(shown, marks.get(at, []))}</tr>"
        for at, name, shown in _lines(report)
    )
    return f'<div class="wide" tabindex="0"><table><tr>{heads}</tr>{rows}</table></div>'


def _lines(report: PublishedReport) -> Iterator[tuple[str, str, str]]:
    for line in report.percentages:
        whose = ", ".join(filter(None, (line.role, line.cohort and f"cohort {line.cohort}", line.wave)))
        of = f" of {line.n}" if line.n is not None else ""
        yield line.at, f"{line.name} ({whose})" if whose else line.name, f"{line.percent} %{of}"
    for total in report.totals:
        yield total.at, total.label, str(total.stated)
    for mean in report.means:
        yield mean.at, mean.name, str(mean.mean)
    for score in report.net_promoter:
        yield score.at, score.name, str(score.score)
    for change in report.changes:
        yield change.at, change.label, f"{change.percent} %"
    for beyond in report.oversubscription:
        yield beyond.at, f"over-subscription {beyond.role or ''}".strip(), f"{beyond.percent} %"
    for event in report.dates:
        yield event.at, event.event + (f" (cohort {event.cohort})" if event.cohort else ""), event.date


def _said(guesses: Sequence[Guess]) -> str:
    if not guesses:
        return ""
    items = "".join(f"<li>{escape(guess.in_words())}</li>" for guess in guesses)
    return f"<details><summary>How the columns were read</summary><ul>{items}</ul></details>"


def _finding(number: int, finding: Finding) -> str:
    places = escape(", ".join((finding.where, *finding.also)))
    return (
        f'<li id="finding-{number}"><strong>{escape(finding.rule.replace("_", " "))}</strong> '
        f'<span class="{finding.confidence}">{finding.confidence}</span> at {places}'
        f'<p class="why">{escape(finding.why)}</p><p class="why">{escape(finding.resolve)}</p></li>'
    )
