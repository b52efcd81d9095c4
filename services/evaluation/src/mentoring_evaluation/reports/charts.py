"""Charts as SVG text: grouped bars and stacked ones. Altair and vl-convert draw them; they are heavy, and imported when
first needed."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from textwrap import wrap
from typing import Any

# Okabe and Ito (2008): told apart also by people who do not see all colours.
COLOURS = ["#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00"]

# From one end of a scale to the other, through grey: of two ends and what lies between.
ENDS = ["#0B4F8A", "#4C8DC4", "#A9CCE8", "#C9C9C9", "#F6D08A", "#E69F00", "#9C5A00"]
_OF = {1: [0], 2: [0, 5], 3: [0, 3, 5], 4: [0, 1, 4, 5], 5: [0, 1, 3, 4, 5], 6: [0, 1, 2, 4, 5, 6], 7: [*range(7)]}

LINE = 44  # characters in a line of a label; a question is longer


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: the row it stands in, the series that colours it, its length; and what the value lies between."""

    row: str
    series: str
    value: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a stacked bar: its row, the answer that colours it, and its length in percent."""

    row: str
    answer: str
    percent: float


@lru_cache(maxsize=256)
def bars_svg(bars: tuple[Bar, ...], unit: str) -> str:
    """Horizontal bars grouped by row, as an SVG element with nothing outside itself. Blocking: run it in a thread.

    Reports are frozen, so a chart that was drawn once is kept for the next reader.
    """
    import altair as alt
    import vl_convert

    labels = _wrapped(bar.row for bar in bars)
    rows = list(dict.fromkeys(labels.values()))
    series = list(dict.fromkeys(bar.series for bar in bars))
    values = [asdict(bar) | {"row": labels[bar.row]} for bar in bars]
    base = alt.Chart({"values": values}).encode(
        y=_rows(rows),
        yOffset=alt.YOffset("series:N", sort=series),
    )  # fmt: skip
    drawn = (
        base.mark_bar()
        .encode(
            x=alt.X("value:Q", title=unit, scale=alt.Scale(zero=True)),
            color=alt.Color(
                "series:N", title=None, sort=series, scale=alt.Scale(domain=series, range=COLOURS),
                # Also of one series: bars of the one cohort that is not hidden would be taken for the whole.
                legend=alt.Legend(orient="top", labelLimit=300),
            ),
        )
    )  # fmt: skip
    whiskers = (
        base.transform_filter("isValid(datum.low)")
        .mark_rule(color="#333")
        .encode(x=alt.X("low:Q", title=unit), x2="high:Q")
    )
    lines = _lines(rows)
    chart = (
        alt.layer(drawn, whiskers)
        .properties(
            padding=_padding(rows),
            width=420,
            height=alt.Step(max(14 if len(series) > 1 else 20, 13 * lines / len(series))),
        )
        .configure_view(strokeWidth=0)
        .configure(font="sans-serif")
    )  # fmt: skip
    svg: str = vl_convert.vegalite_to_svg(chart.to_dict())
    return svg


@lru_cache(maxsize=256)
def stacked_svg(parts: tuple[Part, ...], answers: tuple[str, ...], *, last_counts: bool = False) -> str:
    """Bars of 100 % that are parted by answer, in the order of the answers, as an SVG element. Blocking.

    The end that is counted is blue: the first answer, or the last.

    Parts that do not add to 100, as they are rounded, are drawn as if they did.
    """
    import altair as alt
    import vl_convert

    labels = _wrapped(part.row for part in parts)
    colours = _colours(len(answers))[:: -1 if last_counts else 1]
    rows = list(dict.fromkeys(labels.values()))
    whole = {row: sum(part.percent for part in parts if part.row == row) or 1 for row in labels}
    values = [
        {
            "row": labels[part.row], "answer": part.answer, "rank": answers.index(part.answer),
            "percent": 100 * part.percent / whole[part.row],
        }
        for part in parts
    ]  # fmt: skip
    chart = (
        alt.Chart({"values": values})
        .mark_bar(stroke="white", strokeWidth=1)
        .encode(
            y=_rows(rows),
            x=alt.X("percent:Q", stack="zero", title="percent of those who answered", scale=alt.Scale(domain=[0, 100])),
            order=alt.Order("rank:Q"),
            color=alt.Color(
                "answer:N", title=None, sort=list(answers),
                scale=alt.Scale(domain=list(answers), range=colours),
                legend=alt.Legend(orient="top", labelLimit=180, columns=4),
            ),
        )
        .properties(padding=_padding(rows), width=420, height=alt.Step(max(22, 13 * _lines(rows) + 4)))
        .configure_view(strokeWidth=0)
        .configure(font="sans-serif")
    )  # fmt: skip
    svg: str = vl_convert.vegalite_to_svg(chart.to_dict())
    return svg


def png_of(svg: str) -> bytes:
    """A chart as a picture, for who cannot take SVG. Blocking."""
    import vl_convert

    png: bytes = vl_convert.svg_to_png(svg, scale=2)
    return png


def _colours(number: int) -> list[str]:
    if number in _OF:
        return [ENDS[place] for place in _OF[number]]
    return [ENDS[round(place * (len(ENDS) - 1) / (number - 1))] for place in range(number)]


def _wrapped(rows: Iterable[str]) -> dict[str, str]:
    return {row: "\n".join(wrap(row, LINE)) for row in rows}


def _lines(rows: Sequence[str]) -> int:
    return max((row.count("\n") + 1 for row in rows), default=1)


def _padding(rows: Sequence[str]) -> dict[str, float]:
    """Browsers draw labels in a font of theirs, which may be a fifth wider than the one they are measured in here."""
    room = 8 + 1.2 * max((len(line) for row in rows for line in row.split("\n")), default=0)
    return {"left": room, "right": 5, "top": 5, "bottom": 5}


def _rows(rows: Sequence[str]) -> Any:
    import altair as alt

    axis = alt.Axis(labelLimit=420, labelExpr="split(datum.label, '\\n')", labelLineHeight=12)
    return alt.Y("row:N", title=None, sort=list(rows), axis=axis)
