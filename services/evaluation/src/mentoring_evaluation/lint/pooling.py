"""Whether the counts behind some printed shares can be the parts of a printed whole.

A printed share allows some numerators for each number of people who may have answered. The parts of a whole (its
cohorts, its roles) add up, and those who are in no printed part may add to both. Where no choice of counts does, the
whole cannot be pooled from its parts, and that is proved: every set here holds at least what is possible.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from mentoring_evaluation.lint.counts import answered_of, numerators_of, usual_numerators
from mentoring_evaluation.lint.published import Percentage

# What is beyond these is not searched, and nothing is said to be impossible there.
_MOST_ANSWERED = 400
_MOST_STEPS = 60_000

_Spread = dict[int, range]


@dataclass(frozen=True, slots=True)
class Reading:
    """How a report is read: `usual` takes any rounding in use and lets people be in no printed part.

    Otherwise half-up alone, and the printed parts are all there are.
    """

    usual: bool

    def numerators(self, shown: Decimal, answered: int) -> range:
        """The numerators that print so."""
        return usual_numerators(shown, answered) if self.usual else numerators_of(shown, answered)


OPEN = Reading(usual=True)
CLOSED = Reading(usual=False)


def can_pool(whole: Percentage, parts: Sequence[Percentage], reading: Reading) -> bool:
    """Whether some counts behind the parts pool to the whole; true as well where that is not known."""
    spreads = [_spread(line, reading) for line in parts]
    if any(spread is None for spread in spreads):
        return True
    pooled = _sums([spread for spread in spreads if spread is not None])
    if pooled is None:
        return True
    whole_spread = _spread(whole, reading)
    if whole_spread is None:
        if reading.usual:
            return True  # others may be in it, however many
        return any(_meet(numbers, reading.numerators(whole.percent, n)) for n, numbers in pooled.items())
    unlisted = _unlisted(whole, parts) if reading.usual else 0
    return any(
        _meet(numbers, range(max(0, fitting.start - rest), fitting.stop))
        for n, numbers in pooled.items()
        for answered, fitting in whole_spread.items()
        if (rest := answered - n) >= 0 and (unlisted is None or rest <= unlisted)
    )


def is_possible(line: Percentage) -> bool:
    """Whether some count prints as this line, under any rounding in use; true as well where no n is printed."""
    spread = _spread(line, OPEN)
    return spread is None or bool(spread)


def _unlisted(whole: Percentage, parts: Sequence[Percentage]) -> int | None:
    """The most people of the whole who can be in no printed part; None where it is not known."""
    took_part = sum(line.n or 0 for line in parts)
    if whole.n_is == "answered" or whole.n is None or any(line.n is None for line in parts) or whole.n < took_part:
        return None
    return whole.n - took_part


def _spread(line: Percentage, reading: Reading) -> _Spread | None:
    """For each number of people who may have answered, the numerators that print so; None where there is no limit."""
    if line.n is None:
        return None if line.numerator is None else _of_numerator(line.percent, line.numerator)
    if line.n_is == "answered":
        fitting = reading.numerators(line.percent, line.n)
        found = {line.n: fitting} if fitting else {}
    elif line.n > _MOST_ANSWERED:
        return None
    else:
        found = _at_most(str(line.percent), line.n, reading)
    if line.numerator is None:
        return found
    only = range(line.numerator, line.numerator + 1)
    return {n: only for n, fitting in found.items() if line.numerator in fitting}


@lru_cache(maxsize=4096)
def _at_most(shown: str, most: int, reading: Reading) -> _Spread:
    # By its text: 72 and 72.0 are equal as numbers, but not as prints.
    found = {n: reading.numerators(Decimal(shown), n) for n in range(1, most + 1)}
    return {n: fitting for n, fitting in found.items() if fitting}


def _of_numerator(shown: Decimal, numerator: int) -> _Spread | None:
    fewest, most = answered_of(shown, numerator)
    if most is None or most > _MOST_ANSWERED:
        return None
    return dict.fromkeys(range(fewest, most + 1), range(numerator, numerator + 1))


def _sums(spreads: Sequence[_Spread]) -> dict[int, int | range] | None:
    """For each number of people in all parts, the numerators they can have; None where that is too much to search.

    A run of numbers where it is known of each part how many answered, otherwise a set of them, as bits.
    """
    if all(len(spread) == 1 for spread in spreads):
        runs = [(n, fitting) for spread in spreads for n, fitting in spread.items()]
        first, last = sum(fitting.start for _, fitting in runs), sum(fitting.stop - 1 for _, fitting in runs)
        return {sum(n for n, _ in runs): range(first, last + 1)}
    if sum(max(spread, default=0) for spread in spreads) > _MOST_ANSWERED:
        return None
    sums, steps = {0: 1}, 0
    for spread in spreads:
        steps += len(sums) * len(spread)
        if steps > _MOST_STEPS:
            return None
        longer: dict[int, int] = {}
        for n, mask in sums.items():
            for answered, fitting in spread.items():
                longer[n + answered] = longer.get(n + answered, 0) | _shifted(mask, fitting)
        sums = longer
    return dict(sums)


def _shifted(mask: int, by: range) -> int:
    """The bits moved up by each of a run of numbers."""
    found, width = mask, 1
    while width < len(by):
        step = min(width, len(by) - width)
        found |= found << step
        width += step
    return found << by.start


def _meet(numbers: int | range, wanted: range) -> bool:
    if isinstance(numbers, range):
        return max(numbers.start, wanted.start) < min(numbers.stop, wanted.stop)
    stop = min(wanted.stop, numbers.bit_length())
    return wanted.start < stop and (numbers >> wanted.start) & ((1 << (stop - wanted.start)) - 1) != 0
