"""A report as one self-contained, accessible page: every chart has its table beside it, and nothing is loaded."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from mentoring_evaluation.reports.chapters import changed_items, chapters
from mentoring_evaluation.reports.charts import Bar, bars_svg

Figures = Sequence[Mapping[str, Any]]
POOLED, MEAN, ALL = "All, pooled", "All, mean of cohorts", "All"
_LAST = {ALL: 1, POOLED: 2, MEAN: 3}


@dataclass(frozen=True, slots=True)
class Section:
    """A heading, the names of its figures (None: those of survey questions), and the columns its chart shows."""

    title: str
    names: tuple[str, ...] | None
    charted: Callable[[Mapping[str, Any]], bool]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """What the page shows of a section: an optional chart and a table with its evidence."""

    title: str
    note: str
    columns: list[str]
    rows: list[tuple[str, list[str]]]
    chart: Markup | None = None
    caveats: list[str] = field(default_factory=list)


def _by_cohort(name: str) -> Callable[[Mapping[str, Any]], bool]:
    return lambda figure: figure["name"] == name and figure["cohort"] is not None and figure["role"] is not None


SECTIONS = (
    Section(
        "Expressions of interest",
        ("expressions_of_interest", "expressions_of_interest_for_later", "moved_cohort", "oversubscription"),
        _by_cohort("expressions_of_interest"),
    ),
    Section(
        "Pairs", ("matched_pairs", "matched_people", "rematches", "mentoring_sessions", "mentoring_minutes"),
        _by_cohort("matched_people"),
    ),
    Section("Who answered the surveys", ("response_rate",), _by_cohort("response_rate")),
    Section(
        "What they answered", None, lambda figure: figure["cohort"] is None,
        "A mean of cohorts counts every cohort the same; pooled, every person counts the same.",
    ),
    Section(
        "Professional background", ("professional_background",),
        lambda figure: figure["cohort"] is None and "other" not in figure["breakdown"],
    ),
    Section("Continuing development", ("cpd_sessions", "cpd_participants"), lambda figure: False),
    Section("Interviews", ("interviews", "interviewed_pairs", "interview_pages"), lambda figure: False),
)  # fmt: skip


def report_page(content: Mapping[str, Any], issue: Mapping[str, Any]) -> str:
    """The HTML of a report's content, with people's words in it. Blocking (charts are drawn): run it in a thread."""
    changed = {
        "Figures that changed, came or went": change_rows(issue["changes"]),
        "Themes, recommendations and case studies that changed, came or went": changed_items(issue["changes"]),
    }
    page: str = _template().render(
        content=content, views=views_of(content), chapters=chapters(content), issue=issue, changed=changed
    )  # fmt: skip
    return page


def views_of(content: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The views of a report as pages show them: name, title, statement and blocks."""
    titles = {"public": "The public view", "programme_team": "The programme team's view"}
    return [
        {"name": name, "title": titles[name], "statement": view["statement"], "blocks": blocks(view["figures"])}
        for name, view in content["views"].items()
    ]


def change_rows(changed: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """(figure, what it said before, what it says now) for every figure that is new, gone or different."""
    nothing = {"value": None, "numerator": None, "denominator": None, "shown": "exact"}
    return [
        (f"{_row(f)}, {_column(f)}", _cell(f | f.get("before", nothing)), _cell(f | f.get("after", nothing)))
        for group in ("changed", "added", "removed")
        for f in changed.get(group, [])
    ]


@cache
def _template() -> Any:
    loader = PackageLoader("mentoring_evaluation.reports")
    environment = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    return environment.get_template("report.html")


def blocks(figures: Figures) -> list[Block]:
    """The sections of a view that have figures."""
    made = (_block(section, [f for f in figures if _belongs(section, f)]) for section in SECTIONS)
    return [block for block in made if block.rows]


def _belongs(section: Section, figure: Mapping[str, Any]) -> bool:
    if section.names is None:
        return figure["wave"] is not None and figure["name"] != "response_rate"
    return figure["name"] in section.names


def _block(section: Section, figures: Figures) -> Block:
    columns = sorted({_column(f) for f in figures}, key=lambda name: (_LAST.get(name, 0), name))
    cells: dict[str, dict[str, str]] = {}
    for figure in figures:
        cells.setdefault(_row(figure), {})[_column(figure)] = _cell(figure)
    rows = [(row, [known.get(column, "") for column in columns]) for row, known in cells.items()]
    caveats = list(dict.fromkeys(_caveats(figures)))
    return Block(section.title, section.note, columns, rows, _chart(section, figures), caveats)


def _column(figure: Mapping[str, Any]) -> str:
    if figure["cohort"] is not None:
        return f"Cohort {figure['cohort']}"
    return {"mean_of_cohorts": MEAN, "pooled": POOLED}.get(figure["rule"], ALL)


def _row(figure: Mapping[str, Any]) -> str:
    parts = [figure["breakdown"].get("other") or figure["breakdown"].get("professional_background")]
    parts += [figure["breakdown"].get("mode", "").replace("_", " "), figure["breakdown"].get("option")]
    name = "" if figure["name"] == "professional_background" else figure["name"].replace("_", " ")
    who = f"{figure['role']}s" if figure["role"] else ""
    # A wave with an occasion after its survey is one of several: each has a row.
    wave = figure["wave"] if figure["name"] == "response_rate" or ": " in (figure["wave"] or "") else ""
    detail = ", ".join(part for part in (*parts, wave, who) if part)
    return f"{name}: {detail}".strip(": ").capitalize() if name and detail else (name or detail).capitalize()


def _cell(figure: Mapping[str, Any]) -> str:
    if figure["shown"] == "hidden":
        return "*"
    if figure["value"] is None:
        return "–"
    about = "≈ " if figure["shown"] == "rounded" else ""
    if figure["unit"] != "percent":
        return f"{about}{figure['value']}"
    counted = f" ({figure['numerator']} of {figure['denominator']})" if figure["denominator"] is not None else ""
    return f"{about}{figure['value']} %{counted}"


def _caveats(figures: Figures) -> Iterable[str]:
    return (f"{_row(figure)}, {_column(figure)}: {caveat}" for figure in figures for caveat in figure["caveats"])


def _chart(section: Section, figures: Figures) -> Markup | None:
    charted = [f for f in figures if section.charted(f) and f["shown"] != "hidden" and f["value"] is not None]
    if not charted:
        return None
    bars = tuple(Bar(_row(figure), _column(figure), float(figure["value"])) for figure in charted)
    return Markup(bars_svg(bars, charted[0]["unit"]))  # noqa: S704  drawn by vl-convert, which escapes every label
