"""Indicators that a figure of the programme measures."""

from mentoring_evaluation.figures.references import found, read_reference
from mentoring_evaluation.figures.shown import Figures, ShownFigure
from mentoring_evaluation.outcomes.evaluation_models import EvaluationModel, Indicator
from mentoring_evaluation.outcomes.measured import Measured


def measured_by_figure(indicator: Indicator, figures: Figures) -> ShownFigure | None:
    """The programme's figure that an indicator names, if it is there and is in the same unit."""
    reference = read_reference(indicator.figure) if indicator.figure else None
    figure = found(reference, figures) if reference else None
    return figure if figure is not None and figure.unit == indicator.unit else None


def of_figure(indicator: Indicator, figure: ShownFigure) -> Measured:
    """A figure as the value of an indicator."""
    met = None
    if figure.shown == "exact" and figure.value is not None and indicator.target is not None:
        met = figure.value >= indicator.target
    return Measured(
        value=figure.value, numerator=figure.numerator, base=figure.denominator, asked=figure.asked,
        answered=figure.answered, interval=figure.interval, target_met=met, caveats=figure.caveats, shown=figure.shown,
    )  # fmt: skip


def indicators_measured(model: EvaluationModel, recorded: set[str], figures: Figures) -> set[str]:
    """The indicators that have a value: a figure of the programme, or a recorded one."""
    of_figures = {one.id for one in model.indicators if measured_by_figure(one, figures) is not None}
    return of_figures | recorded & {one.id for one in model.indicators}
