"""A recorded value of an indicator, with what it is counted from; and what it does not say."""

from dataclasses import dataclass
from decimal import Decimal

from mentoring_evaluation.figures.figure import shown_interval
from mentoring_evaluation.figures.intervals import half_up, percent, wilson
from mentoring_evaluation.figures.shown import Shown, ShownInterval
from mentoring_evaluation.kept import Kept, Number
from mentoring_evaluation.outcomes.evaluation_models import Indicator

SMALL = 10


class Measured(Kept):
    """The value of an indicator as it is shown: rounded once, with its base, its interval where it is a share, and its
    caveats."""

    value: Number | None
    numerator: int | None
    base: int | None
    asked: int | None
    answered: int | None
    interval: ShownInterval | None
    target_met: bool | None
    caveats: tuple[str, ...]
    shown: Shown = "exact"


@dataclass(frozen=True, slots=True)
class Counted:
    """What somebody recorded: a numerator of a base for a share, a value on a base for a mean or a count.

    `base` is the denominator of a share, n of a mean, what a count is out of. `asked` and `answered` are people, where
    it came from people; `from_records` says that it was counted in records, where nobody is asked.
    """

    base: int
    numerator: int | None = None
    value: Decimal | None = None
    asked: int | None = None
    answered: int | None = None
    from_records: bool = False


def faults(indicator: Indicator, counted: Counted) -> list[str]:
    """Why the numbers cannot be a value of this indicator; none if they can."""
    found = []
    if counted.base < 1:
        found.append("the base is at least 1")
    found += _share_faults(counted) if indicator.kind == "share" else _value_faults(indicator, counted)
    if counted.from_records and (counted.asked, counted.answered) != (None, None):
        found.append("records ask nobody: asked and answered stay away")
    if counted.answered is not None and counted.asked is not None and counted.answered > counted.asked:
        found.append("more answered than were asked")
    if counted.answered is not None and indicator.kind != "count" and counted.base > counted.answered:
        found.append("the base is larger than the number who answered")
    elif counted.asked is not None and indicator.kind != "count" and counted.base > counted.asked:
        found.append("the base is larger than the number who were asked")
    return found


def shown(indicator: Indicator, counted: Counted) -> Measured:
    """A recorded value as it is shown."""
    interval = None
    if indicator.kind == "share":
        assert counted.numerator is not None  # faults has seen to it
        exact = percent(counted.numerator, counted.base)
        bounds = wilson(counted.numerator, counted.base)
        value = float(half_up(exact))
        interval = shown_interval(bounds, 0)
    else:
        value = float(counted.value or 0)
    met = None if indicator.target is None else value >= indicator.target
    return Measured(
        value=value, numerator=counted.numerator, base=counted.base, asked=counted.asked, answered=counted.answered,
        interval=interval, target_met=met, caveats=tuple(caveats(counted)),
    )  # fmt: skip


def caveats(counted: Counted) -> list[str]:
    """What a reader must know of the numbers, in words."""
    said = []
    if counted.base < SMALL:
        said.append(f"Counted from {counted.base}: one more or less changes it by {_one_more(counted)}.")
    if counted.from_records:
        return said
    if counted.asked is None or counted.answered is None:
        said.append("How many were asked and answered is not recorded.")
    elif 2 * counted.answered < counted.asked:
        said.append(f"{counted.answered} of {counted.asked} asked answered; the others may differ.")
    return said


def _one_more(counted: Counted) -> str:
    if counted.numerator is None:
        return "a visible part"
    return f"{half_up(percent(1, counted.base))} points"


def _share_faults(counted: Counted) -> list[str]:
    if counted.numerator is None or counted.value is not None:
        return ["a share is given as numerator and base; its value is counted from them"]
    return [] if 0 <= counted.numerator <= counted.base else ["the numerator is from 0 to the base"]


def _value_faults(indicator: Indicator, counted: Counted) -> list[str]:
    if counted.value is None or counted.numerator is not None:
        return [f"a {indicator.kind} is given as value and base"]
    if indicator.kind == "count" and (counted.value < 0 or counted.value != counted.value.to_integral_value()):
        return ["a count is a whole number and not negative"]
    return []
