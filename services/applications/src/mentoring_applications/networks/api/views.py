"""How networks and their blueprints are shown."""

from collections.abc import Sequence

from mentoring_applications.networks.commands.blueprints import Origin
from mentoring_applications.networks.models import Network, NetworkBlueprint
from mentoring_applications.networks.schemas import (
    NetworkBlueprintSummary,
    NetworkBlueprintView,
    NetworkView,
    OriginView,
)
from mentoring_applications.planning.api.views import changes
from mentoring_contracts.blueprint.amending import Change


def network(row: Network) -> NetworkView:
    """A network."""
    return NetworkView.model_validate(row)


def version(row: NetworkBlueprint, found: Sequence[Change]) -> NetworkBlueprintView:
    """A version, whole."""
    said = NetworkBlueprintSummary.model_validate(row).model_dump()
    return NetworkBlueprintView(**said, blueprint=row.blueprint, changes=changes(found))


def origin(found: Origin) -> OriginView:
    """What a programme was made from."""
    return OriginView(
        programme_id=found.programme.id, version=found.programme.version, network_id=found.taken.network_id,
        blueprint_id=found.taken.id, name=found.taken.name, number=found.taken.number,
        adopted_at=found.adoption.adopted_at, newest=found.newest.number, changes=changes(found.changes),
        kept=found.kept,
    )  # fmt: skip
