"""What messages call resources, read from their owner when they are sent or shown; nothing of it is kept."""

from collections.abc import Collection, Mapping
from uuid import UUID

from mentoring_common.runner import Service


async def titles(service: Service, tenant: UUID, ids: Collection[UUID]) -> dict[UUID, Mapping[str, str]]:
    """The titles of resources by language, by id. Unavailable."""
    if not ids:
        return {}
    body = {"resource_ids": sorted(map(str, set(ids)))}
    answer = await service.client("sessions").post(tenant, "/internal/resources", body)
    return {UUID(item["id"]): item["titles"] for item in answer["items"]}
