"""Set goals, plan the steps towards them, and say how far they are."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common.db import now
from mentoring_common.deadlines import cancel, schedule
from mentoring_common.faults import fault
from mentoring_common.outbox import emit
from mentoring_contracts.blueprint.dates import begins_at
from mentoring_contracts.sessions import GoalReminderDue
from mentoring_sessions.errors import PeopleNotMembers
from mentoring_sessions.goals import queries
from mentoring_sessions.goals.models import Action, Goal
from mentoring_sessions.goals.schemas import ActionChange, GoalChange, NewAction, NewGoal
from mentoring_sessions.lifecycle import State
from mentoring_sessions.relationships import queries as relationships
from mentoring_sessions.relationships.models import Relationship
from mentoring_sessions.relationships.parts import Access
from mentoring_sessions.relationships.sealed import seal

GOAL_REMINDS, ACTION_REMINDS = "goal_reminds", "action_reminds"


async def set_goal(db: AsyncSession, mine: Access, new: NewGoal) -> Goal:
    """Add a goal of the relationship, or of one member. PeopleNotMembers for one of somebody else."""
    person_id, _ = mine.one_of_the_pair()
    mine.require_open()
    await _require_own(db, mine, new.person_id)
    text = await seal(db, person_id, new.text)
    goal = Goal(
        relationship_id=mine.relationship.id,
        person_id=new.person_id,
        set_at=now(db),
        written_by=person_id,
        text_sealed=text,
        measure_by=person_id if new.measure else None,
        measure_sealed=await seal(db, person_id, new.measure),
        due_on=new.due_on,
        remind_on=new.remind_on,
    )
    db.add(goal)
    await db.flush()
    await _remind(db, GOAL_REMINDS, goal, mine.relationship)
    return goal


async def remind_anew(db: AsyncSession, pair: Relationship, rows: Sequence[Goal | Action]) -> None:
    """Plan the reminders of goals and steps that came from elsewhere."""
    for row in rows:
        if row.remind_on is not None:
            await _remind(db, GOAL_REMINDS if isinstance(row, Goal) else ACTION_REMINDS, row, pair)


async def _remind(db: AsyncSession, kind: str, row: Goal | Action, pair: Relationship) -> None:
    """Plan the reminder on its day, as clocks of the programme show it; one that is past is none."""
    await cancel(db, kind, row.id)
    if row.remind_on is not None:
        programme = await relationships.programme(db, pair.programme_id)
        at = begins_at(row.remind_on, None, programme.zone)
        if at > now(db):
            await schedule(db, kind, row.id, at)


async def remind_of_goal(db: AsyncSession, goal_id: UUID) -> None:
    """Deadline: whoever works towards a goal is reminded, unless it is reached or dropped."""
    goal = await queries.goal_locked(db, goal_id)
    if goal is not None and goal.state == "open" and goal.remind_on is not None:
        await _tell(db, goal, goal.id, goal.person_id, goal.remind_on)


async def remind_of_action(db: AsyncSession, action_id: UUID) -> None:
    """Deadline: who takes a step is reminded, unless it is done, or its goal is dropped."""
    action = await queries.action_locked(db, action_id)
    goal = await queries.goal_locked(db, action.goal_id) if action is not None else None
    if action is None or goal is None or action.remind_on is None:
        return
    if action.done_at is None and goal.state == "open":
        await _tell(db, goal, action.id, action.owner_id or goal.person_id, action.remind_on)


async def _tell(db: AsyncSession, goal: Goal, about: UUID, person_id: UUID | None, day: date) -> None:
    """Not what fell into a break, and nobody who left."""
    pair = await relationships.relationship(db, goal.relationship_id)
    programme = await relationships.programme(db, pair.programme_id)
    missed = pair.resumed_at is not None and begins_at(day, None, programme.zone) <= pair.resumed_at
    if pair.state != State.ACTIVE or pair.paused_at is not None or missed:
        return
    ids = {"match_id": pair.id, "programme_id": pair.programme_id, "cohort_id": pair.cohort_id}
    for member in (await relationships.members(db, [pair.id]))[pair.id]:
        if person_id in (None, member.person_id):
            told = {"person_id": member.person_id, "goal_id": goal.id, "about_id": about, "day": day}
            emit(db, GoalReminderDue.model_validate(ids | told))


async def _require_own(db: AsyncSession, mine: Access, person_id: UUID | None) -> None:
    """Of one person goals are set by themselves and by who leads the relationship."""
    pair_id = mine.relationship.id
    here = {member.person_id for member in (await relationships.members(db, [pair_id]))[pair_id]}
    if person_id is not None and (person_id not in here or not (mine.leads or person_id == mine.person_id)):
        said = "is not in the relationship, or not yours to set goals for"
        raise PeopleNotMembers(errors=[fault("person_not_member", said, "body", "person_id")])


async def _require_member(db: AsyncSession, mine: Access, owner_id: UUID | None) -> None:
    """Who takes a step is in the relationship."""
    pair_id = mine.relationship.id
    here = {member.person_id for member in (await relationships.members(db, [pair_id]))[pair_id]}
    if owner_id is not None and owner_id not in here:
        raise PeopleNotMembers(errors=[fault("person_not_member", "is not in the relationship", "body", "owner_id")])


async def change_goal(db: AsyncSession, mine: Access, goal: Goal, change: GoalChange) -> Goal:
    """Change what is given; a text is its last writer's."""
    person_id, _ = mine.one_of_the_pair()
    given = change.model_fields_set
    if change.text is not None:
        goal.written_by, goal.text_sealed = person_id, await seal(db, person_id, change.text)
    if "measure" in given:
        goal.measure_by, goal.measure_sealed = person_id, await seal(db, person_id, change.measure)
    if change.progress is not None:
        goal.progress = change.progress
    if "due_on" in given:
        goal.due_on = change.due_on
    if "remind_on" in given:
        goal.remind_on = change.remind_on
        await _remind(db, GOAL_REMINDS, goal, mine.relationship)
    if change.state is not None and change.state != goal.state:
        goal.state, goal.reached_at = change.state, now(db) if change.state == "reached" else None
    await db.flush()
    return goal


async def plan_action(db: AsyncSession, mine: Access, goal_id: UUID, new: NewAction) -> Action:
    """Add a step towards a goal."""
    person_id, _ = mine.one_of_the_pair()
    mine.require_open()
    await _require_member(db, mine, new.owner_id)
    text = await seal(db, person_id, new.text)
    days = {"due_on": new.due_on, "remind_on": new.remind_on}
    action = Action(goal_id=goal_id, written_by=person_id, text_sealed=text, owner_id=new.owner_id, **days)
    db.add(action)
    await db.flush()
    await _remind(db, ACTION_REMINDS, action, mine.relationship)
    return action


async def change_action(db: AsyncSession, mine: Access, action: Action, change: ActionChange) -> Action:
    """Change what is given; a text is its last writer's."""
    person_id, _ = mine.one_of_the_pair()
    if change.text is not None:
        action.written_by, action.text_sealed = person_id, await seal(db, person_id, change.text)
    if "owner_id" in change.model_fields_set:
        await _require_member(db, mine, change.owner_id)
        action.owner_id = change.owner_id
    if "due_on" in change.model_fields_set:
        action.due_on = change.due_on
    if "remind_on" in change.model_fields_set:
        action.remind_on = change.remind_on
        await _remind(db, ACTION_REMINDS, action, mine.relationship)
    if change.done is not None and change.done != (action.done_at is not None):
        action.done_at = now(db) if change.done else None
    await db.flush()
    return action
