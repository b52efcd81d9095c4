"""Which whole numbers of people can stand behind a printed percentage.

A percentage printed as 83 came from some count x of some n with 100 x / n rounded to 83. For most n there is no such x,
and that is what shows that a printed percentage, or the n beside it, is wrong.
"""

import math
from decimal import Decimal
from fractions import Fraction
from typing import Literal

Rounding = Literal["half-up", "half-even", "truncated"]
ROUNDINGS: tuple[Rounding, ...] = ("half-up", "half-even", "truncated")


# Nearer to a step than any fraction of so many people comes without being it.
_JUST = Fraction(1, 10**40)


def possible_counts(percent: Decimal | int, max_n: int) -> list[tuple[int, int]]:
    """Every (numerator, answered) with 1 <= answered <= max_n that prints as `percent` under half-up rounding.

    The precision is that of `percent` itself: `72` stands for 71.5 up to below 72.5, `Decimal("72.0")` for 71.95 up to
    below 72.05. Ordered by answered, then numerator. Empty above 100 and below 0. `max_n` below 1 gives none.
    """
    return [(x, n) for n in range(1, max_n + 1) for x in numerators_of(percent, n)]


def numerators_of(percent: Decimal | int, answered: int, rounding: Rounding = "half-up") -> range:
    """Every numerator of `answered` people that prints as `percent`; an empty range when there is none."""
    if answered < 1:
        return range(0)
    # In whole numbers, as this is asked of every number of people: percent = value / steps, a step the last digit.
    value, steps = _in_steps(Decimal(percent))
    if rounding == "truncated":
        start, stop = _least(2 * value * answered, 200 * steps), _least(2 * (value + 1) * answered, 200 * steps)
    else:
        start = _least((2 * value - 1) * answered, 200 * steps)
        stop = _least((2 * value + 1) * answered, 200 * steps)
        if rounding == "half-even":  # both ends print as an even number, none as an odd one
            start += value % 2 and (2 * value - 1) * answered % (200 * steps) == 0
            stop += value % 2 == 0 and (2 * value + 1) * answered % (200 * steps) == 0
    return range(max(0, start), max(0, min(stop, answered + 1)))


def _in_steps(shown: Decimal) -> tuple[int, int]:
    steps = 10 ** decimals_of(shown)
    return int(shown * steps), steps


def _least(numerator: int, denominator: int) -> int:
    """The least whole number not below a fraction."""
    return -(-numerator // denominator)


def usual_values(shown: Decimal) -> tuple[Fraction, Fraction]:
    """The least and the most that print as `shown` under any rounding in use, both ends counted in.

    To the nearest, a tie going either way, or truncated towards zero, up to just before the next step.
    """
    step, value = step_of(shown), Fraction(shown)
    cut = step - _JUST
    return value - (cut if shown <= 0 else step / 2), value + (cut if shown >= 0 else step / 2)


def usual_numerators(percent: Decimal | int, answered: int) -> range:
    """Every numerator of `answered` people that prints as `percent` under any rounding in use.

    To the nearest, a tie going either way (half-up, half-even, or as binary floats have it), or truncated. What lies
    outside is excluded whatever the report's habit, so only this is a ground for certainty.
    """
    if answered < 1:
        return range(0)
    value, steps = _in_steps(Decimal(percent))
    start, stop = _least((2 * value - 1) * answered, 200 * steps), _least((value + 1) * answered, 100 * steps)
    return range(max(0, start), max(0, min(stop, answered + 1)))


def answered_of(percent: Decimal | int, numerator: int) -> tuple[int, int | None]:
    """The fewest and the most people of whom `numerator` prints as `percent` under any rounding in use.

    The most is None where there is no limit; fewest above most where there is no such number.
    """
    shown = Decimal(percent)
    step, value = step_of(shown), Fraction(shown)
    low, high = value - step / 2, value + step
    if numerator == 0:
        return (1, None) if low <= 0 < high else (1, 0)
    if high <= 0 or low > 100:
        return 1, 0
    fewest = max(numerator, math.floor(100 * numerator / high) + 1)
    return fewest, None if low <= 0 else math.floor(100 * numerator / low)


def decimals_of(shown: Decimal) -> int:
    """How many decimals were printed."""
    exponent = shown.as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def step_of(shown: Decimal) -> Fraction:
    """The step between two values of the precision printed: 1 for `72`, 1/10 for `72.0`."""
    return Fraction(1, 10 ** decimals_of(shown))
