"""Rules for single percentages and for the denominators behind a group of them."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from itertools import islice

from mentoring_evaluation.figures.intervals import half_up, percent
from mentoring_evaluation.lint.counts import (
    ROUNDINGS,
    answered_of,
    decimals_of,
    numerators_of,
    possible_counts,
    step_of,
    usual_numerators,
)
from mentoring_evaluation.lint.findings import Confidence, Finding
from mentoring_evaluation.lint.published import Percentage, PublishedReport

# With this many people every percentage of d decimals is some whole number of them, so nothing beyond needs a search.
_EVERY_STEP = 100


def candidates(line: Percentage) -> list[tuple[int, int]]:
    """Every (numerator, answered) that can stand behind a printed line; empty where none can or no n is known."""
    if line.n is None:
        return []
    if line.numerator is not None and line.n_is == "answered":
        return [(line.numerator, line.n)] if _agrees(line) else []
    if line.numerator is not None:
        return [(x, n) for x, n in _possible(str(line.percent), line.n) if x == line.numerator]
    if line.n_is == "answered" or beyond_search(line):
        return [(x, line.n) for x in numerators_of(line.percent, line.n)]
    return _possible(str(line.percent), line.n)


def beyond_search(line: Percentage) -> bool:
    """Whether so many took part that fewer answers, of whatever number near it, print any percentage."""
    return line.n_is == "at_most" and line.numerator is None and (line.n or 0) >= _searched(line.percent)


@lru_cache(maxsize=4096)
def _possible(shown: str, n: int) -> list[tuple[int, int]]:
    # By its text: 72 and 72.0 are equal as numbers, but not as prints.
    return possible_counts(Decimal(shown), n)


def above_100(report: PublishedReport) -> Iterator[Finding]:
    """A share of people cannot pass 100 % or fall below 0 %."""
    for line in report.percentages:
        if not 0 <= line.percent <= 100:
            why = f"{line.percent} % of people cannot be: a share of people lies between 0 and 100 %."
            yield Finding("percentage_above_100", line.at, why, "certain", _counts_wanted(line))


def impossible(report: PublishedReport) -> Iterator[Finding]:
    """A percentage that no whole number of people gives: not of the stated n, or not of any n up to it."""
    with_cohorts = {_question(line) for line in report.percentages if line.cohort is not None}
    for line in report.percentages:
        is_mean = line.rule == "mean_of_cohorts" or (line.cohort is None and _question(line) in with_cohorts)
        if is_mean or not 0 <= line.percent <= 100:
            continue
        yield from own_counts(line)


def own_counts(line: Percentage) -> Iterator[Finding]:
    """What the numerator and the n printed beside a percentage say against it."""
    if line.n is None:
        yield from _of_no_number(line)
    elif line.numerator is not None and (line.n_is == "answered" or not candidates(line)):
        yield from _not_of_its_counts(line)
    elif line.numerator is None and not numerators_of(line.percent, line.n):
        yield _impossible_of_n(line, line.n)


def _of_no_number(line: Percentage) -> Iterator[Finding]:
    """A numerator without its n: some number of people must make it the percentage."""
    if line.numerator is None:
        return
    fewest, most = answered_of(line.percent, line.numerator)
    if most is not None and fewest > most:
        why = f"{line.numerator} people are {line.percent} % of no number of people."
        yield Finding("percentage_not_of_its_counts", line.at, why, "certain", _counts_wanted(line))


def two_versions(report: PublishedReport) -> Iterator[Finding]:
    """One figure printed twice with values that cannot be the same."""
    said: dict[tuple[str | None, ...], list[Percentage]] = defaultdict(list)
    for line in report.percentages:
        said[(*_question(line), line.cohort, line.rule)].append(line)
    for first, *others in said.values():
        apart = [other for other in others if _differ(first, other)]
        if apart:
            yield _versions(first, apart)


def _differ(first: Percentage, other: Percentage) -> bool:
    slack = (step_of(first.percent) + step_of(other.percent)) / 2
    return abs(Fraction(first.percent) - Fraction(other.percent)) >= slack


def _cannot_be_one(first: Percentage, other: Percentage) -> bool:
    """Whether no rounding in use prints one share of one number of people as both."""
    if None not in (first.n, other.n) and first.n != other.n:
        return False
    low, high = sorted((first, other), key=lambda line: line.percent)
    return Fraction(low.percent) + step_of(low.percent) <= Fraction(high.percent) - step_of(high.percent) / 2


def _versions(first: Percentage, apart: list[Percentage]) -> Finding:
    values = " and ".join(dict.fromkeys(f"{line.percent} %" for line in [first, *apart]))
    group = ", ".join(part for part in (first.role, first.cohort and f"cohort {first.cohort}", first.wave) if part)
    return Finding(
        "percentage_in_two_versions",
        first.at,
        f"{first.name}{f' ({group})' if group else ''} is printed as {values}.",
        "certain" if any(_cannot_be_one(first, line) for line in apart) else "likely",
        "Say which value is right, or what each of them is a share of.",
        tuple(line.at for line in apart),
    )


def changing_denominators(report: PublishedReport) -> Iterator[Finding]:
    """Questions of one survey to one group that no single number of people can have answered."""
    groups: dict[tuple[str | None, ...], list[Percentage]] = defaultdict(list)
    for line in report.percentages:
        known = line.n_is == "at_most" and line.rule != "mean_of_cohorts" and not beyond_search(line)
        if known and candidates(line):
            # Another n beside another question already says that fewer were asked.
            groups[(line.wave, line.role, line.cohort, str(line.n))].append(line)
    for lines in groups.values():
        answered = [{n for _, n in candidates(line)} for line in lines]
        if len(lines) > 1 and not set.intersection(*answered):
            yield _changing(lines, answered)


def _changing(lines: list[Percentage], answered: list[set[int]]) -> Finding:
    needs = "; ".join(
        f"{line.name} {line.percent} % needs {_numbers(n)}" for line, n in zip(lines, answered, strict=True)
    )
    most = max(line.n or 0 for line in lines)
    return Finding(
        "denominator_changes",
        lines[0].at,
        f"At most {most} answered, and no single number of them gives all of these percentages: {needs}.",
        "likely",
        "Print beside every percentage how many answered that question.",
        tuple(line.at for line in lines[1:]),
    )


def more_than_took_part(report: PublishedReport) -> Iterator[Finding]:
    """Questions that more people answered than are said, beside another question of the wave, to have taken part."""
    took_part: dict[tuple[str | None, ...], Percentage] = {}
    for line in report.percentages:
        key = (line.wave, line.role, line.cohort)
        if line.n_is == "at_most" and line.n is not None and (key not in took_part or line.n > _n(took_part[key])):
            took_part[key] = line
    for line in report.percentages:
        most = took_part.get((line.wave, line.role, line.cohort))
        if most is not None and line.n_is == "answered" and _n(line) > _n(most):
            why = f"{line.n} answered {line.name}, and {most.n} took part where {most.name} was asked."
            resolve = "Say how many took part in the survey, and how many answered each question."
            yield Finding("more_than_took_part", line.at, why, "likely", resolve, (most.at,))


def _n(line: Percentage) -> int:
    return line.n or 0


def _not_of_its_counts(line: Percentage) -> Iterator[Finding]:
    x, n = line.numerator or 0, line.n or 0
    if x > n or n == 0:
        why = f"{x} of {n} people cannot be."
        yield Finding("percentage_not_of_its_counts", line.at, why, "certain", _counts_wanted(line))
    elif line.n_is == "at_most":
        why = f"{x} people are {line.percent} % of no number up to {n}."
        fewest, most = answered_of(line.percent, x)
        sure: Confidence = "possible" if fewest <= min(n, n if most is None else most) else "certain"
        yield Finding("percentage_not_of_its_counts", line.at, why, sure, _counts_wanted(line))
    elif not _agrees(line):
        shown = half_up(percent(x, n), decimals_of(line.percent))
        other = [mode for mode in ROUNDINGS[1:] if x in numerators_of(line.percent, n, mode)]
        why = f"{x} of {n} is {half_up(percent(x, n), 2)} %, printed half-up {shown} %, not {line.percent} %."
        hint = f" It is possible if {other[0]}." if other else ""
        resolve = "Correct the percentage or the counts, or state the rounding."
        confidence: Confidence = "possible" if x in usual_numerators(line.percent, n) else "certain"
        yield Finding("percentage_not_of_its_counts", line.at, why + hint, confidence, resolve)


def _impossible_of_n(line: Percentage, n: int) -> Finding:
    near = _nearest(line.percent, n)
    smaller = [] if line.n_is == "answered" else candidates(line)
    if smaller:
        why = f"No whole number of {n} people is {line.percent} % ({near}). It can be {_shares(smaller)}."
        resolve = f"Say how many of the {n} answered this question; {_numbers({m for _, m in smaller})} would do."
        return Finding("percentage_needs_other_n", line.at, why, "likely", resolve)
    several = line.n_is == "at_most"
    said = f"No whole number of {n} people" + (", nor of any smaller number," if several else "")
    why = f"{said} is {line.percent} % ({near})."
    other = _other_rounding(line, n)
    explained = other or (not several and usual_numerators(line.percent, n))
    return Finding(
        "impossible_percentage",
        line.at,
        f"{why} {other}".strip(),
        "possible" if explained else "certain",
        f"{_counts_wanted(line)}{_would_do(line, n)}",
    )


def _would_do(line: Percentage, n: int) -> str:
    """The numbers of people nearest to n that can print the percentage."""
    if n > _searched(line.percent):
        return ""
    below = range(n - 1, 0, -1) if line.n_is == "answered" else range(0)
    above = range(n + 1, _searched(line.percent) + 1)
    fitting = [share for near in (below, above) for share in islice(_fitting(line.percent, near), 2)]
    nearest = sorted(fitting, key=lambda share: abs(share[1] - n))[:2]
    return f" {_shares(nearest)} would print as {line.percent} %." if nearest else ""


def _fitting(shown: Decimal, numbers: range) -> Iterator[tuple[int, int]]:
    return ((fit[0], m) for m in numbers if (fit := numerators_of(shown, m)))


def _other_rounding(line: Percentage, n: int) -> str:
    first = 1 if line.n_is == "at_most" else max(1, n)
    for mode in ROUNDINGS[1:]:
        for answered in range(min(n, _searched(line.percent)), first - 1, -1):
            for x in numerators_of(line.percent, answered, mode):
                return f"Possible if {mode}: {x} of {answered} is {half_up(percent(x, answered), 2)} %."
    return ""


def _nearest(shown: Decimal, n: int) -> str:
    if n == 0:
        return "nobody is no share at all"
    below = min(n, int(shown * n // 100))
    pairs = [(x, half_up(percent(x, n), max(1, decimals_of(shown) + 1))) for x in (below, below + 1) if x <= n]
    return ", ".join(f"{x} of {n} is {value} %" for x, value in pairs)


def _agrees(line: Percentage) -> bool:
    return bool(line.n) and line.numerator in numerators_of(line.percent, line.n or 0)


def _searched(shown: Decimal) -> int:
    return int(_EVERY_STEP * 10 ** min(2, decimals_of(shown)))


def _question(line: Percentage) -> tuple[str | None, ...]:
    return line.name, line.wave, line.role


def _counts_wanted(line: Percentage) -> str:
    return f"Go back to the answers to {line.name} and print the count and the number who answered."


def _shares(counts: Iterable[tuple[int, int]], most: int = 4) -> str:
    shown = [f"{x} of {n}" for x, n in counts]
    return " or ".join(shown[:most]) + (" and so on" if len(shown) > most else "")


def _numbers(values: set[int], most: int = 6) -> str:
    shown = [str(value) for value in sorted(values)]
    return " or ".join(shown[:most]) + (" and so on" if len(shown) > most else "")
