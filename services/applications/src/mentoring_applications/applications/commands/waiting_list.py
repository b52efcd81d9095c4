"""The waiting list of a cohort: who is next, places that are offered for a time, and pass on when nobody takes them.

In order: who was offered a place and did not take it comes last and is offered none again by itself; who is served
first (`priority`) before others; then by when they were put on the list. Whoever offers a place takes it (the cohort's
row) before the application's row, as every command does.
"""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_applications import lifecycle
from mentoring_applications.applications import queries
from mentoring_applications.applications.access import own_application
from mentoring_applications.applications.commands.transitions import (
    change,
    give_back_place,
    has_taken_place,
    of_application,
)
from mentoring_applications.applications.models import Application
from mentoring_applications.errors import ChangedMeanwhile, CohortIsClosed
from mentoring_applications.lifecycle import Act, State
from mentoring_applications.programmes import blueprint
from mentoring_applications.programmes import queries as programmes
from mentoring_applications.programmes.access import require_team
from mentoring_applications.programmes.models import Cohort
from mentoring_common.audit import audit
from mentoring_common.auth import Principal
from mentoring_common.db import now
from mentoring_common.deadlines import cancel, schedule
from mentoring_common.errors import Unavailable
from mentoring_common.outbox import emit
from mentoring_contracts.applications import ApplicationAccepted, Milestone
from mentoring_contracts.applying import PlaceOffered, PlacePassedOn
from mentoring_contracts.blueprint import Blueprint

OFFER_ENDS: Final = "place_offer"
SERVED: Final = "waiting_list"
SYSTEM: Final = "system"  # who acts where a deadline does


async def offer_places(db: AsyncSession, cohort_id: UUID, by: Principal) -> list[Application]:
    """Offer every free place to who is next; CohortIsClosed."""
    cohort = await programmes.cohort(db, cohort_id)
    await require_team(db, by, cohort.programme_id)
    if cohort.closed_at is not None:
        raise CohortIsClosed()
    return await _serve(db, cohort, await _plan(db, cohort), by.subject)


async def accept_place(db: AsyncSession, application_id: UUID, by: Principal) -> Application:
    """Take the place that one is offered; TransitionNotAllowed if there is none any more."""
    application = await own_application(db, application_id, by)
    lifecycle.after(State(application.state), Act.TAKE_PLACE)
    accepted = await change(db, application, Act.TAKE_PLACE, place_until=None, decided_at=now(db))
    await cancel(db, OFFER_ENDS, application_id)
    audit(db, by.subject, "accept_place", "application", application_id)
    emit(
        db,
        ApplicationAccepted(**of_application(accepted), capacity=accepted.capacity, priority=accepted.priority),
    )
    return accepted


async def decline_place(db: AsyncSession, application_id: UUID, by: Principal) -> Application:
    """Leave the place to the next; one stays on the list, behind the others."""
    application = await own_application(db, application_id, by)
    passed = await _pass_on(db, application, declined=True)
    await cancel(db, OFFER_ENDS, application_id)
    audit(db, by.subject, "decline_place", "application", application_id)
    return passed


async def on_offer_ends(db: AsyncSession, application_id: UUID) -> None:
    """Deadline: nobody answered, the place goes to the next."""
    application = await queries.application_if_there(db, application_id)
    if application is None or application.state != State.PLACE_OFFERED:
        return
    try:
        await _pass_on(db, application, declined=False)
    except ChangedMeanwhile as error:
        raise Unavailable() from error
    audit(db, SYSTEM, "place_lapsed", "application", application_id)


async def on_list_served(db: AsyncSession, cohort_id: UUID) -> None:
    """Deadline: the milestone is here at which free places go to the waiting list."""
    await place_freed(db, cohort_id)


async def follow_list(db: AsyncSession, cohort: Cohort) -> None:
    """Set the deadline at which the list is served, if the programme serves it at a milestone."""
    starts_at = _served_from(cohort, await _plan(db, cohort))
    await (cancel(db, SERVED, cohort.id) if starts_at is None else schedule(db, SERVED, cohort.id, starts_at))


async def place_freed(db: AsyncSession, cohort_id: UUID | None) -> None:
    """There may be a free place: the next on the list is offered it where the programme does so by itself."""
    if cohort_id is None:
        return
    cohort = await programmes.cohort(db, cohort_id)
    plan = await _plan(db, cohort)
    served_from = _served_from(cohort, plan)
    by_now = plan.applying.waiting_list.promote == "at_once" or (served_from is not None and served_from <= now(db))
    if by_now and cohort.closed_at is None:
        await _serve(db, cohort, plan, SYSTEM)


def _served_from(cohort: Cohort, plan: Blueprint) -> datetime | None:
    wanted = plan.applying.waiting_list
    if wanted.promote != "at_milestone":
        return None
    return next(
        (m.starts_at for m in map(Milestone.model_validate, cohort.milestones) if m.kind == wanted.milestone), None
    )


async def _serve(db: AsyncSession, cohort: Cohort, plan: Blueprint, by: str) -> list[Application]:
    offered: list[Application] = []
    while await queries.next_waiting(db, cohort.id) is not None and await has_taken_place(db, cohort.id):
        following = await queries.next_waiting(db, cohort.id, locked=True)
        if following is None:
            await give_back_place(db, cohort.id)
            break
        offered.append(await _offer(db, following, plan, by))
    return offered


async def _offer(db: AsyncSession, application: Application, plan: Blueprint, by: str) -> Application:
    until = now(db) + timedelta(days=plan.applying.waiting_list.answer_days)
    offered = await change(db, application, Act.OFFER_PLACE, holds_place=True, place_until=until, told_state=None)
    await schedule(db, OFFER_ENDS, offered.id, until)
    audit(db, by, "offer_place", "application", offered.id)
    emit(db, PlaceOffered(**of_application(offered), expires_at=until))
    return offered


async def _pass_on(db: AsyncSession, application: Application, *, declined: bool) -> Application:
    lifecycle.after(State(application.state), Act.HAND_ON)
    await give_back_place(db, application.cohort_id)
    passed = await change(db, application, Act.HAND_ON, holds_place=False, place_until=None, passed_over=True)
    emit(db, PlacePassedOn(**of_application(passed), declined=declined))
    await place_freed(db, passed.cohort_id)
    return passed


async def _plan(db: AsyncSession, cohort: Cohort) -> Blueprint:
    return blueprint.plan_of(await programmes.programme(db, cohort.programme_id))
