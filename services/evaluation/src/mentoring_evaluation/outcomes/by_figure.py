"""Indicators that a figure of the programme measures."""

from collections.abc import Mapping
from typing import Any

from mentoring_evaluation.figures.references import Figures, found, read_reference
from mentoring_evaluation.outcomes.evaluation_models import EvaluationModel, Indicator


def measured_by_figure(indicator: Indicator, figures: Figures) -> Mapping[str, Any] | None:
    """The programme's figure that an indicator names, if it is there and is in the same unit."""
    reference = read_reference(indicator.figure) if indicator.figure else None
    figure = found(reference, figures) if reference else None
    return figure if figure is not None and figure["unit"] == indicator.unit else None


def of_figure(indicator: Indicator, figure: Mapping[str, Any]) -> dict[str, Any]:
    """A figure as the value of an indicator."""
    exact = figure["shown"] == "exact" and figure["value"] is not None and indicator.target is not None
    return {
        "figure": indicator.figure,
        "cohort": figure["cohort"],
        "measured_on": None,
        "source": figure["source"],
        "value": figure["value"],
        "numerator": figure["numerator"],
        "base": figure["denominator"],
        "asked": figure["asked"],
        "answered": figure["answered"],
        "interval": figure["interval"],
        "target_met": figure["value"] >= indicator.target if exact else None,
        "caveats": figure["caveats"],
        "shown": figure["shown"],
    }


def indicators_measured(model: EvaluationModel, recorded: set[str], figures: Figures) -> set[str]:
    """The indicators that have a value: a figure of the programme, or a recorded one."""
    of_figures = {one.id for one in model.indicators if measured_by_figure(one, figures) is not None}
    return of_figures | recorded & {one.id for one in model.indicators}
