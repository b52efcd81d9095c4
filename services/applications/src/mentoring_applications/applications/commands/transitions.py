"""How an application changes its state and takes or gives back a place: one conditional UPDATE each.

Whoever takes or gives back a place updates the cohort's row before the application's, so that no two commands wait for
each other.
"""

from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_applications import lifecycle
from mentoring_applications.applications.models import Application, Reason
from mentoring_applications.errors import ChangedMeanwhile, CohortFull, CohortIsClosed
from mentoring_applications.lifecycle import Act, State
from mentoring_applications.programmes import queries as programmes
from mentoring_applications.programmes.models import Cohort
from mentoring_common.auth import Principal
from mentoring_common.db import now


async def change(db: AsyncSession, application: Application, act: Act, **values: Any) -> Application:
    """The application after the act; TransitionNotAllowed by the table, ChangedMeanwhile if another was faster."""
    target = lifecycle.after(State(application.state), act)
    statement = sa.update(Application).where(
        Application.id == application.id,
        Application.version == application.version,
        Application.state.in_(lifecycle.sources(act)),
    )
    statement = statement.values(state=target, **values)
    options = {"populate_existing": True, "synchronize_session": False}
    changed = await db.scalar(statement.returning(Application).execution_options(**options))
    if changed is None:
        raise ChangedMeanwhile()
    return changed


async def take_place(db: AsyncSession, cohort_id: UUID) -> None:
    """Take one of the cohort's places; CohortFull, CohortIsClosed."""
    if await has_taken_place(db, cohort_id):
        return
    cohort = await programmes.cohort(db, cohort_id)
    if cohort.closed_at is not None:
        raise CohortIsClosed()
    raise CohortFull(places=cohort.places)


async def has_taken_place(db: AsyncSession, cohort_id: UUID, *, also_closed: bool = False) -> bool:
    """Take one of the cohort's places if there is one; whether there was."""
    free = sa.update(Cohort).where(Cohort.id == cohort_id, Cohort.places_taken < Cohort.places)
    if not also_closed:
        free = free.where(Cohort.closed_at.is_(None))
    taken = free.values(places_taken=Cohort.places_taken + 1).returning(Cohort.id)
    return await db.scalar(taken.execution_options(synchronize_session=False)) is not None


async def give_back_place(db: AsyncSession, cohort_id: UUID | None) -> None:
    """Give a place of the cohort back."""
    statement = sa.update(Cohort).where(Cohort.id == cohort_id).values(places_taken=Cohort.places_taken - 1)
    await db.execute(statement.execution_options(synchronize_session=False))


async def require_open(db: AsyncSession, cohort_id: UUID) -> None:
    """CohortIsClosed if it is; it stays open until the end of the transaction."""
    if (await programmes.cohort(db, cohort_id, shared=True)).closed_at is not None:
        raise CohortIsClosed()


async def leave(db: AsyncSession, application: Application, act: Act) -> Application:
    """An act that ends the application and gives its place back, if it holds one."""
    lifecycle.after(State(application.state), act)
    if application.holds_place:
        await give_back_place(db, application.cohort_id)
    return await change(db, application, act, holds_place=False, told_state=None, place_until=None)


async def tell_now(db: AsyncSession, application: Application) -> None:
    """From now on the person sees what was decided; ChangedMeanwhile if they know by now."""
    known = sa.update(Application).where(Application.id == application.id, Application.told_state.is_not(None))
    told = known.values(told_state=None).returning(Application)
    options = {"populate_existing": True, "synchronize_session": False}
    if await db.scalar(told.execution_options(**options)) is None:
        raise ChangedMeanwhile()


def note_reason(db: AsyncSession, application: Application, act: str, reason: str | None, by: Principal) -> None:
    """Keep why, in a table that is erased with the person; the audit log names the act only."""
    if reason:
        db.add(Reason(application_id=application.id, act=act, reason=reason, by=by.subject, at=now(db)))


def of_application(application: Application) -> dict[str, Any]:
    """The members that every event about an application has."""
    names = ("programme_id", "cohort_id", "person_id", "role")
    return {"application_id": application.id} | {name: getattr(application, name) for name in names}
