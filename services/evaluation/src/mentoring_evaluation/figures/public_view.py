"""The public view: the same figures under disclosure control.

Counts of what the programme itself did (applications, pairs, sessions, interviews) are exact. Figures of surveys, and
people by background, are protected by `disclosure`: small groups, those that would give them away, and the exact
numbers behind all others stay with the programme team. A survey is shown once all its waves have closed: shown twice,
the difference between the two would be the wave that came in between. Backgrounds, of people who come and go, are shown
as they were frozen last. Where one person was asked up to m times in a wave, groups are m times larger, so that they
are of enough different people however answers are spread.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import lru_cache
from typing import Any

from mentoring_evaluation.disclosure.floor import policy_of, rule_in_words
from mentoring_evaluation.disclosure.rule import BASE, Plan, Policy
from mentoring_evaluation.disclosure.table import Choices, Table, protect, protect_choices
from mentoring_evaluation.figures.evidence import Evidence, WaveRecord
from mentoring_evaluation.figures.figure import Line, count
from mentoring_evaluation.figures.intervals import half_up
from mentoring_evaluation.figures.programme_figures import BACKGROUND
from mentoring_evaluation.figures.survey_figures import published_questions, question_of
from mentoring_evaluation.figures.tallies import combinations, tally
from mentoring_evaluation.sides import ROLES, Role
from mentoring_evaluation.surveys.instruments import Question

BY_ROLE = Plan(("cohort", "role"), (("role",), ("cohort", "role")))
BY_EITHER = Plan(("cohort", "role"), (("cohort",), ("role",), ("cohort", "role")))

Counts = dict[tuple[tuple[str, ...], str], int]


def public_lines(evidence: Evidence, lines: Sequence[Line]) -> list[dict[str, Any]]:
    """The JSON objects of the figures that may be published; `shown` says exact, rounded or hidden."""
    policy = policy_of(evidence.public_minimum)
    tables = _survey_tables(evidence, policy)
    shown: list[dict[str, Any]] = []
    for line in lines:
        if line.figure.wave is not None:
            table = tables.get((line.figure.wave, line.figure.name))
            shown += [_survey_line(line, table)] if table is not None else []
        elif line.figure.name != BACKGROUND:
            shown.append(line.to_json())
    return shown + _background_lines(evidence)


def statement(evidence: Evidence) -> str:
    """The rule in words, as the view states it."""
    policy = policy_of(evidence.public_minimum)
    return (
        "This view may be published. Counts of applications, pairs, sessions and interviews are exact; figures of "
        f"surveys and of people's backgrounds are protected. {policy.in_words()} Percentages are made of "
        f"the rounded counts. {rule_in_words(policy.minimum)} Figures of a survey are shown once all its "
        "waves have closed. Where people were asked several times in one wave, groups are as many times larger. "
        "Backgrounds are as they were frozen when a survey last closed or a report was last built; a count that has "
        "changed by fewer people than a group has stays."
    )


def _survey_tables(evidence: Evidence, policy: Policy) -> dict[tuple[str, str], Table]:
    tables: dict[tuple[str, str], Table] = {}
    for wave_name in dict.fromkeys(wave.name for wave in evidence.waves):
        waves = [wave for wave in evidence.waves if wave.name == wave_name]
        if any(wave.closed_at is None for wave in waves) or not any(_groups(waves)):
            continue
        # So many answers are of enough different people, however they are spread.
        rule = replace(policy, minimum=policy.minimum * max(wave.most_asked for wave in waves))
        tables[wave_name, "response_rate"] = _responses_once(frozenset(_responses(waves).items()), rule)
        for name in published_questions(waves):
            tables[wave_name, name] = _answer_table(waves, name, rule)
    return tables


def _responses(waves: Sequence[WaveRecord]) -> Counts:
    counts: Counts = {}
    for wave, role in _groups(waves):
        group = (str(wave.cohort), role)
        counts[group, "counted"] = wave.responses[role]
        counts[group, "other"] = wave.asked[role] - wave.responses[role]
    return counts


def _answer_table(waves: Sequence[WaveRecord], name: str, policy: Policy) -> Table:
    asked = [(wave, role, q) for wave, role in _groups(waves) if (q := question_of(wave, name, role)) is not None]
    most = frozenset(((str(wave.cohort), role), wave.asked[role]) for wave, role, _ in asked)
    if not any(question.kind == "choices" for _, _, question in asked):
        return _counted_once(frozenset(_answers(asked).items()), most, policy)
    options = tuple(dict.fromkeys(option for _, _, question in asked for option in question.options))
    return _chosen_once(frozenset(_choices(asked, options).items()), options, most, policy)


# Closed waves are frozen: their tables are made once in the life of a process, not at every reading.
@lru_cache(maxsize=256)
def _responses_once(counts: frozenset[Any], policy: Policy) -> Table:
    # Those asked are the people of the pairs, whose number is published exactly.
    return protect(dict(counts), BY_EITHER, policy, totals_known=True)


@lru_cache(maxsize=256)
def _counted_once(counts: frozenset[Any], asked: frozenset[Any], policy: Policy) -> Table:
    return protect(dict(counts), BY_ROLE, policy, asked=dict(asked))


@lru_cache(maxsize=256)
def _chosen_once(counts: frozenset[Any], options: tuple[str, ...], asked: frozenset[Any], policy: Policy) -> Table:
    return protect_choices(dict(counts), options, BY_ROLE, policy, asked=dict(asked))


def _answers(asked: Sequence[tuple[WaveRecord, Role, Question]]) -> Counts:
    counts: Counts = {}
    for wave, role, question in asked:
        counts_of = tally(wave, question, role)
        counted = sum(counts_of.by_answer[answer] for answer in question.counted)
        group = (str(wave.cohort), role)
        counts[group, "counted"] = counted
        counts[group, "other"] = counts_of.answered - counted
    return counts


def _choices(asked: Sequence[tuple[WaveRecord, Role, Question]], options: Sequence[str]) -> Choices:
    counts: dict[tuple[tuple[str, ...], frozenset[str]], int] = {}
    for wave, role, question in asked:
        group = (str(wave.cohort), role)
        counts[group, frozenset(options[:1])] = 0  # a group that chose nothing is a group
        for chosen, people in combinations(wave, question, role).items():
            counts[group, chosen] = people
    return counts


def _groups(waves: Sequence[WaveRecord]) -> Iterator[tuple[WaveRecord, Role]]:
    return ((wave, role) for wave in waves for role in ROLES if role not in wave.hidden)


def _survey_line(line: Line, table: Table) -> dict[str, Any]:
    figure = line.figure
    if figure.rule == "mean_of_cohorts":
        return _mean_line(line, table)
    where, answer = _where(figure.cohort, figure.role), _answer_of(line)
    share = table.share(where, answer)
    return _protected(line, None if share is None else (share, table.count(where, answer), table.count(where)))


def _answer_of(line: Line) -> str:
    return line.breakdown.get("option", "counted")


def _mean_line(line: Line, table: Table) -> dict[str, Any]:
    """The mean of the cohort shares that are shown themselves; hidden where one of them is."""
    figure = line.figure
    shares = [table.share(_where(part.cohort, figure.role), _answer_of(line)) for part in figure.components]
    known = [share for share in shares if share is not None]
    if len(known) < len(shares):
        return _protected(line, None)
    return _protected(line, (int(half_up(Fraction(sum(known), len(known)))), None, None))


def _background_lines(evidence: Evidence) -> list[dict[str, Any]]:
    """The frozen table, by role and over all cohorts only: narrower tables would hide nearly everything."""
    said = "Matched people by professional background, at the time this table was last frozen."
    return [
        _protected(
            Line(count(BACKGROUND, said, 0, unit="people", role=role), {BACKGROUND: background}),
            None if people is None else (people, people, None),
        )
        for role in ROLES
        for background, people in sorted(evidence.public_backgrounds.get(role, {}).items())
    ]


def _where(cohort: int | None, role: Role | None) -> Mapping[str, str]:
    return ({} if cohort is None else {"cohort": str(cohort)}) | ({} if role is None else {"role": role})


def _protected(line: Line, shown: tuple[int, int | None, int | None] | None) -> dict[str, Any]:
    """The line with protected numbers only: nothing exact, no interval, no caveat, no components."""
    value, numerator, denominator = shown or (None, None, None)
    known = line.to_json() | {"shown": "hidden" if shown is None else "rounded"}
    gone: dict[str, Any] = {
        "asked": None,
        "answered": None,
        "exact": None,
        "interval": None,
        "caveats": [],
        "components": [],
    }
    rounding = {"mode": "half-up", "digits": 0, "base": BASE}
    return known | gone | {"value": value, "numerator": numerator, "denominator": denominator, "rounding": rounding}
