"""Totals of equality monitoring in which nobody can be found."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from mentoring_contracts.blueprint.form import EqualityMonitoring

HIDDEN_UNDER: Final = 10
ROUNDED_TO: Final = 5


def totals(
    monitoring: EqualityMonitoring | None, answers: Iterable[Mapping[str, str]], languages: Sequence[str] = ()
) -> dict[str, dict[str, int | None]]:
    """Answers by field and option, None where hidden.

    Groups under 10 are hidden, the others rounded to 5. If that hides one group only, it could be had from the others
    and the number of answers: the smallest group that is shown is hidden too.
    """
    if monitoring is None:
        return {}
    asked = {field.id: field.answers(list(languages)) for field in monitoring.fields}
    return counted(asked, answers)


def counted(asked: Mapping[str, list[str]], answers: Iterable[Mapping[str, str]]) -> dict[str, dict[str, int | None]]:
    """Answers by field and option, for the options of each field, hidden and rounded as in `totals`."""
    given = list(answers)
    counts = {name: Counter(answer[name] for answer in given if name in answer) for name in asked}
    return {name: _hide(options, counts[name]) for name, options in asked.items()}


def _hide(options: list[str], counts: Counter[str]) -> dict[str, int | None]:
    hidden = {option for option in options if counts[option] < HIDDEN_UNDER}
    if len(hidden) == 1:
        others = [option for option in options if counts[option] >= HIDDEN_UNDER]
        hidden |= {min(others, key=lambda option: counts[option])} if others else set()
    return {option: None if option in hidden else _rounded(counts[option]) for option in options}


def _rounded(count: int) -> int:
    return (count + ROUNDED_TO // 2) // ROUNDED_TO * ROUNDED_TO
