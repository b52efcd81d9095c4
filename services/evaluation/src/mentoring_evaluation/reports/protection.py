"""Single counts under disclosure control: shares of one group, and how many said something, by role.

The rule is that of the public figures. A theme's voices are protected by role, with all who could have said it as the
broader group. Each report is protected for itself and stays as it is: counts of a theme in an older edition stay when a
quote behind them is withdrawn.
"""

from collections.abc import Mapping

from mentoring_evaluation.disclosure.rule import Plan, Policy
from mentoring_evaluation.disclosure.table import Table, protect
from mentoring_evaluation.sides import ROLES, Role

ONE_GROUP = Plan((), ((),))
BY_ROLE = Plan(("role",), (("role",),))
Counts = dict[tuple[tuple[str, ...], str], int]


def protected_share(part: int, whole: int, policy: Policy) -> tuple[int, int] | None:
    """`part` and `whole` rounded; None where one of them, or who is left over, is too few to be shown."""
    table = protect({((), "in"): part, ((), "out"): whole - part}, ONE_GROUP, policy)
    shown, of = table.count({}, "in"), table.count({})
    return None if shown is None or of is None or table.count({}, "out") is None else (shown, of)


def protected_by_role(found: Mapping[Role, int], heard: Mapping[Role, int], policy: Policy) -> dict[str, int | None]:
    """Of those `heard`, in how many it was `found`, by role and in `all`: rounded, None where hidden."""
    counts: Counts = {((role,), "found"): found.get(role, 0) for role in ROLES}
    others: Counts = {((role,), "other"): heard.get(role, 0) - found.get(role, 0) for role in ROLES}
    return _by_role(protect(counts | others, BY_ROLE, policy), "found")


def protected_base(heard: Mapping[Role, int], policy: Policy) -> dict[str, int | None]:
    """How many there are at all, by role and in `all`: rounded, None where hidden."""
    counts: Counts = {((role,), "heard"): heard.get(role, 0) for role in ROLES}
    return _by_role(protect(counts, BY_ROLE, policy), "heard")


def _by_role(table: Table, answer: str) -> dict[str, int | None]:
    return {**{role: table.count({"role": role}, answer) for role in ROLES}, "all": table.count({}, answer)}


def exact_by_role(found: Mapping[Role, int]) -> dict[str, int | None]:
    """The same, exact."""
    return {**{role: found.get(role, 0) for role in ROLES}, "all": sum(found.values())}
