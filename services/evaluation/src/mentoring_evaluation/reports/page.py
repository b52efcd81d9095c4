"""A report as one self-contained, accessible page: every chart has its table beside it, and nothing is loaded."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from mentoring_evaluation.figures.shown import ABOUT, Distributions, Figures, ShownDistribution, ShownFigure
from mentoring_evaluation.reports.blocks import HIDDEN, Block, answer_blocks
from mentoring_evaluation.reports.changes import Changes, FigureChange, FigureSaid, Issue
from mentoring_evaluation.reports.chapters import changed_items, chapters
from mentoring_evaluation.reports.charts import Bar, bars_svg
from mentoring_evaluation.reports.document import Document, Words
from mentoring_evaluation.reports.summary import Summary, Wordings, summary, wording_of

POOLED, MEAN, ALL = "All, pooled", "All, mean of cohorts", "All"
_LAST = {ALL: 1, POOLED: 2, MEAN: 3}


@dataclass(frozen=True, slots=True)
class Section:
    """A heading, the names of its figures (None: those of survey questions), and the columns its chart shows."""

    title: str
    names: tuple[str, ...] | None
    charted: Callable[[ShownFigure], bool]
    note: str = ""


@dataclass(frozen=True, slots=True)
class ShownView:
    """A view of a report: its name, which is its anchor, and its sections."""

    name: str
    title: str
    statement: str
    blocks: list[Block]


def _by_cohort(name: str) -> Callable[[ShownFigure], bool]:
    return lambda figure: figure.name == name and figure.cohort is not None and figure.role is not None


_NUMBERS = re.compile(r"\d+(?:\.\d+)?(?:, \d+(?:\.\d+)?)*")
_IN_FULL = 3  # so many caveats that differ in their numbers alone are each written out

_BY_FIELD = {"applicants_by": "Applied", "matched_people_by": "Matched"}

SECTIONS = (
    Section(
        "Expressions of interest",
        ("expressions_of_interest", "expressions_of_interest_for_later", "moved_cohort", "oversubscription"),
        _by_cohort("expressions_of_interest"),
    ),
    Section(
        "Pairs",
        ("matched_pairs", "matched_people", "rematches", "handovers", "mentoring_sessions", "mentoring_minutes"),
        _by_cohort("matched_people"),
    ),
    Section("Who answered the surveys", ("response_rate",), _by_cohort("response_rate")),
    Section(
        "What they answered", None, lambda figure: figure.cohort is None,
        "A mean of cohorts counts every cohort the same; pooled, every person counts the same.",
    ),
    Section(
        "Professional background", ("professional_background",),
        lambda figure: figure.cohort is None and "other" not in figure.breakdown,
    ),
    Section(
        "Who applied and was matched, by what they said of themselves", ("applicants_by", "matched_people_by"),
        lambda figure: False,
    ),
    Section("Continuing development", ("cpd_sessions", "cpd_participants"), lambda figure: False),
    Section("Habits", ("habit_people", "habits_embedded", "habits_seen"), lambda figure: False),
    Section("Interviews", ("interviews", "interviewed_pairs", "interview_pages"), lambda figure: False),
)  # fmt: skip


def report_page(document: Document, words: Words, issue: Issue) -> str:
    """The HTML of a report, with people's words in it. Blocking (charts are drawn): run it in a thread."""
    changed = {
        "Figures that changed, came or went": change_rows(issue.changes),
        "Themes, recommendations and case studies that changed, came or went": changed_items(issue.changes),
    }
    page: str = _template().render(
        document=document, words=words, first=first_page(document), views=views_of(document), issue=issue,
        chapters=chapters(document, words.case_studies), changed=changed,
    )  # fmt: skip
    return page


def first_page(document: Document) -> Summary | None:
    """What is said first: of the view that the report speaks of; None where a report has no figures."""
    view = next(iter(document.views.values()), None)
    return None if view is None else summary(_called(view.figures, document.surveys), document.wordings)


def views_of(document: Document) -> list[ShownView]:
    """The views of a report as pages show them."""
    titles = {"public": "The public view", "programme_team": "The programme team's view"}
    called = document.surveys
    return [
        ShownView(
            name, titles[name], view.statement,
            blocks(_called(view.figures, called), document.wordings, _called(view.distributions, called)),
        )
        for name, view in document.views.items()
    ]  # fmt: skip


_OfWave = TypeVar("_OfWave", ShownFigure, ShownDistribution)


def _called(shown: Sequence[_OfWave], surveys: Mapping[str, str]) -> list[_OfWave]:
    """The same with their waves in words, as people know their surveys; tables keep the names."""
    return [one.but(wave=surveys.get(one.wave or "", one.wave)) for one in shown]


def change_rows(changes: Changes) -> list[tuple[str, str, str]]:
    """(figure, what it said before, what it says now) for every figure that is new, gone or different."""
    return [
        (f"{_row(f, {})}, {_column(f)}", _cell(f.unit, f.before), _cell(f.unit, f.after))
        for f in changes.figures.every()
    ]


@cache
def _template() -> Any:
    loader = PackageLoader("mentoring_evaluation.reports")
    environment = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    return environment.get_template("report.html")


def blocks(figures: Figures, wordings: Wordings, distributions: Distributions = ()) -> list[Block]:
    """The sections of a view that have figures; questions of surveys as they were asked, then all answers to them."""
    made: list[Block] = []
    for section in SECTIONS:
        made.append(_block(section, [f for f in figures if _belongs(section, f)], wordings))
        made += answer_blocks(distributions) if section.names is None else ()
    return [block for block in made if block.rows or block.hidden]


