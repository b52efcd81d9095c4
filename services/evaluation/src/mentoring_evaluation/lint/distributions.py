"""Rules for distributions: answers to a question add to those who answered it, and to 100 % as rounding allows."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from fractions import Fraction

from mentoring_evaluation.lint.counts import step_of, usual_numerators
from mentoring_evaluation.lint.findings import Confidence, Finding
from mentoring_evaluation.lint.published import Answers, Distribution, Percentage, PublishedReport

# Up to so many people every number of them is tried; beyond, the shares alone are added.
_MOST_TRIED = 300
# What adds to a little more than everybody is a slip; what adds to much more was a question of several choices.
_SLIP = Fraction(1, 10)

# Words for the answers of one scale, from end to end: nobody gives two of them. The first and the last are its ends.
_SCALES: tuple[tuple[str, ...], ...] = (
    ("sd", "d", "n", "nd", "na", "nand", "a", "sa"),
    ("strongly disagree", "disagree", "somewhat disagree", "slightly disagree", "neither", "neutral", "undecided",
     "neither agree nor disagree", "slightly agree", "somewhat agree", "agree", "strongly agree"),
    ("very dissatisfied", "dissatisfied", "somewhat dissatisfied", "slightly dissatisfied", "neither", "neutral",
     "neither satisfied nor dissatisfied", "slightly satisfied", "somewhat satisfied", "satisfied", "very satisfied"),
    ("disagree", "neither", "neutral", "undecided", "neither agree nor disagree", "agree"),
    ("dissatisfied", "neither", "neutral", "neither satisfied nor dissatisfied", "satisfied"),
    ("never", "rarely", "seldom", "sometimes", "occasionally", "often", "usually", "always"),
    ("very poor", "poor", "fair", "average", "satisfactory", "good", "very good", "excellent"),
    ("very unlikely", "unlikely", "neither", "neutral", "neither likely nor unlikely", "likely", "very likely"),
    ("not at all", "a little", "slightly", "somewhat", "moderately", "quite", "mostly", "very", "very much",
     "extremely", "completely"),
    ("none", "a few", "some", "most", "all"),
    ("detractors", "passives", "promoters"),
)  # fmt: skip
_YES_NO = {"yes", "no", "maybe", "partly", "to some extent"}
_BESIDE = {
    "don't know", "dont know", "do not know", "not sure", "unsure", "not applicable", "n/a", "na", "prefer not to say",
    "no answer", "no opinion", "other", "missing", "no response",
}  # fmt: skip
_STEM = re.compile(r"^(?P<stem>.+?)\s*(?::|\s[-–—/|]\s|\s-\s)\s*(?P<label>[^:]+)$")


def distributions(report: PublishedReport) -> Iterator[Finding]:
    """Answers of more people, or fewer, than answered the question."""
    for one in [*report.distributions, *_named_alike(report.percentages)]:
        if len(one.answers) > 1:
            yield from _judged(one)


def _named_alike(lines: Sequence[Percentage]) -> list[Distribution]:
    """Percentages of one group whose names are a question and an answer to it, such as `trust: agree`."""
    groups: dict[tuple[str | None, ...], dict[str, Percentage]] = defaultdict(dict)
    for line in lines:
        named = _STEM.match(line.name)
        if named is not None and line.rule != "mean_of_cohorts":
            key = (named["stem"], line.cohort, line.role, line.wave, line.n_is, str(line.n))
            groups[key].setdefault(named["label"], line)
    return [_of_lines(stem or "", answers) for (stem, *_), answers in groups.items() if len(answers) > 1]


def _of_lines(stem: str, answers: dict[str, Percentage]) -> Distribution:
    first = next(iter(answers.values()))
    return Distribution(
        at=first.at,
        name=stem,
        cohort=first.cohort,
        role=first.role,
        wave=first.wave,
        n=first.n,
        n_is=first.n_is,
        answers=[
            Answers(at=line.at, label=label, percent=line.percent, count=line.numerator)
            for label, line in answers.items()
        ],
    )


def _judged(one: Distribution) -> Iterator[Finding]:
    if one.several:
        return
    least, most = _bounds(one)
    single, ends = _exclusive(one)
    if least > 1:
        if single or (least <= 1 + _SLIP and len(one.answers) > 2):
            yield _more(one, "certain" if single else "possible")
    elif most < 1 and (one.complete or ends or (one.complete is None and most >= 1 - _SLIP and len(one.answers) > 2)):
        sure: Confidence = "certain" if one.complete else "likely" if ends else "possible"
        yield _fewer(one, sure)


def _bounds(one: Distribution) -> tuple[Fraction, Fraction]:
    """The least and the most of those who answered that the answers can be together, as a share of them.

    Over every number of people who may have answered; (1, 1) where none of them gives the printed answers: that is what
    other rules say.
    """
    tried = _answered(one)
    if tried is None:
        return _of_shares(one)
    possible = [sums for n in tried if (sums := _of(one, n)) is not None]
    if not possible:
        return Fraction(1), Fraction(1)
    return min(low for low, _ in possible), max(high for _, high in possible)


def _answered(one: Distribution) -> Iterable[int] | None:
    if one.n and one.n_is == "answered":
        return [one.n]
    counts = [answer.count for answer in one.answers]
    added = sum(count or 0 for count in counts)
    if one.n and one.n <= _MOST_TRIED:
        return range(1, one.n + 1)
    return [added] if one.n is None and one.complete and None not in counts and added else None


def _of(one: Distribution, n: int) -> tuple[Fraction, Fraction] | None:
    runs = [_fitting(answer, n) for answer in one.answers]
    if not all(runs):
        return None
    return Fraction(sum(run.start for run in runs), n), Fraction(sum(run.stop - 1 for run in runs), n)


def _fitting(answer: Answers, n: int) -> range:
    printed = range(n + 1) if answer.percent is None else usual_numerators(answer.percent, n)
    if answer.count is None:
        return printed
    return range(answer.count, answer.count + 1) if answer.count in printed else range(0)


def _of_shares(one: Distribution) -> tuple[Fraction, Fraction]:
    shares = [answer.percent for answer in one.answers if answer.percent is not None]
    if len(shares) < len(one.answers):
        return Fraction(1), Fraction(1)
    low = sum((Fraction(share) - step_of(share) / 2 for share in shares), Fraction(0))
    high = sum((Fraction(share) + step_of(share) for share in shares), Fraction(0))
    return low / 100, high / 100


def _exclusive(one: Distribution) -> tuple[bool, bool]:
    """Whether nobody can have given two of the answers, and whether both ends of their scale are among them."""
    labels = {" ".join(answer.label.casefold().split()) for answer in one.answers}
    ends = _whole_scale(labels - _BESIDE)
    return one.several is False or ends, ends


def _whole_scale(labels: set[str]) -> bool:
    if labels >= {"yes", "no"}:
        return labels <= _YES_NO
    if len(labels) > 2 and all(label.isdigit() and len(label) < 3 for label in labels):
        points = sorted(map(int, labels))
        return points == list(range(points[0], points[-1] + 1)) and points[0] in (0, 1)
    return len(labels) > 2 and any({scale[0], scale[-1]} <= labels <= set(scale) for scale in _SCALES)


def _more(one: Distribution, sure: Confidence) -> Finding:
    hint = "" if sure == "certain" else " It is possible if one person could give several answers."
    why = f"The answers to {one.name} add to {_added(one)}.{hint}"
    resolve = "Recount the answers, or say that one person could give several."
    return _finding(one, why, sure, resolve)


def _fewer(one: Distribution, sure: Confidence) -> Finding:
    hint = "" if sure == "certain" else " It is possible if an answer is not printed."
    why = f"The answers to {one.name} add to no more than {_added(one)}.{hint}"
    return _finding(one, why, sure, "Print the answers that are missing, or recount those that are there.")


def _added(one: Distribution) -> str:
    counts, shares = [a.count for a in one.answers], [a.percent for a in one.answers]
    said = []
    if None not in counts:
        terms = " + ".join(map(str, counts))
        said.append(f"{terms} = {sum(count or 0 for count in counts)}{f' of {one.n} people' if one.n else ' people'}")
    if None not in shares:
        said.append(f"{sum((share or Decimal(0) for share in shares), Decimal(0))} %")
    if one.n and None in counts:
        few, many = _bounds(one)
        low, high = int(few * one.n), int(many * one.n)
        said.append(f"{low if low == high else f'{low} to {high}'} of {one.n} people" if one.n_is == "answered" else "")
    return ", which is ".join(filter(None, said)) or "another number than answered it"


def _finding(one: Distribution, why: str, sure: Confidence, resolve: str) -> Finding:
    first, *rest = [answer.at or one.at for answer in one.answers]
    return Finding("distribution_does_not_add", first, why, sure, resolve, tuple(dict.fromkeys(rest)))
