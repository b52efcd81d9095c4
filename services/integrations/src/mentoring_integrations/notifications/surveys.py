"""What messages call surveys, and whether they are called off, read from evaluation when they are sent or shown."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from uuid import UUID

from mentoring_common.runner import Service


@dataclass(frozen=True, slots=True)
class Survey:
    """The titles of a wave's survey by language, and whether it was called off."""

    titles: Mapping[str, str]
    cancelled: bool


async def surveys(service: Service, tenant: UUID, wave_ids: Collection[UUID]) -> dict[UUID, Survey]:
    """The surveys of waves, by the wave's id. Unavailable."""
    if not wave_ids:
        return {}
    answer = await service.client("evaluation").post(
        tenant, "/internal/waves", {"wave_ids": sorted(map(str, set(wave_ids)))}
    )
    return {UUID(one["id"]): Survey(one["titles"], one["state"] == "cancelled") for one in answer["items"]}
