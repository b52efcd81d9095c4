"""Eligibility rules evaluated on a person's attributes and answers.

Every rule of a role must hold; a rule holds when one of its `any` and each of its `all` of conditions holds. A
condition on something that is not known does not hold.
"""

from calendar import monthrange
from collections.abc import Mapping, Sequence
from datetime import MAXYEAR, date
from typing import Any, Final

from mentoring_contracts.blueprint.eligibility import Condition, MonthsAfter, Rule

_NO_DAYS: Final[Mapping[str, date]] = {}


def unmet(rules: Sequence[Rule], facts: Mapping[str, Any], days: Mapping[str, date] = _NO_DAYS) -> list[str]:
    """The ids of the rules that do not hold, in their order; `days` are those of the cohort's milestones."""
    return [rule.id for rule in rules if not _holds(rule, facts, days)]


def _holds(rule: Rule, facts: Mapping[str, Any], days: Mapping[str, date]) -> bool:
    some = rule.any_ is None or any(_is_met(condition, facts, days) for condition in rule.any_)
    return some and all(_is_met(condition, facts, days) for condition in rule.all_ or ())


def _is_met(condition: Condition, facts: Mapping[str, Any], days: Mapping[str, date]) -> bool:
    """Whether every test of the condition holds of the facts."""
    value = facts.get(condition.field)
    if value is None:
        return False
    if condition.is_ is not None and not _same(value, condition.is_):
        return False
    if condition.in_ is not None and not any(_same(value, option) for option in condition.in_):
        return False
    if condition.not_before is not None and not _lasts(value, condition.not_before, days):
        return False
    if condition.at_least is None and condition.at_most is None:
        return True
    return _is_number(value) and _between(value, condition.at_least, condition.at_most)


def _same(value: Any, wanted: bool | int | str) -> bool:
    # In Python True == 1; an answer of 1 is no yes.
    return type(value) is type(wanted) and value == wanted


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _between(value: float, least: int | None, most: int | None) -> bool:
    return (least is None or value >= least) and (most is None or value <= most)


def months_later(day: date, months: int) -> date:
    """The same day so many months later, or the last of a month that is shorter. OverflowError beyond the calendar."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if year > MAXYEAR:
        raise OverflowError
    return day.replace(year=year, month=month + 1, day=min(day.day, monthrange(year, month + 1)[1]))


def _lasts(value: Any, wanted: MonthsAfter, days: Mapping[str, date]) -> bool:
    """Whether a day is late enough; not if the cohort has no such milestone."""
    begins = days.get(wanted.milestone)
    if begins is None or not isinstance(value, str):
        return False
    return date.fromisoformat(value) >= months_later(begins, wanted.months)
