"""Rules for overall percentages: pooled, a mean of cohorts under another name, or neither."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from mentoring_evaluation.figures.intervals import half_up, percent
from mentoring_evaluation.lint.counts import decimals_of, numerators_of, step_of, usual_numerators
from mentoring_evaluation.lint.findings import Confidence, Finding
from mentoring_evaluation.lint.percentages import candidates, own_counts
from mentoring_evaluation.lint.pooling import CLOSED, OPEN, can_pool, is_possible
from mentoring_evaluation.lint.published import Percentage, PublishedReport


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
    """An overall line and the lines of its parts: the cohorts (or roles) of the same question and wave."""

    line: Percentage
    cohorts: list[Percentage]
    over: Literal["cohort", "role"] = "cohort"

    @property
    def mean(self) -> Fraction:
        """The mean of the cohort percentages: of the exact ones where all counts are printed."""
        return sum((_exact(line) for line in self.cohorts), Fraction(0)) / len(self.cohorts)

    @property
    def is_mean(self) -> bool:
        """Whether the overall can be that mean, given that every printed value stands for half a step either way."""
        if all(_counted(line) for line in self.cohorts):
            return any(_prints(mean, self.line.percent) for mean in (self.mean, self._mean_of_printed))
        return abs(self.mean - Fraction(self.line.percent)) < self._step

    @property
    def _mean_of_printed(self) -> Fraction:
        """The same of what is printed, as whoever has the report alone works it out."""
        return sum((Fraction(line.percent) for line in self.cohorts), Fraction(0)) / len(self.cohorts)

    @property
    def _step(self) -> Fraction:
        return max(step_of(line.percent) for line in [self.line, *self.cohorts])

    @property
    def never_mean(self) -> bool:
        """Whether no rounding in use makes it that mean, and no cohort can be missing from it."""
        return self.whole and abs(self.mean - Fraction(self.line.percent)) >= self._step * 3 / 2

    @property
    def best_reading(self) -> Pool | None:
        """The pooled counts where as many answered as the printed percentages allow; None where none are known."""
        options = [candidates(line) for line in self.cohorts]
        if not all(options):
            return None
        best = [(max(n for _, n in option), option) for option in options]
        counts = [[x for x, m in option if m == n] for n, option in best]
        return Pool(sum(map(min, counts)), sum(map(max, counts)), sum(n for n, _ in best))

    @property
    def refuted(self) -> bool:
        """Whether no counts behind the cohorts, and nobody in a cohort that is not printed, make this overall."""
        if not all(map(is_possible, self.cohorts)):
            return False  # another rule says which, and the overall may be right
        if self.over == "role" and not (self.whole and all(_answered(line) for line in [self.line, *self.cohorts])):
            return False  # somebody may have both roles
        return not can_pool(self.line, self.cohorts, OPEN)

    @property
    def reachable(self) -> bool:
        """Whether some counts behind the cohort lines pool to the overall as printed, if these are all the cohorts."""
        if not all(map(candidates, self.cohorts)):
            return not self.outside and any(line.n is None for line in self.cohorts)
        return not self.outside and can_pool(self.line, self.cohorts, CLOSED)

    @property
    def outside(self) -> bool:
        """Whether the overall lies beyond its lowest or highest cohort, rounding allowed for."""
        low = min(Fraction(line.percent) - step_of(line.percent) / 2 for line in self.cohorts)
        high = max(Fraction(line.percent) + step_of(line.percent) / 2 for line in self.cohorts)
        shown, half = Fraction(self.line.percent), step_of(self.line.percent) / 2
        return shown + half <= low or shown - half >= high

    @property
    def beyond(self) -> bool:
        """Whether no weighting of the cohorts makes the overall, all of them being printed, under any rounding."""
        low = min(Fraction(line.percent) - step_of(line.percent) / 2 for line in self.cohorts)
        high = max(Fraction(line.percent) + step_of(line.percent) for line in self.cohorts)
        shown, step = Fraction(self.line.percent), step_of(self.line.percent)
        known = self.whole and (self.over == "cohort" or all(map(_answered, [self.line, *self.cohorts])))
        return known and (shown + step <= low or shown - step / 2 >= high)

    @property
    def fits(self) -> bool:
        """Whether its own counts can hold those of its cohorts, and perhaps of others that are not printed."""
        if not self._counts_known:
            return True
        rest = (self.line.n or 0) - self._people
        if not all(_counted(line) for line in [self.line, *self.cohorts]):
            return rest >= 0
        return 0 <= (self.line.numerator or 0) - sum(line.numerator or 0 for line in self.cohorts) <= rest

    @property
    def partial(self) -> bool:
        """Whether the overall is of more people than its printed cohorts, so that they do not pool to it."""
        return self._counts_known and (self.line.n or 0) > self._people

    @property
    def whole(self) -> bool:
        """Whether the overall is of the very people of its printed cohorts."""
        return self._counts_known and (self.line.n or 0) == self._people

    @property
    def _people(self) -> int:
        return sum(line.n or 0 for line in self.cohorts)

    @property
    def _counts_known(self) -> bool:
        return all(line.n is not None for line in [self.line, *self.cohorts])


def overalls(report: PublishedReport) -> list[Overall]:
    """The overall lines that have at least two lines of cohorts, or of roles, of the same question and wave.

    A cohort that is printed twice counts once, by the line that says most of it.
    """
    groups: dict[tuple[str | None, ...], list[Percentage]] = defaultdict(list)
    for line in report.percentages:
        groups[(line.name, line.wave, line.role)].append(line)
    found = []
    for lines in groups.values():
        cohorts = _once([line for line in lines if line.cohort is not None], lambda line: line.cohort)
        if len(cohorts) > 1:
            found += [Overall(line, cohorts) for line in lines if line.cohort is None]
    return found + _over_roles(report)


def _over_roles(report: PublishedReport) -> list[Overall]:
    groups: dict[tuple[str | None, ...], list[Percentage]] = defaultdict(list)
    for line in report.percentages:
        if line.rule != "mean_of_cohorts":
            groups[(line.name, line.wave, line.cohort)].append(line)
    found = []
    for lines in groups.values():
        roles = _once([line for line in lines if line.role is not None], lambda line: line.role)
        if len(roles) > 1:
            found += [Overall(line, roles, "role") for line in lines if line.role is None]
    return found


def _once(lines: Sequence[Percentage], part: Callable[[Percentage], str | None]) -> list[Percentage]:
    kept: dict[str | None, Percentage] = {}
    for line in lines:
        before = kept.get(part(line))
        if before is None or _said(line) > _said(before):
            kept[part(line)] = line
    return list(kept.values())


def _said(line: Percentage) -> tuple[bool, ...]:
    return _counted(line), _answered(line), line.n is not None, line.numerator is not None


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
    if line.rule == "mean_of_cohorts":
        return
    if overall.over == "cohort" and (compared is None or not is_possible(line)) and not overall.is_mean:
        yield from own_counts(line)
    if not overall.fits:
        yield _not_their_sum(overall)


def partitions(report: PublishedReport) -> Iterator[Finding]:
    """One whole, parted by cohort and by role, whose parts cannot add to the same people."""
    by_cohort: dict[tuple[str | None, ...], dict[str, Percentage]] = defaultdict(dict)
    by_role: dict[tuple[str | None, ...], dict[str, Percentage]] = defaultdict(dict)
    for line in report.percentages:
        counted = _answered(line) and line.rule != "mean_of_cohorts" and is_possible(line)
        if counted and line.cohort is not None and line.role is None:
            by_cohort[(line.name, line.wave)].setdefault(line.cohort, line)
        elif counted and line.role is not None and line.cohort is None:
            by_role[(line.name, line.wave)].setdefault(line.role, line)
    for question, cohorts in by_cohort.items():
        roles = by_role.get(question, {})
        if len(cohorts) > 1 and len(roles) > 1:
            yield from _parted(list(cohorts.values()), list(roles.values()))


def _parted(cohorts: list[Percentage], roles: list[Percentage]) -> Iterator[Finding]:
    people, sums = sum(line.n or 0 for line in cohorts), [_run(cohorts), _run(roles)]
    if people == sum(line.n or 0 for line in roles) and not range(
        max(run.start for run in sums), min(run.stop for run in sums)
    ):
        first, second = (f"{run.start} to {run.stop - 1}" if len(run) > 1 else f"{run.start}" for run in sums)
        why = f"{cohorts[0].name}: of {people} people, the cohorts make {first} and the roles make {second}."
        resolve = "Recompute both from the answers."
        also = tuple(line.at for line in [*cohorts[1:], *roles])
        yield Finding("partitions_disagree", cohorts[0].at, why, "certain", resolve, also)


def _run(lines: Sequence[Percentage]) -> range:
    """The numerators of several lines together, under any rounding in use."""
    runs = [
        usual_numerators(line.percent, line.n or 0)
        if line.numerator is None
        else range(line.numerator, line.numerator + 1)
        for line in lines
    ]
    return range(sum(run.start for run in runs), sum(run.stop - 1 for run in runs) + 1)


def _not_their_sum(overall: Overall) -> Finding:
    terms, line = " + ".join(map(_share, overall.cohorts)), overall.line
    why = f"The overall is of {_share(line)}, and its {overall.over}s are {terms}: they are not together in it."
    # Somebody may be counted in both roles; and of a cohort that took part, fewer may have answered.
    sure = overall.over == "cohort" and all(map(_answered, overall.cohorts))
    return _finding(overall, "overall_unexplained", why, "certain" if sure else "likely")


def _share(line: Percentage) -> str:
    return f"{line.n}" if line.numerator is None else f"{line.numerator} of {line.n}"


def _compared(overall: Overall) -> Finding | None:
    """The overall against the percentages of its cohorts."""
    if overall.line.rule == "mean_of_cohorts":
        return _compared_as_mean(overall)
    if _is_pooled(overall) or not overall.fits:
        return None
    refuted = overall.refuted
    if overall.partial and not refuted:
        return None  # other cohorts, not printed, are in it
    if overall.partial:
        return _unexplained(overall, refuted)
    if overall.outside:
        return _outside(overall, "certain" if refuted or overall.beyond else "likely")
    if overall.is_mean:
        return _mean_as_overall(overall, refuted)
    return None if overall.reachable and not refuted else _unexplained(overall, refuted)


def _compared_as_mean(overall: Overall) -> Finding | None:
    if overall.partial or (overall.is_mean and not overall.outside):
        return None
    sure: Confidence = "certain" if overall.never_mean else "likely"
    if overall.outside:
        return _outside(overall, sure)
    why = f"It is said to be the mean of the cohorts. {_overall_in_words(overall)}"
    return _finding(overall, "overall_unexplained", why, sure)


def _is_pooled(overall: Overall) -> bool:
    line, best = overall.line, overall.best_reading
    if best is not None and line.n_is == "answered" and line.n not in (None, best.n):
        return False
    if best is not None:
        known = line.numerator is None or best.low <= line.numerator <= best.high
        return known and best.prints(line.percent)
    estimate = _estimate(overall)
    # No counts to pool: only what cannot be told apart from a pooled figure is let pass.
    return not overall.outside and (estimate is None or _prints(estimate, line.percent))


def _outside(overall: Overall, confidence: Confidence) -> Finding:
    listed = _listed(overall.cohorts)
    why = f"The overall is {overall.line.percent} %, but the {overall.over}s are {listed}: {_beyond(overall)}"
    if confidence == "likely":
        why += f" It is possible if others, not printed, are in it, or the {overall.over}s are not its parts."
    return _finding(overall, "overall_outside_cohorts", why, confidence)


def _mean_as_overall(overall: Overall, refuted: bool) -> Finding:
    counted = all(_counted(line) for line in overall.cohorts)
    values = ", ".join(str(half_up(_exact(line), 1) if _counted(line) else line.percent) for line in overall.cohorts)
    mean = (
        f"The mean of the {overall.over}s ({values}) is {half_up(overall.mean, 1)} %, printed {overall.line.percent} %."
    )
    sure: Confidence = "certain" if refuted else "likely"
    if not refuted and overall.best_reading is not None and not counted and overall.reachable:
        sure = "possible"
    return _finding(overall, "mean_as_overall", f"{mean} {_pooled_in_words(overall)}", sure)


def _unexplained(overall: Overall, refuted: bool) -> Finding:
    return _finding(overall, "overall_unexplained", _overall_in_words(overall), "certain" if refuted else "likely")


def _overall_in_words(overall: Overall) -> str:
    mean = f"The mean of the {overall.over}s ({_listed(overall.cohorts)}) is {half_up(overall.mean, 1)} %."
    rest = (overall.line.n or 0) - overall._people
    others = f" At most {rest} more people, in no printed {overall.over}, are in it." if overall.partial else ""
    return f"The overall is {overall.line.percent} %. {mean} {_pooled_in_words(overall)}{others}"


def _pooled_in_words(overall: Overall) -> str:
    best, estimate = overall.best_reading, _estimate(overall)
    if best is not None:
        most = "" if all(_counted(line) for line in overall.cohorts) else " where the most answered that can have"
        return f"Pooled{most}, it is {best}."
    if estimate is None:
        return "Nothing is known of how many answered, so no pooled figure can be given."
    sizes = ", ".join(str(line.n) for line in overall.cohorts)
    stuck = ", ".join(
        f"{line.percent} % of {overall.over} {getattr(line, overall.over)}"
        for line in overall.cohorts
        if not candidates(line)
    )
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


def _answered(line: Percentage) -> bool:
    return line.n is not None and line.n_is == "answered"


def _exact(line: Percentage) -> Fraction:
    return percent(line.numerator or 0, line.n or 1) if _counted(line) else Fraction(line.percent)


def _prints(value: Fraction, shown: Decimal) -> bool:
    return half_up(value, decimals_of(shown)) == shown
