"""The dashboard: what a programme team wants to see on one screen, as the services count it."""

import asyncio
from uuid import UUID

import strawberry

from mentoring_gateway.context import Info
from mentoring_gateway.loaders import or_none
from mentoring_gateway.matching.client import StateCount
from mentoring_gateway.programmes.client import LedgerRow
from mentoring_gateway.surveys.types import Wave
from mentoring_gateway.values import Role


@strawberry.type(
    description="Applications of one cohort and role: `applied` counts those made to this cohort, "
    "`submitted`, `accepted`, `waitlisted` those that stand there now, the others are the ledger's"
)
class FunnelRow:
    cohort_id: UUID | None
    cohort_number: int | None
    role: Role
    applied: int
    submitted: int
    accepted: int
    waitlisted: int
    matched: int
    withdrawn: int
    unmatched: int
    open: int


@strawberry.type(description="The numbers of a programme or a cohort on one screen")
class Dashboard:
    funnel: list[FunnelRow]
    matches: list[StateCount]
    mentoring_sessions: int
    mentoring_minutes: int
    waves: list[Wave]


async def dashboard_of(info: Info, programme_id: UUID, cohort_id: UUID | None = None) -> Dashboard:
    """The dashboard of a programme or of one cohort: each service counts what is its own, in one call; nothing
    of a programme that it has not heard of yet."""
    load, services = info.context.loaders, info.context.services
    ledger, matches, pairs, waves = await asyncio.gather(
        load.ledger.load(programme_id),
        or_none(services.matching.match_counts(programme_id, cohort_id)),
        or_none(services.relationships.relationship_counts(programme_id, cohort_id=cohort_id)),
        load.waves.load(programme_id),
    )
    return Dashboard(
        funnel=[_funnel_row(row) for row in ledger.items if cohort_id in (None, row.cohort_id)],
        matches=matches or [],
        mentoring_sessions=pairs.mentoring_sessions if pairs else 0,
        mentoring_minutes=pairs.total_minutes if pairs else 0,
        waves=[Wave(**vars(wave)) for wave in waves if cohort_id in (None, wave.cohort_id)],
    )


def _funnel_row(row: LedgerRow) -> FunnelRow:
    return FunnelRow(**{name: getattr(row, name) for name in FunnelRow.__annotations__})
