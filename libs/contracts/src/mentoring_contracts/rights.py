"""Rights in a programme: what a role lets somebody do there. The list is closed; roles are the programme's own."""

from collections.abc import Collection, Mapping
from typing import Final, Literal, get_args

Right = Literal[
    "manage_programme",
    "plan_cohorts",
    "decide_applications",
    "match_people",
    "read_relationships",
    "run_activities",
    "supervise",
    "take_concerns",
    "take_safeguarding",
    "run_evaluation",
    "interview",
    "read_reports",
    "approve_reports",
    "take_answer_sheets",
    "nominate",
]
RIGHTS: Final[tuple[str, ...]] = get_args(Right)
MEANINGS: Final[Mapping[Right, str]] = {
    "manage_programme": "gives and takes roles",
    "plan_cohorts": "plans, changes and closes cohorts",
    "decide_applications": "reads and decides applications and the ledger, invites people, applies for them, imports",
    "match_people": "sees the pool, runs matching, approves, ends matches",
    "read_relationships": "sees who is paired, hours, check-ins, agreements and what was written to the programme team",
    "run_activities": "plans and holds activities, records attendance, keeps the library",
    "supervise": "plans and holds supervision and reflection groups, records attendance there",
    "take_concerns": "reads concerns and what becomes of them, but those about safeguarding",
    "take_safeguarding": "reads concerns about safeguarding and what becomes of them",
    "run_evaluation": "plans surveys, reads exact figures, themes, outcomes and reports of every kind, publishes",
    "interview": "holds interviews and writes case studies",
    "read_reports": "reads published reports, themes, recommendations and outcomes",
    "approve_reports": "approves reports and the wording of themes before they leave the programme",
    "take_answer_sheets": "takes answer sheets away, under a data agreement, of surveys that say so to who answers",
    "nominate": "nominates people and endorses those who name them",
}
_RUNS: Final[frozenset[Right]] = frozenset(
    {"plan_cohorts", "decide_applications", "match_people", "read_relationships", "run_activities", "take_concerns",
     "run_evaluation", "interview", "read_reports"}
)  # fmt: skip
BUILT_IN: Final[Mapping[str, frozenset[Right]]] = {
    "programme_manager": _RUNS | {"manage_programme", "approve_reports"},
    "coordinator": _RUNS,
    "steering_group": frozenset({"read_reports"}),
    "interviewer": frozenset({"interview"}),
    "trainer": frozenset({"run_activities"}),
    "liaison": frozenset(),
    "line_manager": frozenset(),
}
"""Roles that every programme has, with their rights."""

JOINED: Final = frozenset({"mentor", "mentee"})
"""Roles that come by an application and are given by nobody."""

FIXED: Final = frozenset(role for role, rights in BUILT_IN.items() if rights) | JOINED
"""Roles whose rights nobody changes."""

ALIASES: Final[Mapping[str, str]] = {"steering_group_member": "steering_group"}


def rights_of_role(role: str, given: Collection[str] | None = None) -> frozenset[str]:
    """The rights of a role: those that were given with it, or where it was given before rights were, its built-in."""
    return frozenset(BUILT_IN.get(role, frozenset()) if given is None else given)


def roles_with(*rights: str) -> list[str]:
    """The built-in roles that have one of the rights."""
    return sorted(role for role, held in BUILT_IN.items() if held & set(rights))
