"""The first page of a report: up to five findings in words with the numbers they rest on, and what is not known."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from mentoring_contracts.words import SIDES
from mentoring_evaluation.figures.shown import ABOUT, Figures, ShownFigure

# What a role calls a question that is published under a name.
Wordings = Mapping[str, Mapping[str, str]]


class Named(Protocol):
    """A figure, or a change of one."""

    @property
    def name(self) -> str: ...
    @property
    def role(self) -> str | None: ...


MOST = 5
APART = 15  # so many points between mentors and mentees are worth a sentence; fewer are within most intervals


@dataclass(frozen=True, slots=True)
class Finding:
    """A sentence, what it rests on, the number in it, and the figures to draw beside it: cohorts side by side."""

    said: str
    rests_on: str
    number: str = ""
    figures: tuple[ShownFigure, ...] = ()


@dataclass(frozen=True, slots=True)
class Summary:
    """What a reader who stops after one page has to know."""

    findings: tuple[Finding, ...]
    not_known: tuple[str, ...]


def summary(figures: Figures, wordings: Wordings) -> Summary:
    """The summary of a view's figures. Nothing is said of what is hidden but that it is."""
    found = [*_pairs(figures), *_responses(figures), *_answers(figures, wordings)]
    drawn = [replace(one, figures=_beside(figures, one.figures)) for one in found[:MOST]]
    return Summary(tuple(drawn), tuple(_not_known(figures)))


def _beside(figures: Figures, told: Sequence[ShownFigure]) -> tuple[ShownFigure, ...]:
    """The figures of which something is told, with the same of every cohort where that is shown."""
    same = {(one.name, one.wave, one.role) for one in told}
    return tuple(f for f in figures if (f.name, f.wave, f.role) in same and not f.breakdown and f.value is not None)


def wording_of(figure: Named, wordings: Wordings) -> str:
    """A question as it was asked of the role; the figure's name in words where that is not kept."""
    of_roles = wordings.get(figure.name, {})
    name = figure.name.replace("_", " ").capitalize()
    return of_roles.get(figure.role or "", next(iter(of_roles.values()), name))


def _overall(figures: Figures, name: str) -> dict[str | None, ShownFigure]:
    """The figure over all cohorts, by role, where it has a value; of several surveys the last."""
    return {
        f.role: f
        for f in figures
        if (f.name, f.cohort) == (name, None)
        and f.rule != "mean_of_cohorts"
        and not f.breakdown
        and f.value is not None
    }


def _pairs(figures: Figures) -> Iterator[Finding]:
    pairs, asked = _overall(figures, "matched_pairs"), _overall(figures, "expressions_of_interest")
    if not pairs or not pairs[None].value:
        return
    said = f"{pairs[None].value} pairs were matched and did not end early."
    of = [f"{asked[role].value} {role}s" for role in SIDES if role in asked]
    rests_on = f"{' and '.join(of)} had applied and were eligible." if of else ""
    yield Finding(said, rests_on, str(pairs[None].value), (pairs[None],))


def _responses(figures: Figures) -> Iterator[Finding]:
    rates = _overall(figures, "response_rate")
    told = [rates[role] for role in SIDES if role in rates]
    if told:
        shares = " and ".join(f"{_value(rate)} of the {rate.role}s" for rate in told)
        wave = str(told[0].wave).replace("_", " ")
        said = f"{_first(shares)} who were asked answered the survey “{wave}”."
        yield Finding(said, _counts(told), _numbers(told), tuple(told))


def _answers(figures: Figures, wordings: Wordings) -> Iterator[Finding]:
    """The question most people said yes to, the one fewest did, and the one on which the two sides differ most."""
    shares = [f for f in figures if _is_share(f)]
    if not shares:
        return
    most, least = (choose(shares, key=_number) for choose in (max, min))
    yield _share(most, wordings, "the largest share of all questions")
    if least is not most:
        yield _share(least, wordings, "the smallest share of all questions")
    by_question: dict[tuple[str, str | None], dict[str | None, ShownFigure]] = {}
    for f in shares:
        by_question.setdefault((f.name, f.wave), {})[f.role] = f
    both = [roles for roles in by_question.values() if all(role in roles for role in SIDES)]
    apart = max(both, key=_distance, default=None)
    if apart is not None and _distance(apart) >= APART:
        said = " and ".join(f"{_value(apart[role])} of the {role}s" for role in SIDES)
        text = f"Mentors and mentees differ most on “{wording_of(apart['mentor'], wordings)}”: {said}."
        sides = [apart[role] for role in SIDES]
        yield Finding(text, _counts(sides), _numbers(sides), tuple(sides))


def _is_share(figure: ShownFigure) -> bool:
    return (
        figure.wave is not None
        and figure.name != "response_rate"
        and figure.cohort is None
        and figure.rule == "pooled"
        and not figure.breakdown
        and figure.role in SIDES
        and figure.value is not None
    )


def _share(figure: ShownFigure, wordings: Wordings, which: str) -> Finding:
    said = f"“{wording_of(figure, wordings)}” {_first(_value(figure))} of the {figure.role}s who answered said "
    return Finding(f"{said}{_listed(figure.top_box)}: {which}.", _counts([figure]), _numbers([figure]), (figure,))


def _listed(answers: Sequence[str]) -> str:
    quoted = [f"“{answer}”" for answer in answers]
    return " or ".join(part for part in (", ".join(quoted[:-1]), *quoted[-1:]) if part)


def _distance(roles: Mapping[str | None, ShownFigure]) -> float:
    return abs(_number(roles["mentor"]) - _number(roles["mentee"]))


def _number(figure: ShownFigure) -> float:
    assert figure.value is not None  # only figures with a value are spoken of
    return float(figure.value)


def _value(figure: ShownFigure) -> str:
    return f"{ABOUT[figure.shown]}{figure.value} %"


def _numbers(figures: Figures) -> str:
    return " and ".join(_value(figure) for figure in figures)


def _counts(figures: Figures) -> str:
    return f"{_first('; '.join(_count(figure) for figure in figures))}."


def _count(figure: ShownFigure) -> str:
    who = f"{figure.role}s"
    if figure.numerator is not None and figure.denominator is not None:
        said = f"{ABOUT[figure.shown]}{figure.numerator} of {figure.denominator} {who}"
    elif figure.denominator is not None:
        said = f"of {figure.denominator} {who}"
    else:
        said = f"of the {who} who answered"
    if figure.interval is not None:
        said += f", 95 % interval {figure.interval.low:g} to {figure.interval.high:g} %"
    elif figure.between is not None:
        said += f", between {figure.between.low} and {figure.between.high} %"
    return said


def _not_known(figures: Figures) -> Iterator[str]:
    rates = [rate for role, rate in _overall(figures, "response_rate").items() if role in SIDES]
    if any(_number(rate) < 100 for rate in rates):
        yield "What those think who did not answer; they may see it differently from those who did."
    if not rates:
        yield "What people think of the programme: no survey has figures yet that may be shown."
    hidden = sum(figure.shown == "hidden" for figure in figures)
    if hidden:
        number = "One figure is" if hidden == 1 else f"{hidden} figures are"
        yield f"{number} not shown: too few people stand behind {'it' if hidden == 1 else 'each of them'}."
    yield "What would have become of the same people without the programme: nobody was assigned by chance."


def _first(text: str) -> str:
    return text[:1].upper() + text[1:]
