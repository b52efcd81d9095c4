"""Decisions of committees: what was decided, when, about what, and who attended."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common.audit import audit
from mentoring_common.auth import Principal
from mentoring_common.db import now
from mentoring_common.faults import fault
from mentoring_evaluation.errors import AboutUnknown, AttendeesUnknown, DecisionToCome, WordingChanged
from mentoring_evaluation.programmes.queries import roles_held
from mentoring_evaluation.themes import queries
from mentoring_evaluation.themes.models import Decision, DecisionAttendee
from mentoring_evaluation.themes.schemas import AttendeeView, DecisionChange, DecisionView, NewDecision
from mentoring_evaluation.themes.wording import require_no_address


async def record_decision(db: AsyncSession, programme_id: UUID, new: NewDecision, by: Principal) -> Decision:
    """Keep what a committee decided. AboutUnknown, AttendeesUnknown, DecisionToCome."""
    _require_past(db, new.decided_on)
    if new.about_id is not None and not await queries.is_of_programme(db, programme_id, new.about, new.about_id):
        raise AboutUnknown()
    kept = Decision(programme_id=programme_id, recorded_at=now(db), **new.model_dump(exclude={"attended"}))
    db.add(kept)
    await db.flush()
    await _attended(db, kept, new.attended)
    audit(db, by.subject, "record_decision", "decision", kept.id)
    return kept


async def correct_decision(db: AsyncSession, kept: Decision, change: DecisionChange, by: Principal) -> Decision:
    """Put the record right; its wording is to be approved again. AttendeesUnknown, DecisionToCome."""
    if change.decided_on is not None:
        _require_past(db, change.decided_on)
    changes = change.model_dump(exclude_none=True, exclude={"reason", "attended"})
    anew = {"wording_version": Decision.wording_version + 1, "wording_approved_at": None}
    changed: Decision | None = await db.scalar(
        sa.update(Decision).where(Decision.id == kept.id).values(changes | anew).returning(Decision),
        execution_options={"populate_existing": True},
    )
    assert changed is not None
    if change.attended is not None:
        await db.execute(sa.delete(DecisionAttendee).where(DecisionAttendee.decision_id == kept.id))
        await _attended(db, changed, change.attended)
    audit(db, by.subject, "correct_decision", "decision", kept.id, reason=change.reason)
    return changed


async def approve_decision(db: AsyncSession, kept: Decision, version: int, by: Principal) -> Decision:
    """Let text and committee, as they were read, stand in reports that leave the organisation. WordingChanged,
    WordingHasAddress."""
    require_no_address(kept.text, kept.committee)
    read = sa.update(Decision).where(Decision.id == kept.id, Decision.wording_version == version)
    approved: Decision | None = await db.scalar(
        read.values(wording_approved_at=now(db)).returning(Decision), execution_options={"populate_existing": True}
    )
    if approved is None:
        raise WordingChanged(
            f"it is at wording_version {kept.wording_version}: that member counts, not `version`",
            version=kept.wording_version, wording_version=kept.wording_version,
        )  # fmt: skip
    audit(db, by.subject, "approve_wording", "decision", kept.id)
    return approved


async def decision_views(db: AsyncSession, kept: Sequence[Decision]) -> list[DecisionView]:
    """Decisions with who attended."""
    attended = await queries.attendees(db, [one.id for one in kept])
    return [_view(one, attended.get(one.id, [])) for one in kept]


def _view(kept: Decision, attended: Sequence[DecisionAttendee]) -> DecisionView:
    own = {name: getattr(kept, name) for name in DecisionView.model_fields if name != "attended"}
    return DecisionView(**own, attended=[AttendeeView.model_validate(one) for one in attended])


def _require_past(db: AsyncSession, on: date) -> None:
    if on > now(db).date():
        raise DecisionToCome(errors=[fault("to_come", "is not later than today", "body", "decided_on")])


async def _attended(db: AsyncSession, kept: Decision, people: Sequence[UUID]) -> None:
    held = await roles_held(db, kept.programme_id)
    said = "holds no role in the programme"
    wrong = [fault("holds_no_role", said, "body", "attended", n) for n, one in enumerate(people) if one not in held]
    if wrong:
        raise AttendeesUnknown(errors=wrong)
    db.add_all(
        DecisionAttendee(decision_id=kept.id, person_id=one, role=min(held[one])) for one in dict.fromkeys(people)
    )
    await db.flush()
