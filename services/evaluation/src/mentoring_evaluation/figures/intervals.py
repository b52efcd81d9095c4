"""Rounding, and confidence intervals of proportions and means, on exact numbers.

Rounding is half-up (away from zero) on `Fraction`s, so that 37.5 % prints as 38 % and no binary float decides a tie.
How counts are coarsened for the public is `disclosure/bands.py`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import sqrt
from typing import Literal

# The 97.5 % point of the standard normal distribution, for intervals of 95 %.
Z_95 = Decimal("1.959963984540054")


@dataclass(frozen=True, slots=True)
class Interval:
    """A range in the unit of its figure (percent, points for a difference, or of a scale), ends included."""

    low: Decimal
    high: Decimal
    method: Literal["wilson", "mover", "newcombe", "t", "wilson_finite", "t_finite", "newcombe_paired", "t_paired"]


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
    found = _wilson(Decimal(numerator) / Decimal(denominator), Decimal(denominator), z)
    # At 0 of n and n of n the formula meets the edge exactly; only the last digit of the square root can miss it.
    low = Decimal(0) if numerator == 0 else found.low
    high = Decimal(100) if numerator == denominator else found.high
    return Interval(low, high, "wilson")


def _wilson(p: Decimal, n: Decimal, z: Decimal) -> Interval:
    shrink = 1 + z * z / n
    centre = (p + z * z / (2 * n)) / shrink
    half = z * (p * (1 - p) / n + z * z / (4 * n * n)).sqrt() / shrink
    return Interval(100 * (centre - half), 100 * (centre + half), "wilson")


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


@dataclass(frozen=True, slots=True)
class Moments:
    """Mean, standard deviation of the sample (n - 1 below; None of one answer) and median of n whole numbers."""

    n: int
    mean: Fraction
    sd: float | None
    median: Fraction


def moments(given: Mapping[int, int]) -> Moments | None:
    """The moments of answers on a scale, given how many gave each number; None where nobody answered."""
    n = sum(given.values())
    if not n:
        return None
    mean = Fraction(sum(value * number for value, number in given.items()), n)
    squares = sum((number * (value - mean) ** 2 for value, number in given.items()), Fraction(0))
    in_order = sorted(given.items())
    low, high = (_at(in_order, place) for place in ((n - 1) // 2, n // 2))
    return Moments(n, mean, None if n < 2 else sqrt(squares / (n - 1)), Fraction(low + high, 2))


def _at(in_order: Sequence[tuple[int, int]], place: int) -> int:
    for value, number in in_order:
        place -= number
        if place < 0:
            return value
    raise IndexError(place)


def mean_interval(of_answers: Moments, of: int | None = None) -> Interval | None:
    """Student's interval of a mean: mean ± t(0.975, n - 1) · s / √n (Student 1908, Biometrika 6, 1-25). In points of
    the scale; None of fewer than two answers.

    With `of`, the number who were asked, it is the interval of the mean of these people alone: half its width is
    multiplied by √((N - n) / (N - 1)) (Cochran 1977, Sampling Techniques, 2.6), 0 where all of them answered.
    """
    if of_answers.sd is None:
        return None
    from scipy.stats import t  # here: a second that other figures need not wait for

    n = of_answers.n
    half = float(t.ppf(0.975, n - 1)) * of_answers.sd / sqrt(n)
    if of is not None:
        half *= sqrt(max(0, of - n) / (of - 1)) if of > 1 else 0.0
    centre, width = _decimal(of_answers.mean), Decimal(repr(half))
    return Interval(centre - width, centre + width, "t" if of is None else "t_finite")


def finite_wilson(numerator: int, denominator: int, of: int) -> Interval:
    """Wilson's interval of a share among the `of` people who were asked, of whom `denominator` answered, in percent.

    The n of the formula is n · (N - 1) / (N - n): with the finite population correction the variance of a share is that
    of so many answers (Cochran 1977, Sampling Techniques, 2.6 and 3.2). Where all answered it is the share itself. It
    says how the others may have answered if those who did were drawn by lot, which nobody saw to. ValueError unless
    0 <= numerator <= denominator <= of and denominator > 0.
    """
    if denominator > of:
        raise ValueError(f"{denominator} of {of} cannot have answered")
    if denominator == of:
        whole = _decimal(percent(numerator, denominator))
        return Interval(whole, whole, "wilson_finite")
    n = Decimal(denominator) * (of - 1) / (of - denominator)
    found = _wilson(Decimal(numerator) / Decimal(denominator), n, Z_95)
    return Interval(max(Decimal(0), found.low), min(Decimal(100), found.high), "wilson_finite")


def interval_of_paired_difference(both: int, first_only: int, second_only: int, neither: int) -> Interval:
    """The interval of first minus second, two shares of the same people, in points (Newcombe 1998, method 10; Stat.
    Med. 17, 2635-2650). The counts are people by what they said both times. ZeroDivisionError of nobody.
    """
    n = both + first_only + second_only + neither
    one, two = (both + first_only, n), (both + second_only, n)
    p, q = _decimal(percent(*one)), _decimal(percent(*two))
    i, j, r = wilson(*one), wilson(*two), _phi(both, first_only, second_only, neither)
    below = _together(p - i.low, j.high - q, r)
    above = _together(i.high - p, q - j.low, r)
    return Interval(p - q - below, p - q + above, "newcombe_paired")


def _phi(a: int, b: int, c: int, d: int) -> Decimal:
    """The correlation of the two answers, half an n nearer to 0 where it is positive."""
    n, across = a + b + c + d, Decimal((a + b) * (c + d) * (a + c) * (b + d))
    if not across:
        return Decimal(0)
    over = Decimal(a * d - b * c)
    return (over if over < 0 else max(Decimal(0), over - Decimal(n) / 2)) / across.sqrt()


def _together(x: Decimal, y: Decimal, correlation: Decimal) -> Decimal:
    return max(Decimal(0), x * x - 2 * correlation * x * y + y * y).sqrt()


def paired_t_interval(differences: Sequence[int]) -> tuple[Fraction, float | None, Interval | None]:
    """Mean and standard deviation of the differences that people's two answers have, and Student's interval of their
    mean (`mean_interval`). ValueError of nobody."""
    given: dict[int, int] = {}
    for one in differences:
        given[one] = given.get(one, 0) + 1
    found = moments(given)
    if found is None:
        raise ValueError("nobody answered twice")
    interval = mean_interval(found)
    named = None if interval is None else Interval(interval.low, interval.high, "t_paired")
    return found.mean, found.sd, named
