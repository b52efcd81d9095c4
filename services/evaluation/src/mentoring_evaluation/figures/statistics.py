"""What the applications service alone can count of a programme, asked for with no transaction open."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from mentoring_common.runner import Service
from mentoring_evaluation.figures.evidence import Evidence


async def with_statistics(service: Service, tenant: UUID, evidence: Evidence) -> Evidence:
    """The evidence with what only the applications service knows; Unavailable. Never call it inside a transaction."""
    return replace(evidence, statistics=await statistics_of(service, tenant, evidence.programme_id))


async def statistics_of(service: Service, tenant: UUID, programme_id: UUID) -> dict[str, Any]:
    """What the applications service counts of a programme; Unavailable. Never call it inside a transaction."""
    path = f"/internal/programmes/{programme_id}/statistics"
    statistics: dict[str, Any] = await service.client("applications").get(tenant, path)
    return statistics
