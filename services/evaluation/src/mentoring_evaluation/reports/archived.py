"""The columns of the tables in the archive of a report: what is written there, and read again."""

from collections.abc import Sequence
from typing import Literal

Type = Literal["string", "integer", "number", "boolean"]
Columns = Sequence[tuple[str, Type, str]]

# (column, type, what it means) of a row for every figure of a view.
FIGURES: Columns = (
    ("name", "string", "name of the figure"),
    ("wave", "string", "the survey it was asked in; empty of figures counted in records"),
    ("cohort", "integer", "number of the cohort; empty: all of them"),
    ("role", "string", "who was asked or counted; empty: mentors and mentees together"),
    ("breakdown", "string", "what else it is of, as a JSON object: of several choices the option"),
    ("rule", "string", "pooled and top_box: numerator of denominator; mean_of_cohorts: mean of the cohorts' shares; "
                       "count: of records; excess: beyond the places"),
    ("unit", "string", "percent, or what is counted"),
    ("shown", "string", "what the value says: exact, rounded, at_least, at_most or hidden"),
    ("value", "number", "the figure; empty where it is hidden or nobody answered"),
    ("digits", "integer", "decimals of the value, rounded half up"),
    ("numerator", "integer", "how many are counted; rounded under disclosure control"),
    ("denominator", "integer", "of how many; rounded under disclosure control"),
    ("asked", "integer", "how many were asked"),
    ("answered", "integer", "how many answered this question"),
    ("interval_low", "number", "lower end of the 95 % interval"),
    ("interval_high", "number", "upper end of the 95 % interval"),
    ("interval_method", "string", "wilson (1927), or mover (Zou and Donner 2008) of a mean of cohorts"),
    ("between_low", "number", "what the value is at least, under disclosure control"),
    ("between_high", "number", "what the value is at most, under disclosure control"),
    ("definition", "string", "what was counted, in words"),
    ("caveats", "string", "what is to be known of it: few people, answers to another survey tool, and the like"),
)  # fmt: skip

# The same of a row for every answer to every question that is published.
ANSWERS: Columns = (
    ("name", "string", "name of the figure that the question is published under"),
    ("wave", "string", "the survey"),
    ("cohort", "integer", "number of the cohort; empty: all of them"),
    ("role", "string", "who was asked"),
    ("question", "string", "the question in its own words"),
    ("answer", "string", "the answer; or several, or any other, where only that is told"),
    ("counted", "boolean", "whether the answer is part of the figure"),
    ("several", "boolean", "whether one person may have given several answers"),
    ("count", "integer", "how many gave it; empty under disclosure control"),
    ("percent", "number", "of those who answered"),
    ("shown", "string", "what the share says: exact, rounded, at_least, at_most or hidden"),
    ("between_low", "number", "what the share is at least, under disclosure control"),
    ("between_high", "number", "what the share is at most, under disclosure control"),
    ("answered", "integer", "how many answered the question; rounded under disclosure control"),
    ("asked", "integer", "how many were asked it; empty where that is not told"),
    ("asked_with", "string", "said where answers to another survey tool, which were brought in, are in it"),
    ("mean", "number", "of a scale: the mean of all answers to the question"),
    ("sd", "number", "of a scale: the standard deviation of the sample (n - 1)"),
    ("median", "number", "of a scale: the median"),
    ("mean_low", "number", "lower end of Student's 95 % interval of the mean"),
    ("mean_high", "number", "upper end of Student's 95 % interval of the mean"),
)  # fmt: skip
