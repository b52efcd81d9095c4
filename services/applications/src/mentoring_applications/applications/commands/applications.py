"""What becomes of applications after they are made and decided: moved, withdrawn, carried over, matched."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_applications import lifecycle
from mentoring_applications.applications import queries
from mentoring_applications.applications.access import team_application, visible_application
from mentoring_applications.applications.commands.transitions import (
    change,
    give_back_place,
    has_taken_place,
    leave,
    note_reason,
    of_application,
    require_open,
    take_place,
)
from mentoring_applications.applications.commands.waiting_list import place_freed
from mentoring_applications.applications.models import Application, Move
from mentoring_applications.applications.schemas import CohortMove
from mentoring_applications.errors import AlreadyApplied, ChangedMeanwhile, CohortNotFound, SameCohort
from mentoring_applications.lifecycle import Act, State
from mentoring_applications.programmes import queries as programmes
from mentoring_common.audit import audit
from mentoring_common.auth import Principal
from mentoring_common.db import now
from mentoring_common.errors import Unavailable
from mentoring_common.outbox import emit
from mentoring_contracts.applications import ApplicationCarriedOver, ApplicationMoved, ApplicationWithdrawn


async def withdraw_application(
    db: AsyncSession, application_id: UUID, reason: str | None, by: Principal
) -> Application:
    """Withdraw, also after matching; by the person or the team."""
    application = await visible_application(db, application_id, by)
    withdrawn = await end_application(db, application)
    note_reason(db, withdrawn, Act.WITHDRAW, reason, by)
    audit(db, by.subject, "withdraw_application", "application", application_id)
    return withdrawn


async def end_application(db: AsyncSession, application: Application) -> Application:
    """End it as withdrawn, and give its place to whoever waits."""
    after_match = application.state == State.MATCHED
    withdrawn = await leave(db, application, Act.WITHDRAW)
    emit(db, ApplicationWithdrawn(**of_application(withdrawn), after_match=after_match))
    await place_freed(db, withdrawn.cohort_id)
    return withdrawn


async def end_applications(db: AsyncSession, person_id: UUID) -> None:
    """Withdraw what a person who is about to be erased still has open; what is matched stays counted."""
    for application in await queries.open_applications_of(db, person_id):
        await end_application(db, application)


async def carry_over_application(db: AsyncSession, application_id: UUID, reason: str, by: Principal) -> Application:
    """Let the application go on in a later round of the programme; it ends here. ProgrammeClosed."""
    application = await team_application(db, application_id, by)
    await programmes.open_programme(db, application.programme_id)
    carried = await leave(db, application, Act.CARRY_OVER)
    note_reason(db, carried, Act.CARRY_OVER, reason, by)
    audit(db, by.subject, "carry_over_application", "application", application_id)
    emit(db, ApplicationCarriedOver(**of_application(carried)))
    await place_freed(db, carried.cohort_id)
    return carried


async def move_application(db: AsyncSession, application_id: UUID, move: CohortMove, by: Principal) -> Application:
    """Move to another cohort of the programme in the same state, taking the place along if it holds one.

    CohortNotFound, SameCohort, CohortFull, CohortIsClosed, AlreadyApplied.
    """
    application = await team_application(db, application_id, by)
    lifecycle.after(State(application.state), Act.MOVE)
    origin = application.cohort_id
    await _check_target(db, application, move.cohort_id)
    await _move_place(db, application, move.cohort_id)
    moved = await change(db, application, Act.MOVE, cohort_id=move.cohort_id)
    db.add(
        Move(
            application_id=moved.id,
            programme_id=moved.programme_id,
            role=moved.role,
            from_cohort_id=origin,
            to_cohort_id=moved.cohort_id,
            reason=move.reason,
            by=by.subject,
            at=now(db),
        )
    )
    audit(db, by.subject, "move_application", "application", application_id)
    emit(db, ApplicationMoved(**of_application(moved), from_cohort_id=origin))
    await place_freed(db, origin)
    return moved


async def _check_target(db: AsyncSession, application: Application, cohort_id: UUID) -> None:
    cohort = await programmes.cohort(db, cohort_id)
    if cohort.programme_id != application.programme_id:
        raise CohortNotFound()
    if cohort_id == application.cohort_id:
        raise SameCohort()
    assert application.person_id is not None
    if await queries.stands_in_cohort(db, cohort_id, application.person_id, application.role):
        raise AlreadyApplied()


async def _move_place(db: AsyncSession, application: Application, cohort_id: UUID) -> None:
    """Both cohorts' rows in the order of their ids: two moves in opposite directions do not wait for each other."""
    if not application.holds_place or application.cohort_id is None:
        await require_open(db, cohort_id)
        return
    for id_ in sorted((application.cohort_id, cohort_id)):
        await (take_place if id_ == cohort_id else give_back_place)(db, id_)


async def record_match(db: AsyncSession, programme_id: UUID, cohort_id: UUID, person_id: UUID, role: str) -> None:
    """Count the person's application as matched, unless it is already or has ended otherwise."""
    application = await queries.application_to_match(db, programme_id, cohort_id, person_id, role)
    if application is not None:
        await _settle(db, application)


async def record_place(db: AsyncSession, application_id: UUID) -> None:
    """Count an application as matched by a place in a group, unless it is already or has ended otherwise."""
    application = await queries.open_to_match(db, application_id)
    if application is not None:
        await _settle(db, application)


async def _settle(db: AsyncSession, application: Application) -> None:
    role = application.role
    holds = application.holds_place
    if role == "mentee" and not holds and application.cohort_id is not None:
        # Matching keeps its own count of places; the match stands whether or not one was kept free here.
        holds = await has_taken_place(db, application.cohort_id, also_closed=True)
    try:
        await change(db, application, Act.MATCH, holds_place=holds, told_state=None, place_until=None)
    except ChangedMeanwhile as error:
        raise Unavailable() from error
