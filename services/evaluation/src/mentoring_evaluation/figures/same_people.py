"""How the same people answered twice: of those who answered both times, who changed, and by how much.

Only of surveys under people's names, which the team reads anyway: of others nobody knows who answered twice.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from mentoring_evaluation.figures.intervals import Interval, interval_of_paired_difference, paired_t_interval
from mentoring_evaluation.surveys.instruments import Question, read

# What one person answered in the first survey and in the second.
Twice = tuple[Mapping[str, Any], Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class ScaleChange:
    """Points on a scale, first minus second, of those who answered both times.

    `sd` is the standard deviation of the differences, `effect` the mean difference in such deviations (Cohen's d_z;
    Cohen 1988, 2.3.5), `p` Wilcoxon's signed-rank test (Wilcoxon 1945, Biometrics Bull. 1, 80-83; differences of 0 left
    out). They are None where nothing varies.
    """

    mean: Fraction
    sd: float | None
    interval: Interval | None
    effect: float | None
    p: float | None


@dataclass(frozen=True, slots=True)
class Change:
    """Of `n` people who answered both times: who gave a counted answer both times, only first, only second, never.

    `difference` is first minus second in points, with Newcombe's interval for pairs; `p` is McNemar's exact test of who
    changed (McNemar 1947, Psychometrika 12, 153-157; two-sided binomial), None where nobody did. `scale` is of scales.
    """

    n: int
    both: int
    first_only: int
    second_only: int
    neither: int
    difference: Fraction
    interval: Interval
    p: float | None
    scale: ScaleChange | None


def change_of(twice: Sequence[Twice], first: Question, second: Question, option: str | None) -> Change | None:
    """The change of people who answered both questions; None where nobody did."""
    answered = [(a[first.id], b[second.id]) for a, b in twice if first.id in a and second.id in b]
    if not answered:
        return None
    said = [(_counts(a, first, option), _counts(b, second, option)) for a, b in answered]
    both, first_only, second_only, neither = (
        said.count(pair) for pair in ((True, True), (True, False), (False, True), (False, False))
    )
    scales = first.kind == second.kind == "scale"
    return Change(
        n=len(said),
        both=both,
        first_only=first_only,
        second_only=second_only,
        neither=neither,
        difference=Fraction(100 * (first_only - second_only), len(said)),
        interval=interval_of_paired_difference(both, first_only, second_only, neither),
        p=_mcnemar(first_only, second_only),
        scale=_scale([int(a) - int(b) for a, b in answered]) if scales else None,
    )


def _counts(answer: object, question: Question, option: str | None) -> bool:
    counted = set(question.counted if option is None else [option])
    return bool(read(answer) & counted)


def _mcnemar(first_only: int, second_only: int) -> float | None:
    if not first_only + second_only:
        return None
    from scipy.stats import binomtest  # here: a second that other figures need not wait for

    return float(binomtest(first_only, first_only + second_only, 0.5).pvalue)


def _scale(differences: Sequence[int]) -> ScaleChange:
    mean, sd, interval = paired_t_interval(differences)
    if not sd:
        return ScaleChange(mean, sd, interval, None, None)
    from scipy.stats import wilcoxon

    return ScaleChange(mean, sd, interval, float(mean) / sd, float(wilcoxon(differences).pvalue))
