"""Figures that carry their own evidence: what was counted, of how many, by which rule, and what to be careful about.

A figure keeps its exact value as a `Fraction`; rounding happens once, when it is shown. Everything here is pure: the
same records give the same figures, whatever the day or the machine.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction
from typing import Any, Literal, TypedDict, Unpack

from mentoring_evaluation.figures.intervals import Interval, finite_wilson, half_up, interval_of_mean, percent, wilson
from mentoring_evaluation.figures.shown import Rounding, Rule, ShownFigure, ShownInterval
from mentoring_evaluation.kept import Number

SMALL_N = 10
LOW_RESPONSE = Fraction(1, 2)


class FigureError(ValueError):
    """The numbers given cannot make this figure; the text says why in one line."""


class About(TypedDict, total=False):
    """What every way of making a figure may also be told: whose it is, its decimals, the snapshot it was counted in."""

    cohort: int | None
    role: str | None
    wave: str | None
    digits: int
    source: str | None


@dataclass(frozen=True, slots=True)
class Figure:
    """One published number and where it came from.

    `asked` is how many were asked, `answered` how many answered this very question, `denominator` what the numerator
    was divided by (the answered, except for a response rate, where it is the asked). A mean of cohorts has neither
    numerator nor denominator but `components`. `exact` is None where nobody answered. `source` names the frozen
    snapshot (and its version) the numbers were counted in.
    """

    name: str
    definition: str
    rule: Rule
    unit: str
    exact: Fraction | None
    numerator: int | None = None
    denominator: int | None = None
    asked: int | None = None
    answered: int | None = None
    cohort: int | None = None
    role: str | None = None
    wave: str | None = None
    top_box: tuple[str, ...] = ()
    digits: int = 0
    interval: Interval | None = None
    caveats: tuple[str, ...] = ()
    components: tuple["Figure", ...] = ()
    source: str | None = None
    rounding: Literal["half-up"] = field(default="half-up", init=False)

    @property
    def value(self) -> Decimal | None:
        """The exact value rounded half-up to `digits` decimals; None where nobody answered."""
        return None if self.exact is None else half_up(self.exact, self.digits)

    def shown(self) -> ShownFigure:
        """As it is shown: numbers are rounded (interval to one decimal more than the value), `exact` is a fraction."""
        shown = ShownFigure(
            name=self.name,
            definition=self.definition,
            cohort=self.cohort,
            role=self.role,
            wave=self.wave,
            numerator=self.numerator,
            denominator=self.denominator,
            asked=self.asked,
            answered=self.answered,
            value=_number(self.value),
            exact=None if self.exact is None else str(self.exact),
            unit=self.unit,
            rule=self.rule,
            top_box=self.top_box,
            rounding=Rounding(mode=self.rounding, digits=self.digits),
            interval=None if self.interval is None else shown_interval(self.interval, self.digits + 1),
            caveats=self.caveats,
            components=tuple(part.shown() for part in self.components),
            source=self.source,
        )
        finite = self._finite()
        return shown if finite is None else shown.but(finite=shown_interval(finite, self.digits + 1))

    def _finite(self) -> Interval | None:
        """Of a share of those who answered, the interval among all who were asked, where some did not answer."""
        if self.rule not in ("top_box", "pooled") or self.name == "response_rate" or self.numerator is None:
            return None
        if not self.denominator or self.denominator != self.answered or (self.asked or 0) <= self.denominator:
            return None
        return finite_wilson(self.numerator, self.denominator, self.asked or 0)


@dataclass(frozen=True, slots=True)
class Line:
    """A figure with its further breakdown, such as {"mode": "online"}."""

    figure: Figure
    breakdown: Mapping[str, str] = field(default_factory=dict)

    def shown(self) -> ShownFigure:
        """The figure with its breakdown, exact."""
        return self.figure.shown().but(breakdown=dict(self.breakdown), shown="exact", between=None)


def rate(
    name: str,
    definition: str,
    *,
    numerator: int,
    answered: int,
    asked: int | None = None,
    top_box: Collection[str] = (),
    **about: Unpack[About],
) -> Figure:
    """The share of the answered that the numerator counts, in percent, with its Wilson interval and its caveats.

    Raises FigureError unless 0 <= numerator <= answered <= asked.
    """
    asked = answered if asked is None else asked
    if not 0 <= numerator <= answered <= asked:
        raise FigureError(f"{name}: {numerator} of {answered} answered of {asked} asked cannot be")
    figure = Figure(
        name=name,
        definition=definition,
        rule="top_box" if top_box else "pooled",
        unit="percent",
        exact=percent(numerator, answered) if answered else None,
        numerator=numerator,
        denominator=answered,
        asked=asked,
        answered=answered,
        top_box=tuple(top_box),
        **about,
    )
    return _with_evidence(figure)


def response_rate(*, responses: int, asked: int, **about: Unpack[About]) -> Figure:
    """Responses received of the people asked, in percent. Raises FigureError when more answered than were asked."""
    if not 0 <= responses <= asked:
        raise FigureError(f"response_rate: {responses} responses of {asked} asked cannot be")
    figure = Figure(
        name="response_rate",
        definition="Responses received, of the people who were asked.",
        rule="pooled",
        unit="percent",
        exact=percent(responses, asked) if asked else None,
        numerator=responses,
        denominator=asked,
        asked=asked,
        answered=responses,
        **about,
    )
    return _with_evidence(figure)


def top_box_rate(
    name: str,
    definition: str,
    answers: Mapping[str, int],
    top_box: Collection[str],
    *,
    answered: int | None = None,
    asked: int | None = None,
    **about: Unpack[About],
) -> Figure:
    """The share of `answers` (label to count) whose label is in `top_box`, of all who answered the question.

    `answered` is needed where one person may give several answers: then `top_box` is one of them. Raises FigureError
    for a top-box label that is no label of the scale, or a count below 0.
    """
    unknown = [label for label in top_box if label not in answers]
    if unknown:
        raise FigureError(f"{name}: {unknown[0]!r} is no label of this scale")
    if any(number < 0 for number in answers.values()):
        raise FigureError(f"{name}: an answer counted below 0")
    return rate(
        name,
        definition,
        numerator=sum(answers[label] for label in dict.fromkeys(top_box)),
        answered=sum(answers.values()) if answered is None else answered,
        asked=asked,
        top_box=tuple(dict.fromkeys(top_box)),
        **about,
    )


def count(name: str, definition: str, number: int, *, unit: str, **about: Unpack[About]) -> Figure:
    """A plain count of records, with the unit it counts. Raises FigureError below 0."""
    if number < 0:
        raise FigureError(f"{name}: {number} {unit} cannot be")
    return Figure(
        name=name,
        definition=definition,
        rule="count",
        unit=unit,
        exact=Fraction(number),
        numerator=number,
        **about,
    )


def oversubscription(demand: int, places: int, **about: Unpack[About]) -> Figure:
    """How far demand exceeds the places, in percent of the places (negative when there were fewer applicants).

    Rule `excess`: (demand - places) / places. No interval: these are all the applicants, not a sample of them.
    """
    if demand < 0 or places <= 0:
        raise FigureError(f"oversubscription: {demand} applicants for {places} places cannot be")
    return Figure(
        name="oversubscription",
        definition=f"Applicants beyond the {places} places, in percent of the places.",
        rule="excess",
        unit="percent",
        exact=percent(demand - places, places),
        numerator=demand - places,
        denominator=places,
        **about,
    )


def pooled(figures: Sequence[Figure]) -> Figure:
    """All numerators over all denominators: everybody counts the same, whichever cohort or role they are in.

    The figures must be shares of the same name and unit over groups that do not overlap. What all of them share
    (cohort, role, wave, source) is kept, the rest becomes None. Raises FigureError otherwise.
    """
    first = comparable(figures)
    whole = replace(
        first,
        exact=None,
        numerator=_total([f.numerator for f in figures]),
        denominator=_total([f.denominator for f in figures]),
        asked=_total([f.asked for f in figures]),
        answered=_total([f.answered for f in figures]),
        components=tuple(figures),
        **_shared(figures),
    )
    exact = percent(whole.numerator or 0, whole.denominator) if whole.denominator else None
    return _with_evidence(replace(whole, exact=exact))


def mean_of_cohorts(figures: Sequence[Figure]) -> Figure:
    """The unweighted mean of cohort figures: every cohort counts the same, however few answered in it.

    The exact cohort values are averaged, not the printed ones. Its caveat says what the pooled figure is. Raises
    FigureError when a cohort stands twice, when one has no value, or when the figures are not comparable.
    """
    first = comparable(figures)
    cohorts = [f.cohort for f in figures]
    if None in cohorts or len(set(cohorts)) != len(cohorts):
        raise FigureError(f"{first.name}: a mean of cohorts takes one figure of each cohort")
    exact = [f.exact for f in figures if f.exact is not None]
    if len(exact) != len(figures):
        raise FigureError(f"{first.name}: a cohort in which nobody answered has no value to average")
    shares = [(f.numerator or 0, f.denominator or 0) for f in figures]
    mean = replace(
        first,
        rule="mean_of_cohorts",
        exact=sum(exact, Fraction(0)) / len(exact),
        numerator=None,
        denominator=None,
        asked=_total([f.asked for f in figures]),
        answered=_total([f.answered for f in figures]),
        interval=interval_of_mean(shares),
        components=tuple(figures),
        **_shared(figures),
    )
    return replace(mean, caveats=_mean_caveats(mean, pooled(figures)))


def _with_evidence(figure: Figure) -> Figure:
    interval = wilson(*share_of(figure)) if figure.denominator else None
    return replace(figure, interval=interval, caveats=_small_n_caveats(figure))


def share_of(figure: Figure) -> tuple[int, int]:
    """Numerator and denominator of a share. Raises FigureError when the figure has none, or an empty one."""
    if figure.numerator is None or not figure.denominator:
        raise FigureError(f"{figure.name}: no numerator and denominator to work with")
    return figure.numerator, figure.denominator


def _small_n_caveats(figure: Figure) -> tuple[str, ...]:
    caveats = []
    if not figure.denominator:
        caveats.append("Nobody answered: there is no value.")
    elif figure.denominator < SMALL_N:
        points = half_up(Fraction(100, figure.denominator), 1)
        caveats.append(
            f"Only {figure.denominator} stand behind it: one answer more or less moves it by {points} points."
        )
    if figure.asked and figure.answered and Fraction(figure.answered, figure.asked) < LOW_RESPONSE:
        share = half_up(percent(figure.answered, figure.asked))
        caveats.append(
            f"{figure.answered} of {figure.asked} asked answered ({share} %): the others may see it differently."
        )
    return tuple(caveats)


def _mean_caveats(mean: Figure, pool: Figure) -> tuple[str, ...]:
    digits = max(1, mean.digits)
    shown = [half_up(figure.exact, digits) for figure in (mean, pool) if figure.exact is not None]
    sizes = ", ".join(str(f.denominator) for f in mean.components)
    weight = f"Each cohort counts the same, though {sizes} stand behind them"
    said = f"{weight}: the mean is {shown[0]} %, pooled over everybody it is {shown[1]} %."
    return (said, *_small_n_caveats(pool))


def comparable(figures: Sequence[Figure]) -> Figure:
    """The first of some shares that may be taken together. Raises FigureError when they are not the same figure."""
    if not figures:
        raise FigureError("no figures given")
    first = figures[0]
    for figure in figures:
        if figure.rule not in ("pooled", "top_box"):
            raise FigureError(f"{figure.name}: only shares can be taken together, this is a {figure.rule}")
        if (figure.name, figure.unit, figure.top_box) != (first.name, first.unit, first.top_box):
            raise FigureError(f"{first.name} and {figure.name} are not the same figure")
    return first


def _shared(figures: Sequence[Figure]) -> dict[str, Any]:
    shared = {}
    for attribute in ("cohort", "role", "wave", "source"):
        values = {getattr(figure, attribute) for figure in figures}
        shared[attribute] = values.pop() if len(values) == 1 else None
    return shared


def _total(numbers: Sequence[int | None]) -> int | None:
    known = [number for number in numbers if number is not None]
    return sum(known) if len(known) == len(numbers) else None


def _number(value: Decimal | None) -> Number | None:
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else float(value)


def shown_interval(interval: Interval, digits: int = 1) -> ShownInterval:
    """An interval as it is shown: of a difference to one decimal, since an end of 0.4 that prints as 0 would say that
    there may be none."""
    low, high = (float(half_up(Fraction(end), digits)) for end in (interval.low, interval.high))
    return ShownInterval(level=95, method=interval.method, low=low, high=high)
