"""Focus groups: planned, held, and what each person said in them, which is theirs as an interview is."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common.audit import audit
from mentoring_common.auth import Principal
from mentoring_common.db import now, tenant_of
from mentoring_common.faults import fault
from mentoring_common.ids import new_id
from mentoring_common.outbox import emit
from mentoring_common.versions import touch
from mentoring_contracts.evaluation import FocusGroupHeld
from mentoring_evaluation.errors import FocusGroupStateConflict, ParticipantsUnknown
from mentoring_evaluation.interviews import queries
from mentoring_evaluation.interviews.commands.interviews import of_focus_group, step, write_texts
from mentoring_evaluation.interviews.models import FocusGroup, Interview
from mentoring_evaluation.interviews.schemas import Contribution, FocusGroupChange, NewFocusGroup
from mentoring_evaluation.lifecycle import FOCUS_GROUP
from mentoring_evaluation.programmes import queries as programmes

_AGREED = ("consented", "transcribed", "approved")


async def plan_focus_group(db: AsyncSession, programme_id: UUID, new: NewFocusGroup, by: Principal) -> FocusGroup:
    """Plan it with those who are to take part. CohortNotFound, ParticipantsUnknown."""
    if new.cohort_id is not None:
        await programmes.cohort_of(db, programme_id, new.cohort_id)
    kept = FocusGroup(programme_id=programme_id, state="planned", **new.model_dump(exclude={"person_ids"}))
    db.add(kept)
    await db.flush()
    await _ask(db, kept, new.person_ids)
    audit(db, by.subject, "plan_focus_group", "focus_group", kept.id)
    return kept


async def change_focus_group(
    db: AsyncSession, group: FocusGroup, change: FocusGroupChange, by: Principal
) -> FocusGroup:
    """Change what is not held yet. FocusGroupStateConflict."""
    changed = await _move(db, group, None, **change.model_dump(exclude_none=True))
    audit(db, by.subject, "change_focus_group", "focus_group", group.id)
    return changed


async def invite(db: AsyncSession, group: FocusGroup, person_ids: Sequence[UUID], by: Principal) -> FocusGroup:
    """Ask more people to take part; who was asked stays. FocusGroupStateConflict, ParticipantsUnknown."""
    if group.state != "planned":
        raise FocusGroupStateConflict(state=group.state, needed=["planned"])
    await _ask(db, group, person_ids)
    await touch(db, group)
    audit(db, by.subject, "invite_to_focus_group", "focus_group", group.id)
    return group


async def hold(db: AsyncSession, group: FocusGroup, by: Principal) -> FocusGroup:
    """It took place. FocusGroupStateConflict."""
    held = await _move(db, group, "hold", held_at=now(db))
    agreed = [one for one in (await queries.participants(db, [group.id]))[group.id] if one.state in _AGREED]
    emit(db, FocusGroupHeld(**of_focus_group(held), occasion=held.occasion, participants=len(agreed)))
    audit(db, by.subject, "hold_focus_group", "focus_group", group.id)
    return held


async def cancel(db: AsyncSession, group: FocusGroup, by: Principal) -> FocusGroup:
    """It does not take place. FocusGroupStateConflict."""
    cancelled = await _move(db, group, "cancel")
    audit(db, by.subject, "cancel_focus_group", "focus_group", group.id)
    return cancelled


async def record(db: AsyncSession, group: FocusGroup, part: Interview, said: Contribution, by: Principal) -> Interview:
    """Keep what somebody who agreed said, sealed. FocusGroupStateConflict before it is held, InterviewStateConflict."""
    if group.state != "held":
        raise FocusGroupStateConflict(state=group.state, needed=["held"])
    stepped = await step(db, part, "transcribe")
    await write_texts(db, stepped, "summary", [said.summary])
    await write_texts(db, stepped, "quote", said.quotes)
    audit(db, by.subject, "record_contribution", "focus_group", group.id)
    return stepped


async def _ask(db: AsyncSession, group: FocusGroup, person_ids: Sequence[UUID]) -> None:
    known = await programmes.parts_in_programme(db, group.programme_id, person_ids)
    said = "has neither applied to the programme nor a role in it"
    wrong = [
        fault("person_unknown", said, "body", "person_ids", place)
        for place, person_id in enumerate(person_ids)
        if person_id not in known
    ]
    if wrong:
        raise ParticipantsUnknown(errors=wrong)
    rows = [
        {
            "tenant_id": tenant_of(db), "id": new_id(), "programme_id": group.programme_id,
            "cohort_id": group.cohort_id, "focus_group_id": group.id, "person_id": person_id,
            "role": known[person_id], "state": "scheduled", "scheduled_at": group.scheduled_at,
        }
        for person_id in person_ids
    ]  # fmt: skip
    await db.execute(insert(Interview).values(rows).on_conflict_do_nothing())


async def _move(db: AsyncSession, group: FocusGroup, act: str | None, **changes: Any) -> FocusGroup:
    before, after = FOCUS_GROUP[act] if act else (frozenset({"planned"}), "planned")
    ready = (FocusGroup.id == group.id, FocusGroup.state.in_(before))
    moved = sa.update(FocusGroup).where(*ready).values(state=after, **changes).returning(FocusGroup)
    found: FocusGroup | None = await db.scalar(moved, execution_options={"populate_existing": True})
    if found is None:
        raise FocusGroupStateConflict(state=group.state, needed=sorted(before))
    return found
