"""Whether every resource is for somebody, and no topic of meetings is there twice."""

from collections.abc import Iterator

from mentoring_contracts.blueprint.faults import Fault, unknown
from mentoring_contracts.blueprint.roles import given_by_hand
from mentoring_contracts.blueprint.whole import Blueprint
from mentoring_contracts.words import SIDES


def resource_faults(blueprint: Blueprint) -> Iterator[Fault]:
    """Resources that are there twice, or for a phase or a role that the programme does not have."""
    ids = [one.id for one in blueprint.resources]
    phases = [phase.id for phase in blueprint.phases]
    roles = [*SIDES, *given_by_hand(blueprint.roles)]
    for place, one in enumerate(blueprint.resources):
        if one.id in ids[:place]:
            yield Fault(("resources", place, "id"), "twice", "two resources have one id")
        if one.phase is not None and one.phase not in phases:
            yield unknown(("resources", place, "phase"), "phase", one.phase, phases)
        for number, role in enumerate(one.roles):
            if role not in roles:
                yield unknown(("resources", place, "roles", number), "role", role, roles)


def topic_faults(blueprint: Blueprint) -> Iterator[Fault]:
    """Topics of meetings that are there twice."""
    ids = [topic.id for topic in blueprint.meeting_topics]
    for place, id_ in enumerate(ids):
        if id_ in ids[:place]:
            yield Fault(("meeting_topics", place, "id"), "twice", "two topics have one id")
