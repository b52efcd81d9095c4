"""The evaluation service: goals, themes, the texts that people find them in, recommendations."""

from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

import strawberry
from pydantic import TypeAdapter

from mentoring_common.pagination import Page
from mentoring_gateway.surveys.client import ByRole
from mentoring_gateway.upstream import PageRequest, Upstream
from mentoring_gateway.values import Role, body


@strawberry.type(description="An aim of the programme or a goal of the organisation, to which themes are aligned")
class AlignedGoal:
    id: UUID
    title: str
    of: str


@dataclass
class ThemeRecord:
    id: UUID
    programme_id: UUID
    title: str
    description: str
    priority: str
    version: int
    goals: list[AlignedGoal]
    texts: ByRole
    impact: int | None = None
    effort: int | None = None
    wording_version: int = 1
    wording_approved_at: datetime | None = None


@dataclass
class ThemesRecord:
    rule: str
    items: list[ThemeRecord]


@strawberry.type(description="A quote of an approved interview or a free text of a closed wave, with its themes")
class CodedText:
    role: Role
    text: str
    quote_id: UUID | None = None
    comment_id: UUID | None = None
    question: str | None = None
    theme_ids: list[UUID] = field(default_factory=list)

    @property
    def id(self) -> UUID:
        """That of the quote or of the comment: it is one of them."""
        found = self.quote_id or self.comment_id
        assert found is not None
        return found


@strawberry.type(description="A text that has not got the theme, and what it is like (similarity in 0..1)")
class SuggestedText:
    text: CodedText
    similarity: float
    like: str


@strawberry.type(description="Texts that may have a theme; nothing is coded by it")
class Suggestions:
    statement: str
    items: list[SuggestedText]


@dataclass
class FollowUpRecord:
    at: datetime
    by_id: UUID
    note: str
    state: str


@dataclass
class AttendeeRecord:
    person_id: UUID
    role: str


@dataclass
class DecisionRecord:
    id: UUID
    programme_id: UUID
    version: int
    committee: str
    decided_on: date
    text: str
    about: str
    recorded_at: datetime
    wording_version: int
    attended: list[AttendeeRecord]
    about_id: UUID | None = None
    wording_approved_at: datetime | None = None


@dataclass
class RecommendationRecord:
    id: UUID
    programme_id: UUID
    text: str
    owner_id: UUID
    due_at: datetime
    state: str
    version: int
    overdue: bool
    theme_id: UUID | None = None
    team: str | None = None
    wording_version: int = 1
    wording_approved_at: datetime | None = None


@dataclass
class RecommendationWithFollowUps(RecommendationRecord):
    follow_ups: list[FollowUpRecord] = field(default_factory=list)


_goal = TypeAdapter(AlignedGoal)
_goals = TypeAdapter(Page[AlignedGoal])
_theme = TypeAdapter(ThemeRecord)
_themes = TypeAdapter(ThemesRecord)
_texts = TypeAdapter(Page[CodedText])
_suggestions = TypeAdapter(Suggestions)
_decision = TypeAdapter(DecisionRecord)
_decisions = TypeAdapter(Page[DecisionRecord])
_recommendation = TypeAdapter(RecommendationRecord)
_with_follow_ups = TypeAdapter(RecommendationWithFollowUps)
_recommendations = TypeAdapter(Page[RecommendationRecord])


