"""Outcomes from HR data: participants against a comparison group where there is one, and what can be said of it.

The difference of two shares has Newcombe's interval (figures/intervals.py). Nobody was drawn by lot: it never says
"because".
"""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any, Literal

from mentoring_evaluation.figures.intervals import half_up, interval_of_difference, percent, wilson

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


@dataclass(frozen=True, slots=True)
class Group:
    """So many people, of whom so many had the outcome. ValueError if that cannot be."""

    people: int
    with_outcome: int

    def __post_init__(self) -> None:
        if self.people < 1 or not 0 <= self.with_outcome <= self.people:
            raise ValueError("people are at least 1, those with the outcome from 0 to all of them")

    def to_json(self) -> dict[str, Any]:
        """The share in percent with its interval, and the numbers it is counted from."""
        bounds = wilson(self.with_outcome, self.people)
        return {
            "people": self.people, "with_outcome": self.with_outcome, "unit": "percent",
            "share": float(half_up(percent(self.with_outcome, self.people))),
            "interval": _ends(bounds.low, bounds.high, bounds.method),
        }  # fmt: skip


def compare(outcome: str, participants: Group, others: Group | None, selection: Selection | None) -> dict[str, Any]:
    """`participants`, `comparison`, `difference` (points, with interval) where data allow, and a plain `statement`."""
    found = {"participants": participants.to_json(), "comparison": others.to_json() if others else None}
    of = f"{participants.with_outcome} of {participants.people} participants: {outcome}."
    if others is None:
        return found | {"difference": None, "statement": f"{of} {_ALONE}"}
    if min(participants.people, others.people) < SMALLEST:
        return found | {"difference": None, "statement": f"{of} {_TOO_FEW}"}
    difference = _difference(participants, others)
    whom = f"The comparison is with {_HOW[selection or 'all_others']}."
    return found | {"difference": difference, "statement": f"{of} {_said(difference)} {whom} {_NO_LOT}"}


def _difference(participants: Group, others: Group) -> dict[str, Any]:
    first, second = (participants.with_outcome, participants.people), (others.with_outcome, others.people)
    bounds = interval_of_difference(first, second)
    exact = percent(*first) - percent(*second)
    none = bounds.low <= 0 <= bounds.high
    return {"value": float(half_up(exact)), "unit": "points", "compatible_with_none": none,
            "interval": _ends(bounds.low, bounds.high, bounds.method)}  # fmt: skip


def _said(difference: dict[str, Any]) -> str:
    points, ends = abs(difference["value"]), difference["interval"]
    direction = "more" if difference["value"] >= 0 else "fewer"
    range_ = f"95 % interval {ends['low']:g} to {ends['high']:g}"
    none = ", which includes no difference at all" if difference["compatible_with_none"] else ""
    return f"That is {points:g} points {direction} than in the comparison group ({range_}){none}."


def _ends(low: Decimal, high: Decimal, method: str) -> dict[str, Any]:
    # One decimal: an end of 0.4 must not print as 0, which would say "no difference at all".
    rounded = (float(half_up(Fraction(end), 1)) for end in (low, high))
    return dict(zip(("low", "high"), rounded, strict=True)) | {"level": 95, "method": method}
