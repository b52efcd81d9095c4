"""Relationships, as the schema shows them."""

from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import strawberry

from mentoring_common.pagination import Page
from mentoring_gateway.appointments.client import Appointment, MeetingHours
from mentoring_gateway.check_ins.client import CheckIn, ComparedCheckIns
from mentoring_gateway.concerns.types import Concern, concerns
from mentoring_gateway.context import Info
from mentoring_gateway.fields import derived, fetched
from mentoring_gateway.goals.client import Goal, Plan
from mentoring_gateway.identity import Node
from mentoring_gateway.loaders import or_none
from mentoring_gateway.meetings.client import GlassBreak
from mentoring_gateway.meetings.types import MentoringSession
from mentoring_gateway.paging import After, Connection, First, connection, wanted
from mentoring_gateway.pair_clock.client import PairTime, Pause, Phases
from mentoring_gateway.pair_reviews.client import Farewells, PairReview
from mentoring_gateway.people.types import Person, person_of
from mentoring_gateway.relationships.client import (
    AgreedVersion,
    Agreement,
    AgreementQuestion,
    QuietPairRecord,
    RelationshipHandover,
    RelationshipRecord,
)
from mentoring_gateway.relationships.inputs import RelationshipFilter, RelationshipOrder
from mentoring_gateway.settings import DEFAULT_PAGE, MAX_PAGE
from mentoring_gateway.values import same

if TYPE_CHECKING:
    from mentoring_gateway.matching.types import Match

LazyMatch = Annotated["Match", strawberry.lazy("mentoring_gateway.matching.types")]


@strawberry.type(description="A confirmed match at work: agreement, goals, mentoring sessions, hours")
class Relationship(RelationshipRecord, Node):
    mentoring_sessions: strawberry.Private[int]

    @derived("How many mentoring sessions were held")
    def mentoring_session_count(self) -> int:
        return self.mentoring_sessions

    @fetched("The meetings of the pair; `withdrawn`: those that were said never to have been", name="mentoringSessions")
    async def meetings(
        self, info: Info, first: First = DEFAULT_PAGE, after: After = None, withdrawn: bool = False
    ) -> Connection[MentoringSession] | None:
        api = info.context.services.meetings
        page = await api.mentoring_sessions(self.match_id, wanted(first, after), withdrawn=withdrawn)
        return connection(page, lambda record: MentoringSession(**vars(record)))

    @fetched("The goals of the pair")
    async def goals(self, info: Info, first: First = DEFAULT_PAGE, after: After = None) -> Connection[Goal] | None:
        page = await info.context.services.goals.goals(self.match_id, wanted(first, after))
        return connection(page, same)

    @fetched("Goals and steps month by month, from the start to the end")
    async def plan(self, info: Info) -> Plan | None:
        return await info.context.services.goals.plan(self.match_id)

    @fetched("The check-ins that the caller may see")
    async def check_ins(
        self, info: Info, first: First = DEFAULT_PAGE, after: After = None
    ) -> Connection[CheckIn] | None:
        page = await info.context.services.check_ins.check_ins(self.match_id, wanted(first, after))
        return connection(page, same)

    @fetched("Whether those in it say differently how it goes; never who said what")
    async def comparison(self, info: Info) -> ComparedCheckIns | None:
        return await info.context.services.check_ins.comparison(self.match_id)

    @fetched("The concerns that the caller may see")
    async def concerns(
        self, info: Info, first: First = DEFAULT_PAGE, after: After = None
    ) -> Connection[Concern] | None:
        return await concerns(info, f"/relationships/{self.match_id}", first, after)

    @fetched("The current agreement with its terms; null before one is proposed")
    async def current_agreement(self, info: Info) -> Agreement | None:
        return await or_none(info.context.services.relationships.agreement(self.match_id))

    @fetched("What the programme has an agreement answer, in my language")
    async def agreement_questions(self, info: Info) -> list[AgreementQuestion] | None:
        return await info.context.services.relationships.agreement_questions(self.match_id)

    @fetched("The versions of the agreement that everybody signed, the last first")
    async def agreed_versions(self, info: Info) -> list[AgreedVersion] | None:
        return await info.context.services.relationships.agreed_versions(self.match_id)

    @fetched("By whom, when and why its notes were opened; what was only asked for, for who may open them")
    async def glass_breaks(self, info: Info) -> list[GlassBreak] | None:
        return await info.context.services.meetings.glass_breaks(self.match_id)

    @fetched("When those in it can meet, for them: times outside of it are not proposed")
    async def meeting_hours(self, info: Info) -> list[MeetingHours] | None:
        return await info.context.services.appointments.meeting_hours(self.match_id)

    @fetched("What came along from the relationship that it continues; null where it continues none")
    async def handover(self, info: Info) -> RelationshipHandover | None:
        return await info.context.services.relationships.handover(self.match_id) if self.continues else None

    @fetched("When it began and ends, its break, its phase, and whether it is reminded")
    async def time(self, info: Info) -> PairTime | None:
        return await info.context.services.pair_clock.time(self.match_id)

    @fetched("The meetings that are planned, or were; in one state, or all")
    async def appointments(
        self, info: Info, first: First = DEFAULT_PAGE, after: After = None, state: str | None = None
    ) -> Connection[Appointment] | None:
        page = await info.context.services.appointments.appointments(self.match_id, wanted(first, after), state=state)
        return connection(page, same)

    @fetched("Its reviews: after the first meeting, in the middle, before the end")
    async def reviews(
        self, info: Info, first: First = DEFAULT_PAGE, after: After = None
    ) -> Connection[PairReview] | None:
        page = await info.context.services.pair_reviews.reviews(self.match_id, wanted(first, after))
        return connection(page, same)

    @fetched("What those in it left for each other at the end; for them alone")
    async def farewells(self, info: Info) -> Farewells | None:
        return await info.context.services.pair_reviews.farewells(self.match_id)

    @fetched("The breaks it had")
    async def pauses(self, info: Info, first: First = DEFAULT_PAGE, after: After = None) -> Connection[Pause] | None:
        return connection(await info.context.services.pair_clock.pauses(self.match_id, wanted(first, after)), same)

    @fetched("The phases of the programme with their checklists, and when it is in which")
    async def phases(self, info: Info) -> Phases | None:
        return await info.context.services.pair_clock.phases(self.match_id)

    @derived("Who mentors, coaches or supervises; null where all are equals")
    async def mentor(self, info: Info) -> Person | None:
        return await person_of(info, self.mentor_id) if self.mentor_id else None

    @derived("The mentee of a pair; null of a group, see `members`")
    async def mentee(self, info: Info) -> Person | None:
        return await person_of(info, self.mentee_id) if self.mentee_id else None

    @derived("The match behind it")
    async def match(self, info: Info) -> LazyMatch | None:
        from mentoring_gateway.matching.types import Match

        found = await info.context.loaders.match.load(self.match_id)
        return Match(**vars(found)) if found else None


