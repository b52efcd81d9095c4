"""All answers to the questions that surveys publish: exact for the programme team, or under disclosure control.

The exact view has every cohort and all of them together, the public one those that may stand alone and all. Of a scale
there are mean, standard deviation and median.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import pairwise
from math import ceil, floor

from mentoring_evaluation.disclosure.bands import NOBODY, Band, Share, share
from mentoring_evaluation.figures.evidence import Evidence, WaveRecord
from mentoring_evaluation.figures.figure import shown_interval
from mentoring_evaluation.figures.intervals import half_up, mean_interval, moments, percent
from mentoring_evaluation.figures.protected import ProtectedWaves
from mentoring_evaluation.figures.public_view import protected_waves
from mentoring_evaluation.figures.shown import Between, ShownAnswer, ShownDistribution, ShownMean
from mentoring_evaluation.figures.survey_figures import (
    brought_in,
    closed_waves,
    published_questions,
    question_of,
    roles_of,
)
from mentoring_evaluation.figures.tallies import shown_to, tally
from mentoring_evaluation.kept import Number
from mentoring_evaluation.surveys.instruments import Question

ANY_OTHER = "Any other answer"

Asked = Sequence[tuple[WaveRecord, Question]]


def full_answers(evidence: Evidence, audience: str) -> tuple[ShownDistribution, ...]:
    """All answers to the questions of closed waves, as a view shows them; what is hidden is not in it."""
    return tuple(_public(evidence) if audience == "public" else _exact(evidence))


def _questions(waves: Sequence[WaveRecord]) -> Iterator[tuple[str, str, Asked]]:
    """Every published question of waves of one name and every role that was asked it."""
    for name in published_questions(waves):
        for role in roles_of(waves):
            asked = [(wave, found) for wave in waves if (found := question_of(wave, name, role)) is not None]
            if asked:
                yield name, role, asked


# ------------------------------------------------------------------------------------------------------- exact


def _exact(evidence: Evidence) -> Iterator[ShownDistribution]:
    for _, waves in closed_waves(evidence):
        for name, role, asked in _questions(waves):
            for one in asked:
                yield _counted(name, role, [one], one[0].cohort)
            yield _counted(name, role, asked, None)


def _counted(name: str, role: str, asked: Asked, cohort: int | None) -> ShownDistribution:
    tallies = [tally(wave, question, role) for wave, question in asked]
    counts: dict[str, int] = {}
    for one in tallies:
        for answer, number in one.by_answer.items():
            counts[answer] = counts.get(answer, 0) + number
    answered = sum(one.answered for one in tallies)
    people = sum(shown_to(wave, question, role) for wave, question in asked)
    last = asked[-1][1]
    return ShownDistribution(
        name=name,
        question=last.wording(role),
        wave=asked[0][0].name,
        role=role,
        cohort=cohort,
        answers=tuple(
            ShownAnswer(
                answer=answer,
                counted=answer in last.counted,
                count=number,
                percent=_number(percent(number, answered), 1) if answered else None,
            )
            for answer, number in counts.items()
        ),
        several=last.kind == "choices",
        asked=people,
        answered=answered,
        mean=_mean(counts, people) if all(question.kind == "scale" for _, question in asked) else None,
        asked_with=brought_in((wave for wave, _ in asked), cohort) or None,
    )


def _mean(counts: Mapping[str, int], asked: int) -> ShownMean | None:
    given = Counter({int(answer): number for answer, number in counts.items() if number})
    found = moments(given)
    if found is None:
        return None
    interval, finite = mean_interval(found), mean_interval(found, of=asked)
    return ShownMean(
        value=_number(found.mean, 2),
        sd=None if found.sd is None else _number(Fraction(found.sd), 2),
        median=_number(found.median, 1),
        interval=None if interval is None else shown_interval(interval, 2),
        finite=None if finite is None else shown_interval(finite, 2),
    )


def _number(value: Fraction, digits: int) -> Number:
    shown = half_up(value, digits)
    return int(shown) if shown == shown.to_integral_value() else float(shown)


# ------------------------------------------------------------------------------------------------------ public


def _public(evidence: Evidence) -> Iterator[ShownDistribution]:
    for waves in protected_waves(evidence).values():
        for name, role, asked in _questions(waves.waves):
            for cohort in (*sorted({wave.cohort for wave, _ in asked}), None):
                told = _told(waves, name, role, asked, cohort)
                if told is not None:
                    yield told


def _told(waves: ProtectedWaves, name: str, role: str, asked: Asked, cohort: int | None) -> ShownDistribution | None:
    answers = waves.answers(name, cohort, role)
    if answers is None or not answers.parts:
        return None
    last, whole = asked[-1][1], answers.whole
    in_full = waves.counted_up(name, cohort, role)
    mean = None
    if in_full is not None:
        order, bands = in_full
        said = _each(order, bands, whole, last)
        mean = _mean_between(order, bands, whole) if last.kind == "scale" else None
    elif last.kind == "choices":
        said = [_answer(str(option), share(band, whole), False) for option, band in answers.parts.items()]
    else:
        counted = share(answers.parts[None], whole)
        said = [_answer(", ".join(last.counted), counted, True), _answer(ANY_OTHER, _rest(counted), False)]
    here = [one for one in asked if cohort in (None, one[0].cohort)]
    depends = any(question.shown_when for _, question in here)
    return ShownDistribution(
        name=name,
        question=last.wording(role),
        wave=asked[0][0].name,
        role=role,
        cohort=cohort,
        answers=tuple(said),
        several=last.kind == "choices",
        in_full=in_full is not None or last.kind == "choices",
        asked=None if depends else sum(wave.asked[role] for wave, _ in here),
        answered=whole.low if whole.rounded is None else whole.rounded,
        shown="at_least" if whole.rounded is None else "rounded",
        mean=mean,
        asked_with=brought_in((wave for wave, _ in here), cohort) or None,
    )


def _answer(answer: str, said: Share | None, counted: bool) -> ShownAnswer:
    if said is None:
        return ShownAnswer(answer=answer, counted=counted, shown="hidden")
    between = Between(low=said.low, high=said.high)
    return ShownAnswer(answer=answer, counted=counted, percent=said.value, shown=said.shown, between=between)


def _rest(said: Share | None) -> Share | None:
    """What is left of a share to 100 %."""
    if said is None:
        return None
    turned = {"rounded": "rounded", "at_least": "at_most", "at_most": "at_least"}
    how = turned[said.shown]
    return Share(100 - said.value, how, 100 - said.high, 100 - said.low)  # type: ignore[arg-type]


def _each(order: Sequence[str], bands: Sequence[Band], whole: Band, question: Question) -> list[ShownAnswer]:
    """Every answer as the difference of two counts that are counted up, in the order of the survey."""
    found = {}
    for answer, (before, upto) in zip(order, pairwise([NOBODY, *bands]), strict=True):
        between = Band(max(0, upto.low - before.high), upto.high - before.low)
        middle = max(Fraction(0), upto.middle - before.middle)
        found[answer] = _answer(answer, _share_of(between, middle, whole), answer in question.counted)
    return [found[answer] for answer in question.answers]


def _share_of(part: Band, middle: Fraction, whole: Band) -> Share:
    low, high = floor(Fraction(100 * part.low, whole.high)), min(100, ceil(Fraction(100 * part.high, whole.low)))
    if not low:
        return Share(high, "at_most", 0, high)
    return Share(floor(100 * middle / whole.middle + Fraction(1, 2)), "rounded", low, high)


def _mean_between(order: Sequence[str], bands: Sequence[Band], whole: Band) -> ShownMean:
    """What the mean of a scale may be at least and at most: it is made of the shares that are counted up."""
    points = [int(answer) for answer in order]
    ends = [Fraction(points[-1]), Fraction(points[-1])]
    for band, (here, after) in zip(bands, pairwise(points)):  # noqa: B905  the last band is everybody
        shares = Fraction(band.low, whole.high), min(Fraction(1), Fraction(band.high, whole.low))
        step = here - after
        low, high = shares if step > 0 else shares[::-1]
        ends = [ends[0] + step * low, ends[1] + step * high]
    down, up = (Fraction(floor(10 * ends[0]), 10), Fraction(ceil(10 * ends[1]), 10))
    return ShownMean(between=Between(low=_number(down, 1), high=_number(up, 1)))
