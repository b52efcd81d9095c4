"""What committees decided, and who attended."""

from uuid import UUID

from fastapi import APIRouter
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common.pagination import Cursor, Limit, Page, page
from mentoring_common.roles import require_right
from mentoring_common.unit_of_work import Db, Route
from mentoring_common.versions import IfMatch, IfMatchRequired
from mentoring_evaluation.interviews.schemas import WordingApproval
from mentoring_evaluation.programmes import queries as programmes
from mentoring_evaluation.programmes.access import APPROVERS, READERS, Reader, Writer, require_team
from mentoring_evaluation.themes import queries
from mentoring_evaluation.themes.commands import decisions
from mentoring_evaluation.themes.models import Decision
from mentoring_evaluation.themes.schemas import DecisionChange, DecisionView, NewDecision

router = APIRouter(route_class=Route, tags=["decisions of committees"])


@router.post("/programmes/{programme_id}/decisions", status_code=201)
async def record_decision(programme_id: UUID, new: NewDecision, by: Writer, db: Db) -> DecisionView:
    """Record what a committee decided, on which day, about what, and who attended. For the programme team."""
    await programmes.programme(db, programme_id)
    await require_team(db, by, programme_id)
    return await _view(db, await decisions.record_decision(db, programme_id, new, by))


@router.get("/programmes/{programme_id}/decisions")
async def list_decisions(
    programme_id: UUID, by: Reader, db: Db, cursor: Cursor = None, limit: Limit = 50
) -> Page[DecisionView]:
    """What committees of the programme decided. For the programme team and who reads its reports."""
    await programmes.programme(db, programme_id)
    await require_right(db, by, programme_id, *READERS)
    shown, following = await page(db, queries.decisions(programme_id), Decision.id, cursor, limit)
    return Page(items=await decisions.decision_views(db, shown), next_cursor=following)


@router.get("/decisions/{decision_id}")
async def read_decision(decision_id: UUID, by: Reader, db: Db) -> DecisionView:
    """One decision. For the programme team and who reads its reports."""
    kept = await queries.decision(db, decision_id)
    await require_right(db, by, kept.programme_id, *READERS)
    return await _view(db, kept)


@router.patch("/decisions/{decision_id}")
async def correct_decision(
    decision_id: UUID, change: DecisionChange, by: Writer, db: Db, expected: IfMatchRequired
) -> DecisionView:
    """Put the record of a decision right, with a reason, which the audit log keeps. For the programme team."""
    kept = await queries.decision(db, decision_id)
    await require_team(db, by, kept.programme_id)
    await expected.hold(db, kept)
    return await _view(db, await decisions.correct_decision(db, kept, change, by))


@router.post("/decisions/{decision_id}/approve")
async def approve_decision(
    decision_id: UUID, approval: WordingApproval, by: Writer, db: Db, expected: IfMatch
) -> DecisionView:
    """Let the wording that one has read stand in public reports; a correction lapses it. For the programme manager."""
    kept = await queries.decision(db, decision_id)
    await require_right(db, by, kept.programme_id, *APPROVERS)
    await expected.hold(db, kept)
    return await _view(db, await decisions.approve_decision(db, kept, approval.read, by))


async def _view(db: AsyncSession, kept: Decision) -> DecisionView:
    return (await decisions.decision_views(db, [kept]))[0]
