"""Whether the files have the columns that a policy reads: what nobody has would be void without a word."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from mentoring_matching.engine import Criterion, Limit, Policy, PolicyError, Rule
from mentoring_matching.offline.headings import Side
from mentoring_matching.offline.people import derived

Headings = Mapping[Side, frozenset[str]]
"""Of mentors and of mentees: what the columns of their files mean."""
_BOTH: Sequence[Side] = ("mentee", "mentor")
_COLUMNS = {
    "topics": ("topics", "characteristics"),
    "text": ("text",),
    "mentee_preference": ("preferred",),
    "mentor_preference": ("preferred",),
}


class Wanted(NamedTuple):
    """A column that a part of the policy reads, from any one of the sides, and other columns that would do."""

    where: str
    field: str
    column: str
    sides: Sequence[Side] = _BOTH
    instead: Sequence[str] = ()


def check_columns(policy: Policy, headings: Headings, *, weighed: bool) -> None:
    """PolicyError for a rule, a limit or (if `weighed`: they were asked for) a criterion whose column is not there."""
    criteria = policy.criteria if weighed else ()
    for wanted in [
        *(wanted for rule in policy.rules for wanted in _of_rule(rule)),
        *map(_of_limit, policy.limits),
        *(wanted for criterion in criteria for wanted in _of_criterion(criterion)),
    ]:
        _check(wanted, headings)


def _check(wanted: Wanted, headings: Headings) -> None:
    known = {name for side in wanted.sides for name in headings[side] | derived(headings[side])}
    if known & {wanted.column, *wanted.instead}:
        return
    there = sorted(headings["mentor"] | headings["mentee"])
    if wanted.column in there:
        reason = f"the {wanted.sides[0]}s have no column that is read as '{wanted.column}'"
    else:
        reason = f"no column is read as '{wanted.column}'; there are {', '.join(there)}"
    raise PolicyError(wanted.where, wanted.field, reason)


def _of_rule(rule: Rule) -> Iterator[Wanted]:
    where = f"rule '{rule.name}'"
    if rule.allows_missing or not rule.attribute:
        return
    if rule.kind in ("not_matched_before", "no_line_management"):  # it is enough that one side says so
        yield Wanted(where, "attribute", rule.attribute)
        return
    yield Wanted(where, "attribute", rule.of_mentee, ["mentee"])
    yield Wanted(where, "mentor_attribute" if rule.mentor_attribute else "attribute", rule.of_mentor, ["mentor"])


def _of_limit(limit: Limit) -> Wanted:
    return Wanted(f"limit '{limit.name}'", "attribute", limit.attribute, [limit.side])


def _of_criterion(criterion: Criterion) -> Iterator[Wanted]:
    where = f"criterion '{criterion.name}'"
    if criterion.kind in _COLUMNS:
        column, *instead = _COLUMNS[criterion.kind]
        yield Wanted(where, "kind", column, instead=instead)
    for side in _BOTH:
        if criterion.attribute:
            yield Wanted(where, "attribute", criterion.attribute, [side])
        for level in criterion.levels:
            yield Wanted(where, "levels", level, [side])
    if criterion.wish_attribute:
        yield Wanted(where, "wish_attribute", criterion.wish_attribute, ["mentee"])
