"""Freezing what the public view shows of people who come and go, when a survey closes and when a report is built."""

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from mentoring_common.deadlines import subjects_waiting
from mentoring_common.runner import Service
from mentoring_evaluation.figures.commands import freeze_when_due
from mentoring_evaluation.figures.statistics import statistics_of
from mentoring_evaluation.surveys import queries as surveys
from mentoring_evaluation.surveys.commands.waves import SNAPSHOT


async def take_snapshots(service: Service) -> None:
    """Freeze the table of every programme that had a wave close; what failed is tried again at the next look."""
    closed: dict[UUID, list[UUID]] = defaultdict(list)
    for tenant, wave_id in await subjects_waiting(service.looking, SNAPSHOT, 100):
        closed[tenant].append(wave_id)
    for tenant, wave_ids in closed.items():
        async with service.database.transaction(tenant) as db:
            programmes = await surveys.programmes_of_waves(db, wave_ids)
        for programme_id, of_programme in programmes.items():
            await take_snapshot(service, tenant, programme_id, of_programme)


async def take_snapshot(service: Service, tenant: UUID, programme_id: UUID, wave_ids: Sequence[UUID]) -> None:
    """Freeze the table of a programme for waves that closed, unless another replica has."""
    statistics = await statistics_of(service, tenant, programme_id)
    async with service.database.transaction(tenant) as db:
        await freeze_when_due(db, programme_id, wave_ids, statistics)
