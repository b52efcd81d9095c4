"""How the blueprint of a running programme, and what another changes of it, is shown."""

from collections.abc import Sequence

from mentoring_applications.planning.schemas import Amendment, BlueprintChange, BlueprintInUse
from mentoring_applications.programmes.models import Programme
from mentoring_common.faults import pointer
from mentoring_contracts.blueprint.amending import Change


def blueprint_in_use(row: Programme) -> BlueprintInUse:
    """The blueprint of a programme."""
    return BlueprintInUse(programme_id=row.id, version=row.version, blueprint=row.blueprint)


def amendment(row: Programme, found: Sequence[Change]) -> Amendment:
    """What another blueprint changes."""
    possible = not any(one.refused for one in found)
    return Amendment(programme_id=row.id, version=row.version, possible=possible, changes=changes(found))


def changes(found: Sequence[Change]) -> list[BlueprintChange]:
    """Members of a blueprint that differ."""
    return [
        BlueprintChange(
            pointer=pointer(*one.path), section=one.section, touches=one.effect, services=list(one.services),
            refused=one.refused,
        )
        for one in found
    ]  # fmt: skip
