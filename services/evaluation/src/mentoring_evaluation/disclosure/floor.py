"""The floor of surveys without names: of how many different people what they say may be read at all, by anybody.

Of a survey that is not `named` nothing is shown of a role in which fewer people were asked: no text, no figure, no
count of answers. Nor is anything of both roles together then, since taking the other role away would leave it. Kinds
of respondents beyond the pair are roles like any other here; nothing is ever added up over them.
"""

from collections.abc import Mapping
from typing import Literal

from mentoring_contracts.words import SIDES
from mentoring_evaluation.disclosure.bands import Grid
from mentoring_evaluation.disclosure.rule import SMALLEST, Policy

# What is kept of who answered: nothing, names, or names only to compare the two sides of pairs.
Mode = Literal["anonymous", "named", "paired"]
# What is read of a role: nothing, figures and texts without names, or who answered what.
Shown = Literal["nothing", "figures", "answers"]


def least_asked(public_minimum: int) -> int:
    """The floor of a programme: as many people as it publishes of, and never under 5."""
    return max(SMALLEST, public_minimum)


def policy_of(public_minimum: int) -> Policy:
    """The rule of a programme's public figures; nothing looser than groups of 5 is possible."""
    return Policy(minimum=least_asked(public_minimum))


def fewest_published(asked: int, policy: Policy) -> int | None:
    """How many of a group of so many have to answer for the public view to say anything; None: it never does."""
    grid = Grid(asked)
    return next((count for count in range(asked + 1) if policy.shows_group(grid.band(count))), None)


def hidden_roles(mode: Mode, people: Mapping[str, int], least: int) -> tuple[str, ...]:
    """The roles that are not shown, given how many different `people` of each were asked."""
    if mode == "named":
        return ()
    return tuple(role for role in people if 0 < people[role] < least)


def shown(mode: Mode, people: Mapping[str, int], least: int) -> dict[str, Shown]:
    """What is read of each role; nothing where nobody is asked."""
    hidden = hidden_roles(mode, people, least)
    what: Shown = "answers" if mode == "named" else "figures"
    return {role: what if people[role] and role not in hidden else "nothing" for role in people}


def shown_together(of_roles: Mapping[str, Shown], people: Mapping[str, int]) -> Shown:
    """What is read of both roles taken together: nothing where one of them is hidden."""
    asked = {of_roles[role] for role in SIDES if people.get(role)}
    return asked.pop() if len(asked) == 1 else "nothing"


def rule_in_words(least: int) -> str:
    """The rule as views and reports state it."""
    return (
        f"Of a survey without names, what a role said is shown to nobody where fewer than {least} different people of "
        "it were asked, and nor is what both roles said together."
    )
