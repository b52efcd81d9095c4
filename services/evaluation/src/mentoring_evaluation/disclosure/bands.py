"""How counts of people, and shares made of two of them, are rounded for the public: bands."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor
from typing import Literal, TypeVar

BASE = 5  # so many numbers a band has at least, and to so many people counts are rounded
_FIRST = BASE + BASE // 2  # the first band: nobody and the nearest multiple; nobody alone would be half a band

K = TypeVar("K")


@dataclass(frozen=True, slots=True)
class Band:
    """A count of people is one of `low` to `high`, ends included.

    `rounded` is the count to the nearest 5, and of a sum the sum of such; None of a band at an end, which is wider.
    """

    low: int
    high: int
    rounded: int | None = None

    def __add__(self, other: "Band") -> "Band":
        known = None if self.rounded is None or other.rounded is None else self.rounded + other.rounded
        return Band(self.low + other.low, self.high + other.high, known)

    @property
    def middle(self) -> Fraction:
        """The number in its middle."""
        return Fraction(self.low + self.high, 2)

    @property
    def is_narrow(self) -> bool:
        """Whether it leaves fewer numbers than a band has."""
        return self.high - self.low + 1 < BASE


NOBODY = Band(0, 0, 0)
"""What sums of bands begin with."""


@dataclass(frozen=True, slots=True)
class Grid:
    """The bands of one group of `most` people (None: nobody knows how many): every multiple of 5 with the numbers that
    are rounded to it, and two taken together where the lowest or the highest would have fewer than five."""

    most: int | None = None

    def band(self, count: int, most: int | None = None) -> Band:
        """The band of a count of which no more than `most` of the group can be part (None: all can)."""
        limits = [limit for limit in (self.most, most) if limit is not None]
        if not limits:
            return _nearest(count)
        highest = _highest(min(limits))
        return highest if count >= highest.low else _nearest(count)


def _nearest(count: int) -> Band:
    if count <= _FIRST:
        return Band(0, _FIRST)
    multiple = BASE * ((count + BASE // 2) // BASE)
    return Band(multiple - BASE // 2, multiple + BASE // 2, multiple)


def _highest(most: int) -> Band:
    """The band that ends at the largest possible count."""
    last = _nearest(most) if most == _nearest(most).high else Band(_nearest(most).low, most)
    return Band(_nearest(last.low - 1).low, most) if last.is_narrow and last.low else last


@dataclass(frozen=True, slots=True)
class Share:
    """A part of a whole in percent, made of their bands: about `value`, or at least or at most that; it is from `low`
    to `high`."""

    value: int
    shown: Literal["rounded", "at_least", "at_most"]
    low: int
    high: int


def share(part: Band, whole: Band) -> Share | None:
    """The share of a part that is no larger than its whole; None where the bands say nothing of it."""
    if not whole.low:
        return None
    low, high = floor(Fraction(100 * part.low, whole.high)), min(100, ceil(Fraction(100 * part.high, whole.low)))
    if high == 100:
        least = BASE * (low // BASE)
        return Share(least, "at_least", low, high) if least else None
    if not low:
        return Share(min(100, BASE * ceil(Fraction(high, BASE))), "at_most", low, high)
    return Share(floor(100 * part.middle / whole.middle + Fraction(1, 2)), "rounded", low, high)


def left_of_options(whole: Band, options: Sequence[Band]) -> bool:
    """Whether everybody having chosen one or more leaves of every count, and of its complement, as much as a band."""
    every = sum(option.high for option in options)
    left = [Band(whole.low, min(whole.high, every))]
    for option in options:
        others = every - option.high
        left.append(Band(max(option.low, whole.low - others), option.high))
        left.append(Band(max(0, whole.low - option.high), min(whole.high - option.low, others)))
    return not any(band.is_narrow for band in left)


def parts_of(total: int, counts: Mapping[K, int], minimum: int) -> dict[K, Band | None]:
    """The bands of counts that add up to a total which is known exactly; None where hidden.

    Counts that may be below `minimum` are hidden, and more of them, the smallest first, until each has as much left as
    a band even for somebody who knows which were hidden for being small.
    """
    grid, small = Grid(total), _nearest(minimum - 1).high
    bands = {name: grid.band(count) for name, count in counts.items()}
    hidden = {name: Band(0, small) for name, band in bands.items() if band.low < minimum}
    while True:
        known = {name: hidden.get(name, band) for name, band in bands.items()}
        shown = sorted((band.low, str(name), name) for name, band in bands.items() if name not in hidden)
        if not shown or not any(band.is_narrow for band in _left_of_parts(total, known)):
            return {name: None if name in hidden else band for name, band in bands.items()}
        hidden[shown[0][2]] = Band(small + 1, total)


def _left_of_parts(total: int, parts: Mapping[K, Band]) -> list[Band]:
    """What is left of every part once all others are taken from the total."""
    low, high = sum(band.low for band in parts.values()), sum(band.high for band in parts.values())
    return [
        Band(max(band.low, total - high + band.high), min(band.high, total - low + band.low))
        for band in parts.values()
    ]  # fmt: skip
