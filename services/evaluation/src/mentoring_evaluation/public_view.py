"""The public view: the same figures under disclosure control.

Counts of what the programme itself did (applications, pairs, sessions, interviews) are exact. Figures of surveys, and
people by background, are protected by disclosure.py: small groups, those that would give them away, and the exact
numbers behind all others stay with the programme team. A survey is shown once all its waves have closed: shown twice,
the difference between the two would be the wave that came in between.
"""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

from mentoring_evaluation.disclosure import Plan, Policy, Table, protect
from mentoring_evaluation.evidence import ROLES, Evidence, WaveRecord
from mentoring_evaluation.instruments import Role
from mentoring_evaluation.intervals import half_up
from mentoring_evaluation.programme_figures import Line, published_questions, question_of

BASE = 5  # counts are rounded to this many people
BY_ROLE = Plan(("cohort", "role"), (("role",), ("cohort", "role")))
BY_EITHER = Plan(("cohort", "role"), (("cohort",), ("role",), ("cohort", "role")))
BACKGROUNDS = Plan(("role",), (("role",),))

Counts = dict[tuple[tuple[str, ...], str], int]


def policy_of(evidence: Evidence) -> Policy:
    """The programme's rule; nothing looser than groups of 5 is possible."""
    return Policy(minimum=max(5, evidence.public_minimum), base=BASE)


def public_lines(evidence: Evidence, lines: Sequence[Line]) -> list[dict[str, Any]]:
    """The JSON objects of the figures that may be published; `shown` says exact, rounded or hidden."""
    policy = policy_of(evidence)
    tables = _survey_tables(evidence, policy)
    people = protect(_backgrounds(evidence), BACKGROUNDS, policy)
    shown: list[dict[str, Any]] = []
    for line in lines:
        if line.figure.wave is not None:
            table = tables.get((line.figure.wave, line.figure.name))
            shown += [_survey_line(line, table)] if table is not None else []
        elif line.figure.name == "professional_background":
            shown += _background_line(line, people)
        else:
            shown.append(line.to_json())
    return shown


def statement(evidence: Evidence) -> str:
    """The rule in words, as the view states it."""
    return (
        "This view may be published. Counts of applications, pairs, sessions and interviews are exact; figures of "
        f"surveys and of people's backgrounds are protected. {policy_of(evidence).in_words()} Percentages are made of "
        "the rounded counts. Figures of a survey are shown once all its waves have closed."
    )


def _survey_tables(evidence: Evidence, policy: Policy) -> dict[tuple[str, str], Table]:
    tables: dict[tuple[str, str], Table] = {}
    for instrument in dict.fromkeys(wave.instrument for wave in evidence.waves):
        waves = [wave for wave in evidence.waves if wave.instrument == instrument]
        if any(wave.closed_at is None for wave in waves):
            continue
        tables[instrument, "response_rate"] = protect(_responses(waves), BY_EITHER, policy)
        for name in published_questions(waves):
            tables[instrument, name] = protect(_answers(waves, name), BY_ROLE, policy)
    return tables


def _responses(waves: Sequence[WaveRecord]) -> Counts:
    counts: Counts = {}
    for wave, role in _groups(waves):
        group = (str(wave.cohort), role)
        counts[group, "counted"] = wave.responses[role]
        counts[group, "other"] = wave.asked[role] - wave.responses[role]
    return counts


def _answers(waves: Sequence[WaveRecord], name: str) -> Counts:
    counts: Counts = {}
    for wave, role in _groups(waves):
        question = question_of(wave, name, role)
        if question is None:
            continue
        given = wave.answers.get((role, question.id), {})
        counted = sum(given.get(option, 0) for option in question.counted)
        group = (str(wave.cohort), role)
        counts[group, "counted"] = counted
        counts[group, "other"] = sum(given.values()) - counted
    return counts


def _groups(waves: Sequence[WaveRecord]) -> Iterator[tuple[WaveRecord, Role]]:
    return ((wave, role) for wave in waves for role in ROLES)


def _backgrounds(evidence: Evidence) -> Counts:
    counts: Counts = {}
    for row in evidence.statistics.get("backgrounds", []):
        key = ((row["role"],), row["professional_background"])
        counts[key] = counts.get(key, 0) + row["people"]
    return counts


def _survey_line(line: Line, table: Table) -> dict[str, Any]:
    figure = line.figure
    if figure.rule == "mean_of_cohorts":
        return _mean_line(line, table)
    where = _where(figure.cohort, figure.role)
    share = table.share(where, "counted")
    return _protected(line, None if share is None else (share, table.count(where, "counted"), table.count(where)))


def _mean_line(line: Line, table: Table) -> dict[str, Any]:
    """The mean of the cohort shares that are shown themselves; hidden where one of them is."""
    figure = line.figure
    shares = [table.share(_where(part.cohort, figure.role), "counted") for part in figure.components]
    known = [share for share in shares if share is not None]
    if len(known) < len(shares):
        return _protected(line, None)
    return _protected(line, (int(half_up(Fraction(sum(known), len(known)))), None, None))


def _background_line(line: Line, people: Table) -> list[dict[str, Any]]:
    """By role and over all cohorts only: narrower tables would hide nearly everything."""
    figure = line.figure
    if figure.cohort is not None or figure.role is None or "other" in line.breakdown:
        return []
    number = people.count({"role": figure.role}, line.breakdown["professional_background"])
    return [_protected(line, None if number is None else (number, number, None))]


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
