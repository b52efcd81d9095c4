"""Relationships, agreements, goals and actions."""

from uuid import UUID

from fastapi import APIRouter

from mentoring_common.pagination import Cursor, Limit, Page, page
from mentoring_common.unit_of_work import Db, Route
from mentoring_common.versions import IfMatch, IfMatchRequired
from mentoring_sessions import queries, views
from mentoring_sessions.api.callers import Reader, Writer
from mentoring_sessions.commands import agreements as commands
from mentoring_sessions.commands import relationships as relationship_commands
from mentoring_sessions.lifecycle import State
from mentoring_sessions.models import Goal, Relationship
from mentoring_sessions.schemas import (
    ActionChange,
    ActionStateView,
    ActionView,
    AgreementStateView,
    AgreementView,
    GoalChange,
    GoalStateView,
    GoalView,
    NewAction,
    NewAgreement,
    NewGoal,
    RelationshipView,
    Signature,
)

router = APIRouter(route_class=Route, tags=["relationships"])


@router.get("/relationships")
async def list_relationships(
    by: Reader,
    db: Db,
    person_id: UUID | None = None,
    programme_id: UUID | None = None,
    cohort_id: UUID | None = None,
    state: State | None = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[RelationshipView]:
    """Your own relationships, and those of programmes whose team you are in."""
    await queries.require_part(db, by, person_id=person_id, programme_id=programme_id, cohort_id=cohort_id)
    rows = queries.relationships(
        db, by, person_id=person_id, programme_id=programme_id, cohort_id=cohort_id, state=state
    )
    shown, following = await page(db, rows, Relationship.id, cursor, limit)
    return Page(items=await views.relationships(db, shown), next_cursor=following)


@router.get("/relationships/{match_id}")
async def read_relationship(match_id: UUID, by: Reader, db: Db) -> RelationshipView:
    """One relationship."""
    await queries.access(db, by, match_id)
    return await views.relationship(db, match_id)


@router.post("/relationships/{match_id}/close")
async def close_relationship(match_id: UUID, by: Writer, db: Db, expected: IfMatch) -> RelationshipView:
    """The relationship ran its course (to end it early, end the match)."""
    mine = await queries.access(db, by, match_id)
    await expected.hold(db, mine.relationship)
    await relationship_commands.close_relationship(db, by, mine)
    return await views.relationship(db, match_id)


@router.post("/relationships/{match_id}/agreement", status_code=201)
async def propose_agreement(
    match_id: UUID, new: NewAgreement, by: Writer, db: Db, expected: IfMatch
) -> AgreementStateView:
    """Propose the mentoring agreement; a new proposal replaces one that not both have signed, named by If-Match."""
    mine = await queries.access(db, by, match_id)
    return AgreementStateView.model_validate(await commands.propose_agreement(db, by, mine, new, expected))


@router.get("/relationships/{match_id}/agreement")
async def read_agreement(match_id: UUID, by: Reader, db: Db) -> AgreementView:
    """The agreement with its terms, for the pair and the programme team."""
    return await views.agreement(db, await queries.access(db, by, match_id))


@router.post("/relationships/{match_id}/agreement/sign")
async def sign_agreement(
    match_id: UUID, by: Writer, db: Db, expected: IfMatch, signature: Signature | None = None
) -> AgreementStateView:
    """Sign for yourself."""
    mine = await queries.access(db, by, match_id)
    mine.one_of_the_pair()
    if expected.given:
        await expected.hold(db, await queries.agreement(db, match_id))
    version = signature.version if signature else None
    return AgreementStateView.model_validate(await commands.sign_agreement(db, by, mine, version))


@router.post("/relationships/{match_id}/goals", status_code=201)
async def set_goal(match_id: UUID, new: NewGoal, by: Writer, db: Db) -> GoalStateView:
    """Add a goal of the pair."""
    return GoalStateView.model_validate(await commands.set_goal(db, await queries.access(db, by, match_id), new))


@router.get("/relationships/{match_id}/goals")
async def list_goals(match_id: UUID, by: Reader, db: Db, cursor: Cursor = None, limit: Limit = 50) -> Page[GoalView]:
    """The goals and actions of the pair, for the pair."""
    mine = await queries.access(db, by, match_id)
    mine.one_of_the_pair()
    shown, following = await page(db, queries.goals(match_id), Goal.id, cursor, limit)
    return Page(items=await views.goals(db, shown), next_cursor=following)


@router.get("/goals/{goal_id}")
async def read_goal(goal_id: UUID, by: Reader, db: Db) -> GoalView:
    """A goal of the pair with its actions, for the pair."""
    goal, mine = await queries.goal(db, by, goal_id)
    mine.one_of_the_pair()
    return (await views.goals(db, [goal]))[0]


@router.patch("/goals/{goal_id}")
async def change_goal(
    goal_id: UUID, change: GoalChange, by: Writer, db: Db, expected: IfMatchRequired
) -> GoalStateView:
    """Change a goal: its text, its date, or that it was reached or dropped."""
    goal, mine = await queries.goal(db, by, goal_id)
    mine.one_of_the_pair()
    await expected.hold(db, goal)
    return GoalStateView.model_validate(await commands.change_goal(db, mine, goal, change))


@router.post("/goals/{goal_id}/actions", status_code=201)
async def plan_action(goal_id: UUID, new: NewAction, by: Writer, db: Db) -> ActionStateView:
    """Add a step towards a goal."""
    _, mine = await queries.goal(db, by, goal_id)
    return ActionStateView.model_validate(await commands.plan_action(db, mine, goal_id, new))


@router.get("/actions/{action_id}")
async def read_action(action_id: UUID, by: Reader, db: Db) -> ActionView:
    """A step towards a goal, for the pair."""
    action, mine = await queries.action(db, by, action_id)
    mine.one_of_the_pair()
    return await views.action(db, action)


@router.patch("/actions/{action_id}")
async def change_action(
    action_id: UUID, change: ActionChange, by: Writer, db: Db, expected: IfMatchRequired
) -> ActionStateView:
    """Change an action: its text, its date, or that it was done."""
    action, mine = await queries.action(db, by, action_id)
    mine.one_of_the_pair()
    await expected.hold(db, action)
    return ActionStateView.model_validate(await commands.change_action(db, mine, action, change))
