"""Goals, themes and recommendations."""

from datetime import date, datetime
from uuid import UUID

import strawberry

from mentoring_gateway.context import Info
from mentoring_gateway.fields import command
from mentoring_gateway.themes.client import AlignedGoal
from mentoring_gateway.themes.inputs import (
    DecidedAbout,
    GoalOf,
    RecommendationAct,
)
from mentoring_gateway.themes.types import (
    CommitteeDecision,
    Recommendation,
    Theme,
    decision_of,
    recommendation_of,
)


@strawberry.type
class Themes:
    @command("Record a goal that themes can be aligned to")
    async def add_goal(
        self, info: Info, programme_id: UUID, title: str, of: GoalOf = GoalOf.ORGANISATION
    ) -> AlignedGoal:
        return await info.context.commands(info).themes.add_goal(programme_id, title=title, of=of)

    @command("Name a theme")
    async def name_theme(self, info: Info, programme_id: UUID, title: str, description: str | None = None) -> Theme:
        api = info.context.commands(info).themes
        return Theme(**vars(await api.name_theme(programme_id, title=title, description=description)))

    @command("Rename a theme, judge its impact and effort (1 to 5), align it to goals; what is left out stays")
    async def change_theme(
        self,
        info: Info,
        theme_id: UUID,
        expected_version: int,
        title: str | None = None,
        description: str | None = None,
        impact: int | None = None,
        effort: int | None = None,
        goal_ids: list[UUID] | None = None,
    ) -> Theme:
        changed = await info.context.commands(info, expected_version).themes.change_theme(
            theme_id, title=title, description=description, impact=impact, effort=effort, goal_ids=goal_ids
        )
        return Theme(**vars(changed))

    @command("Let a theme's wording and goals stand in public and network reports; `version` is the one that was read")
    async def approve_theme(
        self, info: Info, theme_id: UUID, version: int, expected_version: int | None = None
    ) -> Theme:
        api = info.context.commands(info, expected_version).themes
        return Theme(**vars(await api.approve_theme(theme_id, version)))

    @command("Say that quotes and comments have the theme; what was said before stays")
    async def code_texts(
        self,
        info: Info,
        theme_id: UUID,
        quote_ids: list[UUID] | None = None,
        comment_ids: list[UUID] | None = None,
        expected_version: int | None = None,
    ) -> Theme:
        texts = [{"quote_id": id_} for id_ in quote_ids or ()] + [{"comment_id": id_} for id_ in comment_ids or ()]
        api = info.context.commands(info, expected_version).themes
        return Theme(**vars(await api.code_texts(theme_id, texts)))

    @command("Say that a quote or a comment has not got the theme after all")
    async def uncode_text(
        self, info: Info, theme_id: UUID, text_id: UUID, expected_version: int | None = None
    ) -> Theme:
        api = info.context.commands(info, expected_version).themes
        return Theme(**vars(await api.uncode_text(theme_id, text_id)))

    @command("Record what a committee decided, on which day, about what, and who attended")
    async def record_committee_decision(
        self,
        info: Info,
        programme_id: UUID,
        committee: str,
        decided_on: date,
        text: str,
        attended: list[UUID],
        about: DecidedAbout = DecidedAbout.PROGRAMME,
        about_id: UUID | None = None,
    ) -> CommitteeDecision:
        made = await info.context.commands(info).themes.record_decision(
            programme_id, committee=committee, decided_on=decided_on, text=text, attended=attended, about=about.value,
            about_id=about_id,
        )  # fmt: skip
        return decision_of(made)

    @command("Put the record of a committee's decision right, with a reason")
    async def correct_committee_decision(
        self,
        info: Info,
        decision_id: UUID,
        expected_version: int,
        reason: str,
        text: str | None = None,
        decided_on: date | None = None,
        attended: list[UUID] | None = None,
    ) -> CommitteeDecision:
        changed = await info.context.commands(info, expected_version).themes.correct_decision(
            decision_id, reason=reason, text=text, decided_on=decided_on, attended=attended
        )
        return decision_of(changed)

    @command("Let a committee's decision stand in public reports; `version` is that of the wording that was read")
    async def approve_committee_decision(
        self, info: Info, decision_id: UUID, version: int, expected_version: int | None = None
    ) -> CommitteeDecision:
        api = info.context.commands(info, expected_version).themes
        return decision_of(await api.approve_decision(decision_id, version))

    @command("Recommend something, with an owner and a date")
    async def recommend(
        self,
        info: Info,
        programme_id: UUID,
        text: str,
        owner_id: UUID,
        due_at: datetime,
        theme_id: UUID | None = None,
        team: str | None = None,
    ) -> Recommendation:
        made = await info.context.commands(info).themes.recommend(
            programme_id, text=text, owner_id=owner_id, due_at=due_at, theme_id=theme_id, team=team
        )
        return recommendation_of(made)

    @command("Give a recommendation another owner or date, with a reason")
    async def change_recommendation(
        self,
        info: Info,
        recommendation_id: UUID,
        expected_version: int,
        reason: str,
        owner_id: UUID | None = None,
        due_at: datetime | None = None,
        team: str | None = None,
    ) -> Recommendation:
        changed = await info.context.commands(info, expected_version).themes.change_recommendation(
            recommendation_id, reason=reason, owner_id=owner_id, due_at=due_at, team=team
        )
        return recommendation_of(changed)

    @command("Let a recommendation stand in public and network reports; `version` is the one that was read")
    async def approve_recommendation(
        self, info: Info, recommendation_id: UUID, version: int, expected_version: int | None = None
    ) -> Recommendation:
        api = info.context.commands(info, expected_version).themes
        return recommendation_of(await api.approve_recommendation(recommendation_id, version))

    @command("Report how a recommendation goes, and start, finish, drop or reopen it")
    async def follow_up_recommendation(
        self,
        info: Info,
        recommendation_id: UUID,
        note: str,
        act: RecommendationAct | None = None,
        expected_version: int | None = None,
    ) -> Recommendation:
        api = info.context.commands(info, expected_version).themes
        return recommendation_of(await api.follow_up(recommendation_id, note=note, act=act))
