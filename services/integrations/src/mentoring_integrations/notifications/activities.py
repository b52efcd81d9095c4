"""What messages say of activities, read from their owner when they are sent or shown; nothing of it is kept."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from mentoring_common.runner import Service


@dataclass(frozen=True)
class Activity:
    """An activity as it stands: what it is called, when and where it is, by the clocks of which zone."""

    title: str
    starts_at: datetime
    where: str | None
    zone: str | None


async def activities(service: Service, tenant: UUID, ids: Collection[UUID]) -> dict[UUID, Activity]:
    """Activities as they stand, by id. Unavailable."""
    if not ids:
        return {}
    body = {"activity_ids": sorted(map(str, set(ids)))}
    answer = await service.client("sessions").post(tenant, "/internal/activities", body)
    return {
        UUID(item["id"]): Activity(
            item["title"], datetime.fromisoformat(item["starts_at"]), item["location"], item["zone"]
        )
        for item in answer["items"]
    }
