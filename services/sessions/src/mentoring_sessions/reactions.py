"""What the sessions service does when another service announces something."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common import roles
from mentoring_common.consumer import Reactions
from mentoring_contracts.applications import (
    ApplicationAccepted,
    ApplicationCarriedOver,
    ApplicationMoved,
    ApplicationWithdrawn,
    CohortCreated,
    CohortMilestonesChanged,
    PersonErased,
    ProgrammeAmended,
    ProgrammeClosed,
    ProgrammeCreated,
    RoleGranted,
    RoleRevoked,
)
from mentoring_contracts.applying import ApplicationDecisionUndone
from mentoring_contracts.matching import (
    GroupEnded,
    GroupFormed,
    GroupMemberJoined,
    GroupMemberLeft,
    MatchConfirmed,
    MatchEnded,
)
from mentoring_sessions import erasure
from mentoring_sessions.activities.commands.activities import call_off_with_programme
from mentoring_sessions.agreements import commands as agreements
from mentoring_sessions.appointments import commands as appointments
from mentoring_sessions.concerns import commands as concerns
from mentoring_sessions.relationships import queries
from mentoring_sessions.relationships.commands import projections, relationships
from mentoring_sessions.relationships.parts import SAFEGUARDING
from mentoring_sessions.resources import commands as resources


async def on_programme_told(db: AsyncSession, event: ProgrammeCreated | ProgrammeAmended) -> None:
    plan = await projections.learn_programme(db, event)
    await resources.learn_resources(db, event.programme_id, plan)
    programme = await queries.programme_locked(db, event.programme_id)
    await relationships.start_ready_relationships(db, programme)


async def on_programme_closed(db: AsyncSession, event: ProgrammeClosed) -> None:
    await projections.learn_closing(db, event.programme_id)
    await _close_with_programme(db, event.programme_id)
    await call_off_with_programme(db, event.programme_id)


async def _close_with_programme(db: AsyncSession, programme_id: UUID) -> None:
    for match_id in await relationships.close_with_programme(db, programme_id):
        await appointments.call_off(db, match_id)


async def on_cohort_created(db: AsyncSession, event: CohortCreated) -> None:
    await projections.learn_cohort(db, event)


async def on_cohort_milestones_changed(db: AsyncSession, event: CohortMilestonesChanged) -> None:
    await projections.learn_milestones(db, event)


async def on_application_accepted(db: AsyncSession, event: ApplicationAccepted) -> None:
    await projections.admit_participant(db, event)


async def on_application_moved(db: AsyncSession, event: ApplicationMoved | ApplicationCarriedOver) -> None:
    await projections.move_participant(db, event)


async def on_application_withdrawn(db: AsyncSession, event: ApplicationWithdrawn | ApplicationDecisionUndone) -> None:
    await projections.forget_participant(db, event.application_id)


async def on_match_confirmed(db: AsyncSession, event: MatchConfirmed) -> None:
    await relationships.begin_relationship(db, event)
    await _close_with_programme(db, event.programme_id)


async def on_match_ended(db: AsyncSession, event: MatchEnded) -> None:
    await relationships.end_relationship(db, event.match_id)
    await appointments.call_off(db, event.match_id)


async def on_group_formed(db: AsyncSession, event: GroupFormed) -> None:
    await relationships.begin_group(db, event)
    await _close_with_programme(db, event.programme_id)


async def on_group_member_joined(db: AsyncSession, event: GroupMemberJoined) -> None:
    await relationships.join_group(db, event)


async def on_group_member_left(db: AsyncSession, event: GroupMemberLeft) -> None:
    left = await relationships.leave_group(db, event)
    if left is not None:
        await agreements.agree_without(db, left)


async def on_group_ended(db: AsyncSession, event: GroupEnded) -> None:
    await relationships.end_relationship(db, event.group_id)
    await appointments.call_off(db, event.group_id)


async def on_role_granted(db: AsyncSession, event: RoleGranted) -> None:
    await roles.grant(db, event.role_id, event.programme_id, event.person_id, event.role, event.rights)
    if SAFEGUARDING in (event.rights or ()):
        await concerns.follow_readers(db, event.programme_id)


async def on_role_revoked(db: AsyncSession, event: RoleRevoked) -> None:
    await roles.revoke(db, event.role_id)
    await concerns.follow_readers(db, event.programme_id)


async def on_person_erased(db: AsyncSession, event: PersonErased) -> None:
    await erasure.erase_person(db, event.person_id)


REACTIONS: Reactions = {
    ProgrammeCreated: on_programme_told,
    ProgrammeAmended: on_programme_told,
    ProgrammeClosed: on_programme_closed,
    CohortCreated: on_cohort_created,
    CohortMilestonesChanged: on_cohort_milestones_changed,
    ApplicationAccepted: on_application_accepted,
    ApplicationMoved: on_application_moved,
    ApplicationCarriedOver: on_application_moved,
    ApplicationWithdrawn: on_application_withdrawn,
    ApplicationDecisionUndone: on_application_withdrawn,
    MatchConfirmed: on_match_confirmed,
    MatchEnded: on_match_ended,
    GroupFormed: on_group_formed,
    GroupMemberJoined: on_group_member_joined,
    GroupMemberLeft: on_group_member_left,
    GroupEnded: on_group_ended,
    RoleGranted: on_role_granted,
    RoleRevoked: on_role_revoked,
    PersonErased: on_person_erased,
}
