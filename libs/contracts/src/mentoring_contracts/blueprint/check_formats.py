"""Whether the kinds of relationship can be, and people can get what they applied for."""

from collections.abc import Iterator

from mentoring_contracts.blueprint.faults import Fault
from mentoring_contracts.blueprint.formats import kind_of, kinds_of
from mentoring_contracts.blueprint.whole import Blueprint


def format_faults(blueprint: Blueprint) -> Iterator[Fault]:
    """Kinds that are there twice, groups that no mentor has room for, programmes in which nothing is applied for;
    phases that are there twice."""
    phases = [phase.id for phase in blueprint.phases]
    for place, id_ in enumerate(phases):
        if id_ in phases[:place]:
            yield Fault(("phases", place, "id"), "twice", "two phases have one id")
    ids = [one.id for one in blueprint.formats]
    capacity = blueprint.matching.capacity.max if blueprint.matching else None
    for place, one in enumerate(blueprint.formats):
        if one.id in ids[:place]:
            yield Fault(("formats", place, "id"), "twice", "two kinds of relationship have one id")
        kind = kind_of(one)
        if kind.together and capacity is not None and kind.size.least > capacity:
            said = "matching.capacity.max lets no mentor have so many mentees"
            yield Fault(("formats", place, "size"), "never", said)
    kinds = kinds_of({"formats": [one.model_dump(exclude_none=True) for one in blueprint.formats]})
    if not any(kind.main for kind in kinds.values()):
        yield Fault(("formats",), "never", "no kind is main: nobody could get what they applied for")
