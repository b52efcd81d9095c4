"""Calling a wave off, and taking back one that was brought in: its answers go, and that it was is kept.

What people were told of their answers is what would be made of them once the survey had closed. It never does, so
nothing is left to keep them for.
"""

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common.audit import audit
from mentoring_common.auth import Principal
from mentoring_common.db import now
from mentoring_common.deadlines import cancel
from mentoring_common.outbox import emit
from mentoring_contracts.evaluation import SurveyCancelled
from mentoring_evaluation.errors import WaveCancelled, WaveClosed, WaveGathers
from mentoring_evaluation.lifecycle import WAVE
from mentoring_evaluation.programmes.schemas import ActingRole
from mentoring_evaluation.surveys.commands.waves import CLOSE, OPEN, REMIND
from mentoring_evaluation.surveys.models import Comment, NamedAnswer, Response, Wave


async def cancel_wave(db: AsyncSession, wave: Wave, reason: str, by: Principal, role: ActingRole) -> Wave:
    """Call off a wave that is planned or open, or take back one that was brought in; who was asked is told of it.

    WaveClosed for one that closed here, WaveCancelled, WaveGathers.
    """
    if wave.gathers:
        raise WaveGathers()
    running, after = WAVE["cancel"]
    closed, _ = WAVE["take_back"]
    may = sa.or_(
        sa.and_(Wave.state.in_(running), Wave.closes_at > now(db)),
        sa.and_(Wave.state.in_(closed), Wave.asked_with.is_not(None)),
    )
    why = sa.func.jsonb_build_object("reason", reason, "cancelled_at", now(db), "role", role, "before", Wave.state)
    step = sa.update(Wave).where(Wave.id == wave.id, may).values(state=after, cancelled=why).returning(Wave)
    taken: Wave | None = await db.scalar(step, execution_options={"populate_existing": True})
    if taken is None:
        raise WaveCancelled() if wave.state == "cancelled" else WaveClosed(closed_at=wave.closes_at.isoformat())
    for kept in (Response, Comment, NamedAnswer):
        await db.execute(sa.delete(kept).where(kept.wave_id == wave.id))
    for due in (OPEN, REMIND, CLOSE):
        await cancel(db, due, wave.id)
    emit(db, SurveyCancelled(
        wave_id=taken.id, programme_id=taken.programme_id, cohort_id=taken.cohort_id, instrument=taken.instrument,
        closes_at=taken.closes_at, brought_in=taken.asked_with is not None,
        asked=0 if taken.asked_with else sum(taken.asked_by_role.values()),
    ))  # fmt: skip
    audit(db, by.subject, "cancel_wave", "wave", wave.id, reason=reason)
    return taken
