"""Cohorts: planned, given more or fewer places, closed."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_applications.applications import queries as applications
from mentoring_applications.applications.commands.transitions import of_application
from mentoring_applications.applications.commands.waiting_list import follow_list, place_freed
from mentoring_applications.applications.models import Application
from mentoring_applications.applying.commands.drafts import follow_all
from mentoring_applications.errors import CohortIsClosed, CohortNumberTaken, PlacesInUse, PlanUndated
from mentoring_applications.lifecycle import State
from mentoring_applications.planning.schemas import CohortChanges, NewCohort
from mentoring_applications.programmes import blueprint
from mentoring_applications.programmes import queries as programmes
from mentoring_applications.programmes.access import require_team
from mentoring_applications.programmes.models import Cohort
from mentoring_applications.retention.commands.retention import follow_retention
from mentoring_common.audit import audit
from mentoring_common.auth import Principal
from mentoring_common.db import now
from mentoring_common.ids import new_id
from mentoring_common.outbox import emit
from mentoring_contracts.applications import (
    ApplicationUnmatched,
    CohortClosed,
    CohortCreated,
    CohortMilestonesChanged,
    CohortPlacesChanged,
    Milestone,
)
from mentoring_contracts.blueprint import Blueprint
from mentoring_contracts.blueprint.calendar import PlannedCohort
from mentoring_contracts.blueprint.dates import Unresolved


async def plan_cohort(db: AsyncSession, programme_id: UUID, new: NewCohort, by: Principal) -> Cohort:
    """Plan one round; with `starts` by the dates of the programme's plan.

    CohortNumberTaken, PlanUndated, ProgrammeClosed.
    """
    await programmes.programme(db, programme_id)
    await require_team(db, by, programme_id, "plan_cohorts")
    programme = await programmes.open_programme(db, programme_id)
    given = [Milestone(**m.model_dump()) for m in new.milestones]
    planned = _by_plan(blueprint.plan_of(programme), new) if new.starts is not None else []
    own = {milestone.kind for milestone in given}
    milestones = sorted([*given, *(m for m in planned if m.kind not in own)], key=lambda m: m.starts_at)
    return await _plan(db, programme_id, new.number, new.places, milestones if planned else given, by)


def _by_plan(plan: Blueprint, new: NewCohort) -> list[Milestone]:
    starts = new.starts.isoformat() if new.starts else None
    try:
        return plan.calendar(PlannedCohort(number=new.number, places=new.places, starts=starts)).milestones()
    except Unresolved as error:
        raise PlanUndated(f"the plan does not say when {error.missing} is") from None
    except (ValueError, OverflowError):
        raise PlanUndated() from None


async def plan_cohorts(db: AsyncSession, programme_id: UUID, by: Principal) -> list[Cohort]:
    """Plan the rounds that the programme's blueprint plans; CohortNumberTaken if one is there already.

    ProgrammeClosed.
    """
    await programmes.programme(db, programme_id)
    await require_team(db, by, programme_id, "plan_cohorts")
    programme = await programmes.open_programme(db, programme_id)
    plan = blueprint.plan_of(programme)
    dated = [(c, plan.calendar(c).milestones()) for c in plan.cohorts]
    return [await _plan(db, programme_id, c.number, c.places, milestones, by) for c, milestones in dated]


async def _plan(
    db: AsyncSession, programme_id: UUID, number: int, places: int, milestones: Sequence[Milestone], by: Principal
) -> Cohort:
    values: dict[str, Any] = {
        "id": new_id(),
        "programme_id": programme_id,
        "number": number,
        "places": places,
        "places_first_planned": places,
        "milestones": _plain(milestones),
    }
    statement = insert(Cohort).values(values).on_conflict_do_nothing().returning(Cohort)
    cohort: Cohort | None = await db.scalar(statement)
    if cohort is None:
        raise CohortNumberTaken()
    await follow_list(db, cohort)
    await follow_retention(db, cohort.programme_id)
    audit(db, by.subject, "plan_cohort", "cohort", cohort.id)
    emit(
        db,
        CohortCreated(
            cohort_id=cohort.id, programme_id=programme_id, number=number, places=places, milestones=list(milestones)
        ),
    )
    return cohort


def _plain(milestones: Sequence[Milestone]) -> list[dict[str, Any]]:
    return [milestone.model_dump(mode="json") for milestone in milestones]


async def change_cohort(db: AsyncSession, cohort_id: UUID, changes: CohortChanges, by: Principal) -> Cohort:
    """Change places or milestones; PlacesInUse if more mentees are accepted than there would be places.

    CohortIsClosed for the places of a closed one; ProgrammeClosed was asked for by who holds the cohort.
    """
    cohort = await programmes.cohort(db, cohort_id)
    await require_team(db, by, cohort.programme_id, "plan_cohorts")
    if changes.places is not None and changes.places != cohort.places:
        cohort = await change_places(db, cohort, changes.places)
    if changes.milestones is not None:
        await change_milestones(db, cohort, [Milestone(**m.model_dump()) for m in changes.milestones])
    audit(db, by.subject, "change_cohort", "cohort", cohort_id)
    await db.flush()
    return cohort


async def change_milestones(db: AsyncSession, cohort: Cohort, milestones: list[Milestone]) -> None:
    """Give a cohort other milestones and announce them, unless they are the same."""
    if _plain(milestones) == cohort.milestones:
        return
    cohort.milestones = _plain(milestones)
    about = {"cohort_id": cohort.id, "programme_id": cohort.programme_id}
    emit(db, CohortMilestonesChanged(**about, milestones=milestones))
    await db.flush()
    await follow_all(db, cohort.programme_id, cohort.id)
    await follow_list(db, cohort)
    await follow_retention(db, cohort.programme_id)


async def change_places(db: AsyncSession, cohort: Cohort, places: int) -> Cohort:
    """Give a cohort more or fewer places; PlacesInUse if more mentees are accepted than there would be.

    CohortIsClosed: nobody is accepted there any more.
    """
    ready = (Cohort.id == cohort.id, Cohort.closed_at.is_(None), Cohort.places_taken <= places)
    changed = sa.update(Cohort).where(*ready).values(places=places)
    row = await db.scalar(changed.returning(Cohort).execution_options(populate_existing=True))
    if row is None:
        if (await programmes.cohort(db, cohort.id)).closed_at is not None:
            raise CohortIsClosed()
        raise PlacesInUse(places_taken=cohort.places_taken)
    emit(db, CohortPlacesChanged(cohort_id=cohort.id, programme_id=cohort.programme_id, places=places))
    await place_freed(db, cohort.id)
    return row


async def close_cohort(db: AsyncSession, cohort_id: UUID, by: Principal) -> Cohort:
    """End recruitment: whoever is still open becomes unmatched and gives the place back. CohortIsClosed."""
    cohort = await programmes.cohort(db, cohort_id)
    await require_team(db, by, cohort.programme_id, "plan_cohorts")
    if not await end_recruitment(db, cohort, by):
        raise CohortIsClosed()
    return cohort


async def end_recruitment(db: AsyncSession, cohort: Cohort, by: Principal) -> bool:
    """Close a cohort, unless it is closed; whether it was open."""
    # The cohort's row first, as every command that takes or gives back a place does.
    closed = sa.update(Cohort).where(Cohort.id == cohort.id, Cohort.closed_at.is_(None)).values(closed_at=now(db))
    if await db.scalar(closed.returning(Cohort.id)) is None:
        return False
    still_open = await applications.open_applications_in(db, cohort.programme_id, cohort.id)
    given_back = sum(application.holds_place for application in still_open)
    fewer = sa.update(Cohort).where(Cohort.id == cohort.id).values(places_taken=Cohort.places_taken - given_back)
    await db.execute(fewer.execution_options(synchronize_session=False))
    leave_unmatched(db, still_open)
    audit(db, by.subject, "close_cohort", "cohort", cohort.id)
    emit(db, CohortClosed(cohort_id=cohort.id, programme_id=cohort.programme_id))
    await db.refresh(cohort)
    await follow_all(db, cohort.programme_id, cohort.id)
    return True


def leave_unmatched(db: AsyncSession, still_open: Sequence[Application]) -> None:
    """End applications as unmatched; whoever calls holds them, and has given their places back."""
    for application in still_open:
        application.state, application.holds_place = State.UNMATCHED, False
        application.told_state = application.place_until = None
        emit(db, ApplicationUnmatched(**of_application(application)))
