"""Charts as SVG text: grouped bars, drawn by altair and vl-convert, which are heavy and imported when first needed."""

from dataclasses import asdict, dataclass
from functools import lru_cache
from textwrap import wrap

# Okabe and Ito (2008): told apart also by people who do not see all colours.
COLOURS = ["#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00"]

LINE = 44  # characters in a line of a label; a question is longer


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: the row it stands in, the series that colours it, its length; and what the value lies between."""

    row: str
    series: str
    value: float
    low: float | None = None
    high: float | None = None


@lru_cache(maxsize=256)
def bars_svg(bars: tuple[Bar, ...], unit: str) -> str:
    """Horizontal bars grouped by row, as an SVG element with nothing outside itself. Blocking: run it in a thread.

    Reports are frozen, so a chart that was drawn once is kept for the next reader.
    """
    import altair as alt
    import vl_convert

    labels = {bar.row: "\n".join(wrap(bar.row, LINE)) for bar in bars}
    rows = list(dict.fromkeys(labels.values()))
    series = list(dict.fromkeys(bar.series for bar in bars))
    # Browsers draw labels in a font of theirs, which may be a fifth wider than the one they are measured in here.
    room = 8 + 1.2 * max((len(line) for row in rows for line in row.split("\n")), default=0)
    values = [asdict(bar) | {"row": labels[bar.row]} for bar in bars]
    base = alt.Chart({"values": values}).encode(
        y=alt.Y(
            "row:N", title=None, sort=rows,
            axis=alt.Axis(labelLimit=420, labelExpr="split(datum.label, '\\n')", labelLineHeight=12),
        ),
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
    lines = max((row.count("\n") + 1 for row in rows), default=1)
    chart = (
        alt.layer(drawn, whiskers)
        .properties(
            padding={"left": room, "right": 5, "top": 5, "bottom": 5},
            width=420,
            height=alt.Step(max(14 if len(series) > 1 else 20, 13 * lines / len(series))),
        )
        .configure_view(strokeWidth=0)
        .configure(font="sans-serif")
    )  # fmt: skip
    svg: str = vl_convert.vegalite_to_svg(chart.to_dict())
    return svg
