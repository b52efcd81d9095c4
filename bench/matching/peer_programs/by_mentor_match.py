"""mentor-match 7.0.1: the instance's rules and scores as its `Disqualify` rules and a `Rule` of its own, one round.

Each further round would give everybody one more partner. A mentor with several places appears once for each.
"""

from __future__ import annotations

from typing import Any

from matching.match import Match
from matching.mentee import Mentee
from matching.mentor import Mentor
from matching.process import process_data
from matching.rules.rule import Disqualify, Rule
from measured import Instance, PairIds, measure


class _Fit(Rule):
    """The score in units of 1e-4: topics 5, named mentors 1, same region 1."""

    def evaluate(self, match_object: Match) -> bool:
        return True

    def apply(self, match_object: Match) -> int:
        mentor, mentee = match_object.mentor.given, match_object.mentee.given
        offered, wanted = mentor["topics"], mentee["topics"]
        topics = sum(value * offered.get(name, 0.0) for name, value in wanted.items()) / (sum(wanted.values()) or 1.0)
        named = mentee["preferred"]
        rank = named.index(mentor["id"]) if mentor["id"] in named else len(named)
        same = mentor["region"] == mentee["region"]
        return round((5 * topics + (1 - rank / len(named)) + same) / 7 * 10_000)


def _same_employer(match: Match) -> bool:
    return bool(match.mentor.organisation == match.mentee.organisation)


def _no_common_language(match: Match) -> bool:
    return match.mentor.languages.isdisjoint(match.mentee.languages)


def _wrong_grade(match: Match) -> bool:
    return not 1 <= match.mentor.grade - match.mentee.grade <= 6


def _too_few_hours(match: Match) -> bool:
    # hours are given as half-hour slots
    return len(match.mentor.hours & match.mentee.hours) < 8


def _person(kind: type[Any], given: dict[str, Any], number: int = 0) -> Any:
    person = kind(grade=given["grade"], organisation=given["employer"], email=f"{given['id']} {number}")
    person.given = given
    person.languages, person.hours = frozenset(given["languages"]), frozenset(given["hours"])
    return person


def answer(instance: Instance) -> list[PairIds]:
    """Its pairs, of everybody who got one."""
    mentors = [_person(Mentor, given, number) for given in instance["mentors"] for number in range(given["capacity"])]
    mentees = [_person(Mentee, given) for given in instance["mentees"]]
    hard = [Disqualify(test) for test in (_too_few_hours, _no_common_language, _wrong_grade, _same_employer)]
    # the last rule of the list is applied first, and a disqualified pair is not looked at further
    process_data(mentors, mentees, [[_Fit(), *hard]])
    return [(mentor.given["id"], mentee.given["id"]) for mentee in mentees for mentor in mentee.mentors]


if __name__ == "__main__":
    measure(answer)
