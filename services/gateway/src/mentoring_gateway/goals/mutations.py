"""What can be done about goals and steps."""

from datetime import date
from uuid import UUID

import strawberry

from mentoring_gateway.again import whole
from mentoring_gateway.context import Info
from mentoring_gateway.fields import command
from mentoring_gateway.goals.client import Action, Goal
from mentoring_gateway.goals.inputs import GoalState


@strawberry.type
class Goals:
    @command("Add a goal of the pair or group, or of one person in it")
    async def set_goal(
        self,
        info: Info,
        match_id: UUID,
        text: str,
        due_on: date | None = None,
        person_id: UUID | None = None,
        measure: str | None = None,
        remind_on: date | None = None,
    ) -> Goal:
        goal = {"text": text, "due_on": due_on, "person_id": person_id, "measure": measure, "remind_on": remind_on}
        return await _goal(info, await info.context.commands(info).goals.set_goal(match_id, **goal))

    @command("Change a goal, or say that it is reached or dropped; what is left out stays")
    async def change_goal(
        self,
        info: Info,
        goal_id: UUID,
        expected_version: int,
        text: str | None = None,
        due_on: date | None = None,
        state: GoalState | None = None,
        measure: str | None = None,
        progress: int | None = None,
        remind_on: date | None = None,
    ) -> Goal:
        api = info.context.commands(info, expected_version).goals
        more = {"measure": measure, "progress": progress, "remind_on": remind_on}
        return await _goal(info, await api.change_goal(goal_id, text=text, due_on=due_on, state=state, **more))

    @command("Add a step towards a goal")
    async def add_action(
        self,
        info: Info,
        goal_id: UUID,
        text: str,
        due_on: date | None = None,
        owner_id: UUID | None = None,
        remind_on: date | None = None,
    ) -> Action:
        action = {"text": text, "due_on": due_on, "owner_id": owner_id, "remind_on": remind_on}
        return await _action(info, await info.context.commands(info).goals.add_action(goal_id, **action))

    @command("Change a step, or say that it is done or not; what is left out stays")
    async def change_action(
        self,
        info: Info,
        action_id: UUID,
        expected_version: int,
        text: str | None = None,
        due_on: date | None = None,
        done: bool | None = None,
        owner_id: UUID | None = None,
        remind_on: date | None = None,
    ) -> Action:
        api = info.context.commands(info, expected_version).goals
        change = {"text": text, "due_on": due_on, "done": done, "owner_id": owner_id, "remind_on": remind_on}
        return await _action(info, await api.change_action(action_id, **change))


async def _goal(info: Info, made: Goal) -> Goal:
    return await whole(info, made, lambda: info.context.services.goals.goal(made.id), "text", "measure", "actions")


async def _action(info: Info, made: Action) -> Action:
    return await whole(info, made, lambda: info.context.services.goals.action(made.id), "text")
