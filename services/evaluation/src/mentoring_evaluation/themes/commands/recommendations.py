"""Recommendations: what should be done, by whom, until when; overdue by the clock, followed up by people."""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common.audit import audit
from mentoring_common.auth import Principal
from mentoring_common.db import now
from mentoring_common.deadlines import cancel, schedule
from mentoring_common.versions import touch
from mentoring_evaluation.errors import (
    DueDateInvalid,
    OwnerUnknown,
    RecommendationStateConflict,
    ThemeNotFound,
    WordingChanged,
)
from mentoring_evaluation.lifecycle import RECOMMENDATION, WAITING, RecommendationAct
from mentoring_evaluation.programmes.queries import roles_held
from mentoring_evaluation.themes import queries
from mentoring_evaluation.themes.models import FollowUp, Recommendation
from mentoring_evaluation.themes.schemas import NewFollowUp, NewRecommendation, RecommendationChange
from mentoring_evaluation.themes.wording import require_no_address

DUE = "recommendation_due"  # a kind of deadline


async def recommend(db: AsyncSession, programme_id: UUID, new: NewRecommendation, by: Principal) -> Recommendation:
    """Keep a recommendation with its owner and date. OwnerUnknown, ThemeNotFound, DueDateInvalid."""
    if new.due_at <= now(db):
        raise DueDateInvalid()
    await _require_known(db, programme_id, new.owner_id)
    if new.theme_id and (await queries.theme(db, new.theme_id)).programme_id != programme_id:
        raise ThemeNotFound()
    kept = Recommendation(programme_id=programme_id, state="open", overdue=False, **new.model_dump())
    db.add(kept)
    await db.flush()
    await schedule(db, DUE, kept.id, new.due_at)
    audit(db, by.subject, "recommend", "recommendation", kept.id)
    return kept


async def change_recommendation(
    db: AsyncSession, kept: Recommendation, change: RecommendationChange, by: Principal
) -> Recommendation:
    """Give it another owner, team or date, with a reason, which is kept among its follow-ups where the date moves.

    OwnerUnknown, DueDateInvalid, RecommendationStateConflict once it is over.
    """
    if change.owner_id is not None:
        await _require_known(db, kept.programme_id, change.owner_id)
    before = kept.due_at
    changes = change.model_dump(exclude_none=True, exclude={"reason"})
    if change.due_at is not None:
        if change.due_at <= now(db):
            raise DueDateInvalid()
        changes["overdue"] = False
    if change.team is not None:
        changes |= {"wording_version": Recommendation.wording_version + 1, "wording_approved_at": None}
    waiting = (Recommendation.id == kept.id, Recommendation.state.in_(WAITING))
    step = sa.update(Recommendation).where(*waiting).values(owner_id=kept.owner_id).values(changes)
    changed: Recommendation | None = await db.scalar(
        step.returning(Recommendation), execution_options={"populate_existing": True}
    )
    if changed is None:
        raise RecommendationStateConflict(state=kept.state, needed=sorted(WAITING))
    if change.due_at is not None:
        await schedule(db, DUE, kept.id, change.due_at)
        note = f"Due {change.due_at.date()} instead of {before.date()}: {change.reason}"
        await _report(db, changed, note, by)
    audit(db, by.subject, "change_recommendation", "recommendation", kept.id, reason=change.reason)
    return changed


async def approve_recommendation(db: AsyncSession, kept: Recommendation, version: int, by: Principal) -> Recommendation:
    """Let text and team, as they were read, stand in public reports. WordingChanged, WordingHasAddress."""
    require_no_address(kept.text, kept.team or "")
    read = sa.update(Recommendation).where(Recommendation.id == kept.id, Recommendation.wording_version == version)
    approved: Recommendation | None = await db.scalar(
        read.values(wording_approved_at=now(db)).returning(Recommendation),
        execution_options={"populate_existing": True},
    )
    if approved is None:
        raise WordingChanged(
            f"it is at wording_version {kept.wording_version}: that member counts, not `version`",
            version=kept.wording_version, wording_version=kept.wording_version,
        )  # fmt: skip
    audit(db, by.subject, "approve_wording", "recommendation", kept.id)
    return approved


async def follow_up(db: AsyncSession, kept: Recommendation, new: NewFollowUp, by: Principal) -> Recommendation:
    """Note how it goes, and move it on where an act is given. RecommendationStateConflict."""
    stepped = kept if new.act is None else await _step(db, kept, new.act)
    await _report(db, stepped, new.note, by)
    if new.act is None:
        await touch(db, stepped)
    audit(db, by.subject, "follow_up", "recommendation", kept.id)
    return stepped


async def fall_due(db: AsyncSession, recommendation_id: UUID) -> None:
    """Its date has come: whatever still waits for its owner is overdue."""
    waiting = (Recommendation.id == recommendation_id, Recommendation.state.in_(WAITING))
    late = sa.update(Recommendation).where(*waiting, Recommendation.due_at <= now(db))
    await db.execute(late.values(overdue=True))


async def _report(db: AsyncSession, kept: Recommendation, note: str, by: Principal) -> None:
    db.add(FollowUp(recommendation_id=kept.id, by_id=by.person_id, at=now(db), note=note, state=kept.state))
    await db.flush()


async def _require_known(db: AsyncSession, programme_id: UUID, owner_id: UUID) -> None:
    """OwnerUnknown unless this service has heard of a role of theirs in the programme."""
    if owner_id not in await roles_held(db, programme_id):
        raise OwnerUnknown()


async def _step(db: AsyncSession, kept: Recommendation, act: RecommendationAct) -> Recommendation:
    before, after = RECOMMENDATION[act]
    allowed = (Recommendation.id == kept.id, Recommendation.state.in_(before))
    # What is over is not overdue; what is reopened after its date is at once.
    overdue = sa.literal(False) if after not in WAITING else Recommendation.due_at <= now(db)
    step = sa.update(Recommendation).where(*allowed).values(state=after, overdue=overdue).returning(Recommendation)
    stepped = await db.scalar(step, execution_options={"populate_existing": True})
    if stepped is None:
        raise RecommendationStateConflict(state=kept.state, needed=sorted(before))
    if after not in WAITING:
        await cancel(db, DUE, kept.id)
    elif act == "reopen" and not stepped.overdue:
        await schedule(db, DUE, kept.id, stepped.due_at)
    return stepped