async def known_relationship(info: Info, match_id: UUID) -> Relationship | None:
    """A relationship that another object names; None where the caller may not see it (yet)."""
    found = await info.context.loaders.relationship.load(match_id)
    return Relationship(**vars(found)) if found else None


@strawberry.type(description="A pair that went quiet: since when, when that was seen, and for how many weeks")
class QuietPair(QuietPairRecord):
    @derived("The relationship")
    async def relationship(self, info: Info) -> Relationship | None:
        return await known_relationship(info, self.match_id)


async def relationship_of(info: Info, match_id: UUID) -> Relationship:
    """The relationship of a match, as it is now."""
    return Relationship(**vars(await info.context.services.relationships.relationship(match_id)))


async def filtered(
    info: Info,
    programme_id: UUID,
    filter_: RelationshipFilter | None,
    order_by: RelationshipOrder | None,
    first: int,
    after: str | None,
) -> Connection[Relationship]:
    """A page of a programme's relationships that are wanted, in an order."""
    asked = vars(filter_ or RelationshipFilter())
    called = asked.pop("called")
    people = None if called is None else await info.context.services.people.called(called, MAX_PAGE)
    if people == []:
        return connection(Page(items=[]), same)
    asked |= {"people": people, "order_by": order_by and order_by.value}
    return await relationships(info, first, after, programme_id=programme_id, **asked)


async def relationships(info: Info, first: int, after: str | None, **which: object) -> Connection[Relationship]:
    """A page of relationships."""
    page = await info.context.services.relationships.relationships(wanted(first, after), **which)
    return connection(page, lambda record: Relationship(**vars(record)))
