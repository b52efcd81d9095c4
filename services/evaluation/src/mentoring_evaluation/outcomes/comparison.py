"""Outcomes from HR data: participants against a comparison group where there is one, and what can be said of it.

The difference of two shares has Newcombe's interval (figures/intervals.py). Nobody was drawn by lot: it never says
"because".
"""

from dataclasses import dataclass
from typing import Literal

from mentoring_evaluation.figures.figure import shown_interval
from mentoring_evaluation.figures.intervals import half_up, interval_of_difference, percent, wilson
from mentoring_evaluation.figures.shown import ShownInterval
from mentoring_evaluation.kept import Kept, Number

SMALLEST = 10
Selection = Literal["all_others", "similar_people", "earlier_period", "applied_not_matched"]
_HOW = {
    "all_others": "everybody else, who may differ in grade, age and ambition",
    "similar_people": "people chosen to be similar in what the source names; they may differ in what it does not",
    "earlier_period": "an earlier period, in which other things were different too",
    "applied_not_matched": "people who applied and found no match: as willing, and perhaps chosen against",
}
_ALONE = "There is no comparison group, so nothing can be said of what would have happened without the programme."
_TOO_FEW = f"One of the groups has fewer than {SMALLEST} people, so no difference is worked out."
_NO_LOT = "Nobody was drawn by lot: this is no proof of a cause."


class GroupShare(Kept):
    """The share of a group in percent with its interval, and the numbers it is counted from."""

    people: int
    with_outcome: int
    unit: str
    share: Number
    interval: ShownInterval


class Difference(Kept):
    """Participants less the comparison group, in points; whether there may be none at all."""

    value: Number
    unit: str
    compatible_with_none: bool
    interval: ShownInterval


class Compared(Kept):
    """What can be said of an outcome: `difference` only where data allow, `statement` in plain words."""

    participants: GroupShare
    comparison: GroupShare | None
    difference: Difference | None
    statement: str


@dataclass(frozen=True, slots=True)
class Group:
    """So many people, of whom so many had the outcome. ValueError if that cannot be."""

    people: int
    with_outcome: int

    def __post_init__(self) -> None:
        if self.people < 1 or not 0 <= self.with_outcome <= self.people:
            raise ValueError("people are at least 1, those with the outcome from 0 to all of them")

    def share(self) -> GroupShare:
        """What is said of the group."""
        return GroupShare(
            people=self.people, with_outcome=self.with_outcome, unit="percent",
            share=float(half_up(percent(self.with_outcome, self.people))),
            interval=shown_interval(wilson(self.with_outcome, self.people)),
        )  # fmt: skip


def compare(outcome: str, participants: Group, others: Group | None, selection: Selection | None) -> Compared:
    """Participants against others, as far as the numbers say something."""
    difference, said = None, _ALONE
    if others is not None:
        said = _TOO_FEW
        if min(participants.people, others.people) >= SMALLEST:
            difference = _difference(participants, others)
            said = f"{_said(difference)} The comparison is with {_HOW[selection or 'all_others']}. {_NO_LOT}"
    return Compared(
        participants=participants.share(),
        comparison=None if others is None else others.share(),
        difference=difference,
        statement=f"{participants.with_outcome} of {participants.people} participants: {outcome}. {said}",
    )


def _difference(participants: Group, others: Group) -> Difference:
    first, second = (participants.with_outcome, participants.people), (others.with_outcome, others.people)
    bounds = interval_of_difference(first, second)
    return Difference(
        value=float(half_up(percent(*first) - percent(*second))), unit="points",
        compatible_with_none=bounds.low <= 0 <= bounds.high, interval=shown_interval(bounds),
    )  # fmt: skip


def _said(difference: Difference) -> str:
    direction = "more" if difference.value >= 0 else "fewer"
    ends = difference.interval
    none = ", which includes no difference at all" if difference.compatible_with_none else ""
    return (
        f"That is {abs(difference.value):g} points {direction} than in the comparison group "
        f"(95 % interval {ends.low:g} to {ends.high:g}){none}."
    )
