"""Whether every role that is named is one that somebody can hold."""

from collections.abc import Iterator

from mentoring_contracts.blueprint.faults import Fault, Path, unknown
from mentoring_contracts.blueprint.roles import given_by_hand
from mentoring_contracts.blueprint.whole import Blueprint


def role_faults(blueprint: Blueprint) -> Iterator[Fault]:
    """Roles and respondents that are there twice, and bodies that decide and that nobody could be of."""
    ids = [role.id for role in blueprint.roles]
    for place, id_ in enumerate(ids):
        if id_ in ids[:place]:
            yield Fault(("roles", place, "id"), "twice", "two roles have the same id")
    kinds = [kind.id for kind in blueprint.respondents]
    for place, id_ in enumerate(kinds):
        if id_ in kinds[:place]:
            yield Fault(("respondents", place, "id"), "twice", "two kinds of respondents have the same id")
    deciding: list[tuple[Path, str]] = [
        (("eligibility", "override", "by", place), role) for place, role in enumerate(blueprint.eligibility.override.by)
    ]
    deciding += [(("reports", "approval", kind), role) for kind, role in blueprint.reports.approval.items()]
    deciding += [(("concerns", name), getattr(blueprint.concerns, name)) for name in ("duty", "escalation")]
    known = list(given_by_hand(blueprint.roles))
    for at, role in deciding:
        if role not in known:
            yield unknown(at, "role", role, known)