@dataclass(frozen=True)
class ThemesApi:
    """Themes and recommendations of the evaluation API for one caller."""

    api: Upstream

    async def goals(self, programme_id: UUID, wanted: PageRequest) -> Page[AlignedGoal]:
        """What themes can be aligned to."""
        return await self.api.page(f"/programmes/{programme_id}/goals", _goals, {}, wanted)

    async def add_goal(self, programme_id: UUID, **goal: object) -> AlignedGoal:
        """Record a goal that themes can be aligned to."""
        return await self.api.send("POST", f"/programmes/{programme_id}/goals", _goal, body(**goal))

    async def themes(self, programme_id: UUID) -> ThemesRecord:
        """All themes of a programme, the first to act on first."""
        return await self.api.get(f"/programmes/{programme_id}/themes", _themes)

    async def name_theme(self, programme_id: UUID, **theme: object) -> ThemeRecord:
        """Name a theme."""
        return await self.api.send("POST", f"/programmes/{programme_id}/themes", _theme, body(**theme))

    async def change_theme(self, theme_id: UUID, **change: object) -> ThemeRecord:
        """Rename, judge or align a theme."""
        return await self.api.send("PATCH", f"/themes/{theme_id}", _theme, body(**change))

    async def approve_theme(self, theme_id: UUID, version: int) -> ThemeRecord:
        """Let the wording that was read stand in public reports."""
        return await self.api.send("POST", f"/themes/{theme_id}/approve", _theme, body(version=version))

    async def texts(self, programme_id: UUID, kind: str, wanted: PageRequest) -> Page[CodedText]:
        """Quotes or comments of a programme with their themes."""
        return await self.api.page(f"/programmes/{programme_id}/texts", _texts, {"kind": kind}, wanted)

    async def suggestions(self, theme_id: UUID, most: int) -> Suggestions:
        """Texts that may have a theme."""
        return await self.api.get(f"/themes/{theme_id}/suggestions", _suggestions, {"limit": most})

    async def code_texts(self, theme_id: UUID, texts: list[dict[str, UUID]]) -> ThemeRecord:
        """Say that texts have a theme; each names its quote_id or comment_id."""
        return await self.api.send("POST", f"/themes/{theme_id}/codings", _theme, body(texts=texts))

    async def uncode_text(self, theme_id: UUID, text_id: UUID) -> ThemeRecord:
        """Say that a text has not got a theme."""
        return await self.api.send("DELETE", f"/themes/{theme_id}/codings/{text_id}", _theme)

    async def decision(self, decision_id: UUID) -> DecisionRecord:
        """One decision of a committee."""
        return await self.api.get(f"/decisions/{decision_id}", _decision)

    async def decisions(self, programme_id: UUID, wanted: PageRequest) -> Page[DecisionRecord]:
        """What committees of a programme decided."""
        return await self.api.page(f"/programmes/{programme_id}/decisions", _decisions, {}, wanted)

    async def record_decision(self, programme_id: UUID, **decision: object) -> DecisionRecord:
        """Record what a committee decided."""
        return await self.api.send("POST", f"/programmes/{programme_id}/decisions", _decision, body(**decision))

    async def correct_decision(self, decision_id: UUID, **change: object) -> DecisionRecord:
        """Put the record of a decision right."""
        return await self.api.send("PATCH", f"/decisions/{decision_id}", _decision, body(**change))

    async def approve_decision(self, decision_id: UUID, version: int) -> DecisionRecord:
        """Let the wording that was read leave the programme."""
        return await self.api.send("POST", f"/decisions/{decision_id}/approve", _decision, {"version": version})

    async def recommendation(self, recommendation_id: UUID) -> RecommendationWithFollowUps:
        """One recommendation and what was reported of it."""
        return await self.api.get(f"/recommendations/{recommendation_id}", _with_follow_ups)

    async def recommendations(
        self, programme_id: UUID, overdue: bool | None, wanted: PageRequest
    ) -> Page[RecommendationRecord]:
        """The recommendations of a programme that the caller may see."""
        which = {"overdue": overdue}
        return await self.api.page(f"/programmes/{programme_id}/recommendations", _recommendations, which, wanted)

    async def recommend(self, programme_id: UUID, **recommendation: object) -> RecommendationRecord:
        """Recommend something."""
        path = f"/programmes/{programme_id}/recommendations"
        return await self.api.send("POST", path, _recommendation, body(**recommendation))

    async def change_recommendation(self, recommendation_id: UUID, **change: object) -> RecommendationRecord:
        """Give a recommendation another owner or date."""
        path = f"/recommendations/{recommendation_id}"
        return await self.api.send("PATCH", path, _recommendation, body(**change))

    async def approve_recommendation(self, recommendation_id: UUID, version: int) -> RecommendationRecord:
        """Let the wording that was read stand in public reports."""
        path = f"/recommendations/{recommendation_id}/approve"
        return await self.api.send("POST", path, _recommendation, body(version=version))

    async def follow_up(self, recommendation_id: UUID, **report: object) -> RecommendationRecord:
        """Report how a recommendation goes."""
        path = f"/recommendations/{recommendation_id}/follow-ups"
        return await self.api.send("POST", path, _recommendation, body(**report))
