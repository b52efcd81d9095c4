"""What can be done about habits."""

from datetime import date
from uuid import UUID

import strawberry

from mentoring_gateway.context import Info
from mentoring_gateway.fields import command
from mentoring_gateway.habits.client import Habit, HabitFeedbackLink
from mentoring_gateway.habits.inputs import AskedAboutHabit


@strawberry.type
class Habits:
    @command("Commit to a habit for some weeks, so many `times` in each: nobody else sees it")
    async def commit_to_habit(
        self,
        info: Info,
        programme_id: UUID,
        text: str,
        times: int | None = None,
        weeks: int | None = None,
        starts_on: date | None = None,
    ) -> Habit:
        new = {"text": text, "times": times, "weeks": weeks, "starts_on": starts_on}
        made = await info.context.commands(info).habits.commit_to_habit(programme_id, **new)
        return await info.context.services.habits.habit(made.id)

    @command("Say a habit of mine in other words, give it up (`dropped`) or take it up again")
    async def change_habit(
        self, info: Info, habit_id: UUID, expected_version: int, text: str | None = None, dropped: bool | None = None
    ) -> Habit:
        api = info.context.commands(info, expected_version).habits
        await api.change_habit(habit_id, text=text, dropped=dropped)
        return await info.context.services.habits.habit(habit_id)

    @command("Make a link for a manager or a peer, who says by it in given weeks how they see a habit of mine")
    async def ask_habit_feedback(
        self, info: Info, habit_id: UUID, asked: AskedAboutHabit, weeks: list[int]
    ) -> list[HabitFeedbackLink]:
        await info.context.commands(info).habits.ask_feedback(habit_id, asked.value, weeks)
        return await info.context.services.habits.feedback(habit_id)

    @command("Have a link of a habit of mine work no more; what was said by it stays")
    async def close_habit_feedback(self, info: Info, habit_id: UUID, link_id: UUID) -> list[HabitFeedbackLink]:
        await info.context.commands(info).habits.close_feedback(habit_id, link_id)
        return await info.context.services.habits.feedback(habit_id)

    @command("Say by a link how often I see somebody's habit; gives the week that it is about")
    async def give_habit_feedback(
        self, info: Info, organisation_id: UUID, token: str, seen: int, comment: str | None = None
    ) -> int:
        api = info.context.commands(info).habits
        return (await api.give_feedback(organisation_id, token=token, seen=seen, comment=comment)).week

    @command("Say that I kept a habit on a day, or (`kept: false`) that I did not")
    async def mark_habit(
        self, info: Info, habit_id: UUID, day: date, kept: bool = True, expected_version: int | None = None
    ) -> Habit:
        api = info.context.commands(info, expected_version).habits
        await (api.mark_habit(habit_id, day) if kept else api.unmark_habit(habit_id, day))
        return await info.context.services.habits.habit(habit_id)
