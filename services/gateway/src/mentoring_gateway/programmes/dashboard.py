"""The dashboard: what a programme team wants to see on one screen, counted from what the services list."""

import asyncio
from collections import Counter
from collections.abc import Iterable
from uuid import UUID

import strawberry

from mentoring_gateway.applications.client import ApplicationRecord
from mentoring_gateway.context import Info
from mentoring_gateway.programmes.client import Ledger
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


@strawberry.type(description="How many there are in one state")
class StateCount:
    state: str
    count: int


@strawberry.type(description="The numbers of a programme or a cohort on one screen")
class Dashboard:
    funnel: list[FunnelRow]
    matches: list[StateCount]
    mentoring_sessions: int
    mentoring_minutes: int
    waves: list[Wave]


async def dashboard_of(info: Info, programme_id: UUID, cohort_id: UUID | None = None) -> Dashboard:
    """The dashboard of a programme or of one cohort; each service is asked once per programme or cohort."""
    load = info.context.loaders
    cohort_ids = [cohort_id] if cohort_id else [cohort.id for cohort in await load.cohorts.load(programme_id)]
    ledger, applications, waves, matches, meetings = await asyncio.gather(
        load.ledger.load(programme_id),
        load.applications.load(programme_id),
        load.waves.load(programme_id),
        load.matches.load_many(cohort_ids),
        info.context.services.sessions.relationship_counts(programme_id, cohort_id=cohort_id),
    )
    return Dashboard(
        funnel=[row for row in funnel(ledger, applications) if cohort_id in (None, row.cohort_id)],
        matches=counted(match.state for of_cohort in matches for match in of_cohort),
        mentoring_sessions=meetings.mentoring_sessions,
        mentoring_minutes=meetings.total_minutes,
        waves=[Wave(**vars(wave)) for wave in waves if wave.cohort_id in cohort_ids],
    )


def funnel(ledger: Ledger, applications: Iterable[ApplicationRecord]) -> list[FunnelRow]:
    """The ledger's rows with the states in which the open applications stand."""
    states = Counter((found.cohort_id, found.role, found.state) for found in applications)
    return [
        FunnelRow(
            cohort_id=row.cohort_id,
            cohort_number=row.cohort_number,
            role=row.role,
            applied=row.applied,
            submitted=states[row.cohort_id, row.role, "submitted"],
            accepted=states[row.cohort_id, row.role, "accepted"],
            waitlisted=states[row.cohort_id, row.role, "waitlisted"],
            matched=row.matched,
            withdrawn=row.withdrawn,
            unmatched=row.unmatched,
            open=row.open,
        )
        for row in ledger.items
    ]


def counted(states: Iterable[str]) -> list[StateCount]:
    """How often each state occurs, by name."""
    return [StateCount(state=state, count=count) for state, count in sorted(Counter(states).items())]
