"""The figures of surveys, counted from closed waves: response rates, shares of answers, how far two sides agree.

They are pooled over all that one wave asked; a wave that gathers many meetings has no figure of a single one.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from mentoring_contracts.words import SIDES
from mentoring_evaluation.figures.comparisons import two_sided_agreement
from mentoring_evaluation.figures.evidence import Evidence, WaveRecord
from mentoring_evaluation.figures.figure import Figure, Line, mean_of_cohorts, pooled, response_rate, top_box_rate
from mentoring_evaluation.figures.tallies import shown_to, tally
from mentoring_evaluation.surveys.instruments import Question
from mentoring_evaluation.surveys.tools import TOOLS

# Of several choices every option has a share of its own; of other questions there is one, of the counted answers.
Option = str | None


def response_rates(evidence: Evidence) -> Iterator[Line]:
    """Responses of the people asked: by wave and role, and overall both ways."""
    for name, waves in closed_waves(evidence):
        for role in (None, *roles_of(waves)):
            told = [wave for wave in waves if _tells_of(wave, role)]
            rates = [_response_rate(wave, role, evidence.decimals) for wave in told]
            said = [_extended(wave) if role is None else () for wave in told]
            lines = [Line(replace(r, caveats=r.caveats + more)) for r, more in zip(rates, said, strict=True)]
            if role is not None or len(told) == len(waves):
                lines += overall([rate for rate in rates if rate.denominator], evidence.decimals, wave=name)
            yield from _with_care(lines, waves)


def _tells_of(wave: WaveRecord, role: str | None) -> bool:
    """Whether anything is shown of a role, or of both together: of a hidden one neither."""
    if role is None:
        return not wave.hidden & set(SIDES) and wave.asks_sides
    return wave.asks(role)


def roles_of(waves: Sequence[WaveRecord]) -> list[str]:
    """Those of the two sides who were asked, and the kinds of respondents beyond the pair."""
    sides = [side for side in SIDES if any(wave.asks(side) for wave in waves)]
    return [*sides, *sorted({kind for wave in waves for kind in wave.kinds})]


def _extended(wave: WaveRecord) -> tuple[str, ...]:
    return tuple(
        f"It was to close on {_day(one.closes_at_before)} and was extended to {_day(one.closes_at)} "
        f"({one.role.replace('_', ' ')}): {one.reason}"
        for one in wave.extensions
    )


def _day(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def _response_rate(wave: WaveRecord, role: str | None, digits: int) -> Figure:
    counted = SIDES if role is None else (role,)
    return response_rate(
        responses=sum(wave.responses[r] for r in counted),
        asked=sum(wave.asked[r] for r in counted),
        cohort=wave.cohort,
        role=role,
        wave=wave.name,
        digits=digits,
        source=wave.source,
    )


def outcomes(evidence: Evidence) -> Iterator[Line]:
    """The questions that are published: the share of counted answers, or of every option of several choices, by cohort
    and role, and overall both ways."""
    for _, waves in closed_waves(evidence):
        for name in published_questions(waves):
            for role in roles_of(waves):
                for option in _options(waves, name, role):
                    yield from _with_care(_shares(waves, name, role, option, evidence.decimals), waves)


def _shares(waves: Sequence[WaveRecord], name: str, role: str, option: Option, digits: int) -> list[Line]:
    figures = [f for wave in waves if (f := _share(wave, name, role, option, digits)) is not None]
    lines = [Line(figure) for figure in figures]
    lines += overall(figures, digits, wave=waves[0].name)
    return [line if option is None else replace(line, breakdown={"option": option}) for line in lines]


def _share(wave: WaveRecord, name: str, role: str, option: Option, digits: int) -> Figure | None:
    question = question_of(wave, name, role)
    if question is None or option not in question.shares:
        return None
    counts = tally(wave, question, role)
    counted = question.counted if option is None else [option]
    return top_box_rate(
        name,
        _definition(question, role, counted),
        counts.by_answer,
        counted,
        answered=counts.answered,
        asked=shown_to(wave, question, role),
        cohort=wave.cohort,
        role=role,
        wave=wave.name,
        digits=digits,
        source=wave.source,
    )


def _definition(question: Question, role: str, counted: Sequence[str]) -> str:
    said = f"{question.wording(role)} Counted: {', '.join(counted)}; of those who answered this question."
    if question.kind == "choices":
        said += " Several could be chosen."
    if question.shown_when:
        before = ", ".join(str(answer) for answer in question.shown_when.in_)
        said += f" Asked are those to whom it was shown: who answered {before} to {question.shown_when.question}."
    return said


def agreements(evidence: Evidence) -> Iterator[Line]:
    """For paired surveys: the share of pairs whose two people see it the same way, by cohort and overall both ways."""
    for wave_name, waves in closed_waves(evidence):
        for name in dict.fromkeys(name for wave in waves for name in wave.sides):
            figures = [f for wave in waves if (f := _agreement(wave, name, evidence.decimals)) is not None]
            yield from (Line(figure) for figure in figures)
            yield from overall(figures, evidence.decimals, wave=wave_name)


def _agreement(wave: WaveRecord, name: str, digits: int) -> Figure | None:
    question = question_of(wave, name, "mentor")
    if question is None or name not in wave.sides:
        return None
    pairs = [(mentor, mentee) for mentor, mentee, number in wave.sides[name] for _ in range(number)]
    said = f"Pairs whose two people see it the same way, of those in which both answered: {question.wording('mentor')}"
    found = two_sided_agreement(
        f"{name}_agreement", said, pairs, cohort=wave.cohort, wave=wave.name, digits=digits, source=wave.source
    )  # fmt: skip
    more = (
        f"Yes of both: {found.both}, of the mentor only: {found.mentor_only}, of the mentee only: {found.mentee_only}, "
        f"of neither: {found.neither}; one side silent: {found.one_side_silent}."
    )
    return replace(found.figure, caveats=(*found.figure.caveats, more))


def published_questions(waves: Sequence[WaveRecord]) -> list[str]:
    """The names under which questions of these waves are published, in order."""
    return list(dict.fromkeys(q.figure for wave in waves if wave.used for q in wave.used.flat() if q.figure))


def question_of(wave: WaveRecord, name: str, role: str) -> Question | None:
    """The question of a wave that is published under a name, if the role was asked it and is not hidden."""
    return wave.used.published(name, role) if wave.used and wave.asks(role) else None


def _options(waves: Sequence[WaveRecord], name: str, role: str) -> list[Option]:
    questions = [question for wave in waves if (question := question_of(wave, name, role)) is not None]
    return list(dict.fromkeys(option for question in questions for option in question.shares))


def overall(figures: Sequence[Figure], digits: int, *, wave: str) -> Iterator[Line]:
    """Shares of all cohorts taken together, both ways, each named.

    The pooled line has one decimal more than the others, so that the two can be told apart. There is no mean where a
    cohort has no answer at all.
    """
    if not figures:
        return
    whole = replace(pooled(figures), rule="pooled", cohort=None, wave=wave, digits=digits + 1)
    yield Line(whole)
    if all(figure.exact is not None for figure in figures):
        yield Line(replace(mean_of_cohorts(figures), cohort=None, wave=wave, digits=digits))


def _with_care(lines: Sequence[Line], waves: Sequence[WaveRecord]) -> Iterator[Line]:
    """The lines, with what has to be said where one person may stand in a figure several times."""
    most = max(wave.most_asked for wave in waves)
    care = (f"One person was asked up to {most} times and may stand in it as often: the interval is too narrow.",)
    for line in lines:
        brought = brought_in(waves, line.figure.cohort)
        caveats = line.figure.caveats + (care if most > 1 else ()) + ((brought,) if brought else ())
        yield replace(line, figure=replace(line.figure, caveats=caveats))


def brought_in(waves: Iterable[WaveRecord], cohort: int | None) -> str:
    """What is said of a figure of a cohort, or of all, that rests on answers to another tool; nothing if none does."""
    tools = {TOOLS[wave.asked_with] for wave in waves if wave.asked_with and cohort in (None, wave.cohort)}
    if not tools:
        return ""
    return f"Asked with {' and '.join(sorted(tools))} and brought in; how many were asked is the programme team's word."


def waves_brought_in(waves: Iterable[WaveRecord]) -> str:
    """The sentence on all waves that were asked with another tool; nothing if none was."""
    named = [
        f"{wave.name.replace('_', ' ')} of cohort {wave.cohort} ({TOOLS[wave.asked_with]})"
        for wave in sorted(waves, key=lambda wave: (wave.name, wave.cohort))
        if wave.asked_with
    ]
    return f" Asked with another survey tool and brought in: {', '.join(named)}." if named else ""


def closed_waves(evidence: Evidence) -> Iterator[tuple[str, list[WaveRecord]]]:
    """The name of a wave and the closed waves of this name, in order of their cohorts."""
    closed = sorted((w for w in evidence.waves if w.closed_at), key=lambda wave: wave.cohort)
    for name in dict.fromkeys(wave.name for wave in closed):
        yield name, [wave for wave in closed if wave.name == name]
