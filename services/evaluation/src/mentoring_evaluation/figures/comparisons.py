"""Figures set against each other: the two sides of pairs, and cohorts, roles or waves."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal, Unpack

from mentoring_evaluation.figures.figure import About, Figure, FigureError, comparable, rate, share_of
from mentoring_evaluation.figures.intervals import Interval, interval_of_difference

WITHOUT_PAIRS = "The same people were asked both times; without their paired answers no interval is given."


@dataclass(frozen=True, slots=True)
class Agreement:
    """How the two sides of pairs answered the same yes-or-no question.

    `figure` is the share of pairs that agree, of the pairs whose both sides answered. `kappa` is Cohen's kappa
    (Cohen 1960, Educ. Psychol. Meas. 20, 37-46), None where everybody gave one answer and chance explains all of it.
    """

    figure: Figure
    both: int
    mentor_only: int
    mentee_only: int
    neither: int
    one_side_silent: int
    kappa: Fraction | None


def two_sided_agreement(
    name: str,
    definition: str,
    pairs: Sequence[tuple[bool | None, bool | None]],
    **about: Unpack[About],
) -> Agreement:
    """Agreement over pairs of (mentor says yes, mentee says yes), None where a side gave no answer."""
    answered = [(mentor, mentee) for mentor, mentee in pairs if mentor is not None and mentee is not None]
    both, neither = answered.count((True, True)), answered.count((False, False))
    figure = rate(name, definition, numerator=both + neither, answered=len(answered), asked=len(pairs), **about)
    mentor_only, mentee_only = answered.count((True, False)), answered.count((False, True))
    return Agreement(
        figure=figure,
        both=both,
        mentor_only=mentor_only,
        mentee_only=mentee_only,
        neither=neither,
        one_side_silent=sum((mentor is None) != (mentee is None) for mentor, mentee in pairs),
        kappa=_kappa(both, mentor_only, mentee_only, neither),
    )


@dataclass(frozen=True, slots=True)
class Comparison:
    """First minus second in points, and whether the same people stand on both sides.

    There is an interval only for different people: for the same people asked twice it would need their paired answers.
    """

    first: Figure
    second: Figure
    people: Literal["same", "different", "unknown"]
    difference: Fraction
    interval: Interval | None
    caveats: tuple[str, ...]


def compare(first: Figure, second: Figure, *, people: Literal["same", "different", "unknown"]) -> Comparison:
    """Compare two shares of the same name between cohorts, roles or waves. Raises FigureError if one has no value."""
    comparable([first, second])
    if first.exact is None or second.exact is None:
        raise FigureError(f"{first.name}: nobody answered on one side of the comparison")
    interval = None
    if people == "different":
        interval = interval_of_difference(share_of(first), share_of(second))
    return Comparison(
        first,
        second,
        people,
        first.exact - second.exact,
        interval,
        _comparison_caveats(first, second, people, interval),
    )


def _comparison_caveats(first: Figure, second: Figure, people: str, interval: Interval | None) -> tuple[str, ...]:
    who = {
        "same": WITHOUT_PAIRS,
        "different": "Different people stand on the two sides.",
        "unknown": "Some people may stand on both sides: no interval is given.",
    }[people]
    caveats = [who, *first.caveats, *second.caveats]
    if interval is not None and interval.low <= 0 <= interval.high:
        caveats.append("The difference could be chance: its 95 % interval holds 0.")
    return tuple(dict.fromkeys(caveats))


def _kappa(both: int, mentor_only: int, mentee_only: int, neither: int) -> Fraction | None:
    n = both + mentor_only + mentee_only + neither
    if n == 0:
        return None
    mentor_yes, mentee_yes = both + mentor_only, both + mentee_only
    chance = Fraction(mentor_yes * mentee_yes + (n - mentor_yes) * (n - mentee_yes), n * n)
    return None if chance == 1 else (Fraction(both + neither, n) - chance) / (1 - chance)
