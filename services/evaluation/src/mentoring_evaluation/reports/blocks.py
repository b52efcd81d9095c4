"""What page, PDF and DOCX show of a section, and the sections of all answers: one for every scale, as stacked bars."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from markupsafe import Markup

from mentoring_evaluation.figures.shown import ABOUT, Distributions, ShownAnswer, ShownDistribution, ShownMean
from mentoring_evaluation.reports.charts import Part, stacked_svg

HIDDEN = "*"
_NONE = "–"
IN_FULL = "Answers in full"
_NOTE = (
    "Shares are of those who answered the question; who was asked and did not answer stands in the last column. "
    "Of a scale the 95 % interval is Student's, as if those who answered had been drawn by lot; among all who were "
    "asked it is narrower (finite population correction)."
)
_PROTECTED = (
    "Shares are of those who answered the question, and made of counts that were counted up from one end of the scale "
    "and rounded. Where one answer would tell too much, only the counted answers are told from all others."
)


@dataclass(frozen=True, slots=True)
class Block:
    """What is shown of a section: an optional chart and a table with its evidence."""

    title: str
    note: str
    columns: list[str]
    rows: list[tuple[str, list[str]]]
    chart: Markup | None = None
    caveats: list[str] = field(default_factory=list)
    hidden: str = ""


def answer_blocks(distributions: Distributions) -> Iterator[Block]:
    """All answers over all cohorts, questions of one scale together. Blocking: charts are drawn."""
    overall = [one for one in distributions if one.cohort is None and not one.several]
    scales: dict[tuple[str, ...], list[ShownDistribution]] = {}
    for one in overall:
        scales.setdefault(_labels(one), []).append(one)
    for labels, of_scale in scales.items():
        yield _block(labels, of_scale)


def _labels(one: ShownDistribution) -> tuple[str, ...]:
    """The heads of its columns; where answers are taken together what they are stands in the row."""
    return tuple(answer.answer for answer in one.answers) if one.in_full else ("Counted answers", "Any other answer")


def _block(labels: tuple[str, ...], of_scale: Sequence[ShownDistribution]) -> Block:
    exact = all(one.shown == "exact" for one in of_scale)
    heads = () if not any(one.mean for one in of_scale) else ("Mean", "SD", "Median") if exact else ("Mean",)
    columns = [*labels, *heads, "Answered"]
    rows = [(_row(one), [*map(_cell, one.answers), *_mean(one.mean, heads), _answered(one)]) for one in of_scale]
    title = f"{IN_FULL}: {_named(labels)}"
    caveats = [f"{_row(one)}: {one.asked_with}" for one in of_scale if one.asked_with]
    return Block(title, _NOTE if exact else _PROTECTED, columns, rows, _chart(labels, of_scale), caveats)


def _named(labels: Sequence[str]) -> str:
    return f"{labels[0]} to {labels[-1]}" if len(labels) > 2 else " or ".join(labels)


def _row(one: ShownDistribution) -> str:
    """The question, who answered it, and what is counted where only that is told."""
    occasion = one.wave if ": " in one.wave else ""
    counted = "" if one.in_full else f"counted: {one.answers[0].answer}"
    return f"{one.question} ({', '.join(part for part in (occasion, f'{one.role}s', counted) if part)})"


def _cell(answer: ShownAnswer) -> str:
    if answer.shown == "hidden":
        return HIDDEN
    if answer.percent is None:
        return _NONE
    if answer.count is not None:
        return f"{answer.percent} % ({answer.count})"
    return f"{ABOUT[answer.shown]}{answer.percent} %"


def _mean(mean: ShownMean | None, heads: Sequence[str]) -> list[str]:
    """What stands under the heads of a mean: nothing is known of it where nobody answered."""
    if mean is None or (mean.value is None and mean.between is None):
        return [_NONE] * len(heads)
    if mean.between is not None:
        return [f"{mean.between.low} to {mean.between.high}"]
    interval = f" ({mean.interval.low:g} to {mean.interval.high:g})" if mean.interval else ""
    return [f"{mean.value}{interval}", _NONE if mean.sd is None else f"{mean.sd}", f"{mean.median}"]


def _answered(one: ShownDistribution) -> str:
    """How many answered, of whom, and how many did not."""
    about = ABOUT[one.shown]
    if one.asked is None:
        return f"{about}{one.answered}"
    silent = f"; {one.asked - one.answered} did not" if one.shown == "exact" else ""
    return f"{about}{one.answered} of {one.asked}{silent}"


def _chart(labels: tuple[str, ...], of_scale: Sequence[ShownDistribution]) -> Markup | None:
    parts = tuple(
        Part(_row(one), label, float(answer.percent))
        for one in of_scale
        if one.answered and all(answer.percent is not None for answer in one.answers)
        for label, answer in zip(labels, one.answers, strict=True)
        if answer.percent is not None
    )
    last_counts = all(one.answers[-1].counted for one in of_scale)
    return Markup(stacked_svg(parts, labels, last_counts=last_counts)) if parts else None  # noqa: S704  every label is escaped when drawn
