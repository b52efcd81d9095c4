"""Rules for means, standard deviations and medians of answers on a scale of whole numbers.

Whole answers add to a whole sum, so of n people only some means exist (GRIM; Brown and Heathers 2017, Soc. Psychol.
Personal. Sci. 8, 363-369), and their squares too, so of a mean only some standard deviations (GRIMMER; Anaya 2016,
PeerJ Preprints 4:e2400). Up to `_MOST_TRIED` people every sum and sum of squares that answers can have is worked out;
beyond, only what bounds and parity exclude is called impossible.
"""

import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

from mentoring_evaluation.figures.intervals import half_up
from mentoring_evaluation.lint.counts import decimals_of, step_of, usual_values
from mentoring_evaluation.lint.findings import Finding
from mentoring_evaluation.lint.published import Mean, PublishedReport

_MOST_TRIED = 60
_WIDEST = 12


def means(report: PublishedReport) -> Iterator[Finding]:
    """Means, standard deviations and medians that no answers on the scale give."""
    for line in report.means:
        for finding in _judged(line):
            yield replace(finding, confidence="likely") if line.loose else finding


def _judged(line: Mean) -> Iterator[Finding]:
    low, high = usual_values(line.mean)
    if (line.minimum is not None and high < line.minimum) or (line.maximum is not None and low > line.maximum):
        ends = f"{_end(line.minimum)} to {_end(line.maximum)}"
        why = f"A mean of {line.mean} lies outside the scale ({ends})."
        yield Finding("impossible_mean", line.at, why, "certain", _wanted(line))
    elif line.counts is not None and any(line.counts):
        yield from _of_counts(line, line.counts)
    elif line.n:
        yield from _of_people(line, line.n)


def _of_people(line: Mean, n: int) -> Iterator[Finding]:
    if line.n_is == "answered":
        sums = _sums(line, n)
        if not sums:
            yield _no_sum(line, n)
        elif line.items == 1:
            yield from _of_sums(line, n, sums)
    elif n <= _all_print(line) and not any(_sums(line, fewer) for fewer in range(1, n + 1)):
        yield _no_sum(line, n)


def _sums(line: Mean, n: int) -> range:
    """The sums of the answers of n people that print as the mean, within the scale."""
    low, high = usual_values(line.mean)
    many = n * line.items
    first, last = math.ceil(low * many), math.floor(high * many)
    if line.minimum is not None:
        first = max(first, line.minimum * many)
    if line.maximum is not None:
        last = min(last, line.maximum * many)
    return range(first, last + 1)


def _all_print(line: Mean) -> int:
    """With so many people every mean of the decimals printed is that of some sum."""
    return int(1 / step_of(line.mean))


def _no_sum(line: Mean, n: int) -> Finding:
    many = n * line.items
    below = math.floor(Fraction(line.mean) * many)
    digits = decimals_of(line.mean) + 1
    near = ", ".join(f"{total} / {many} is {half_up(Fraction(total, many), digits)}" for total in (below, below + 1))
    fewer = ", nor any smaller number," if line.n_is == "at_most" else ""
    why = f"The answers of {n} people{fewer} have no mean of {line.mean} ({near})."
    return Finding("impossible_mean", line.at, why, "certain", _wanted(line))


def _of_sums(line: Mean, n: int, sums: range) -> Iterator[Finding]:
    if line.sd is not None and not _sd_possible(line, n, sums, line.sd, None):
        least = _range_of_sd(line, n)
        why = f"No answers of {n} people{_on(line)} have the mean {line.mean} and the SD {line.sd}{least}."
        yield Finding("impossible_spread", line.at, why, "certain", _wanted(line))
    elif line.median is not None and not any(
        _sd_possible(line, n, sums, line.sd, middle) for middle in _middles(line, n, line.median)
    ):
        beside = f", the SD {line.sd}" if line.sd is not None else ""
        why = f"No answers of {n} people{_on(line)} have the mean {line.mean}{beside} and the median {line.median}."
        yield Finding("impossible_median", line.at, why, "certain", _wanted(line))


