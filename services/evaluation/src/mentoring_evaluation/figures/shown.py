"""A figure as a view shows it and a report keeps it: rounded once, and hidden or rounded where it is protected."""

from collections.abc import Mapping, Sequence
from typing import Literal

from mentoring_evaluation.kept import Kept, Number

Rule = Literal["pooled", "top_box", "mean_of_cohorts", "count", "excess"]
# What the value of a figure says: just that, about that, no less or no more than that; or nothing.
Shown = Literal["exact", "rounded", "at_least", "at_most", "hidden"]

# Words before a value, by what it says.
ABOUT: Mapping[str, str] = {"exact": "", "rounded": "about ", "at_least": "at least ", "at_most": "at most "}


class Between(Kept):
    """What a value lies between."""

    low: Number
    high: Number


class ShownInterval(Between):
    """An interval of confidence: of how many percent, by which method."""

    level: int
    method: str


class Rounding(Kept):
    """How a value was rounded: to how many decimals, and from counts on which grid, where they are on one."""

    mode: str
    digits: int
    base: int | None = None


class ShownFigure(Kept):
    """A figure with its evidence, and its breakdown.

    `between` bounds a value that is not exact, `whole` its denominator; `evidence` is where it is counted again,
    relative to the programme. `finite` is the interval among those who were asked, where some did not answer (finite
    population correction). The components of a mean carry neither breakdown nor `shown`.
    """

    name: str
    definition: str = ""
    cohort: int | None = None
    role: str | None = None
    wave: str | None = None
    numerator: int | None = None
    denominator: int | None = None
    asked: int | None = None
    answered: int | None = None
    value: Number | None = None
    exact: str | None = None
    unit: str
    rule: Rule
    top_box: tuple[str, ...] = ()
    rounding: Rounding | None = None
    interval: ShownInterval | None = None
    finite: ShownInterval | None = None
    caveats: tuple[str, ...] = ()
    components: tuple["ShownFigure", ...] = ()
    source: str | None = None
    breakdown: dict[str, str] = {}
    shown: Shown = "exact"
    between: Between | None = None
    whole: Between | None = None
    evidence: str | None = None


Figures = Sequence[ShownFigure]


class ShownAnswer(Kept):
    """How many gave one answer, and which share of those who answered that is, in percent; `counted` is part of the
    question's figure. Under disclosure control the count is null and the share is made of bands: it is `between`."""

    answer: str
    counted: bool
    count: int | None = None
    percent: Number | None = None
    shown: Shown = "exact"
    between: Between | None = None


class ShownMean(Kept):
    """The mean of a scale, with the standard deviation of the sample, the median and the 95 % interval of the mean;
    `finite` is the interval of the mean of those who were asked. Under disclosure control only `between` is known."""

    value: Number | None = None
    sd: Number | None = None
    median: Number | None = None
    interval: ShownInterval | None = None
    finite: ShownInterval | None = None
    between: Between | None = None


class ShownDistribution(Kept):
    """All answers to one question by a role, of a cohort or of all (null), and how many did not answer.

    `asked` is who was shown the question, `answered` who answered it (`about` that many under disclosure control).
    `several`: one person may have given several answers. `in_full` is false where only the counted answers, taken
    together, are told from all others. `mean` is of scales. `asked_with` says that answers to another tool are in it.
    """

    name: str
    question: str
    wave: str
    role: str
    cohort: int | None = None
    answers: tuple[ShownAnswer, ...]
    several: bool = False
    in_full: bool = True
    asked: int | None = None
    answered: int
    shown: Shown = "exact"
    mean: ShownMean | None = None
    asked_with: str | None = None


Distributions = Sequence[ShownDistribution]
