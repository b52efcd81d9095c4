"""Which respondent answers what, so that every published percentage comes out that whole people can give.

A printed percentage is fitted by (numerator, answered), answered as large as possible and never above the responses of
that cohort and role: people skip questions. What no whole number of respondents can give is marked, never bent.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from random import Random
from typing import Any

from mentoring_allinone.demo.scenario import COHORTS, Outcome, Scenario, WaveName
from mentoring_allinone.demo.words import COMMENTS
from mentoring_contracts.words import SIDES, Side

Share = tuple[int, int]  # numerator, answered
Answers = Mapping[str, str | int]  # question id -> answer; a question that was skipped is absent


@dataclass(frozen=True, slots=True)
class CohortLine:
    """One percentage of one cohort and role, and the answers that give it.

    `published_percent` is None where the report prints no line for the cohort. `impossible`: no number of respondents
    up to `responses` gives the published percentage; numerator and answered are then the nearest that can be given.
    """

    name: str
    role: Side
    cohort: int
    published_percent: int | None
    numerator: int
    answered: int
    responses: int
    impossible: bool

    @property
    def exact(self) -> Fraction:
        """The share in percent, exactly."""
        return percent((self.numerator, self.answered))


@dataclass(frozen=True, slots=True)
class OverallLine:
    """One overall percentage of one role, both ways (in percent, exactly), beside the printed one.

    `rests_on` names the cohorts whose own line is impossible: such an overall line is named, not fitted.
    """

    name: str
    role: Side
    published_percent: int
    mean_of_cohorts: Fraction
    pooled: Fraction
    rests_on: tuple[int, ...]

    @property
    def reproduced_by(self) -> tuple[str, ...]:
        """The rules ('mean_of_cohorts', 'pooled') under which the answers round to the printed percentage."""
        ways = {"mean_of_cohorts": self.mean_of_cohorts, "pooled": self.pooled}
        return tuple(rule for rule, value in ways.items() if half_up(value) == self.published_percent)

    @property
    def impossible(self) -> bool:
        """No cohort line is to blame and still no answers give the printed percentage."""
        return not self.rests_on and not self.reproduced_by


@dataclass(frozen=True, slots=True)
class AnswerPlan:
    """What every respondent answers: `answers[survey, cohort, role][i]` belongs to `Cast.respondents[...][i]`."""

    lines: tuple[CohortLine, ...]
    overall: tuple[OverallLine, ...]
    answers: Mapping[tuple[WaveName, int, Side], tuple[Answers, ...]]


def half_up(value: Fraction) -> int:
    """A non-negative value rounded to a whole number, halves up: 87.5 gives 88."""
    return (2 * value.numerator + value.denominator) // (2 * value.denominator)


def percent(share: Share) -> Fraction:
    return Fraction(100 * share[0], share[1])


def possible(published: int, responses: int) -> list[Share]:
    """Every share of up to `responses` answers that rounds to the published percentage, most answers first."""
    shares = ((part, answered) for answered in range(responses, 0, -1) for part in range(answered + 1))
    return [share for share in shares if half_up(percent(share)) == published]


def nearest(published: int, responses: int) -> Share:
    """The share of up to `responses` answers that comes closest to a percentage, the most answers among equals."""
    shares = ((part, answered) for answered in range(responses, 0, -1) for part in range(answered + 1))
    return min(shares, key=lambda share: abs(percent(share) - published))


def plan_answers(scenario: Scenario, seed: int = 2022) -> AnswerPlan:
    """Fit every published percentage and spread the answers over the respondents; the same seed gives the same plan."""
    fitted = [fit(scenario, outcome) for outcome in scenario.outcomes]
    lines = tuple(line for lines, _ in fitted for line in lines)
    shares = {(line.name, line.cohort, line.role): (line.numerator, line.answered) for line in lines}
    answers = {
        (wave.survey, wave.cohort, role): _respondents(scenario, wave.survey, wave.cohort, role, shares, seed)
        for wave in scenario.waves
        for role in SIDES
    }
    return AnswerPlan(lines, tuple(overall for _, overall in fitted), answers)


def fit(scenario: Scenario, outcome: Outcome) -> tuple[tuple[CohortLine, ...], OverallLine]:
    """The cohort lines of one question and role, and its overall line."""
    responses = {cohort: scenario.wave("summative", cohort).responses[outcome.role] for cohort in COHORTS}
    if outcome.by_cohort:
        shares, impossible = _fit_cohorts(outcome, responses)
    else:
        shares, impossible = _spread(outcome.overall, responses), ()
    lines = tuple(
        CohortLine(
            name=outcome.name,
            role=outcome.role,
            cohort=cohort,
            published_percent=outcome.by_cohort.get(cohort),
            numerator=shares[cohort][0],
            answered=shares[cohort][1],
            responses=responses[cohort],
            impossible=cohort in impossible,
        )
        for cohort in COHORTS
    )
    mean, pool = _mean(shares.values()), _pooled(shares.values())
    return lines, OverallLine(outcome.name, outcome.role, outcome.overall, mean, pool, impossible)


def _fit_cohorts(outcome: Outcome, responses: Mapping[int, int]) -> tuple[dict[int, Share], tuple[int, ...]]:
    """The shares by cohort, and the cohorts that no share can give. The overall line is kept too where it can be."""
    options = {cohort: possible(outcome.by_cohort[cohort], responses[cohort]) for cohort in COHORTS}
    impossible = tuple(cohort for cohort in COHORTS if not options[cohort])
    for cohort in impossible:
        options[cohort] = [nearest(outcome.by_cohort[cohort], responses[cohort])]
    choices = list(product(*(options[cohort] for cohort in COHORTS)))
    if not impossible:
        # The report's overall line is the mean of its cohorts: fewer answers are a fair price for that line too.
        choices = [choice for choice in choices if half_up(_mean(choice)) == outcome.overall] or choices
    best = max(choices, key=lambda choice: (_answered(choice), -_distance(choice, outcome.by_cohort)))
    return dict(zip(COHORTS, best, strict=True)), impossible


def _spread(published: int, responses: Mapping[int, int]) -> dict[int, Share]:
    """Shares by cohort for a percentage that is printed overall only, given by the mean of cohorts and pooled alike."""
    target = dict.fromkeys(COHORTS, published)
    for part, answered in possible(published, sum(responses.values())):
        choices = [c for c in _splits(part, answered, responses) if half_up(_mean(c)) == published]
        if choices:
            best = min(choices, key=lambda choice: _distance(choice, target))
            return dict(zip(COHORTS, best, strict=True))
    return {cohort: nearest(published, responses[cohort]) for cohort in COHORTS}


def _splits(part: int, answered: int, responses: Mapping[int, int]) -> Iterable[tuple[Share, ...]]:
    for sizes in product(*(range(1, responses[cohort] + 1) for cohort in COHORTS)):
        if sum(sizes) == answered:
            for parts in product(*(range(size + 1) for size in sizes)):
                if sum(parts) == part:
                    yield tuple(zip(parts, sizes, strict=True))


def _mean(shares: Iterable[Share]) -> Fraction:
    values = [percent(share) for share in shares]
    return sum(values, Fraction(0)) / len(values)


def _pooled(shares: Iterable[Share]) -> Fraction:
    parts, sizes = zip(*shares, strict=True)
    return percent((sum(parts), sum(sizes)))


def _answered(shares: Iterable[Share]) -> int:
    return sum(answered for _, answered in shares)


def _distance(shares: Sequence[Share], published: Mapping[int, int]) -> Fraction:
    gaps = (abs(percent(share) - published[cohort]) for cohort, share in zip(COHORTS, shares, strict=True))
    return sum(gaps, Fraction(0))


def _respondents(
    scenario: Scenario,
    survey: WaveName,
    cohort: int,
    role: Side,
    shares: Mapping[tuple[str, int, Side], Share],
    seed: int,
) -> tuple[Answers, ...]:
    """The answers of one wave and role, a mapping for each respondent."""
    rng = Random(f"{seed} answers {survey} {cohort} {role}")
    number = scenario.wave(survey, cohort).responses[role]
    # A respondent who was unhappy with one thing tends to be unhappy with the next.
    mood = [rng.random() for _ in range(number)]
    sheets: list[dict[str, str | int]] = [{} for _ in range(number)]
    for question in scenario.questions(survey, role):
        share = shares.get((question.get("figure", ""), cohort, role))
        for respondent, answer in _question(rng, question, mood, share, COMMENTS[survey, role]).items():
            sheets[respondent][question["id"]] = answer
    return tuple(sheets)


def _question(
    rng: Random, question: Mapping[str, Any], mood: Sequence[float], share: Share | None, comments: Sequence[str]
) -> dict[int, str | int]:
    """Respondent index -> answer to one question."""
    everybody = range(len(mood))
    if question["kind"] == "integer":
        return {respondent: rng.randint(1, 4) for respondent in everybody}
    if question["kind"] == "text":
        return {respondent: rng.choice(comments) for respondent in everybody if rng.random() < 0.5}
    numerator, answered = share or (round(len(mood) * 0.9), len(mood))
    content = sorted(rng.sample(everybody, answered), key=lambda i: mood[i] + 0.3 * rng.random(), reverse=True)
    rest = [option for option in question["options"] if option not in question["counted"]]
    return {
        respondent: rng.choice(question["counted"] if place < numerator else rest)
        for place, respondent in enumerate(content)
    }
