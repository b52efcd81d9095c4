"""What messages say of appointments, read from their owner when they are sent or shown; nothing of it is kept."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from mentoring_common.runner import Service
from mentoring_integrations.notifications.calendar_parts import Appointment


async def appointments(service: Service, tenant: UUID, ids: Collection[UUID]) -> dict[UUID, Appointment]:
    """Appointments as they stand, by id; those that are gone are left out. Unavailable."""
    if not ids:
        return {}
    body = {"appointment_ids": sorted(map(str, set(ids)))}
    answer = await service.client("sessions").post(tenant, "/internal/appointments", body)
    return {UUID(item["id"]): _appointment(item) for item in answer["items"]}


def times_of(topic: str, found: Appointment | None) -> list[datetime]:
    """The times that a message names: those that are proposed, or the one that stands."""
    if found is None:
        return []
    stands = [found.starts_at] if found.starts_at else []
    return found.times if topic == "appointment_proposed" else stands


def _appointment(item: dict[str, Any]) -> Appointment:
    starts_at = datetime.fromisoformat(item["starts_at"]) if item["starts_at"] else None
    times = [datetime.fromisoformat(moment) for moment in item["times"]]
    zones = {UUID(person["person_id"]): person["zone"] for person in item["people"]}
    facts = (item["minutes"], item["sequence"], item["where"])
    return Appointment(UUID(item["id"]), item["state"], starts_at, *facts, times, zones)
