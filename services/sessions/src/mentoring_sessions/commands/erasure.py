"""What is left of a person after erasure: ids as pseudonyms, so that totals hold, and no text."""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common import vault
from mentoring_common.db import now
from mentoring_sessions.models import (
    Action,
    Activity,
    Agreement,
    CheckIn,
    Concern,
    Correction,
    Goal,
    Note,
    Participant,
    Registration,
)


async def erase_person(db: AsyncSession, person_id: UUID) -> None:
    """Remove every text of the person's and the key it was under, and free the places they hold."""
    await db.execute(sa.delete(Note).where(Note.written_by == person_id))
    await db.execute(sa.delete(Concern).where(Concern.raised_by == person_id))
    await db.execute(sa.delete(Participant).where(Participant.person_id == person_id))
    await db.execute(sa.update(CheckIn).where(CheckIn.person_id == person_id).values(comment_sealed=None))
    await db.execute(sa.update(Correction).where(Correction.made_by == person_id).values(reason_sealed=None))
    await db.execute(sa.update(Goal).where(Goal.written_by == person_id).values(text_sealed=None))
    await db.execute(sa.update(Action).where(Action.written_by == person_id).values(text_sealed=None))
    await db.execute(sa.update(Agreement).where(Agreement.proposed_by == person_id).values(terms_sealed=None))
    await _free_places(db, person_id)
    await vault.destroy_key(db, person_id)


async def _free_places(db: AsyncSession, person_id: UUID) -> None:
    """Give up places at activities to come; those of the past stay counted."""
    coming = sa.select(Activity.id).where(Activity.held_at.is_(None), Activity.starts_at > now(db))
    mine = sa.delete(Registration).where(Registration.person_id == person_id, Registration.activity_id.in_(coming))
    unsynchronised = {"synchronize_session": False}
    freed = (await db.scalars(mine.returning(Registration.activity_id), execution_options=unsynchronised)).all()
    less = sa.update(Activity).where(Activity.id.in_(freed)).values(registered=Activity.registered - 1)
    await db.execute(less, execution_options=unsynchronised)
