"""Charts as SVG text: grouped bars, drawn by altair and vl-convert, which are heavy and imported when first needed."""

from dataclasses import dataclass
from functools import lru_cache

# Okabe and Ito (2008): told apart also by people who do not see all colours.
COLOURS = ["#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00"]


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: the row it stands in, the series that colours it, its length."""

    row: str
    series: str
    value: float


@lru_cache(maxsize=256)
def bars_svg(bars: tuple[Bar, ...], unit: str) -> str:
    """Horizontal bars grouped by row, as an SVG element with nothing outside itself. Blocking: run it in a thread.

    Reports are frozen, so a chart that was drawn once is kept for the next reader.
    """
    import altair as alt
    import vl_convert

    rows = list(dict.fromkeys(bar.row for bar in bars))
    series = list(dict.fromkeys(bar.series for bar in bars))
    values = [{"row": bar.row, "series": bar.series, "value": bar.value} for bar in bars]
    chart = (
        alt.Chart({"values": values})
        .mark_bar()
        .encode(
            x=alt.X("value:Q", title=unit, scale=alt.Scale(zero=True)),
            y=alt.Y("row:N", title=None, sort=rows, axis=alt.Axis(labelLimit=320)),
            yOffset=alt.YOffset("series:N", sort=series),
            color=alt.Color(
                "series:N", title=None, sort=series, scale=alt.Scale(domain=series, range=COLOURS),
                # Also of one series: bars of the one cohort that is not hidden would be taken for the whole.
                legend=alt.Legend(orient="top", labelLimit=300),
            ),
        )
        .properties(width=420, height=alt.Step(14 if len(series) > 1 else 20))
        .configure_view(strokeWidth=0)
        .configure(font="sans-serif")
    )  # fmt: skip
    svg: str = vl_convert.vegalite_to_svg(chart.to_dict())
    return svg
