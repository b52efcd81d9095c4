"""What the words of a head say: what its column means, of whom it is, and between which ends a scale lies."""

import re
from collections.abc import Mapping
from typing import Literal, get_args

from mentoring_evaluation.lint.cells import NUMBER

Meaning = Literal[
    "name", "answer", "cohort", "role", "wave", "percent", "n", "took_part", "numerator",
    "mean", "sd", "median", "minimum", "maximum", "nothing",
]  # fmt: skip
MEANINGS: tuple[str, ...] = get_args(Meaning)

OVERALL = re.compile(
    r"(overall|all|total|totals|pooled|combined|everyone|everybody|whole programme|programme)( cohorts?)?"
)
ROLES = {"mentor": "mentor", "mentors": "mentor", "mentee": "mentee", "mentees": "mentee"}
WAVE = re.compile(
    r"(at |the )?(baseline|follow[- ]?up|before|after|pre|post|start|end|mid|midpoint|(month|wave) \d+)( \w+)?"
)
_HEADS: tuple[tuple[Meaning, str], ...] = (
    ("sd", "sd, s.d., std, std dev, std. dev., standard deviation"),
    ("median", "median, mdn"),
    ("mean", "mean, average, average score, mean score, avg, m"),
    ("minimum", "min, minimum, scale min, scale minimum, minimum of scale"),
    ("maximum", "max, maximum, scale max, scale maximum, maximum of scale"),
    ("took_part", "took part, participants, participated, invited, at most, matched, surveyed, returned"),
    ("numerator", "count, counts, number, freq, frequency, yes, numerator, x, f, agreed, positive, number agreeing"),
    (
        "n",
        "n, base, responses, respondents, answered, sample, sample size, total n, valid n, n answered, denominator, of",
    ),
    ("n", "number answered, number who answered, number of responses, number of respondents, number of answers"),
    ("percent", "%, percent, per cent, percentage, share, rate, response rate, proportion"),
    ("cohort", "cohort, round, intake, site, group"),
    ("role", "role, who, respondent type, type of respondent"),
    ("wave", "wave, survey, time point, timepoint, phase, when, stage"),
    ("answer", "answer, option, response, category, response option, level"),
    ("name", "question, item, statement, measure, indicator, outcome, name, figure, label, variable, metric, theme"),
)
MEANS = {head: meaning for meaning, heads in _HEADS for head in heads.split(", ")}
OF_PERCENT = re.compile(r"%.*|.*%|.*\(%\)|.*percent.*|.*per cent.*")
# The ends of a scale: (1-5), (scale of 1 to 5), (1 = not at all, 5 = very).
ENDS = re.compile(
    r"[(\[][^()\[\]]*?\b(?P<low>\d{1,2})\b\s*(?:[-–]|to|=[^,;]*[,;])\s*(?P<high>\d{1,2})\b[^()\[\]]*[)\]]"
)
_STATISTICS: Mapping[str, str] = {  # what a column of a group prints, by the word its head begins or ends with
    "mean": "group mean", "average": "group mean", "sd": "group sd", "median": "group median",
}  # fmt: skip
N_IN_HEAD = re.compile(rf"[(\[,;]?\s*\bn\s*=\s*(?P<n>{NUMBER})\s*[)\]]?", re.IGNORECASE)


def statistic_of(head: str) -> str | None:
    """What a column of one group prints besides shares, by the first or the last word of its head."""
    words = re.sub(r"\bscores?\b|\(|\)|[:,_]", " ", head).split()
    if len(words) < 2:
        return None
    return _STATISTICS.get(words[-1]) or _STATISTICS.get(words[0])


def stem_of(head: str) -> list[str]:
    """The words of a head that say whose figure it is, without those that say which figure."""
    bare = re.sub(r"[^a-z0-9 ]", " ", ENDS.sub("", head.casefold()))
    which = r"\b(per ?cent|n|base|responses|answered|count|number|x|yes|mean|average|scores?|sd|median)\b"
    return re.sub(which, " ", bare).split()
