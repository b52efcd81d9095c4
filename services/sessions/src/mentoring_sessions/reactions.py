"""What the sessions service does when another service announces something."""

from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common import roles
from mentoring_common.consumer import Reactions
from mentoring_contracts.applications import (
    ApplicationAccepted,
    ApplicationWithdrawn,
    CohortCreated,
    PersonErased,
    ProgrammeCreated,
    RoleGranted,
    RoleRevoked,
)
from mentoring_contracts.matching import MatchConfirmed, MatchEnded
from mentoring_sessions import queries
from mentoring_sessions.commands import erasure, projections, relationships


async def on_programme_created(db: AsyncSession, event: ProgrammeCreated) -> None:
    await projections.learn_programme(db, event)
    programme = await queries.programme_locked(db, event.programme_id)
    await relationships.start_ready_relationships(db, programme)


async def on_cohort_created(db: AsyncSession, event: CohortCreated) -> None:
    await projections.learn_cohort(db, event)


async def on_application_accepted(db: AsyncSession, event: ApplicationAccepted) -> None:
    await projections.admit_participant(db, event)


async def on_application_withdrawn(db: AsyncSession, event: ApplicationWithdrawn) -> None:
    await projections.forget_participant(db, event.application_id)


async def on_match_confirmed(db: AsyncSession, event: MatchConfirmed) -> None:
    await relationships.begin_relationship(db, event)


async def on_match_ended(db: AsyncSession, event: MatchEnded) -> None:
    await relationships.end_relationship(db, event.match_id)


async def on_role_granted(db: AsyncSession, event: RoleGranted) -> None:
    await roles.grant(db, event.role_id, event.programme_id, event.person_id, event.role)


async def on_role_revoked(db: AsyncSession, event: RoleRevoked) -> None:
    await roles.revoke(db, event.role_id)


async def on_person_erased(db: AsyncSession, event: PersonErased) -> None:
    await erasure.erase_person(db, event.person_id)


REACTIONS: Reactions = {
    ProgrammeCreated: on_programme_created,
    CohortCreated: on_cohort_created,
    ApplicationAccepted: on_application_accepted,
    ApplicationWithdrawn: on_application_withdrawn,
    MatchConfirmed: on_match_confirmed,
    MatchEnded: on_match_ended,
    RoleGranted: on_role_granted,
    RoleRevoked: on_role_revoked,
    PersonErased: on_person_erased,
}