def _belongs(section: Section, figure: ShownFigure) -> bool:
    if section.names is None:
        return figure.wave is not None and figure.name != "response_rate"
    return figure.name in section.names


def _block(section: Section, figures: Figures, wordings: Wordings) -> Block:
    cells: dict[str, dict[str, str]] = {}
    for figure in figures:
        cells.setdefault(_row(figure, wordings), {})[_column(figure)] = _cell(figure.unit, figure)
    hidden = [row for row, known in cells.items() if set(known.values()) == {HIDDEN}]
    told = {row: known for row, known in cells.items() if row not in hidden}
    named = {column for known in told.values() for column, cell in known.items() if cell != HIDDEN}
    columns = sorted(named, key=lambda name: (_LAST.get(name, 0), name))
    rows = [(row, [known.get(column, "") for column in columns]) for row, known in told.items()]
    caveats = list(_caveats(figures, wordings))
    chart = _chart(section, figures, wordings)
    return Block(section.title, section.note, columns, rows, chart, caveats, _said_of_hidden(hidden))


def _said_of_hidden(rows: Sequence[str]) -> str:
    """One sentence on all rows in which nothing is shown."""
    return f"Nothing is shown, since too few people stand behind it, of: {'; '.join(rows)}." if rows else ""


def _column(figure: ShownFigure | FigureChange) -> str:
    if figure.cohort is not None:
        return f"Cohort {figure.cohort}"
    return {"mean_of_cohorts": MEAN, "pooled": POOLED}.get(figure.rule, ALL)


def _row(figure: ShownFigure | FigureChange, wordings: Wordings) -> str:
    """What a row is called: a question of a survey in its own words."""
    if figure.name in _BY_FIELD:
        ((field, answer),) = figure.breakdown.items()
        return f"{_BY_FIELD[figure.name]}: {field.replace('_', ' ')} “{answer}”, {figure.role}s"
    if figure.name in wordings and figure.wave is not None:
        occasion = figure.wave if ": " in figure.wave else ""
        about = (figure.breakdown.get("option"), occasion, f"{figure.role}s" if figure.role else "")
        return f"{wording_of(figure, wordings)} ({', '.join(part for part in about if part)})"
    parts = [figure.breakdown.get("other") or figure.breakdown.get("professional_background")]
    parts += [figure.breakdown.get("mode", "").replace("_", " "), figure.breakdown.get("option")]
    name = "" if figure.name == "professional_background" else figure.name.replace("_", " ")
    who = f"{figure.role}s" if figure.role else ""
    # A wave with an occasion after its survey is one of several: each has a row.
    wave = figure.wave if figure.name == "response_rate" or ": " in (figure.wave or "") else ""
    detail = ", ".join(part for part in (*(part.lower() for part in parts if part), wave, who) if part)
    said = f"{name.lower()}: {detail}" if name and detail else name.lower() or detail
    return said[:1].upper() + said[1:]


def _cell(unit: str, said: ShownFigure | FigureSaid | None) -> str:
    if said is not None and said.shown == "hidden":
        return HIDDEN
    if said is None or said.value is None:
        return "–"
    about = ABOUT[said.shown]
    if unit != "percent":
        return f"{about}{said.value:,}"
    known = said.numerator is not None and said.denominator is not None
    counted = f" ({said.numerator} of {said.denominator}{_silent(said)})" if known else ""
    return f"{about}{said.value} %{counted}"


def _silent(said: ShownFigure | FigureSaid) -> str:
    """How many were asked and did not answer, beside those who did; a response rate says it itself."""
    if not isinstance(said, ShownFigure) or said.name == "response_rate":
        return ""
    silent = (said.asked or 0) - (said.denominator or 0)
    return f"; {silent} did not answer" if said.wave is not None and silent > 0 else ""


def _caveats(figures: Figures, wordings: Wordings) -> Iterable[str]:
    """What is to be known of the figures; of what is said of many, with other numbers each time, an example and of how
    many more: every one stands in the tables of the archive."""
    alike: dict[str, dict[str, str]] = {}
    for figure in figures:
        for caveat in figure.caveats:
            of = f"{_row(figure, wordings)}, {_column(figure)}"
            alike.setdefault(_NUMBERS.sub("0", caveat), {})[of] = caveat
    for same in alike.values():
        each = [f"{of}: {caveat}" for of, caveat in same.items()]
        own = ", with numbers of their own," if len(set(same.values())) > 1 else ""
        more = f"{each[0]} The same{own} holds for {len(each) - 1} more figures of this table."
        yield from each if len(each) <= _IN_FULL else [more]


def _chart(section: Section, figures: Figures, wordings: Wordings) -> Markup | None:
    return chart_of([f for f in figures if section.charted(f)], wordings)


def chart_of(figures: Figures, wordings: Wordings | None = None) -> Markup | None:
    """Figures as bars, those of one row beside each other; None where none of them has a value."""
    charted = [f for f in figures if f.shown != "hidden" and f.value is not None]
    if not charted:
        return None
    bars = tuple(
        Bar(_row(figure, wordings or {}), _column(figure), float(figure.value or 0), *_ends(figure))
        for figure in charted
    )
    return Markup(bars_svg(bars, charted[0].unit))  # noqa: S704  drawn by vl-convert, which escapes every label


def _ends(figure: ShownFigure) -> tuple[float | None, float | None]:
    """What a value lies between: its interval, or the bounds that rounding leaves; “at least” begins at its value."""
    ends = figure.interval or figure.between
    if ends is None:
        return None, None
    value = float(figure.value or 0)
    return min(value, float(ends.low)), max(value, float(ends.high))
