"""Decisions that are not told yet: told together or after some hours, and undone until then."""

from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_applications import lifecycle
from mentoring_applications.applications import queries as applications
from mentoring_applications.applications.access import team_application
from mentoring_applications.applications.commands.transitions import (
    change,
    give_back_place,
    note_reason,
    of_application,
    require_open,
    tell_now,
)
from mentoring_applications.applications.commands.waiting_list import place_freed
from mentoring_applications.applications.models import Application
from mentoring_applications.decisions import queries
from mentoring_applications.directory import queries as directory
from mentoring_applications.errors import AlreadyApplied, DecisionTold
from mentoring_applications.lifecycle import Act, State
from mentoring_applications.programmes import queries as programmes
from mentoring_applications.programmes.access import require_team
from mentoring_common.audit import audit
from mentoring_common.auth import Principal
from mentoring_common.db import now
from mentoring_common.deadlines import cancel, schedule
from mentoring_common.outbox import emit
from mentoring_contracts.applying import ApplicationDecisionTold, ApplicationDecisionUndone
from mentoring_contracts.blueprint import Blueprint

TELL: Final = "tell_decision"


def kept_back(application: Application, plan: Blueprint) -> dict[str, Any]:
    """The columns of an application that is being decided: what the person goes on to see, if they are told later."""
    decisions = plan.applying.decisions
    later = decisions.told == "on_release" or decisions.hours_to_undo > 0
    return {"told_state": (application.told_state or application.state) if later else None}


async def plan_telling(db: AsyncSession, application: Application, plan: Blueprint) -> None:
    """Have the person told when the hours are over in which the decision can be undone."""
    if application.told_state is not None and plan.applying.decisions.told == "at_once":
        await schedule(db, TELL, application.id, now(db) + timedelta(hours=plan.applying.decisions.hours_to_undo))


async def undo_decision(db: AsyncSession, application_id: UUID, reason: str, by: Principal) -> Application:
    """Put an application back where the person believes it is.

    DecisionTold once they were told, offered a match or matched; AlreadyApplied if they applied elsewhere meanwhile;
    ProgrammeClosed and CohortIsClosed where nothing is decided any more.
    """
    application = await team_application(db, application_id, by)
    await programmes.open_programme(db, application.programme_id)
    act = Act.UNDO_TO_WAITING if application.told_state == State.WAITLISTED else Act.UNDO
    lifecycle.after(State(application.state), act)
    assert application.person_id is not None
    if application.told_state is None or await directory.is_offered(db, application.person_id):
        raise DecisionTold()
    if application.state == State.REFUSED and await queries.is_open_elsewhere(db, application):
        raise AlreadyApplied()
    if application.cohort_id is not None:
        await require_open(db, application.cohort_id)
    held = application.holds_place
    if held:
        await give_back_place(db, application.cohort_id)
    undone = await change(db, application, act, holds_place=False, told_state=None, decided_at=None)
    await cancel(db, TELL, application_id)
    note_reason(db, undone, act, reason, by)
    audit(db, by.subject, "undo_decision", "application", application_id)
    emit(db, ApplicationDecisionUndone(**of_application(undone), state=undone.state))
    if held:
        await place_freed(db, undone.cohort_id)
    return undone


async def tell_decisions(db: AsyncSession, programme_id: UUID, cohort_id: UUID | None, by: Principal) -> int:
    """Tell everybody of the programme, or of one cohort, what was decided and kept back; how many."""
    await programmes.programme(db, programme_id)
    await require_team(db, by, programme_id)
    waiting = await queries.not_told(db, programme_id, cohort_id)
    for application in waiting:
        await _tell(db, application)
        audit(db, by.subject, "tell_decision", "application", application.id)
    return len(waiting)


async def on_telling_due(db: AsyncSession, application_id: UUID) -> None:
    """Deadline: the hours are over in which the decision could be undone."""
    application = await applications.application_if_there(db, application_id)
    if application is not None and application.told_state is not None:
        await _tell(db, application)


async def _tell(db: AsyncSession, application: Application) -> None:
    await tell_now(db, application)
    await cancel(db, TELL, application.id)
    emit(db, ApplicationDecisionTold(**of_application(application), decision=application.state))
