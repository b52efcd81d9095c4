"""Charts of reports."""

import pytest

from mentoring_evaluation.reports.charts import Bar, bars_svg


@pytest.mark.parametrize("series", [("Cohort 3",), ("Cohort 1", "Cohort 2")])
def test_a_chart_names_its_series_also_a_single_one(series):
    bars = tuple(Bar("Response rate", name, 57.0) for name in series)
    svg = bars_svg(bars, "percent")
    assert svg.startswith("<svg")
    assert all(f">{name}</text>" in svg for name in series)
