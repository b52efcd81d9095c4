"""Whether what is said of applying speaks of steps that the programme has, and decides by nothing that it must not."""

from collections.abc import Iterator

from mentoring_contracts.blueprint.calendar import NAMES, stem
from mentoring_contracts.blueprint.faults import Fault, unknown
from mentoring_contracts.blueprint.matching import PROTECTED
from mentoring_contracts.blueprint.whole import Blueprint

ROLES = ("mentor", "mentee")


def applying_faults(blueprint: Blueprint) -> Iterator[Fault]:
    """A milestone that no cohort has; a protected characteristic in a rule without the ground that allows it."""
    wanted = blueprint.applying.waiting_list.milestone
    if wanted is not None and wanted not in milestone_kinds(blueprint):
        yield unknown(
            ("applying", "waiting_list", "milestone"), "milestone", wanted, sorted(milestone_kinds(blueprint))
        )
    if blueprint.eligibility.positive_action is None:
        yield from _protected(blueprint)


def milestone_kinds(blueprint: Blueprint) -> set[str]:
    """The kinds of milestones as cohorts have them, of the plan and of every cohort."""
    planned = (*blueprint.milestones, *(one for cohort in blueprint.cohorts for one in cohort.milestones))
    return {NAMES.get(stem(one.kind), stem(one.kind)) for one in planned}


def _protected(blueprint: Blueprint) -> Iterator[Fault]:
    for role in ROLES:
        for place, rule in enumerate(blueprint.eligibility.of(role)):
            for kind, conditions in (("any", rule.any_ or []), ("all", rule.all_ or [])):
                for number, condition in enumerate(conditions):
                    if condition.field.lower().replace("-", "_") in PROTECTED:
                        at = ("eligibility", role, place, kind, number, "field")
                        said = "a protected characteristic decides here: say the ground in eligibility.positive_action"
                        yield Fault(at, "ground_needed", said)
