"""A programme is closed: one act for all of its cohorts. It stays to be read, and is not opened again."""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_applications.applications import queries as applications
from mentoring_applications.applying.commands.drafts import follow_all
from mentoring_applications.errors import ProgrammeClosed
from mentoring_applications.planning.commands.cohorts import end_recruitment, leave_unmatched
from mentoring_applications.planning.schemas import NewClosing
from mentoring_applications.programmes import queries as programmes
from mentoring_applications.programmes.access import require_team
from mentoring_applications.programmes.models import Programme
from mentoring_common import vault
from mentoring_common.audit import audit
from mentoring_common.auth import Principal
from mentoring_common.db import now
from mentoring_common.outbox import emit
from mentoring_contracts import applications as events


async def may_close(db: AsyncSession, programme_id: UUID, by: Principal) -> Programme:
    """The programme, if the caller plans its cohorts. ProgrammeNotFound, RoleNeeded."""
    programme = await programmes.programme(db, programme_id)
    await require_team(db, by, programme_id, "plan_cohorts")
    return programme


async def close_programme(db: AsyncSession, programme: Programme, new: NewClosing, by: Principal) -> Programme:
    """Close every cohort, leave whoever is open unmatched, and tell the other services. ProgrammeClosed."""
    note = None if new.note is None else await vault.seal(db, by.person or programme.id, new.note)
    record = {"closed_by": by.person, "closing_reason": new.reason, "sealed_closing_note": note}
    # Before its cohorts: whoever asks that it be open, as `open_programme`, does so before anything else of it.
    still = sa.update(Programme).where(Programme.id == programme.id, Programme.closed_at.is_(None))
    if await db.scalar(still.values(closed_at=now(db), **record).returning(Programme.id)) is None:
        raise ProgrammeClosed()
    for cohort in await programmes.cohorts(db, programme.id):
        await end_recruitment(db, cohort, by)
    leave_unmatched(db, await applications.open_applications_in(db, programme.id, None))
    audit(db, by.subject, "close_programme", "programme", programme.id, reason=new.reason)
    emit(db, events.ProgrammeClosed(programme_id=programme.id, reason=new.reason))
    await db.flush()
    await db.refresh(programme)
    await follow_all(db, programme.id, None)
    return programme


async def closing_note(db: AsyncSession, programme: Programme) -> str | None:
    """What was written for the record."""
    if programme.sealed_closing_note is None:
        return None
    return await vault.unseal(db, programme.closed_by or programme.id, programme.sealed_closing_note)
