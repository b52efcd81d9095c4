"""Rules for overall percentages: pooled, a mean of cohorts under another name, or neither."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import prod

from mentoring_evaluation.figures.intervals import half_up, percent
from mentoring_evaluation.lint.counts import decimals_of, numerators_of, step_of
from mentoring_evaluation.lint.findings import Confidence, Finding
from mentoring_evaluation.lint.percentages import beyond_search, candidates, own_counts
from mentoring_evaluation.lint.published import Percentage, PublishedReport

# Beyond this many combinations of counts the pooled value is taken as reachable between its lowest and highest cohort.
_MOST_COMBINATIONS = 50_000


@dataclass(frozen=True, slots=True)
class Pool:
    """A pooled numerator, from `low` to `high` (every whole number between is possible), of `n`."""

    low: int
    high: int
    n: int

    def prints(self, shown: Decimal) -> bool:
        """Whether one of its numerators prints as `shown`."""
        fitting = numerators_of(shown, self.n)
        return fitting.start <= self.high and self.low < fitting.stop

    def __str__(self) -> str:
        values = dict.fromkeys(str(half_up(percent(x, self.n), 1)) for x in (self.low, self.high))
        counts = dict.fromkeys([self.low, self.high])
        return f"{' to '.join(map(str, counts))} of {self.n}, {' to '.join(values)} %"


@dataclass(frozen=True, slots=True)
class Overall:
    """An overall line and the cohort lines of the same question, wave and role."""

    line: Percentage
    cohorts: list[Percentage]

    @property
    def mean(self) -> Fraction:
        """The mean of the cohort percentages: of the exact ones where all counts are printed."""
        return sum((_exact(line) for line in self.cohorts), Fraction(0)) / len(self.cohorts)

    @property
    def is_mean(self) -> bool:
        """Whether the overall can be that mean, given that every printed value stands for half a step either way."""
        if all(_counted(line) for line in self.cohorts):
            return _prints(self.mean, self.line.percent)
        slack = max(step_of(line.percent) for line in [self.line, *self.cohorts])
        return abs(self.mean - Fraction(self.line.percent)) < slack

    @property
    def best_reading(self) -> Pool | None:
        """The pooled counts where as many answered as the printed percentages allow; None where none are known."""
        options = [candidates(line) for line in self.cohorts]
        if not all(options):
            return None
        best = [(max(n for _, n in option), option) for option in options]
        counts = [[x for x, m in option if m == n] for n, option in best]
        return Pool(sum(map(min, counts)), sum(map(max, counts)), sum(n for n, _ in best))

    def reachable(self) -> bool:
        """Whether some counts behind the cohort lines pool to the overall as printed."""
        options = [candidates(line) for line in self.cohorts]
        many = any(beyond_search(line) for line in self.cohorts)
        if many or prod(map(len, options)) > _MOST_COMBINATIONS:
            return not self.outside
        sums = {(0, 0)} if all(options) else set()
        for option in options:
            sums = {(a + x, b + n) for a, b in sums for x, n in option}
        return any(x in numerators_of(self.line.percent, n) for x, n in sums)

    @property
    def outside(self) -> bool:
        """Whether the overall lies beyond its lowest or highest cohort, rounding allowed for."""
        low = min(Fraction(line.percent) - step_of(line.percent) / 2 for line in self.cohorts)
        high = max(Fraction(line.percent) + step_of(line.percent) / 2 for line in self.cohorts)
        shown, half = Fraction(self.line.percent), step_of(self.line.percent) / 2
        return shown + half <= low or shown - half >= high

    @property
    def adds(self) -> bool:
        """Whether its own counts can hold those of its cohorts, and perhaps of others that are not printed."""
        if not all(line.n is not None and line.n_is == "answered" for line in [self.line, *self.cohorts]):
            return True
        rest = (self.line.n or 0) - sum(line.n or 0 for line in self.cohorts)
        if not all(_counted(line) for line in [self.line, *self.cohorts]):
            return rest >= 0
        return 0 <= (self.line.numerator or 0) - sum(line.numerator or 0 for line in self.cohorts) <= rest

    @property
    def partial(self) -> bool:
        """Whether the overall is of more people than its printed cohorts, so that they do not pool to it."""
        known = self.line.n_is == "answered" and all(line.n is not None for line in self.cohorts)
        return known and (self.line.n or 0) > sum(line.n or 0 for line in self.cohorts)


def overalls(report: PublishedReport) -> list[Overall]:
    """The overall lines that have at least two cohort lines of the same question, wave and role."""
    groups: dict[tuple[str | None, ...], list[Percentage]] = defaultdict(list)
    for line in report.percentages:
        groups[(line.name, line.wave, line.role)].append(line)
    found = []
    for lines in groups.values():
        cohorts = [line for line in lines if line.cohort is not None]
        if len(cohorts) > 1:
            found += [Overall(line, cohorts) for line in lines if line.cohort is None]
    return found


def overall_lines(report: PublishedReport) -> Iterator[Finding]:
    """Means presented as overall (and the pooled figure), and overalls that nothing explains."""
    found = [finding for overall in overalls(report) for finding in _judged(overall)]
    # A single figure near both readings says nothing; beside a sure mean it is probably one too.
    habit = any(finding.rule == "mean_as_overall" and finding.confidence == "certain" for finding in found)
    yield from (finding for finding in found if habit or finding.confidence != "possible" or not _is_mean(finding))


def _is_mean(finding: Finding) -> bool:
    return finding.rule == "mean_as_overall"


def _judged(overall: Overall) -> Iterator[Finding]:
    line = overall.line
    if not 0 <= line.percent <= 100:
        return  # another rule says it
    compared = _compared(overall)
    if compared is not None:
        yield compared
    elif line.rule != "mean_of_cohorts":
        yield from _by_its_own_counts(overall)


def _by_its_own_counts(overall: Overall) -> Iterator[Finding]:
    """The overall against the counts printed beside it, and these against those of the cohorts."""
    if overall.line.n_is == "answered":
        yield from own_counts(overall.line)
    if not overall.adds:
        yield _not_their_sum(overall)


def _not_their_sum(overall: Overall) -> Finding:
    terms, line = " + ".join(map(_share, overall.cohorts)), overall.line
    why = f"The overall is of {_share(line)}, and its cohorts are {terms}: they are not together in it."
    return _finding(overall, "overall_unexplained", why, "certain")


def _share(line: Percentage) -> str:
    return f"{line.n}" if line.numerator is None else f"{line.numerator} of {line.n}"


def _compared(overall: Overall) -> Finding | None:
    """The overall against the percentages of its cohorts."""
    line = overall.line
    if overall.partial:
        return None  # other cohorts, not printed, are in it
    if overall.outside:
        why = f"The overall is {line.percent} %, but the cohorts are {_listed(overall.cohorts)}: {_beyond(overall)}"
        return _finding(overall, "overall_outside_cohorts", why, "certain")
    if line.rule == "mean_of_cohorts":
        return None if overall.is_mean else _unexplained(overall, "It is said to be the mean of the cohorts. ")
    if _is_pooled(overall):
        return None
    if overall.is_mean:
        return _mean_as_overall(overall)
    return None if overall.reachable() else _unexplained(overall, "")


def _is_pooled(overall: Overall) -> bool:
    line, best = overall.line, overall.best_reading
    if best is not None:
        return best.prints(line.percent)
    estimate = _estimate(overall)
    # No counts to pool: only what cannot be told apart from a pooled figure is let pass.
    return estimate is None or _prints(estimate, line.percent)


def _mean_as_overall(overall: Overall) -> Finding:
    counted = all(_counted(line) for line in overall.cohorts)
    values = ", ".join(str(half_up(_exact(line), 1) if _counted(line) else line.percent) for line in overall.cohorts)
    mean = f"The mean of the cohorts ({values}) is {half_up(overall.mean, 1)} %, printed {overall.line.percent} %."
    if overall.best_reading is None:
        confidence: Confidence = "likely"
    else:
        confidence = "certain" if counted or not overall.reachable() else "possible"
    why = f"{mean} {_pooled_in_words(overall)}"
    return _finding(overall, "mean_as_overall", why, confidence)


def _unexplained(overall: Overall, said: str) -> Finding:
    mean = f"The mean of the cohorts ({_listed(overall.cohorts)}) is {half_up(overall.mean, 1)} %."
    why = f"{said}The overall is {overall.line.percent} %. {mean} {_pooled_in_words(overall)}"
    certain = overall.best_reading is not None and not overall.reachable() and not overall.is_mean
    return _finding(overall, "overall_unexplained", why, "certain" if certain else "likely")


def _pooled_in_words(overall: Overall) -> str:
    best, estimate = overall.best_reading, _estimate(overall)
    if best is not None:
        most = "" if all(_counted(line) for line in overall.cohorts) else " where the most answered that can have"
        return f"Pooled{most}, it is {best}."
    if estimate is None:
        return "Nothing is known of how many answered, so no pooled figure can be given."
    sizes = ", ".join(str(line.n) for line in overall.cohorts)
    stuck = ", ".join(f"{line.percent} % of cohort {line.cohort}" for line in overall.cohorts if not candidates(line))
    about = f"Weighted by the stated numbers of people ({sizes}) it would be about {half_up(estimate, 1)} %."
    return f"It rests on what no counts give ({stuck}). {about}"


def _finding(overall: Overall, rule: str, why: str, confidence: Confidence) -> Finding:
    resolve = {
        "mean_as_overall": "Call it the mean of the cohorts, or print the pooled figure with its counts.",
    }.get(rule, "Recompute the overall from the answers and say by which rule.")
    return Finding(rule, overall.line.at, why, confidence, resolve, tuple(line.at for line in overall.cohorts))


def _estimate(overall: Overall) -> Fraction | None:
    if not all(line.n for line in overall.cohorts):
        return None
    weighted = sum((Fraction(line.percent) * (line.n or 0) for line in overall.cohorts), Fraction(0))
    return weighted / sum(line.n or 0 for line in overall.cohorts)


def _beyond(overall: Overall) -> str:
    low = Fraction(overall.line.percent) < min(Fraction(line.percent) for line in overall.cohorts)
    return "no average of them, however weighted, is " + ("below the lowest." if low else "above the highest.")


def _listed(lines: Sequence[Percentage]) -> str:
    return ", ".join(f"{line.percent} %" for line in lines)


def _counted(line: Percentage) -> bool:
    return line.numerator is not None and bool(line.n) and line.n_is == "answered"


def _exact(line: Percentage) -> Fraction:
    return percent(line.numerator or 0, line.n or 1) if _counted(line) else Fraction(line.percent)


def _prints(value: Fraction, shown: Decimal) -> bool:
    return half_up(value, decimals_of(shown)) == shown
