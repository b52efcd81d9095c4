"""Judgements of criteria that no record can answer, signed by a person; and the pack they are part of."""

from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common.audit import audit
from mentoring_common.auth import Principal
from mentoring_common.db import now
from mentoring_evaluation.errors import CriterionNotFound
from mentoring_evaluation.evidence_pack import queries
from mentoring_evaluation.evidence_pack.facts import facts
from mentoring_evaluation.evidence_pack.models import Assessment
from mentoring_evaluation.evidence_pack.schemas import NewAssessment
from mentoring_evaluation.evidence_pack.scoring import Judgement, evidence_pack
from mentoring_evaluation.evidence_pack.standards import scheme
from mentoring_evaluation.figures.queries import evidence_of
from mentoring_evaluation.programmes.models import Programme

PROTECTED = " Survey answers are rounded to 5 here, and small groups and surveys that still run are left out."


async def assess(db: AsyncSession, programme: Programme, new: NewAssessment, by: Principal) -> Assessment:
    """Keep a person's judgement; it replaces the one before in the pack, not in the records. CriterionNotFound."""
    if scheme().judged(new.criterion) is None:
        raise CriterionNotFound()
    kept = Assessment(programme_id=programme.id, assessor_id=by.person_id, assessed_at=now(db), **new.model_dump())
    db.add(kept)
    await db.flush()
    audit(db, by.subject, "assess", "assessment", kept.id)
    return kept


async def pack(db: AsyncSession, programme: Programme, *, exact: bool) -> dict[str, Any]:
    """The evidence pack as the records are now; without `exact`, survey answers are protected as in public figures."""
    evidence = await evidence_of(db, programme)
    counted = facts(await queries.pack_records(db, programme, evidence, exact=exact))
    judged = {
        row.criterion: Judgement(row.score, str(row.assessor_id), row.assessed_at, row.comment, tuple(row.links))
        for row in await queries.latest_assessments(db, programme.id)
    }
    made = evidence_pack(scheme(), counted, judged)
    if not exact:
        made["statement"] += PROTECTED
    return {"programme_id": programme.id, "as_of": now(db)} | made