def _middles(line: Mean, n: int, median: Decimal) -> list[tuple[int, int]]:
    """The two middle answers (one and the same where n is odd) whose mean prints as the median."""
    low, high = usual_values(median)
    fitting = range(math.ceil(2 * low), math.floor(2 * high) + 1)
    if n % 2:
        return [(twice // 2, twice // 2) for twice in fitting if twice % 2 == 0 and _within(line, twice // 2)]
    least, most = line.minimum, line.maximum
    if least is None or most is None:
        return [(twice // 2, twice - twice // 2) for twice in fitting]
    return [(a, twice - a) for twice in fitting for a in range(least, most + 1) if a <= twice - a <= most]


def _within(line: Mean, answer: int) -> bool:
    return (line.minimum is None or answer >= line.minimum) and (line.maximum is None or answer <= line.maximum)


def _sd_possible(line: Mean, n: int, sums: range, sd: Decimal | None, middle: tuple[int, int] | None) -> bool:
    """Whether answers of one of these sums have this SD (of a sample or of all) and these middle answers."""
    least, most = line.minimum, line.maximum
    if least is None or most is None or n > _MOST_TRIED or most - least > _WIDEST:
        return middle is not None or any(_squares(line, n, total, sd) for total in sums)
    # Answers are taken from the end of the scale, so that sums and squares are small and not negative.
    shift = None if middle is None else (middle[0] - least, middle[1] - least)
    reached = _reached(n, most - least, shift)
    stride = n * (most - least) ** 2 + 1
    for total in sums:
        moved = total - n * least
        squares = (reached >> (moved * stride)) & ((1 << stride) - 1)
        if squares and (sd is None or _any_square(squares, n, moved, sd)):
            return True
    return False


@lru_cache(maxsize=256)
def _reached(n: int, width: int, middle: tuple[int, int] | None) -> int:
    """Every (sum, sum of squares) that n answers from 0 to width have, as bit `sum * (n * width**2 + 1) + squares`."""
    stride = n * width * width + 1
    steps = [range(width + 1)] * n
    if middle is not None:
        half = (n - 1) // 2
        inner = middle[:1] if n % 2 else middle
        steps = [range(middle[0] + 1)] * half
        steps += [range(answer, answer + 1) for answer in inner]
        steps += [range(middle[1], width + 1)] * half
    found = 1
    for answers in steps:
        taken = 0
        for answer in answers:
            taken |= found << (answer * stride + answer * answer)
        found = taken
    return found


def _any_square(squares: int, n: int, total: int, sd: Decimal) -> bool:
    return any(
        low <= high and (squares >> low) & ((1 << (high - low + 1)) - 1) for low, high in _square_ranges(n, total, sd)
    )


def _square_ranges(n: int, total: int, sd: Decimal) -> list[tuple[int, int]]:
    """The sums of squares whose SD prints so: divided by n - 1, and by n."""
    low, high = usual_values(sd)
    # A root comes out of floating point: 0.7 may be a little less, and be cut to 0.69.
    low, high = max(low, Fraction(0)), max(high, Fraction(sd) + step_of(sd))
    spread = Fraction(total * total, n)
    return [
        (max(0, math.ceil(low * low * by + spread)), math.floor(high * high * by + spread))
        for by in ((n - 1, n) if n > 1 else (n,))
    ]


def _squares(line: Mean, n: int, total: int, sd: Decimal | None) -> bool:
    """Whether bounds and parity let answers of this sum have this SD; squares and answers are odd together."""
    if sd is None:
        return True
    quotient, rest = divmod(total, n)
    least = (n - rest) * quotient**2 + rest * (quotient + 1) ** 2
    most = None
    if line.minimum is not None and line.maximum is not None:
        width = line.maximum - line.minimum
        ups, left = divmod(total - n * line.minimum, width)
        one = (line.minimum + left) ** 2 if left else 0
        most = ups * line.maximum**2 + one + (n - ups - bool(left)) * line.minimum**2
    for low, high in _square_ranges(n, total, sd):
        low, high = max(low, least), high if most is None else min(high, most)
        if low <= high and (high > low or low % 2 == total % 2):
            return True
    return False


def _of_counts(line: Mean, counts: Sequence[int]) -> Iterator[Finding]:
    """What is printed against the answers at each point of the scale."""
    n, least = sum(counts), line.minimum or 0
    total = sum(count * (least + place) for place, count in enumerate(counts))
    squares = sum(count * (least + place) ** 2 for place, count in enumerate(counts))
    if line.n is not None and (n > line.n or (n < line.n and line.n_is == "answered")):
        why = f"The counts of {line.name} add to {n} people, and {line.n} are said to have answered."
        yield Finding("distribution_does_not_add", line.at, why, "certain", _wanted(line))
    elif not _prints(Fraction(total, n), line.mean):
        why = f"The mean of the printed counts is {total} / {n} = {half_up(Fraction(total, n), 2)}, not {line.mean}."
        yield Finding("impossible_mean", line.at, why, "certain", _wanted(line))
    elif line.sd is not None and not any(low <= squares <= high for low, high in _square_ranges(n, total, line.sd)):
        why = f"The SD of the printed counts is {_sd(n, total, squares)}, not {line.sd}."
        yield Finding("impossible_spread", line.at, why, "certain", _wanted(line))
    elif line.median is not None and not _prints(_median(counts, least), line.median):
        why = f"The median of the printed counts is {float(_median(counts, least)):g}, not {line.median}."
        yield Finding("impossible_median", line.at, why, "certain", _wanted(line))


def _prints(value: Fraction, shown: Decimal) -> bool:
    low, high = usual_values(shown)
    return low <= value <= high


def _median(counts: Sequence[int], least: int) -> Fraction:
    n = sum(counts)

    def at(rank: int) -> int:
        passed = 0
        for place, count in enumerate(counts):
            passed += count
            if passed > rank:
                return least + place
        return least

    return Fraction(at((n - 1) // 2) + at(n // 2), 2)


def _sd(n: int, total: int, squares: int) -> Decimal:
    spread = Fraction(squares) - Fraction(total * total, n)
    return half_up(Fraction(math.sqrt(spread / max(1, n - 1))), 2)


def _range_of_sd(line: Mean, n: int) -> str:
    if line.minimum is None or line.maximum is None:
        return ""
    mean, low, high = Fraction(line.mean), line.minimum, line.maximum
    most = math.sqrt(max(0.0, float((high - mean) * (mean - low))) * n / max(1, n - 1))
    return f" (the SD can be {most:.2f} at most)"


def overall_means(report: PublishedReport) -> Iterator[Finding]:
    """An overall mean that is not of the answers of its cohorts, and is perhaps the mean of their means."""
    groups: dict[tuple[str | None, ...], list[Mean]] = defaultdict(list)
    for line in report.means:
        if line.n_is == "answered" and line.n and line.items == 1 and not line.loose:
            groups[(line.name, line.wave, line.role)].append(line)
    for lines in groups.values():
        cohorts = {line.cohort: line for line in lines if line.cohort is not None}
        for whole in lines:
            if whole.cohort is None and len(cohorts) > 1:
                yield from _of_cohorts(whole, list(cohorts.values()))


def _of_cohorts(whole: Mean, cohorts: Sequence[Mean]) -> Iterator[Finding]:
    runs = [_sums(line, line.n or 0) for line in cohorts]
    people = sum(line.n or 0 for line in cohorts)
    own, rest = _sums(whole, whole.n or 0), (whole.n or 0) - people
    if not all([*runs, own]):
        return  # another rule says so
    also = tuple(line.at for line in cohorts)
    resolve = "Recompute the overall from the answers and say by which rule."
    if rest < 0:
        why = f"The overall is of {whole.n} people, and its cohorts are of {people}."
        yield Finding("overall_unexplained", whole.at, why, "certain", resolve, also)
        return
    low, high = sum(run.start for run in runs), sum(run.stop - 1 for run in runs)
    if rest and (whole.minimum is None or whole.maximum is None):
        return  # others, of whom nothing is known, are in it
    low, high = low + rest * (whole.minimum or 0), high + rest * (whole.maximum or 0)
    if own.stop - 1 < low or own.start > high:
        listed = ", ".join(f"{line.mean} of {line.n}" for line in cohorts)
        pooled = half_up(Fraction(low + high, 2 * (whole.n or 1)), 2)
        plain = sum((Fraction(line.mean) for line in cohorts), Fraction(0)) / len(cohorts)
        is_mean = not rest and abs(plain - Fraction(whole.mean)) <= max(
            step_of(line.mean) for line in [whole, *cohorts]
        )
        said = f" It is the mean of the means, {half_up(plain, 2)}." if is_mean else ""
        why = f"The overall mean is {whole.mean}, but the cohorts ({listed}) make about {pooled} together.{said}"
        yield Finding("mean_as_overall" if is_mean else "overall_unexplained", whole.at, why, "certain", resolve, also)


def _on(line: Mean) -> str:
    ends = None in (line.minimum, line.maximum)
    return "" if ends else f" on a scale of {line.minimum} to {line.maximum}"


def _end(end: int | None) -> str:
    return "any" if end is None else str(end)


def _wanted(line: Mean) -> str:
    return f"Go back to the answers to {line.name} and print how many gave each of them."
