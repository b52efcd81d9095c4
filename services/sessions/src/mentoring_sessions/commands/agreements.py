"""The mentoring agreement, goals and actions of a pair."""

from typing import Any, assert_never
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import Insert, insert
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common.audit import audit
from mentoring_common.auth import Principal
from mentoring_common.db import now
from mentoring_common.errors import PreconditionRequired
from mentoring_common.outbox import emit
from mentoring_common.versions import Precondition, touch
from mentoring_contracts.sessions import AgreementSigned
from mentoring_sessions import queries
from mentoring_sessions.access import Access, Side
from mentoring_sessions.errors import AgreementChanged, AgreementStands, AlreadySigned, RelationshipOver
from mentoring_sessions.lifecycle import State
from mentoring_sessions.models import Action, Agreement, Goal
from mentoring_sessions.schemas import ActionChange, GoalChange, NewAction, NewAgreement, NewGoal
from mentoring_sessions.sealed import seal

OVER = frozenset({State.CLOSED, State.ENDED})


def require_open(mine: Access) -> None:
    """RelationshipOver once the relationship was closed or ended."""
    if mine.relationship.state in OVER:
        raise RelationshipOver()


async def propose_agreement(
    db: AsyncSession, by: Principal, mine: Access, new: NewAgreement, expected: Precondition
) -> Agreement:
    """Propose terms, or other ones: signatures fall away. AgreementStands once both have signed.

    Whoever replaces a proposal says which (PreconditionRequired).
    """
    person_id, _ = mine.one_of_the_pair()
    require_open(mine)
    values: dict[str, Any] = {
        "proposed_by": person_id,
        "proposed_at": now(db),
        "terms_sealed": await seal(db, person_id, new.terms),
        "mentor_signed_at": None,
        "mentee_signed_at": None,
    }
    proposal = insert(Agreement).values(id=mine.relationship.id, version=1, **values)
    unsigned = sa.or_(Agreement.mentor_signed_at.is_(None), Agreement.mentee_signed_at.is_(None))
    before = await queries.proposed_agreement(db, mine.relationship.id)
    if before is None:
        await _propose_first(db, proposal, expected)
    else:
        expected.require()
        await expected.hold(db, before)
        again = sa.update(Agreement).where(Agreement.id == before.id, unsigned)
        again = again.values(values | {"version": Agreement.version + 1}).returning(Agreement.id)
        if (await db.execute(again, execution_options={"synchronize_session": False})).first() is None:
            raise AgreementStands()
    await touch(db, mine.relationship)
    audit(db, by.subject, "propose_agreement", "relationship", mine.relationship.id)
    return await queries.agreement(db, mine.relationship.id)


async def _propose_first(db: AsyncSession, proposal: Insert, expected: Precondition) -> None:
    expected.compare(0)
    first = proposal.on_conflict_do_nothing().returning(Agreement.id)
    if (await db.execute(first)).first() is None:  # the other side was faster
        raise PreconditionRequired()


async def sign_agreement(db: AsyncSession, by: Principal, mine: Access, version: int | None) -> Agreement:
    """Sign for oneself; the second signature makes the agreement. AgreementChanged if `version` is an old one."""
    _, side = mine.one_of_the_pair()
    require_open(mine)
    column = _signature(side)
    mine_open = sa.update(Agreement).where(Agreement.id == mine.relationship.id, column.is_(None))
    if version is not None:
        mine_open = mine_open.where(Agreement.version == version)
    signed = await db.execute(mine_open.values({column: now(db)}), execution_options={"synchronize_session": False})
    agreement = await queries.agreement(db, mine.relationship.id)
    if not signed.rowcount:  # type: ignore[attr-defined]
        raise AgreementChanged() if version not in (None, agreement.version) else AlreadySigned()
    await touch(db, mine.relationship)
    audit(db, by.subject, "sign_agreement", "relationship", mine.relationship.id)
    if agreement.mentor_signed_at and agreement.mentee_signed_at:
        pair = mine.relationship
        emit(db, AgreementSigned(match_id=pair.id, programme_id=pair.programme_id, cohort_id=pair.cohort_id))
    return agreement


def _signature(side: Side) -> Any:
    match side:
        case "mentor":
            return Agreement.mentor_signed_at
        case "mentee":
            return Agreement.mentee_signed_at
        case _:
            assert_never(side)


async def set_goal(db: AsyncSession, mine: Access, new: NewGoal) -> Goal:
    """Add a goal of the pair."""
    person_id, _ = mine.one_of_the_pair()
    require_open(mine)
    text = await seal(db, person_id, new.text)
    goal = Goal(relationship_id=mine.relationship.id, written_by=person_id, text_sealed=text, due_on=new.due_on)
    db.add(goal)
    await db.flush()
    return goal


async def change_goal(db: AsyncSession, mine: Access, goal: Goal, change: GoalChange) -> Goal:
    """Change what is given; a text is its last writer's."""
    person_id, _ = mine.one_of_the_pair()
    given = change.model_fields_set
    if change.text is not None:
        goal.written_by, goal.text_sealed = person_id, await seal(db, person_id, change.text)
    if "due_on" in given:
        goal.due_on = change.due_on
    if change.state is not None and change.state != goal.state:
        goal.state, goal.reached_at = change.state, now(db) if change.state == "reached" else None
    await db.flush()
    return goal


async def plan_action(db: AsyncSession, mine: Access, goal_id: UUID, new: NewAction) -> Action:
    """Add a step towards a goal."""
    person_id, _ = mine.one_of_the_pair()
    require_open(mine)
    text = await seal(db, person_id, new.text)
    action = Action(goal_id=goal_id, written_by=person_id, text_sealed=text, due_on=new.due_on)
    db.add(action)
    await db.flush()
    return action


async def change_action(db: AsyncSession, mine: Access, action: Action, change: ActionChange) -> Action:
    """Change what is given; a text is its last writer's."""
    person_id, _ = mine.one_of_the_pair()
    if change.text is not None:
        action.written_by, action.text_sealed = person_id, await seal(db, person_id, change.text)
    if "due_on" in change.model_fields_set:
        action.due_on = change.due_on
    if change.done is not None and change.done != (action.done_at is not None):
        action.done_at = now(db) if change.done else None
    await db.flush()
    return action
