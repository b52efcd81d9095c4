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
    low, high, low_in, high_in = _printed_from(percent, rounding)
    first, last = low * answered / 100, high * answered / 100
    start = math.ceil(first) + (0 if low_in or first.denominator != 1 else 1)
    stop = math.floor(last) + 1 - (0 if high_in or last.denominator != 1 else 1)
    return range(max(0, start), max(0, min(stop, answered + 1)))


def decimals_of(shown: Decimal) -> int:
    """How many decimals were printed."""
    exponent = shown.as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def step_of(shown: Decimal) -> Fraction:
    """The step between two values of the precision printed: 1 for `72`, 1/10 for `72.0`."""
    return Fraction(1, 10 ** decimals_of(shown))


def _printed_from(percent: Decimal | int, rounding: Rounding) -> tuple[Fraction, Fraction, bool, bool]:
    """The exact values that print as `percent`: low and high end, and whether each end belongs to it."""
    shown = Decimal(percent)
    step, value = step_of(shown), Fraction(shown)
    if rounding == "truncated":
        return value, value + step, True, False
    even = (value / step) % 2 == 0
    low_in, high_in = (True, False) if rounding == "half-up" else (even, even)
    return value - step / 2, value + step / 2, low_in, high_in
