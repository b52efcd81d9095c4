"""What the matching service does when something happened elsewhere."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common import roles
from mentoring_common.consumer import Reactions
from mentoring_common.erased import is_nobody
from mentoring_contracts.applications import (
    ApplicationAccepted,
    ApplicationCarriedOver,
    ApplicationMoved,
    ApplicationRefused,
    ApplicationUnmatched,
    ApplicationWaitlisted,
    ApplicationWithdrawn,
    CohortCreated,
    CohortMilestonesChanged,
    CohortPlacesChanged,
    PersonChanged,
    PersonErased,
    PersonLeft,
    ProgrammeAmended,
    ProgrammeClosed,
    ProgrammeCreated,
    RoleGranted,
    RoleRevoked,
)
from mentoring_contracts.applying import ApplicationDecisionUndone
from mentoring_contracts.sessions import RelationshipCalledOff, RelationshipClosed, ReviewConcluded
from mentoring_matching.commands import pool
from mentoring_matching.commands.closing import PROGRAMME_CLOSED, close_programme
from mentoring_matching.commands.groups import close_group, end_known_group
from mentoring_matching.commands.matches import close_match, end_known_match, expire_offer, rematch
from mentoring_matching.commands.policy import adopt_programme, amend_programme
from mentoring_matching.commands.runs import pass_on
from mentoring_matching.group_queries import known_group


async def on_programme_created(db: AsyncSession, event: ProgrammeCreated) -> None:
    await adopt_programme(db, event.programme_id, event.direction, event.blueprint)


async def on_programme_amended(db: AsyncSession, event: ProgrammeAmended) -> None:
    await amend_programme(db, event.programme_id, event.blueprint, event.changed)


async def on_programme_closed(db: AsyncSession, event: ProgrammeClosed) -> None:
    await close_programme(db, event.programme_id)


async def on_cohort_created(db: AsyncSession, event: CohortCreated) -> None:
    await pool.set_places(db, event.cohort_id, event.programme_id, event.places)
    await pool.set_start(db, event.cohort_id, pool.first_day(event.milestones))


async def on_cohort_milestones_changed(db: AsyncSession, event: CohortMilestonesChanged) -> None:
    await pool.set_start(db, event.cohort_id, pool.first_day(event.milestones))


async def on_cohort_places_changed(db: AsyncSession, event: CohortPlacesChanged) -> None:
    await pool.set_places(db, event.cohort_id, event.programme_id, event.places)


async def on_application_accepted(db: AsyncSession, event: ApplicationAccepted) -> None:
    """The person joins the pool; nobody does whose erasure was heard of before."""
    if is_nobody(event.person_id):
        return
    await pool.admit_member(
        db,
        application_id=event.application_id,
        programme_id=event.programme_id,
        cohort_id=event.cohort_id,
        person_id=event.person_id,
        role=event.role,
        capacity=event.capacity,
        priority=event.priority,
    )


async def on_application_moved(db: AsyncSession, event: ApplicationMoved) -> None:
    await pool.move_member(db, event.application_id, event.cohort_id)


async def on_application_withdrawn(db: AsyncSession, event: ApplicationWithdrawn) -> None:
    await pool.leave_pool(db, event.application_id, "withdrawn")


async def on_application_carried_over(db: AsyncSession, event: ApplicationCarriedOver) -> None:
    await pool.leave_pool(db, event.application_id, "carried_over")


async def on_application_unmatched(db: AsyncSession, event: ApplicationUnmatched) -> None:
    await pool.leave_pool(db, event.application_id, "unmatched")


async def on_application_not_accepted(
    db: AsyncSession, event: ApplicationRefused | ApplicationWaitlisted | ApplicationDecisionUndone
) -> None:
    await pool.leave_pool(db, event.application_id, "not_accepted")


async def on_person_changed(db: AsyncSession, event: PersonChanged) -> None:
    await pool.want_profiles(db, event.person_id)


async def on_person_left(db: AsyncSession, event: PersonLeft) -> None:
    await pool.leave_all(db, event.person_id)


async def on_person_erased(db: AsyncSession, event: PersonErased) -> None:
    await pool.erase_person(db, event.person_id)


async def on_role_granted(db: AsyncSession, event: RoleGranted) -> None:
    await roles.grant(db, event.role_id, event.programme_id, event.person_id, event.role, event.rights)


async def on_role_revoked(db: AsyncSession, event: RoleRevoked) -> None:
    await roles.revoke(db, event.role_id)


async def on_relationship_closed(db: AsyncSession, event: RelationshipClosed) -> None:
    """Of a group it carries the group's id in the place of a match's."""
    group = await known_group(db, event.match_id)
    if group is not None:
        await close_group(db, group)
    else:
        await close_match(db, event.match_id)


async def on_relationship_called_off(db: AsyncSession, event: RelationshipCalledOff) -> None:
    """It never began, and its programme is closed: the match, or the group, has ended."""
    group = await known_group(db, event.match_id)
    if group is not None:
        await end_known_group(db, group, PROGRAMME_CLOSED)
    else:
        await end_known_match(db, event.match_id, PROGRAMME_CLOSED)


async def on_review_concluded(db: AsyncSession, event: ReviewConcluded) -> None:
    """The team of the programme decided for a rematch; whatever else follows is not matching's."""
    if event.outcome == "rematch":
        await rematch(db, event.match_id)


async def on_offer_expires(db: AsyncSession, match_id: UUID) -> None:
    """The deadline of an offer: it lapses and, where the policy says so, passes on."""
    expired = await expire_offer(db, match_id)
    if expired is not None and expired.group_id is None:
        await pass_on(db, expired, None)


REACTIONS: Reactions = {
    ProgrammeCreated: on_programme_created,
    ProgrammeAmended: on_programme_amended,
    ProgrammeClosed: on_programme_closed,
    CohortCreated: on_cohort_created,
    CohortMilestonesChanged: on_cohort_milestones_changed,
    CohortPlacesChanged: on_cohort_places_changed,
    ApplicationAccepted: on_application_accepted,
    ApplicationMoved: on_application_moved,
    ApplicationWithdrawn: on_application_withdrawn,
    ApplicationCarriedOver: on_application_carried_over,
    ApplicationUnmatched: on_application_unmatched,
    ApplicationRefused: on_application_not_accepted,
    ApplicationWaitlisted: on_application_not_accepted,
    ApplicationDecisionUndone: on_application_not_accepted,
    PersonChanged: on_person_changed,
    PersonLeft: on_person_left,
    PersonErased: on_person_erased,
    RoleGranted: on_role_granted,
    RoleRevoked: on_role_revoked,
    RelationshipClosed: on_relationship_closed,
    RelationshipCalledOff: on_relationship_called_off,
    ReviewConcluded: on_review_concluded,
}
