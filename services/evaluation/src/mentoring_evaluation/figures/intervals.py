"""Rounding and confidence intervals of proportions, on exact numbers.

Rounding is half-up (away from zero) on `Fraction`s, so that 37.5 % prints as 38 % and no binary float decides a tie.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Literal

# The 97.5 % point of the standard normal distribution, for intervals of 95 %.
Z_95 = Decimal("1.959963984540054")


@dataclass(frozen=True, slots=True)
class Interval:
    """A range in the unit of its figure (percent, or points for a difference), ends included."""

    low: Decimal
    high: Decimal
    method: Literal["wilson", "mover", "newcombe"]


def half_up(value: Fraction, digits: int = 0) -> Decimal:
    """`value` rounded to `digits` decimals, halves away from zero. The result carries exactly `digits` decimals."""
    scaled = abs(value) * 10**digits
    whole = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    return Decimal(whole if value >= 0 else -whole).scaleb(-digits)


def percent(numerator: int, denominator: int) -> Fraction:
    """`numerator` of `denominator` in percent, exactly. Raises ZeroDivisionError for an empty denominator."""
    return Fraction(100 * numerator, denominator)


def wilson(numerator: int, denominator: int, z: Decimal = Z_95) -> Interval:
    """Wilson's score interval of a proportion, in percent (Wilson 1927, JASA 22, 209-212).

    Raises ValueError unless 0 <= numerator <= denominator and denominator > 0.
    """
    if denominator <= 0 or not 0 <= numerator <= denominator:
        raise ValueError(f"no proportion: {numerator} of {denominator}")
    n, p = Decimal(denominator), Decimal(numerator) / Decimal(denominator)
    shrink = 1 + z * z / n
    centre = (p + z * z / (2 * n)) / shrink
    half = z * (p * (1 - p) / n + z * z / (4 * n * n)).sqrt() / shrink
    # At 0 of n and n of n the formula meets the edge exactly; only the last digit of the square root can miss it.
    low = Decimal(0) if numerator == 0 else 100 * (centre - half)
    high = Decimal(100) if numerator == denominator else 100 * (centre + half)
    return Interval(low, high, "wilson")


def interval_of_mean(shares: Sequence[tuple[int, int]]) -> Interval:
    """The interval of an unweighted mean of independent proportions (numerator, denominator), in percent.

    The variance is recovered from each share's Wilson limits (MOVER; Zou and Donner 2008, Stat. Med. 27, 1693-1702).
    """
    parts = [(_decimal(percent(x, n)), wilson(x, n)) for x, n in shares]
    mean = sum((p for p, _ in parts), Decimal(0)) / len(parts)
    below = sum(((p - i.low) ** 2 for p, i in parts), Decimal(0)).sqrt() / len(parts)
    above = sum(((i.high - p) ** 2 for p, i in parts), Decimal(0)).sqrt() / len(parts)
    return Interval(max(Decimal(0), mean - below), min(Decimal(100), mean + above), "mover")


def interval_of_difference(first: tuple[int, int], second: tuple[int, int]) -> Interval:
    """The interval of first minus second, two independent proportions, in points (Newcombe 1998, method 10).

    Stat. Med. 17, 873-890. Not for the same people asked twice: their answers are not independent.
    """
    (a, b), (i, j) = (percent(*first), percent(*second)), (wilson(*first), wilson(*second))
    p, q = _decimal(a), _decimal(b)
    below = ((p - i.low) ** 2 + (j.high - q) ** 2).sqrt()
    above = ((i.high - p) ** 2 + (q - j.low) ** 2).sqrt()
    return Interval(p - q - below, p - q + above, "newcombe")


def _decimal(value: Fraction) -> Decimal:
    return Decimal(value.numerator) / Decimal(value.denominator)
