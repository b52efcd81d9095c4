"""What is left of a person after erasure: ids as pseudonyms, so that totals hold, and no text."""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common import vault
from mentoring_common.db import now
from mentoring_common.deadlines import schedule_all
from mentoring_sessions.activities.commands.activities import give_places
from mentoring_sessions.activities.commands.certificates import forget_holder
from mentoring_sessions.activities.models import Activity, Registration
from mentoring_sessions.agreements.models import AgreedVersion, Agreement
from mentoring_sessions.appointments.commands import forget_calendar
from mentoring_sessions.break_glass.commands import forget_reasons
from mentoring_sessions.check_ins.models import CheckIn
from mentoring_sessions.concerns.commands import UNTAKEN
from mentoring_sessions.concerns.models import CaseNote, Concern
from mentoring_sessions.goals.models import Action, Goal
from mentoring_sessions.habits.commands import forget_habits
from mentoring_sessions.notes.models import Note
from mentoring_sessions.pair_clock.commands import forget_pauses
from mentoring_sessions.relationships.models import Correction, Participant
from mentoring_sessions.resources.commands import forget_reader
from mentoring_sessions.reviews.commands import forget_reviews


async def erase_person(db: AsyncSession, person_id: UUID) -> None:
    """Remove every text of the person's and the key it was under, and free the places they hold."""
    theirs = sa.or_(Note.written_by == person_id, sa.literal(person_id) == sa.any_(Note.written_with))
    await db.execute(sa.delete(Note).where(theirs))
    await db.execute(sa.delete(Concern).where(Concern.raised_by == person_id))
    await db.execute(sa.delete(Participant).where(Participant.person_id == person_id))
    await db.execute(sa.update(CheckIn).where(CheckIn.person_id == person_id).values(comment_sealed=None))
    await db.execute(sa.update(Correction).where(Correction.made_by == person_id).values(reason_sealed=None))
    await db.execute(sa.update(Goal).where(Goal.written_by == person_id).values(text_sealed=None))
    await db.execute(sa.update(Goal).where(Goal.measure_by == person_id).values(measure_by=None, measure_sealed=None))
    await db.execute(sa.update(Action).where(Action.written_by == person_id).values(text_sealed=None))
    gone = {"terms_sealed": None, "answers_sealed": None}
    await db.execute(sa.update(Agreement).where(Agreement.proposed_by == person_id).values(gone))
    await db.execute(sa.update(AgreedVersion).where(AgreedVersion.proposed_by == person_id).values(gone))
    await forget_pauses(db, person_id)
    await forget_reasons(db, person_id)
    await db.execute(sa.delete(CaseNote).where(CaseNote.written_by == person_id))
    mine = (Concern.owner_id == person_id, Concern.state == "acknowledged")
    back = sa.update(Concern).where(*mine).values(state="raised", owner_id=None, due_at=now(db))
    untaken = (await db.scalars(back.returning(Concern.id), execution_options={"synchronize_session": False})).all()
    await schedule_all(db, UNTAKEN, dict.fromkeys(untaken, now(db)))
    await forget_habits(db, person_id)
    await forget_calendar(db, person_id)
    await forget_holder(db, person_id)
    await forget_reader(db, person_id)
    await forget_reviews(db, person_id)
    await _free_places(db, person_id)
    await vault.destroy_key(db, person_id)


async def _free_places(db: AsyncSession, person_id: UUID) -> None:
    """Give up places at activities to come; those of the past stay counted."""
    coming = sa.select(Activity.id).where(Activity.held_at.is_(None), Activity.starts_at > now(db))
    mine = sa.delete(Registration).where(Registration.person_id == person_id, Registration.activity_id.in_(coming))
    rows = (await db.execute(mine.returning(Registration.activity_id, Registration.waits))).all()
    freed = [activity_id for activity_id, waits in rows if not waits]
    less = sa.update(Activity).where(Activity.id.in_(freed)).values(registered=Activity.registered - 1)
    await db.execute(less, execution_options={"synchronize_session": False})
    for activity_id in sorted(freed):
        await give_places(db, activity_id)
    named = sa.update(Activity).where(sa.literal(person_id) == sa.any_(Activity.invited))
    others = sa.func.array_remove(Activity.invited, person_id)
    await db.execute(named.values(invited=others), execution_options={"synchronize_session": False})
