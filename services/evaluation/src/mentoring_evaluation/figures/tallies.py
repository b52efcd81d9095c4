"""Counting answers to one question of one wave, by role: how many gave each, answered at all, and were shown it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from mentoring_evaluation.figures.evidence import WaveRecord
from mentoring_evaluation.surveys.instruments import Question


@dataclass(frozen=True, slots=True)
class Tally:
    """People by answer, and people who answered at all; of several choices one person counts under each."""

    by_answer: Mapping[str, int]
    answered: int


def tally(wave: WaveRecord, question: Question, role: str) -> Tally:
    """The answers of a role to a question (of a matrix: to one row)."""
    if question.kind != "choices":
        given = wave.answers.get((role, question.id), {})
        counts = {answer: given.get(answer, 0) for answer in question.answers}
        return Tally(counts, sum(counts.values()))
    chosen = combinations(wave, question, role)
    counts = {option: sum(n for every, n in chosen.items() if option in every) for option in question.options}
    return Tally(counts, sum(chosen.values()))


def combinations(wave: WaveRecord, question: Question, role: str) -> dict[frozenset[str], int]:
    """What people chose together in a question of several choices, and how many chose just that."""
    found: dict[frozenset[str], int] = {}
    for text, number in wave.answers.get((role, question.id), {}).items():
        chosen = frozenset(json.loads(text))
        found[chosen] = found.get(chosen, 0) + number
    return found


def shown_to(wave: WaveRecord, question: Question, role: str) -> int:
    """How many people were asked a question: of one that depends on an earlier answer, those who gave that answer."""
    condition = question.shown_when
    if condition is None:
        return wave.asked[role]
    earlier = wave.used.question(condition.question) if wave.used else None
    several = earlier is not None and earlier.kind == "choices"
    before = wave.answers.get((role, condition.question), {}).items()
    shown = sum(number for text, number in before if condition.met_by(json.loads(text) if several else text))
    # A condition on a text cannot be counted: texts lie apart from the answers.
    return max(shown, tally(wave, question, role).answered)
