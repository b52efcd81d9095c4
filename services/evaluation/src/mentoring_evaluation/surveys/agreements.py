"""How the two sides of pairs answered a paired survey, counted so that nobody's answers are in it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from mentoring_evaluation.surveys.instruments import Instrument, Question

# For every published question: what mentor and mentee of a pair say (None: nothing), and of how many pairs.
Sides = dict[str, list[tuple[bool | None, bool | None, int]]]


def sides_of_pairs(
    used: Instrument, pairs: Sequence[tuple[Mapping[str, Any] | None, Mapping[str, Any] | None]]
) -> Sides:
    """Both sides of the pairs of a wave by published question, counted: nobody's answers are in it."""
    names = dict.fromkeys(question.figure for question in used.flat() if question.figure and question.counted)
    found: Sides = {}
    for name in names:
        mentors, mentees = used.published(name, "mentor"), used.published(name, "mentee")
        if mentors is not None and mentees is not None:
            both = Counter((_says(mentors, one), _says(mentees, two)) for one, two in pairs)
            found[name] = [(*said, number) for said, number in both.items()]
    return found


def _says(question: Question, answers: Mapping[str, Any] | None) -> bool | None:
    """Whether one side's answer is a counted one; None where there is no answer."""
    answer = (answers or {}).get(question.id)
    return None if answer is None else str(answer) in question.counted
