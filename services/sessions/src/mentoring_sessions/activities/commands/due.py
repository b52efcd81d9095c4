"""Tell people once of what they attend to complete their programme, and have not met, before it is due."""

from datetime import timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common.db import now
from mentoring_common.deadlines import schedule
from mentoring_common.ids import new_id
from mentoring_common.outbox import emit
from mentoring_contracts.sessions import RequiredActivityDue
from mentoring_sessions.activities import completing, queries
from mentoring_sessions.activities.models import ActivityReminder
from mentoring_sessions.relationships import queries as relationships
from mentoring_sessions.relationships.commands.projections import ACTIVITIES_DUE
from mentoring_sessions.relationships.models import Programme

TOLD_AT_ONCE: Final = 500  # people who are told in one transaction


async def remind_of_due(db: AsyncSession, programme_id: UUID) -> None:
    """Deadline, each day: tell who has not met what is due soon; never in a break. The dates are those of the day."""
    programme = await relationships.found(db, Programme, programme_id)
    due = await completing.due(db, programme) if programme is not None else None
    if due is None:
        return
    rows = await queries.to_remind(db, due, TOLD_AT_ONCE)
    for row in rows:
        told = {"application_id": row.id, "programme_id": programme_id, "requirement": row.requirement}
        note = insert(ActivityReminder).values(id=new_id(), due_at=row.due_at, told_at=now(db), **told)
        await db.execute(note.on_conflict_do_nothing())
        emit(db, RequiredActivityDue(**told, cohort_id=row.cohort_id, person_id=row.person_id, due_at=row.due_at))
    again = timedelta() if len(rows) == TOLD_AT_ONCE else timedelta(days=1)
    await schedule(db, ACTIVITIES_DUE, programme_id, now(db) + again)
