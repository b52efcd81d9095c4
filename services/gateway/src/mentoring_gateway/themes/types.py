"""Themes and recommendations."""

import strawberry

from mentoring_gateway.context import Info
from mentoring_gateway.fields import derived, fetched
from mentoring_gateway.identity import Node, OwnId
from mentoring_gateway.paging import First, wanted
from mentoring_gateway.people.types import Person, person_of
from mentoring_gateway.themes.client import (
    AttendeeRecord,
    DecisionRecord,
    FollowUpRecord,
    RecommendationRecord,
    Suggestions,
    ThemeRecord,
)


@strawberry.type(description="What people found in several texts, judged by impact and effort (1 to 5)")
class Theme(ThemeRecord):
    @fetched("Texts that may have the theme; nothing is coded by it, and reading them is audited")
    async def suggestions(self, info: Info, first: First = 20) -> Suggestions | None:
        return await info.context.services.themes.suggestions(self.id, wanted(first).limit)


@strawberry.type(description="All themes of a programme, the first to act on first, and the rule that says so")
class Themes:
    rule: str
    items: list[Theme]


@strawberry.type(description="What was reported of a recommendation, and the state it was left in")
class FollowUp(FollowUpRecord):
    @derived("Who reported it")
    async def by(self, info: Info) -> Person | None:
        return await person_of(info, self.by_id)


@strawberry.type(description="What is to be done, by whom and when: open, in_progress, done, dropped")
class Recommendation(RecommendationRecord, Node):
    id: OwnId

    @derived("Who is to do it")
    async def owner(self, info: Info) -> Person | None:
        return await person_of(info, self.owner_id)

    @fetched("What was reported of it")
    async def follow_ups(self, info: Info) -> list[FollowUp] | None:
        found = await info.context.loaders.recommendation.load(self.id)
        return [FollowUp(**vars(report)) for report in found.follow_ups]


@strawberry.type(description="Who attended when a committee decided, and in which role of the programme")
class Attendee(AttendeeRecord):
    @derived("Who attended")
    async def person(self, info: Info) -> Person | None:
        return await person_of(info, self.person_id)


@strawberry.type(
    description="What a committee decided, about the programme, a theme, a recommendation or an application"
)
class CommitteeDecision(DecisionRecord):
    attended: list[Attendee]  # type: ignore[assignment]


def decision_of(record: DecisionRecord) -> CommitteeDecision:
    """The decision with who attended."""
    return CommitteeDecision(**{**vars(record), "attended": [Attendee(**vars(one)) for one in record.attended]})


def recommendation_of(record: RecommendationRecord) -> Recommendation:
    """The recommendation without what was reported of it, whatever the record holds."""
    return Recommendation(**{name: getattr(record, name) for name in RecommendationRecord.__dataclass_fields__})
